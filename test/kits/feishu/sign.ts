import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** A request as Feishu sends it to an app. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const keyOf = (encryptKey: string): Buffer => createHash('sha256').update(encryptKey).digest();

/**
 * `{"encrypt": …}`: AES-256-CBC, the key is the SHA-256 of the encrypt key, the blob begins with its IV.
 * @param iv random as the platform's, unless one is given
 */
export function encrypt(encryptKey: string, plain: string, iv = randomBytes(16)): string {
  const cipher = createCipheriv('aes-256-cbc', keyOf(encryptKey), iv);
  const blob = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final()]);
  return JSON.stringify({ encrypt: blob.toString('base64') });
}

/** What an encrypted body says; null: it is none. */
export function decrypt(encryptKey: string, body: string): string | null {
  const blob = Buffer.from(/^\{"encrypt":"([A-Za-z0-9+/=]+)"\}$/.exec(body)?.[1] ?? '', 'base64');
  if (blob.length < 32) return null;
  const decipher = createDecipheriv('aes-256-cbc', keyOf(encryptKey), blob.subarray(0, 16));
  return Buffer.concat([decipher.update(blob.subarray(16)), decipher.final()]).toString('utf8');
}

/** `X-Lark-Signature`: SHA-256 over timestamp, nonce, encrypt key and the body's bytes. @param atSeconds Unix time */
export function signRequest(encryptKey: string, body: string, atSeconds: number): SignedRequest {
  const nonce = randomBytes(8).toString('hex');
  const signature = createHash('sha256').update(`${atSeconds}${nonce}${encryptKey}`).update(body).digest('hex');
  return {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Go-http-client/1.1',
      'x-lark-request-timestamp': String(atSeconds),
      'x-lark-request-nonce': nonce,
      'x-lark-signature': signature,
    },
    body,
  };
}
