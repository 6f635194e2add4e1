import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createClient } from '../../../adapters/tiktok-shop/client.ts';
import { toMediaRequest } from '../../../adapters/tiktok-shop/media.ts';
import { createOAuth } from '../../../adapters/tiktok-shop/oauth.ts';
import { environment } from '../../../adapters/tiktok-shop/settings.ts';
import { PlatformError } from '../../../src/errors.ts';

const env = { TIKTOK_SHOP_APP_KEY: '68xu9ks5p4i8', TIKTOK_SHOP_APP_SECRET: 'top-secret' };
const settings = environment.parse(env);
const now = () => new Date('2026-11-24T08:00:00Z');
const shop = (signal = new AbortController().signal) => ({
  externalId: '7494049642642441621',
  accessToken: 'token-of-the-shop',
  extra: { shopCipher: 'ROW_x' },
  signal,
});

type Effect = 'none' | 'message';
const answering =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  async () =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });

async function failureOf(fetch: typeof globalThis.fetch, effect: Effect, signal?: AbortSignal): Promise<PlatformError> {
  const client = createClient(settings, { fetch, now });
  const api = { operation: 'test', method: 'POST', path: '/x', effect, data: z.object({ message_id: z.string() }) } as const;
  const error: unknown = await client.shop(shop(signal), api).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PlatformError)) throw new Error('a PlatformError was expected', { cause: error });
  return error;
}

describe('a failure of the API', () => {
  it.each([
    [429, 36009002, '', 'rate-limited', 'rate-limited'],
    [200, 45101004, '', 'rate-limited', 'rate-limited'],
    [200, 36009003, '', 'transient', 'uncertain'],
    [500, 36009007, '', 'transient', 'uncertain'],
    [200, 45101001, '', 'transient', 'rejected'],
    [401, 105002, '', 'auth', 'auth'],
    [200, 105005, '', 'auth', 'auth'],
    [200, 36009004, 'Invalid access token', 'auth', 'auth'],
    [200, 36009004, 'timestamp is out of the window', 'rejected', 'rejected'],
    [200, 36009004, 'unexpected identifier: page_token', 'rejected', 'rejected'],
    [200, 106001, '', 'rejected', 'rejected'],
    [200, 45101006, '', 'rejected', 'rejected'],
    [200, 45102007, '', 'rejected', 'rejected'],
    [200, 45109001, '', 'rejected', 'rejected'],
    [200, 12345, '', 'rejected', 'rejected'],
    [503, 12345, '', 'transient', 'uncertain'],
  ] as const)('HTTP %i, code %i %s: reading is %s, sending %s', async (status, code, message, reading, sending) => {
    const fetch = answering(status, { code, message, request_id: 'r1', data: null });
    expect(await failureOf(fetch, 'none')).toMatchObject({ kind: reading, code: String(code), requestId: 'r1' });
    expect(await failureOf(fetch, 'message')).toMatchObject({ kind: sending, code: String(code), requestId: 'r1' });
  });

  it.each([
    [401, '', 'auth', 'auth'],
    [429, 'slow down', 'rate-limited', 'rate-limited'],
    [403, '<html>', 'rejected', 'rejected'],
    [502, '<html>', 'transient', 'uncertain'],
    [302, '', 'transient', 'uncertain'],
    [200, '<html>', 'transient', 'uncertain'],
    [200, '{"code":0,"mess', 'transient', 'uncertain'],
    [200, '{"code":0,"message":"Success","data":{}}', 'transient', 'uncertain'],
    [200, `"${'x'.repeat(5 * 1024 * 1024)}"`, 'transient', 'uncertain'],
  ] as const)('HTTP %i without a good answer (%.20s): reading is %s, sending %s', async (status, body, reading, sending) => {
    expect(await failureOf(answering(status, body), 'none')).toMatchObject({ kind: reading });
    expect(await failureOf(answering(status, body), 'message')).toMatchObject({ kind: sending });
  });

  it('waits as long as it was asked to, in seconds or until a date', async () => {
    const limited = (after: string) => answering(429, { code: 36009002, message: '' }, { 'retry-after': after });
    expect(await failureOf(limited('7'), 'message')).toMatchObject({ limit: 'method', retryAfterMs: 7000 });
    expect(await failureOf(limited('Tue, 24 Nov 2026 08:00:09 GMT'), 'message')).toMatchObject({ limit: 'method', retryAfterMs: 9000 });
    expect(await failureOf(limited('soon'), 'message')).toMatchObject({ retryAfterMs: null });
    expect(await failureOf(answering(200, { code: 45101004 }), 'message')).toMatchObject({ limit: 'day', retryAfterMs: 3_600_000 });
  });

  const failing = (code: string, syscall?: string) => async () => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code, syscall }) });
  };
  it.each([
    ['ECONNREFUSED', 'connect', 'transient'],
    ['ENOTFOUND', 'getaddrinfo', 'transient'],
    ['UND_ERR_CONNECT_TIMEOUT', undefined, 'transient'],
    ['CERT_HAS_EXPIRED', undefined, 'transient'],
    ['ECONNRESET', 'read', 'uncertain'],
    ['EPIPE', 'write', 'uncertain'],
    ['ETIMEDOUT', 'read', 'uncertain'],
    ['UND_ERR_SOCKET', undefined, 'uncertain'],
  ] as const)('tells by %s of %s that a send is %s', async (code, syscall, kind) => {
    expect((await failureOf(failing(code, syscall), 'message')).kind).toBe(kind);
    expect((await failureOf(failing(code, syscall), 'none')).kind).toBe('transient');
  });

  it('calls a send whose deadline passed uncertain, and one that never began transient', async () => {
    const running = new AbortController();
    const fetch: typeof globalThis.fetch = async () => {
      running.abort();
      throw running.signal.reason;
    };
    expect(await failureOf(fetch, 'message', running.signal)).toMatchObject({ kind: 'uncertain', code: 'timeout' });
    expect(await failureOf(fetch, 'message', AbortSignal.abort())).toMatchObject({ kind: 'transient', code: 'not-sent' });
  });

  it('tells the agent the reason where there is one', async () => {
    expect((await failureOf(answering(200, { code: 45109001 }), 'message')).reason).toBe('reason.buyer-window');
    expect((await failureOf(answering(200, { code: 45101006 }), 'message')).reason).toBe('reason.sensitive');
  });

  it('repeats neither what the platform said nor a secret', async () => {
    const fetch = answering(200, { code: 36009004, message: 'access token token-of-the-shop top-secret is invalid' });
    const error = await failureOf(fetch, 'none');
    expect(error.message).toBe('TikTok Shop, test: refused with 36009004 (token)');
  });
});

describe('authorisation', () => {
  const oauthOf = (fetch: typeof globalThis.fetch, more: object = {}) => {
    const configured = environment.parse({ ...env, ...more });
    return createOAuth(configured, createClient(configured, { fetch, now }));
  };
  const never = async () => {
    throw new Error('no request was expected');
  };
  const credentials = {
    accessToken: 'a',
    accessTokenExpiresAt: null,
    refreshToken: 'r',
    refreshTokenExpiresAt: null,
    extra: { shopCipher: 'c' },
  };

  it('sends the seller to the page of the service', () => {
    expect(oauthOf(never, { TIKTOK_SHOP_SERVICE_ID: '42' }).authorizeUrl('s&t')).toBe(
      'https://services.tiktokshop.com/open/authorize?service_id=42&state=s%26t',
    );
    expect(() => oauthOf(never).authorizeUrl('s')).toThrow(expect.objectContaining({ code: 'service-id-missing' }));
  });

  it.each([
    [{ code: 'null', error: 'auth_denied', state: 's' }, 'denied'],
    [{ code: 'null' }, 'no-code'],
    [{}, 'no-code'],
  ])('takes %o for a refusal', async (query, code) => {
    await expect(oauthOf(never).exchange(query)).rejects.toMatchObject({ kind: 'rejected', code });
  });

  it('refuses an account that is no seller', async () => {
    const data = { access_token: 'a', access_token_expire_in: 1, refresh_token: 'r', refresh_token_expire_in: 2, user_type: 1 };
    await expect(oauthOf(answering(200, { code: 0, data })).exchange({ code: 'x' })).rejects.toMatchObject({ code: 'not-a-seller' });
  });

  it('reads absolute expiries and keeps the cipher when it refreshes', async () => {
    const data = {
      access_token: 'a2',
      access_token_expire_in: 1_796_000_000,
      refresh_token: 'r2',
      refresh_token_expire_in: 1_827_000_000,
      user_type: 0,
    };
    expect(await oauthOf(answering(200, { code: 0, data })).refresh(credentials)).toEqual({
      accessToken: 'a2',
      accessTokenExpiresAt: new Date(1_796_000_000_000),
      refreshToken: 'r2',
      refreshTokenExpiresAt: new Date(1_827_000_000_000),
      extra: { shopCipher: 'c' },
    });
  });

  it('tells a dead refresh token from a passing fault, without telling the secret of the address', async () => {
    await expect(oauthOf(answering(200, { code: 36004004, message: 'invalid' })).refresh(credentials)).rejects.toMatchObject({
      kind: 'auth',
    });
    await expect(oauthOf(answering(404, '<html>')).refresh(credentials)).rejects.toMatchObject({ kind: 'transient' });
    await expect(oauthOf(never).refresh(credentials)).rejects.toMatchObject({
      kind: 'transient',
      message: expect.not.stringContaining('top-secret'),
    });
    await expect(oauthOf(never).refresh({ ...credentials, refreshToken: null })).rejects.toMatchObject({ kind: 'auth' });
  });
});

describe('the request for a picture', () => {
  const media = { url: 'https://p16-oec-sg.ibyteimg.com/tos/a~b.image?from=1' };
  const withRegion = (region: string) => ({ ...shop(), extra: { shopCipher: 'ROW_x', region } });

  it('carries token and cipher in Indonesia and where the region is not known', () => {
    const expected = {
      url: 'https://p16-oec-sg.ibyteimg.com/tos/a~b.image?from=1&shop_cipher=ROW_x',
      headers: { 'x-tts-access-token': 'token-of-the-shop' },
    };
    expect(toMediaRequest(withRegion('ID'), media, settings.mediaHosts)).toEqual(expected);
    expect(toMediaRequest(shop(), media, settings.mediaHosts)).toEqual(expected);
  });

  it('is plain elsewhere, and never takes the token to a host that is not on the list', () => {
    expect(toMediaRequest(withRegion('TH'), media, settings.mediaHosts)).toEqual({ ...media, headers: {} });
    const foreign = { url: 'https://ibyteimg.com.evil.example/a' };
    expect(toMediaRequest(withRegion('ID'), foreign, settings.mediaHosts)).toEqual({ ...foreign, headers: {} });
  });
});

describe('the environment', () => {
  it('takes empty for unset, cuts slashes, and replaces the media hosts', () => {
    expect(
      environment.parse({
        ...env,
        TIKTOK_SHOP_SERVICE_ID: '',
        TIKTOK_SHOP_API_URL: 'http://127.0.0.1:4000/',
        TIKTOK_SHOP_AUTH_URL: '',
        TIKTOK_SHOP_MEDIA_HOSTS: 'A.example, .b.example,',
      }),
    ).toEqual({
      appKey: '68xu9ks5p4i8',
      appSecret: 'top-secret',
      serviceId: '',
      apiUrl: 'http://127.0.0.1:4000',
      authUrl: 'https://auth.tiktok-shops.com',
      authorizeUrl: 'https://services.tiktokshop.com/open/authorize',
      mediaHosts: ['a.example', '.b.example'],
    });
  });

  it('never repeats a value that it refuses', () => {
    const { error } = environment.safeParse({ ...env, TIKTOK_SHOP_API_URL: 'ftp://secret.example' });
    expect(error?.message).toContain('TIKTOK_SHOP_API_URL');
    expect(error?.message).not.toContain('secret.example');
  });
});
