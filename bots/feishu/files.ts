import { PlatformError } from '../../src/errors.ts';
import type { BotAccess, ChatFile, FetchedMedia } from '../bot.ts';
import type { FeishuClient } from './client.ts';
import { fromNetwork } from './failures.ts';

/**
 * The bytes of a file that somebody posted, from its message: nowhere else is it to be had.
 * @see https://open.feishu.cn/document/server-docs/im-v1/message-resource/get (2026-11-28)
 * @throws PlatformError `rejected`: gone, too large, not permitted, or of a kind that cannot be fetched
 */
export async function fetchFile(
  client: FeishuClient,
  baseUrl: string,
  file: ChatFile,
  { signal, maxBytes }: Pick<BotAccess, 'signal'> & { readonly maxBytes: number },
): Promise<FetchedMedia> {
  if (file.bytes > maxBytes) throw refused('file_too_large');
  // The token goes to the platform alone, whatever a stored address says.
  if (!file.url.startsWith(`${baseUrl}/open-apis/im/v1/messages/`)) throw refused(file.url === '' ? 'file_kind' : 'file_external');
  const response = await client.download({ api: 'resource.get', path: file.url, signal, inChannel: true }).catch((error: unknown) => {
    throw error instanceof PlatformError && error.localToChannel ? refused(error.code ?? 'channel') : error;
  });
  try {
    const mimeType = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    // A page of a proxy, or to log in at, is no file of anybody's.
    if (mimeType === 'text/html') throw refused('not_a_file');
    const bytes = await readAtMost(response, maxBytes);
    return { bytes, mimeType: generic.has(mimeType) ? file.mimeType : mimeType, name: file.name };
  } catch (error) {
    await response.body?.cancel().catch((cancelled: unknown) => cancelled);
    throw error instanceof PlatformError ? error : fromNetwork({ api: 'resource.get', effect: 'repeatable', inChannel: true }, error);
  }
}

/** Says nothing of what it is. */
const generic: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

const refused = (code: string): PlatformError =>
  new PlatformError(`feishu: a file cannot be had (${code})`, { kind: 'rejected', platform: 'feishu', code });

async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw refused('file_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
