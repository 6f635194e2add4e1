import { z } from 'zod';
import { PlatformError } from '../../src/errors.ts';
import type { BotAccess, ChatFile, FetchedMedia } from '../bot.ts';
import type { SlackClient } from './client.ts';
import { fromNetwork, rateLimited } from './failures.ts';

export interface FilesDeps {
  readonly client: SlackClient;
  readonly fetch: typeof globalThis.fetch;
  /** The bearer header, for Slack's own hosts; empty for any other. */
  readonly authorization: (url: string) => Readonly<Record<string, string>>;
}

/** The token goes to Slack's own hosts (and to the one that takes its place in `SLACK_API_URL`), wherever an address or a redirect may point. */
export function createAuthorization(botToken: string, apiUrl: string): FilesDeps['authorization'] {
  const apiHost = new URL(apiUrl).host;
  return (url) => {
    const { protocol, host, hostname } = new URL(url);
    const isSlack = protocol === 'https:' && (hostname === 'slack.com' || hostname.endsWith('.slack.com'));
    return isSlack || host === apiHost ? { authorization: `Bearer ${botToken}` } : {};
  };
}

const maxRedirects = 3;
const details = { method: 'download', effect: 'repeatable' } as const;

/**
 * The bytes of a file that somebody posted. Without the right scope or token Slack answers 200 and a page to log in at, so a page is never a file.
 * @throws PlatformError `rejected`: gone, too large, not permitted, or kept outside Slack
 */
export async function fetchFile(
  deps: FilesDeps,
  file: ChatFile,
  { signal, maxBytes }: Pick<BotAccess, 'signal'> & { readonly maxBytes: number },
): Promise<FetchedMedia> {
  if (file.bytes > maxBytes) throw refused('file_too_large');
  const url = file.url === '' ? await askForAddress(deps.client, file, signal) : file.url;
  const response = await follow(deps, url, signal);
  try {
    const mimeType = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (mimeType === 'text/html') throw refused('file_is_a_page');
    if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw refused('file_too_large');
    const bytes = await readAtMost(response, maxBytes);
    return { bytes, mimeType: mimeType || file.mimeType, name: file.name };
  } catch (error) {
    await response.body?.cancel().catch((cancelled: unknown) => cancelled);
    throw error instanceof PlatformError ? error : fromNetwork(details, error);
  }
}

const refused = (code: string): PlatformError =>
  new PlatformError(`slack: a file cannot be had (${code})`, { kind: 'rejected', platform: 'slack', code });

const fileInfo = z.object({
  file: z.object({ mode: z.string().nullish(), url_private: z.string().nullish(), url_private_download: z.string().nullish() }),
});

/** Events of shared channels may carry the id alone. */
async function askForAddress(client: SlackClient, { fileId }: ChatFile, signal: AbortSignal): Promise<string> {
  const { answer } = await client.ask({ method: 'files.info', args: { file: fileId }, signal });
  const { mode, url_private_download, url_private } = fileInfo.parse(answer).file;
  const url = url_private_download ?? url_private;
  if (mode === 'tombstone' || mode === 'hidden_by_limit' || !url) throw refused('file_deleted');
  return url;
}

async function follow({ fetch, authorization }: FilesDeps, from: string, signal: AbortSignal): Promise<Response> {
  let url = from;
  // A file that others keep (a drive) has its address here, too; it is no business of this token.
  if (Object.keys(authorization(url)).length === 0) throw refused('file_external');
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await fetch(url, { headers: authorization(url), redirect: 'manual', signal }).catch((error: unknown) => {
      throw fromNetwork(details, error);
    });
    if (response.status === 200) return response;
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (response.status === 429) throw rateLimited(details, Number(response.headers.get('retry-after')) || null);
    if (response.status >= 500)
      throw new PlatformError('slack: a file cannot be had now', { kind: 'transient', platform: 'slack', code: `http_${response.status}` });
    if (response.status < 300 || response.status >= 400 || !location) throw refused(`http_${response.status}`);
    url = new URL(location, url).href;
    if (!/^https?:/.test(url)) throw refused('file_external');
  }
  throw refused('too_many_redirects');
}

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
