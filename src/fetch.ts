import { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';

type Fetch = typeof globalThis.fetch;

/** What is kept whole; a larger answer is handed on as it comes. */
const wholeBytes = 1024 * 1024;
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * `fetch` for the calls a connector makes a thousand times a minute: text out, text back, no redirect followed. Those go through `undici` without the streams and the signals
 * made anew that the standard asks for; these cost more than all the rest of a call, and are cleared away by the thousand right after a garbage
 * collection, when nothing else is answered. All others go to Node's own.
 *
 * It resolves once a small answer is there whole, not at its head. Errors have the shape of the standard: `TypeError` with a `cause`, or the signal's reason.
 */
export function createFetch(): Fetch {
  const dispatcher = new Agent({ allowH2: false });
  return async (input, init = {}) => {
    const { method = 'GET', body, signal, redirect } = init;
    const isPlain = input instanceof URL || typeof input === 'string';
    if (!isPlain || (body != null && typeof body !== 'string') || redirect === undefined || redirect === 'follow')
      return fetch(input, init);
    try {
      const answer = await request(input, {
        dispatcher,
        method: method as Dispatcher.HttpMethod,
        headers: headersOf(init),
        body: body ?? null,
        signal: signal ?? null,
      });
      const isRedirect = answer.statusCode >= 300 && answer.statusCode < 400 && answer.headers['location'] !== undefined;
      if (redirect === 'error' && isRedirect) {
        await answer.body.dump();
        throw new Error('the answer is a redirect');
      }
      return toResponse(answer, await firstOf(answer.body));
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw new TypeError('fetch failed', { cause });
    }
  };
}

/** What the standard adds by itself; an answer is not asked for compressed, since nothing here would unpack it. */
function headersOf({ headers, body }: RequestInit): Record<string, string> {
  const given = Object.fromEntries(new Headers(headers));
  return {
    accept: '*/*',
    'user-agent': 'threadmart',
    ...(typeof body === 'string' ? { 'content-type': 'text/plain;charset=UTF-8' } : {}),
    ...given,
  };
}

/** All of a small body; of a large one what has come of it by then, and the rest. */
async function firstOf(body: Readable): Promise<Buffer | Readable> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const incoming = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of incoming) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > wholeBytes) return Readable.from(chained(chunks, body), { objectMode: false });
  }
  return Buffer.concat(chunks);
}

async function* chained(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

function toResponse({ statusCode, statusText, headers }: Dispatcher.ResponseData, body: Buffer | Readable): Response {
  const made = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value ?? []].flat()) made.append(name, one);
  }
  const content = bodiless.has(statusCode) ? null : body instanceof Readable ? (Readable.toWeb(body) as ReadableStream<Uint8Array>) : body;
  return new Response(content, { status: statusCode, statusText, headers: made });
}
