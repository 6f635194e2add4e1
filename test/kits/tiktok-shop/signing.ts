import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedParts {
  /** With its leading slash, without host and query. */
  readonly path: string;
  /** Decoded keys and values. */
  readonly query: Iterable<readonly [string, string]>;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * The `sign` that the platform expects of a request: lower-case hex.
 * @see https://partner.tiktokshop.com/docv2/page/sign-your-api-request (read 2026-11-22)
 */
export function requestSign(secret: string, { path, query, contentType, body }: SignedParts): string {
  const pairs = [...query].filter(([key, value]) => key !== 'sign' && key !== 'access_token' && value !== '');
  pairs.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const hmac = createHmac('sha256', secret).update(secret + path + pairs.map(([key, value]) => key + value).join(''));
  if (!contentType.startsWith('multipart/form-data')) hmac.update(body);
  return hmac.update(secret).digest('hex');
}

/**
 * The `Authorization` header of a webhook, over the exact bytes that are sent.
 * @see https://partner.tiktokshop.com/docv2/page/tts-webhooks-overview (read 2026-11-22)
 */
export function webhookSign(appKey: string, secret: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(appKey).update(body).digest('hex');
}

export function sameSign(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
