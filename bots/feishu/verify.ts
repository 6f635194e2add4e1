import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import type { RawRequest } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';

/** @throws PlatformError `rejected`: wrong, missing, stale or future signature. Answer 401 and do not log the body. */
export type VerifyRequest = (request: RawRequest) => void;

/**
 * The platform names no window, and does not say whether an attempt that comes six hours later carries a signature of its own: so one is good for longer than
 * attempts are made. What is sent again within that time changes nothing, for its key is known for a week.
 */
const oldestSeconds = 8 * 3_600;
const aheadSeconds = 300;

/**
 * Checks that a request was signed with the encrypt key and is recent. Pure. Over the raw bytes: the SDK signs the JSON that it has parsed and printed again, takes
 * any age, and answers 200 to what it refuses.
 * @param encryptKey null where events come over the long connection: then nothing may arrive over HTTP
 * @see https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/encrypt-key-encryption-configuration-case (2026-11-28)
 */
export function createVerify(encryptKey: string | null): VerifyRequest {
  return ({ headers, body, receivedAt }) => {
    if (encryptKey === null) throw refusal('no encrypt key is configured');
    const timestamp = headers['x-lark-request-timestamp'] ?? '';
    const signature = headers['x-lark-signature'] ?? '';
    if (!/^\d{1,12}$/.test(timestamp)) throw refusal('its timestamp is missing');
    const ageSeconds = receivedAt.getTime() / 1_000 - Number(timestamp);
    if (ageSeconds > oldestSeconds || ageSeconds < -aheadSeconds) throw refusal('its signature is stale');
    const nonce = headers['x-lark-request-nonce'] ?? '';
    const expected = createHash('sha256').update(`${timestamp}${nonce}${encryptKey}`).update(body).digest();
    const given = /^[0-9a-f]{64}$/.test(signature) ? Buffer.from(signature, 'hex') : Buffer.alloc(0);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refusal('its signature is wrong');
  };
}

const refusal = (why: string) =>
  new PlatformError(`a request that claims to be the platform's was refused: ${why}`, {
    kind: 'rejected',
    platform: 'feishu',
    code: 'signature',
  });

/** The plain JSON of an encrypted event; null: it was encrypted with another key, or is damaged. */
export type Decrypt = (encrypted: string) => string | null;

/** AES-256-CBC; the key is the SHA-256 of the encrypt key, the first 16 bytes are the vector. The page is the one above. */
export function createDecrypt(encryptKey: string | null): Decrypt {
  const key = createHash('sha256')
    .update(encryptKey ?? '')
    .digest();
  return (encrypted) => {
    const bytes = Buffer.from(encrypted, 'base64');
    if (encryptKey === null || bytes.length < 32 || bytes.length % 16 !== 0) return null;
    const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  };
}
