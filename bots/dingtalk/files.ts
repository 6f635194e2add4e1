import { z } from 'zod';
import { PlatformError } from '../../src/errors.ts';
import type { BotAccess, ChatFile, FetchedMedia } from '../bot.ts';
import type { DingTalkClient } from './client.ts';
import { fromNetwork, fromStatus, refused } from './failures.ts';

export interface FilesDeps {
  readonly client: DingTalkClient;
  readonly robotCode: string;
  readonly fetch: typeof globalThis.fetch;
}

const address = z.object({ downloadUrl: z.string() });
const details = { api: 'download', effect: 'repeatable', vital: false } as const;

/**
 * The bytes of a file that somebody posted. Its code gives an address that is good for a while and needs no token, so none is sent there.
 * @throws PlatformError `rejected`: gone, too large, not permitted
 * @see https://open.dingtalk.com/document/orgapp/download-the-file-content-of-the-robot-receiving-message (2026-11-28)
 */
export async function fetchFile(
  { client, robotCode, fetch }: FilesDeps,
  { fileId, name, mimeType }: ChatFile,
  { signal, maxBytes }: Pick<BotAccess, 'signal'> & { readonly maxBytes: number },
): Promise<FetchedMedia> {
  const { answer } = await client.call({
    ...{ api: 'file.address', path: '/v1.0/robot/messageFiles/download', method: 'POST', body: { downloadCode: fileId, robotCode } },
    ...{ effect: 'repeatable', signal },
  });
  const { downloadUrl } = address.parse(answer);
  if (!/^https?:\/\//.test(downloadUrl)) throw refused('download', 'no_address');
  const response = await fetch(downloadUrl, { redirect: 'follow', signal }).catch((error: unknown) => {
    throw fromNetwork(details, error);
  });
  try {
    if (response.status >= 500 || response.status === 429) throw fromStatus(details, response.status, null);
    if (response.status !== 200) throw refused('download', `http_${response.status}`);
    if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw refused('download', 'file_too_large');
    const bytes = await readAtMost(response, maxBytes);
    const told = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    const known = kindOf(bytes) ?? (told === 'application/octet-stream' ? '' : told);
    return { bytes, mimeType: known || mimeType || 'application/octet-stream', name: named(name, known) };
  } catch (error) {
    await response.body?.cancel().catch((cancelled: unknown) => cancelled);
    throw error instanceof PlatformError ? error : fromNetwork(details, error);
  }
}

async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw refused('download', 'file_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const kinds = [
  { mimeType: 'image/png', extension: '.png', head: [0x89, 0x50, 0x4e, 0x47] },
  { mimeType: 'image/jpeg', extension: '.jpg', head: [0xff, 0xd8, 0xff] },
  { mimeType: 'image/gif', extension: '.gif', head: [0x47, 0x49, 0x46, 0x38] },
] as const;

/** Of a picture neither its kind nor its name is told; its first bytes tell. */
const kindOf = (bytes: Uint8Array): string | null =>
  kinds.find(({ head }) => head.every((byte, at) => bytes[at] === byte))?.mimeType ?? null;

const named = (name: string, mimeType: string): string =>
  name.includes('.') ? name : `${name}${kinds.find((kind) => kind.mimeType === mimeType)?.extension ?? ''}`;
