import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { HttpError } from './request.ts';

/** Lets those pass who know the token. Hashes are compared, so that neither length nor content shows in the time it takes. */
export function bearer(token: string): RequestHandler {
  const expected = sha256(token);
  return (request, response, next) => {
    const [, given] = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
    response.setHeader('cache-control', 'no-store');
    if (given !== undefined && timingSafeEqual(sha256(given), expected)) return next();
    response.setHeader('www-authenticate', 'Bearer realm="threadmart"');
    next(new HttpError(401, 'unauthorized', 'send the ADMIN_TOKEN as a bearer token'));
  };
}

const sha256 = (value: string): Buffer => createHash('sha256').update(value).digest();
