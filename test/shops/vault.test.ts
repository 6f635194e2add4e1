import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVault, keyIdOf, sealedWith } from '../../src/shops/vault.ts';

const oldKey = createHash('sha256').update('old').digest();
const newKey = createHash('sha256').update('new').digest();
const context = 'grants/tiktok-shop:1/secrets';
const vault = createVault([oldKey], randomBytes);

describe('vault', () => {
  it('opens what it sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, where) => {
        expect(vault.open(vault.seal(plain, where), where)).toBe(plain.toWellFormed());
      }),
    );
  });

  it('says its form and key, and nothing of the content', () => {
    const sealed = vault.seal('access-token', context);
    expect(sealed).toMatch(/^v1\.[\w-]{10}\.[\w-]{16}\.[\w-]+$/);
    expect(sealedWith(sealed)).toBe(keyIdOf(oldKey));
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain('access');
  });

  it('never seals twice alike', () => {
    expect(vault.seal('same', context)).not.toBe(vault.seal('same', context));
  });

  it('does not open elsewhere', () => {
    const sealed = vault.seal('access-token', context);
    expect(() => vault.open(sealed, 'grants/tiktok-shop:2/secrets')).toThrow('was changed in the database');
  });

  it('notices any changed character', () => {
    const sealed = vault.seal('access-token', context);
    const [version, id, nonce = '', body = ''] = sealed.split('.');
    const flip = (text: string, position: number) => {
      const bytes = Buffer.from(text, 'base64url');
      bytes[position] = (bytes[position] ?? 0) ^ 1;
      return bytes.toString('base64url');
    };
    for (let position = 0; position < 12; position += 1) {
      expect(() => vault.open([version, id, flip(nonce, position), body].join('.'), context)).toThrow('was changed');
    }
    for (let position = 0; position < Buffer.from(body, 'base64url').length; position += 1) {
      expect(() => vault.open([version, id, nonce, flip(body, position)].join('.'), context)).toThrow('was changed');
    }
    expect(() => vault.open([version, id, nonce, body.slice(0, 12)].join('.'), context)).toThrow('was changed');
  });

  it('names the key that is missing', () => {
    const sealed = vault.seal('access-token', context);
    const other = createVault([newKey], randomBytes);
    expect(() => other.open(sealed, context)).toThrow(`SECRET_KEY lacks the key ${keyIdOf(oldKey)}`);
    expect(() => other.open(sealed.replace('v1', 'v2'), context)).toThrow('does not know');
  });

  it('encrypts with the first key and opens with any', () => {
    const both = createVault([newKey, oldKey], randomBytes);
    expect(both.open(vault.seal('older', context), context)).toBe('older');
    const sealed = both.seal('newer', context);
    expect(sealedWith(sealed)).toBe(keyIdOf(newKey));
    expect(both.keyIds).toEqual([keyIdOf(newKey), keyIdOf(oldKey)]);
    expect(createVault([newKey], randomBytes).open(sealed, context)).toBe('newer');
  });
});
