import type { MediaRef } from './message.ts';

const prefix = 'data:image/png;base64,';

/** A picture of our own, small enough to travel in a delivery: its bytes are its address. */
export const ownPicture = (png: Uint8Array, name: string): MediaRef => ({
  url: `${prefix}${Buffer.from(png).toString('base64')}`,
  ...{ name, mimeType: 'image/png', bytes: png.byteLength },
});

/** Its bytes; null: it is none of ours, and has to be fetched. */
export function bytesOfOwn({ url }: MediaRef): Uint8Array | null {
  return url.startsWith(prefix) ? Buffer.from(url.slice(prefix.length), 'base64') : null;
}
