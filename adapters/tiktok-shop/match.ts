import { z } from 'zod';
import type { ApiMessage } from './api-types.ts';
import { readContent } from './parts.ts';

const textContent = z.object({ content: z.string() });
const imageContent = z.object({ url: z.string() });

/** Tells a listed message that says this text. White space and composed letters may come back otherwise than they were sent. */
export function saysText(text: string): (message: ApiMessage) => boolean {
  const wanted = normalised(text);
  return ({ type, content }) => {
    const read = type === 'TEXT' ? textContent.safeParse(readContent(content)).data : undefined;
    return read !== undefined && normalised(read.content) === wanted;
  };
}

/** Tells a listed message that shows the uploaded picture; without an address, any picture. */
export function showsPicture(url: string | undefined): (message: ApiMessage) => boolean {
  const wanted = url && storedObject(url);
  return ({ type, content }) => {
    const read = type === 'IMAGE' ? imageContent.safeParse(readContent(content)).data : undefined;
    return read !== undefined && (!wanted || storedObject(read.url) === wanted);
  };
}

const normalised = (text: string): string => text.toWellFormed().normalize('NFC').replace(/\s+/gu, ' ').trim();

/** What an address shows: host, size (after `~`) and signature may differ from reading to reading. */
function storedObject(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.split('~')[0] ?? path;
}
