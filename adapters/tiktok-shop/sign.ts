import { createHmac } from 'node:crypto';

export interface Signable {
  /** With its leading slash, without host and query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The exact text that is sent; absent for a request without a body and for multipart, which is not signed. */
  readonly body?: string;
}

/**
 * The `sign` parameter of an API request. Empty parameters are left out of it, so they must not be sent either.
 * @see https://partner.tiktokshop.com/docv2/page/sign-your-api-request read 2026-11-22
 */
export function signRequest(appSecret: string, { path, query, body }: Signable): string {
  const signed = Object.keys(query)
    .filter((name) => name !== 'sign' && name !== 'access_token' && query[name] !== '')
    .sort()
    .map((name) => `${name}${query[name]}`)
    .join('');
  return hmac(appSecret, `${appSecret}${path}${signed}${body ?? ''}${appSecret}`);
}

/**
 * The `Authorization` header of a webhook, over the raw bytes. It covers no time: replays are told by their key.
 * @see https://partner.tiktokshop.com/docv2/page/tts-webhooks-overview read 2026-11-22
 */
export function signWebhook(appKey: string, appSecret: string, body: Uint8Array): string {
  return createHmac('sha256', appSecret).update(appKey).update(body).digest('hex');
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}
