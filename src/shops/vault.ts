import { createCipheriv, createDecipheriv, createHash, createSecretKey } from 'node:crypto';

const format = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts what must not lie in the database as it is. */
export interface Vault {
  /** The key that encrypts, and all that decrypt; names, not secrets. */
  readonly keyId: string;
  readonly keyIds: readonly string[];
  /** @param context what the text belongs to (`grants/ID/secrets`): a ciphertext moved elsewhere does not open there */
  seal(plain: string, context: string): string;
  /** @throws VaultError when the key is not there, or the text was changed or belongs elsewhere */
  open(sealed: string, context: string): string;
}

/** Its message holds key ids and contexts, no secrets. */
class VaultError extends Error {
  override readonly name = 'VaultError';
}

/**
 * AES-256-GCM. A sealed text is `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url.
 * @param keys 32 bytes each; the first encrypts, any decrypts
 * @param random gives that many random bytes
 */
export function createVault(keys: readonly Uint8Array[], random: (bytes: number) => Uint8Array): Vault {
  const byId = new Map(keys.map((key) => [keyIdOf(key), createSecretKey(key)]));
  const [[firstId, first] = []] = byId;
  if (!firstId || !first) throw new VaultError('A vault needs a key.');
  return {
    keyId: firstId,
    keyIds: [...byId.keys()],

    seal(plain, context) {
      const nonce = random(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', first, nonce, { authTagLength: tagBytes }).setAAD(additional(firstId, context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [format, firstId, Buffer.from(nonce).toString('base64url'), body.toString('base64url')].join('.');
    },

    open(sealed, context) {
      const [version, id = '', nonce = '', encoded = ''] = sealed.split('.');
      if (version !== format) throw new VaultError(`A secret (${context}) is in a form that this version does not know.`);
      const key = byId.get(id);
      if (!key) throw new VaultError(`SECRET_KEY lacks the key ${id}, with which a secret (${context}) was encrypted.`);
      const body = Buffer.from(encoded, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: tagBytes })
          .setAAD(additional(id, context))
          .setAuthTag(body.subarray(-tagBytes));
        return Buffer.concat([decipher.update(body.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new VaultError(`A secret (${context}) was changed in the database and cannot be opened.`, { cause });
      }
    },
  };
}

/** Which key sealed this text. */
export const sealedWith = (sealed: string): string => sealed.split('.')[1] ?? '';

/** What lies under this key sorts from `from` to before `to`, and nothing else does. */
export const sealedRange = (keyId: string): { readonly from: string; readonly to: string } => ({
  from: `${format}.${keyId}.`,
  // The sign after the dot.
  to: `${format}.${keyId}/`,
});

/** Names a key without telling it: the key has 256 bits of chance, so its hash gives nothing away. */
export function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('threadmart key id\0').update(key).digest('base64url').slice(0, 10);
}

const additional = (keyId: string, context: string): Buffer => Buffer.from(`${format}\0${keyId}\0${context}`, 'utf8');
