import type { FakeAnswer, FakeRequest } from '../fake-server.ts';
import type { Auth } from './auth.ts';
import { Refusal } from './envelope.ts';
import type { Call } from './guard.ts';
import type { World } from './world.ts';

const maxBytes = 10 * 1024 * 1024;

interface Stored {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  /** The picture lives in a conversation of this shop. */
  readonly shopId: string;
}

export interface UploadedImage {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

export type Images = ReturnType<typeof createImages>;

/**
 * Pictures, as buyers send them and as the app uploads them.
 * @see https://partner.tiktokshop.com/docv2/page/upload-buyer-messages-image-202309 (read 2026-11-22)
 */
export function createImages({ mediaUrl, world, auth }: { readonly mediaUrl: () => string; readonly world: World; readonly auth: Auth }) {
  const stored = new Map<string, Stored>();
  const uploaded = new Set<string>();

  function keep(shopId: string, bytes: Uint8Array): UploadedImage {
    const mimeType = imageType(bytes);
    if (!mimeType) throw new Refusal(36009022, 'Unsupported image type');
    const name = `${world.nextId()}.${mimeType.slice('image/'.length)}`;
    stored.set(name, { bytes, mimeType, shopId });
    return { url: `${mediaUrl()}/media/${name}`, ...imageSize(bytes) };
  }

  return {
    keep,
    isUploaded: (url: unknown): boolean => typeof url === 'string' && uploaded.has(url),

    async upload({ request, shop }: Call): Promise<UploadedImage> {
      const contentType = request.headers['content-type'] ?? '';
      if (!contentType.startsWith('multipart/form-data')) throw new Refusal(36009023, 'Must be multipart/form-data');
      const form = await new Response(new Uint8Array(request.body), { headers: { 'content-type': contentType } })
        .formData()
        .catch(() => null);
      const file = form?.get('data');
      if (!(file instanceof File)) throw new Refusal(36009022, 'The file field "data" is missing');
      if (file.size > maxBytes) throw new Refusal(36009021, 'The file is too large');
      const image = keep(shop().id, new Uint8Array(await file.arrayBuffer()));
      uploaded.add(image.url);
      return image;
    },

    /** Pictures of local sellers in Indonesia are given out only with token and shop cipher; all others to anyone. */
    serve({ path, query, headers }: FakeRequest): FakeAnswer {
      const image = stored.get(path.slice('/media/'.length));
      if (!image) return { status: 404 };
      const shop = world.shops.get(image.shopId);
      if (shop?.region === 'ID' && shop.sellerType === 'LOCAL') {
        try {
          if (query.get('shop_cipher') !== shop.cipher) return { status: 403 };
          if (!auth.check(headers['x-tts-access-token'] ?? '').shopIds.includes(shop.id)) return { status: 403 };
        } catch (error) {
          if (error instanceof Refusal) return { status: 403 };
          throw error;
        }
      }
      return { status: 200, headers: { 'content-type': image.mimeType }, body: image.bytes };
    },
  };
}

function imageType(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('GIF8')) return 'image/gif';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  return null;
}

/** Read from a PNG's header; for the others any size will do. */
function imageSize(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  if (imageType(bytes) !== 'image/png' || bytes.length < 24) return { width: 640, height: 480 };
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
