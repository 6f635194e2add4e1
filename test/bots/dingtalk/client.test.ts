import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDingTalkClient, type DingTalkClient } from '../../../bots/dingtalk/client.ts';
import { createTokens } from '../../../bots/dingtalk/tokens.ts';
import { PlatformError } from '../../../src/errors.ts';
import { createFetch } from '../../../src/fetch.ts';
import { type DingTalkFake, startDingTalkFake } from '../../kits/dingtalk/fake.ts';
import { type FakeServer, startFakeServer } from '../../kits/fake-server.ts';

const signal = () => AbortSignal.timeout(10_000);

async function failureOf(promise: Promise<unknown>): Promise<PlatformError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof PlatformError) return error;
  throw new Error('expected a PlatformError', { cause: error });
}

describe('calls', () => {
  let server: FakeServer;
  let client: DingTalkClient;
  let answer: { status: number; body: string; headers?: Record<string, string> };
  beforeEach(async () => {
    answer = { status: 200, body: '{}' };
    server = await startFakeServer({
      handle: ({ path }) => (path === '/v1.0/oauth2/accessToken' ? { status: 200, body: '{"accessToken":"t-1","expireIn":7200}' } : answer),
    });
    const fetch = createFetch();
    const tokens = createTokens({ clientId: 'app', clientSecret: 'shh', baseUrl: server.url }, { fetch, now: () => new Date() });
    client = createDingTalkClient({ baseUrl: server.url, oldBaseUrl: server.url, tokens }, { fetch });
  });
  afterEach(() => server.close());

  const post = (effect: 'post' | 'repeatable' = 'post', vital = true) =>
    client.call({
      api: 'card.deliver',
      path: '/v1.0/card/instances/createAndDeliver',
      method: 'POST',
      body: { secret: 'words of a buyer' },
      effect,
      vital,
      signal: signal(),
    });
  const old = () =>
    client.old({ api: 'user', path: '/topapi/v2/user/get', method: 'POST', body: {}, effect: 'repeatable', signal: signal() });

  it.each([
    [403, { code: 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi' }, { kind: 'rate-limited', limit: 'method', retryAfterMs: 1_000 }],
    [403, { code: 'Forbidden.AccessDenied.QpsLimitForApi' }, { kind: 'rate-limited', limit: 'method' }],
    [403, { code: 'Forbidden.AccessDenied.ApiCountLimitForOrg' }, { kind: 'rate-limited', limit: 'day', retryAfterMs: 1_800_000 }],
    [200, { status: 1111, punish: 'deny' }, { kind: 'rate-limited', limit: 'connection', retryAfterMs: 300_000 }],
    [400, { code: 'invalidClientIdOrSecret' }, { kind: 'auth', localToChannel: false }],
    [403, { code: 'Forbidden.AccessDenied.IpNotInWhiteList' }, { kind: 'auth', localToChannel: false }],
    [403, { code: 'Forbidden.AccessDenied.AccessTokenPermissionDenied' }, { kind: 'auth' }],
    [400, { code: 'invalid.openConversationId' }, { kind: 'auth', localToChannel: true }],
    [400, { code: 'param.cardNotExist' }, { kind: 'rejected', code: 'param.cardNotExist' }],
    [400, { code: 'a sentence that names Somchai' }, { kind: 'rejected', code: 'refused' }],
    [200, { success: false }, { kind: 'rejected', code: 'unsuccessful' }],
    [504, {}, { kind: 'uncertain', code: 'http_504' }],
    [504, { code: 'GatewayTimeout' }, { kind: 'uncertain' }],
    [500, { code: 'ServiceUnavailable' }, { kind: 'uncertain' }],
    [401, {}, { kind: 'auth' }],
    [429, {}, { kind: 'rate-limited', limit: 'method' }],
    [404, {}, { kind: 'rejected', code: 'http_404' }],
  ])('HTTP %i %j is %j', async (status, body, verdict) => {
    answer = { status, body: JSON.stringify(body) };
    const error = await failureOf(post());
    expect(error).toMatchObject(verdict);
    expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/buyer|Somchai|t-1|shh/);
  });

  it.each([
    [{ errcode: 90_018 }, { kind: 'rate-limited', limit: 'method' }],
    [{ errcode: 90_020 }, { kind: 'rate-limited', limit: 'day' }],
    [
      { errcode: 88, sub_code: '60011' },
      { kind: 'rejected', reason: 'dingtalk.reason-permission' },
    ],
    [{ errcode: 60_121 }, { kind: 'rejected', code: '60121' }],
    [{ errcode: 40_014 }, { kind: 'auth' }],
  ])('of the old servers %j is %j', async (body, verdict) => {
    answer = { status: 200, body: JSON.stringify(body) };
    expect(await failureOf(old())).toMatchObject(verdict);
  });

  it('waits as long as a gateway asks', async () => {
    answer = { status: 403, body: '{"code":"Forbidden.AccessDenied.QpsLimitForApi"}', headers: { 'retry-after': '7' } };
    expect(await failureOf(post())).toMatchObject({ kind: 'rate-limited', retryAfterMs: 7_000 });
  });

  it.each(['<html>', '', 'null', '[]x', '"words"'])('an answer that is none (%j) leaves it open whether it arrived', async (body) => {
    answer = { status: 200, body };
    expect(await failureOf(post())).toMatchObject({ kind: 'uncertain', code: 'not_json' });
    expect(await failureOf(post('repeatable'))).toMatchObject({ kind: 'transient' });
  });

  it('that nobody waits for are not made', async () => {
    const given = { api: 'card.draw', path: '/v1.0/x', method: 'PUT', body: {}, effect: 'post', signal: AbortSignal.abort() } as const;
    expect(await failureOf(client.call(given))).toMatchObject({ kind: 'transient' });
    expect(server.log).toHaveLength(0);
  });

  it('that cannot have left are no risk', async () => {
    const fetch = createFetch();
    const away = 'http://127.0.0.1:9';
    const tokens = createTokens({ clientId: 'app', clientSecret: 'shh', baseUrl: server.url }, { fetch, now: () => new Date() });
    const nobody = createDingTalkClient({ baseUrl: away, oldBaseUrl: away, tokens }, { fetch });
    const call = { api: 'card.deliver', path: '/v1.0/x', method: 'POST', body: {}, effect: 'post', signal: signal() } as const;
    expect(await failureOf(nobody.call(call))).toMatchObject({ kind: 'transient' });
  });
});

describe('the token', () => {
  let fake: DingTalkFake;
  let nowMs: number;
  let client: DingTalkClient;
  beforeEach(async () => {
    fake = await startDingTalkFake();
    fake.world.addUser({ id: 'mai' });
    nowMs = Date.now();
    const fetch = createFetch();
    const { clientId } = fake.world.app;
    const tokens = createTokens({ clientId, clientSecret: fake.clientSecret, baseUrl: fake.apiUrl }, { fetch, now: () => new Date(nowMs) });
    client = createDingTalkClient({ baseUrl: fake.apiUrl, oldBaseUrl: fake.oapiUrl, tokens }, { fetch });
  });
  afterEach(() => fake.close());

  const ask = () =>
    client.old({
      api: 'user',
      path: '/topapi/v2/user/get',
      method: 'POST',
      body: { userid: 'mai' },
      effect: 'repeatable',
      signal: signal(),
    });
  const robots = () =>
    client.call({
      api: 'robots',
      path: '/v1.0/robot/getBotListInGroup',
      method: 'POST',
      body: { openConversationId: 'x' },
      effect: 'repeatable',
      signal: signal(),
    });
  const asked = () => fake.api.log.filter(({ path }) => path === '/v1.0/oauth2/accessToken').length;

  it('is asked for once, by many at a time, and kept until shortly before its end', async () => {
    await Promise.all([ask(), ask(), ask()]);
    expect(asked()).toBe(1);
    nowMs += 7_200_000 - 5 * 60_000 - 1_000;
    await ask();
    expect(asked()).toBe(1);
    nowMs += 2_000;
    await ask();
    expect(asked()).toBe(2);
  });

  it.each([400, 401] as const)('is had anew once it is refused (%i), by either server', async (status) => {
    fake.context.invalidTokenStatus = status;
    await ask();
    fake.tokens.expireAll();
    await ask();
    expect(asked()).toBe(2);
    fake.tokens.expireAll();
    expect(await failureOf(robots())).toMatchObject({ kind: 'auth', localToChannel: true });
    expect(asked()).toBe(3);
  });

  it('that is not given pauses the connection', async () => {
    fake.tokens.changeSecret(null);
    expect(await failureOf(ask())).toMatchObject({ kind: 'auth', code: 'invalidClientIdOrSecret', localToChannel: false });
  });

  it('that cannot be asked for now is a call that was not made', async () => {
    fake.api.failNext(({ path }) => path.endsWith('accessToken'), { kind: 'cut-after' });
    const call = {
      api: 'card.deliver',
      path: '/v1.0/card/instances/createAndDeliver',
      method: 'POST',
      body: {},
      effect: 'post',
      signal: signal(),
    } as const;
    expect(await failureOf(client.call(call))).toMatchObject({ kind: 'transient' });
  });
});
