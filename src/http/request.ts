import type { NextFunction, Request, RequestHandler, Response } from 'express';
import express from 'express';
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

/** Reads the body as raw bytes: signatures are over these. Compressed ones are refused (415): no platform sends them, and they could unpack to anything. */
export const rawBody = (limitBytes: number): RequestHandler => express.raw({ type: () => true, limit: limitBytes, inflate: false });

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
