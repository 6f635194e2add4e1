import { createCipheriv, createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOrigins } from '../../../bots/feishu/people.ts';
import { createReceive } from '../../../bots/feishu/receive.ts';
import { createTopics } from '../../../bots/feishu/topics.ts';
import { createDecrypt, createVerify } from '../../../bots/feishu/verify.ts';
import type { RawRequest } from '../../../src/core/connector.ts';
import { PlatformError } from '../../../src/errors.ts';

const key = 'the key';
const at = 1_795_000_000;
const body = Buffer.from('{ "encrypt" : "x" }');

function request(more: Partial<RawRequest['headers']> = {}, bytes = body, receivedAtSeconds = at): RawRequest {
  const signature = createHash('sha256').update(`${at}nonce${key}`).update(body).digest('hex');
  const headers = { 'x-lark-request-timestamp': String(at), 'x-lark-request-nonce': 'nonce', 'x-lark-signature': signature, ...more };
  return {
    method: 'POST',
    path: '/',
    query: {},
    headers: headers as Record<string, string>,
    body: bytes,
    receivedAt: new Date(receivedAtSeconds * 1_000),
  };
}

describe('the signature', () => {
  const verify = createVerify(key);

  it('is taken over the raw bytes, white space and all, for as long as attempts are made', () => {
    for (const skew of [-300, 0, 8 * 3_600]) expect(() => verify(request({}, body, at + skew))).not.toThrow();
    for (const skew of [-301, 8 * 3_600 + 1, 86_400]) expect(() => verify(request({}, body, at + skew))).toThrow('stale');
  });

  it.each<[string, RawRequest]>([
    ['another body', request({}, Buffer.from('{"encrypt":"x"}'))],
    ['another nonce', request({ 'x-lark-request-nonce': 'other' })],
    ['no nonce', request({ 'x-lark-request-nonce': '' })],
    ['no signature', request({ 'x-lark-signature': '' })],
    ['half a signature', request({ 'x-lark-signature': 'ab' })],
    ['no timestamp', request({ 'x-lark-request-timestamp': '' })],
    ['a timestamp that is none', request({ 'x-lark-request-timestamp': 'NaN' })],
  ])('is refused with %s', (_what, wrong) => {
    expect(() => verify(wrong)).toThrow(expect.objectContaining({ kind: 'rejected' }));
  });

  it('is refused whatever it says where no key is set', () => {
    expect(() => createVerify(null)(request())).toThrow('no encrypt key');
  });
});

describe('the encryption', () => {
  const encrypt = (plain: string, secret = key) => {
    const iv = Buffer.alloc(16, 7);
    const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(secret).digest(), iv);
    return Buffer.concat([iv, cipher.update(plain), cipher.final()]).toString('base64');
  };

  it('is undone, for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(createDecrypt(key)(encrypt(text))).toBe(text.toWellFormed());
      }),
    );
  });

  it('yields nothing for another key, for none, and for what is no such thing', () => {
    expect(createDecrypt('another')(encrypt('{"a":1}'))).not.toBe('{"a":1}');
    expect(createDecrypt(null)(encrypt('x'))).toBeNull();
    fc.assert(
      fc.property(fc.string(), (junk) => {
        expect(['string', 'object']).toContain(typeof createDecrypt(key)(junk));
      }),
    );
  });
});

it('nothing large is read before it is known who sent it', () => {
  let read = 0;
  const refuse = () => {
    throw new PlatformError('refused', { kind: 'rejected', platform: 'feishu', code: 'signature' });
  };
  const decrypt = () => {
    read += 1;
    return null;
  };
  const context = { baseUrl: 'https://open.feishu.cn', topics: createTopics(), origins: createOrigins(), ourOpenId: () => null };
  const receive = createReceive(refuse, { ...context, decrypt, verificationToken: null, onEvent: () => undefined });
  const from = (chars: number) => () =>
    receive({
      ...{ method: 'POST', path: '/', query: {}, headers: {}, receivedAt: new Date() },
      body: Buffer.from(JSON.stringify({ encrypt: 'A'.repeat(chars) })),
    });
  expect(from(100)).toThrow('refused');
  expect(read).toBe(1);
  expect(from(100_000)).toThrow('refused');
  expect(read).toBe(1);
});
