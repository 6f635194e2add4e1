import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';

type Fetch = typeof globalThis.fetch;

/** What is kept whole; a larger answer is handed on as it comes. */
const wholeBytes = 1024 * 1024;
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);
const unpackers: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/**
 * `fetch` for the calls a connector makes a thousand times a minute: text out, text back, no redirect followed. Those go through `undici` without the streams and the signals
 * made anew that the standard asks for; these cost more than all the rest of a call, and are cleared away by the thousand right after a garbage
 * collection, when nothing else is answered. All others go to Node's own.
 *
 * It resolves once a small answer is there whole, not at its head. Errors have the shape of the standard: `TypeError` with a `cause`, or the signal's reason.
 * @param throughProxy that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name, as Node's own goes by `NODE_USE_ENV_PROXY`
 */
export function createFetch({ throughProxy = false }: { readonly throughProxy?: boolean } = {}): Fetch {
  const dispatcher = throughProxy ? new EnvHttpProxyAgent({ allowH2: false }) : new Agent({ allowH2: false });
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
      return toResponse(answer, await firstOf(method === 'HEAD' || bodiless.has(answer.statusCode) ? answer.body : unpacked(answer)));
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw new TypeError('fetch failed', { cause });
    }
  };
}

/** What the standard adds by itself; an answer is not asked for compressed, which would cost more than it saves. */
function headersOf({ headers, body }: RequestInit): Record<string, string> {
  const given = Object.fromEntries(new Headers(headers));
  return {
    accept: '*/*',
    'user-agent': 'threadmart',
    ...(typeof body === 'string' ? { 'content-type': 'text/plain;charset=UTF-8' } : {}),
    ...given,
  };
}

/** Whoever asks for nothing packed gets it from some all the same. @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 (2026-11-28) */
function unpacked({ headers, body }: Dispatcher.ResponseData): Readable {
  const coding = [headers['content-encoding'] ?? []].flat().join().trim().toLowerCase();
  const unpacker = unpackers.get(coding)?.();
  // What goes wrong is told to whoever reads.
  return unpacker ? pipeline(body, unpacker, () => undefined) : body;
}

/** All of a small body; of a large one what has come of it by then, and the rest. */
async function firstOf(body: Readable): Promise<Buffer | Readable> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const incoming = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of incoming) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > wholeBytes) return restOf(chunks, body);
  }
  return Buffer.concat(chunks);
}

function restOf(first: readonly Buffer[], rest: Readable): Readable {
  const whole = Readable.from(chained(first, rest), { objectMode: false });
  // Whoever does not read to the end lets go of the connection; that the rest is cut off then is no news to anybody.
  whole.once('close', () => rest.on('error', () => undefined).destroy());
  return whole;
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
  // Words of people, for which there is no rule: those of other scripts are not taken by the standard's shape.
  const told = /^[\t\x20-\x7e]*$/.test(statusText) ? statusText : '';
  return new Response(content, { status: statusCode, statusText: told, headers: made });
}
