import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { RawRequest } from '../core/connector.ts';
import type { Locale } from '../core/texts/index.ts';
import { nearestLocale } from '../core/texts/index.ts';
import type { HttpDeps } from './deps.ts';

/** Ids from outside are kept only in this form: they go into logs and headers. */
const safeRequestId = /^[\w-]{8,64}$/;

/** The id of a request, ours or (from a proxy) a harmless one that came with it. */
export const requestIdOf = (response: Response): string => String(response.getHeader('x-request-id'));

/** Names each request, and logs how it ended: ids and times, never the query. */
export function withRequestId({ newId, clock, log }: Pick<HttpDeps, 'newId' | 'clock' | 'log'>): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id') ?? '';
    const requestId = safeRequestId.test(given) ? given : newId();
    response.setHeader('x-request-id', requestId);
    const startedAtMs = clock.monotonicMs();
    response.once('finish', () => {
      const durationMs = Math.round(clock.monotonicMs() - startedAtMs);
      log.debug({ requestId, method: request.method, path: request.path, status: response.statusCode, durationMs }, 'request');
    });
    next();
  };
}

/**
 * Reads the body as raw bytes: signatures are over these. Compressed ones are refused (415): no platform sends them, and they could unpack to anything.
 * Express's own reader takes in all of a body that is too large before it says so (413), however long that goes on; this one hangs up.
 */
export const rawBody =
  (limitBytes: number): RequestHandler =>
  (request, _response, next) => {
    readBody(request, limitBytes).then((body) => {
      request.body = body;
      next();
    }, next);
  };

/** What is a little too large is read to its end and forgotten, for who hangs up on somebody that still talks is not heard; times the limit. */
const patience = 4;

function readBody(request: Request, limitBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => reject(new HttpError(413, 'too-large', 'the body is too large'));
    if ((request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity')
      return reject(new HttpError(415, 'unsupported-encoding', 'send the body without compression, as UTF-8'));
    if (Number(request.headers['content-length'] ?? 0) > limitBytes * patience) return tooLarge();
    const chunks: Uint8Array[] = [];
    let size = 0;
    const take = (chunk: Uint8Array): void => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size <= limitBytes * patience) return;
      request.off('data', take).pause();
      tooLarge();
    };
    request
      .on('data', take)
      .once('end', () => (size > limitBytes ? tooLarge() : resolve(Buffer.concat(chunks))))
      .once('error', () => reject(new HttpError(400, 'bad-request', 'the request cannot be read')));
  });
}

export function bodyOf(request: Request): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
}

/** The first value of each name: a second one must not change what a signature covered. */
export function queryOf(request: Request): Readonly<Record<string, string>> {
  const mark = request.url.indexOf('?');
  const query: Record<string, string> = Object.create(null);
  if (mark < 0) return query;
  for (const [name, value] of new URLSearchParams(request.url.slice(mark + 1))) query[name] ??= value;
  return query;
}

export function toRawRequest(request: Request, receivedAt: Date): RawRequest {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  const path = `${request.baseUrl}${request.path}`;
  return { method: request.method, path, query: queryOf(request), headers, body: bodyOf(request), receivedAt };
}

/** The language that the reader's program asks for first, as far as we have it. */
export function localeOf(request: Request): Locale {
  return nearestLocale(request.acceptsLanguages()[0]);
}

/** For the methods that a path does not have. */
export const methodNotAllowed =
  (...allowed: readonly string[]): RequestHandler =>
  (_request: Request, response: Response, next: NextFunction) => {
    response.setHeader('allow', allowed.join(', '));
    next(new HttpError(405, 'method-not-allowed', `use ${allowed.join(' or ')}`));
  };

/** An answer that is the caller's fault (or, 503, nobody's). `message` is shown to the caller. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly details: readonly string[];

  constructor(status: number, code: string, message: string, details: readonly string[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}
