import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '../cli/run-tool.ts';
import type { FakeRequest } from '../kits/fake-server.ts';
import { onePixelPng } from '../kits/pictures.ts';
import { namesServer } from '../store-helper.ts';
import { eventually } from './eventually.ts';
import { slackRateLimited, tiktokRateLimited, troubled } from './faults.ts';
import { seeded } from './random.ts';
import { filesBelow, findHidden, type Hidden, type Place, searchKept } from './secrets.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createWorld, type World } from './world.ts';

const text = (name: string, content: string): Place => ({ name, content: Buffer.from(content) });

describe('the search for what is hidden', () => {
  const hidden = [{ name: 'the token', value: 'ROW_s3cret/tok+en"é' }];
  const value = hidden[0]?.value ?? '';
  it.each([
    ['plain', `a ${value} b`],
    ['in JSON', JSON.stringify({ a: [value] })],
    ['in JSON in JSON', JSON.stringify({ a: JSON.stringify([value]) })],
    ['in an address', `https://x.example/?token=${encodeURIComponent(value)}`],
    ['in a form', new URLSearchParams({ token: value }).toString()],
    ['as hex', `0x${Buffer.from(value).toString('hex')}`],
    ['backwards', [...value].reverse().join('')],
    ...['', 'a', 'ab', 'abc'].flatMap((lead) =>
      (['base64', 'base64url'] as const).map((encoding): [string, string] => [
        `as ${encoding} behind "${lead}"`,
        Buffer.from(`${lead}${value}and more`).toString(encoding),
      ]),
    ),
  ])('finds it %s', (_dress, content) => {
    expect(findHidden([text('nothing', 'here'), text('log', content)], hidden)).toContainEqual(expect.stringMatching(/^log: the token, /));
  });
  it('finds it in bytes that are no text, and does not tell it', () => {
    const content = Buffer.concat([Buffer.from([0xff, 0, 0xfe]), Buffer.from(value, 'utf16le'), Buffer.from([0xff])]);
    expect(findHidden([{ name: 'database', content }], hidden)).toEqual(['database: the token, as UTF-16']);
  });
  it('finds nothing where there is nothing, and refuses what is too short to look for', () => {
    expect(findHidden([text('log', 'ROW_s3cret/tok')], hidden)).toEqual([]);
    expect(() => findHidden([], [{ name: 'x', value: 'four' }])).toThrow(/found everywhere/);
  });
});

describe('the search of what a run has left', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threadmart-kept-'));
    await write('used.json', JSON.stringify({ secrets: ['s3cret-token'], texts: ['Is it bright?'], names: ['Somchai'] }));
    await write('threadmart.yaml', 'accessToken: s3cret-token');
    await write('data/secret-key', 's3cret-token');
    await write('data/store.sqlite', 'Is it bright? Somchai');
    await write('answers/inquiries.json', '"Is it bright?"');
    await write('logs/service-1.log', '{"msg":"listening"}');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  async function write(path: string, content: string): Promise<void> {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  }

  it('finds nothing where all is in its place', async () => {
    expect(await searchKept(folder)).toEqual([]);
  });
  it.each([
    ['data/store.sqlite-wal', 's3cret-token', 'secret 1, plain'],
    ['answers/doctor.json', Buffer.from('s3cret-token').toString('base64'), 'secret 1, as base64'],
    ['logs/service-2.log', '{"err":"Is it bright?"}', 'text 1, plain'],
    ['metrics/service-1.txt', 'buyer="Somchai"', 'name 1, plain'],
  ])('finds what is in %s', async (path, content, what) => {
    await write(path, content);
    expect(await searchKept(folder)).toEqual([expect.stringContaining(what)]);
    await rm(join(folder, path));
  });
});

/** What the platforms were shown, as they saw it. */
function createEar() {
  const heard = new Map<string, string>();
  const note = (name: string, value: string | null | undefined) => value && value.length >= 8 && heard.set(value, name);
  return {
    hear({ headers, query, path }: FakeRequest): void {
      note('an access token', headers['x-tts-access-token']);
      note('an authorization header', headers['authorization']?.replace(/^Bearer /, ''));
      for (const name of ['refresh_token', 'auth_code', 'app_secret', 'shop_cipher', 'sign', 'access_token', 'ticket'])
        note(`${name} of ${path}`, query.get(name));
    },
    hidden: (): readonly Hidden[] => [...heard].map(([value, name]) => ({ name, value })),
  };
}

describe.skipIf(namesServer(process.env))('after a run with everything in it, told at the level of trace', () => {
  let world: World;
  let traffic: Traffic;
  const ear = createEar();
  const asked: Place[] = [];
  const secrets: Hidden[] = [];
  const texts: Hidden[] = [];
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threadmart-secrets-'));
    const random = seeded(11);
    world = await createWorld({
      shops: 2,
      channels: 1,
      timeScale: 50,
      random,
      folder,
      keep: true,
      ops: true,
      environment: { LOG_LEVEL: 'trace' },
    });
    const { tiktok, slack, service, shopIds } = world;
    const plans = [
      [tiktok.server, troubled(random, tiktokRateLimited, ({ path }) => path.startsWith('/customer_service/'))],
      [slack.server, troubled(random, slackRateLimited, ({ path }) => path.startsWith('/api/chat.') || path.startsWith('/api/reactions.'))],
    ] as const;
    for (const [server, plan] of plans) {
      server.planFaults((request) => {
        ear.hear(request);
        return plan(request);
      });
    }
    await service.start();
    traffic = createTraffic(world, 2, random);
    await traffic.run({ forMs: 1_500, everyMs: 40 });
    await service.kill();
    await service.start();
    // Tokens run out, an authorisation is lost and made anew, a picture comes, requests of all kinds are refused.
    for (const token of world.accessTokens) tiktok.expire(token);
    const talk = traffic.talks[0];
    if (!talk) throw new Error('nobody talks');
    tiktok.buyerSendsImage(talk.shopId, talk.conversationId, onePixelPng);
    await traffic.run({ forMs: 1_500, everyMs: 40 });
    await refusals();
    await connect(shopIds[1] ?? '');
    await traffic.run({ forMs: 1_000, everyMs: 40 });
    for (const [server] of plans)
      server.planFaults((request) => {
        ear.hear(request);
        return null;
      });
    await tiktok.webhooks.settled();
    traffic.everyBuyerWrites();
    await eventually(
      () => traffic.talks.every(({ buyer }) => slack.posts().some((post) => post.text.includes(buyer.at(-1)?.text ?? ''))),
      service.output,
    );
    await askAll();
    expect((await runTool(['backup', '--json'], service.environment)).exitCode).toBe(0);
    await service.kill();
    await collect();
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function refusals(): Promise<void> {
    const { tiktok, slack, service, adminToken } = world;
    const wrong = { authorization: `Bearer ${adminToken}x` };
    const signed = slack.sign('{"type":"event_callback"}', 'application/json', 1);
    await ask(`/hooks/tiktok-shop?secret=${tiktok.appSecret}`, { method: 'POST', body: tiktok.appSecret, headers: wrong });
    await ask('/bots/slack/events', { method: 'POST', body: signed.body, headers: signed.headers });
    await ask(`/oauth/tiktok-shop/start?ticket=${adminToken}`);
    await ask(`/oauth/tiktok-shop/callback?state=${adminToken}&code=${tiktok.appSecret}`);
    await ask(`/api/shops?token=${adminToken}`, { headers: wrong });
    // A token in a wrong place of the file.
    const yaml = `shops: [{ marketplace: ${slack.botToken}, externalId: ${tiktok.appSecret}, ${slack.signingSecret}: 1 }]\n${tiktok.appSecret}: "${slack.botToken}`;
    await ask('/api/apply', { method: 'POST', body: yaml });
    await ask('/api/connect', { method: 'POST', body: `{"marketplace": "${slack.botToken}` });
    expect(service.output()).toContain('"status":401');
  }

  /** Kept, to be searched. Answers to who brought a secret itself may say it back to nobody else. */
  async function ask(path: string, init: RequestInit = {}): Promise<string> {
    const headers = { authorization: `Bearer ${world.adminToken}`, ...(init.headers as Record<string, string> | undefined) };
    const answer = await fetch(`${world.service.url}${path}`, { redirect: 'manual', ...init, headers });
    const body = await answer.text();
    asked.push(text(`answer of ${path.split('?')[0]}`, `${[...answer.headers].flat().join('\n')}\n${body}`));
    return body;
  }

  async function connect(shopId: string): Promise<void> {
    world.tiktok.sellerWill({ grants: { shopIds: [shopId] } });
    const { url } = await world.api<{ url: string }>('connect', { marketplace: 'tiktok-shop' });
    secrets.push({ name: 'a ticket', value: new URL(url).searchParams.get('ticket') ?? '' });
    const follow = async (address: string) => (await fetch(address, { redirect: 'manual' })).headers.get('location') ?? '';
    const back = new URL(await follow(await follow(url)));
    for (const name of ['code', 'state']) secrets.push({ name: `${name} of an authorisation`, value: back.searchParams.get(name) ?? '' });
    expect(await ask(`${back.pathname}${back.search}`)).toContain('<h1>');
    world.tiktok.sellerWill(null);
  }

  async function askAll(): Promise<void> {
    const { items } = JSON.parse(await ask('/api/inquiries')) as { items: { _id: string }[] };
    expect(items.length).toBeGreaterThan(0);
    for (const path of [
      '/healthz',
      '/readyz',
      '/metrics',
      '/api/shops',
      '/api/outbox?state=sent',
      '/api/dead-letters',
      '/api/doctor',
      `/api/route?shop=${world.shopIds[0]}`,
    ]) {
      await ask(path);
    }
    for (const { _id } of items) for (const more of ['', '/messages']) await ask(`/api/inquiries/${_id}${more}`);
    for (const id of world.shopIds) await ask(`/api/shops/${id}/test`, { method: 'POST' });
    const letters = JSON.parse(await ask('/api/dead-letters')) as { items: { _id: string }[] };
    for (const { _id } of letters.items) await ask(`/api/trace/${encodeURIComponent(_id)}`);
  }

  async function collect(): Promise<void> {
    const { tiktok, slack, adminToken } = world;
    const key = (await readFile(join(folder, 'data', 'secret-key'), 'utf8')).trim();
    secrets.push(
      { name: 'the bot token', value: slack.botToken },
      { name: 'the signing secret', value: slack.signingSecret },
      { name: 'the app secret', value: tiktok.appSecret },
      { name: 'the admin token', value: adminToken },
      { name: 'the secret key', value: key },
      { name: 'the bytes of the secret key', value: Buffer.from(key, 'base64').toString('latin1') },
      ...tiktok.issued.flatMap(({ accessToken, refreshToken }) => [
        { name: 'an access token that was issued', value: accessToken },
        { name: 'a refresh token that was issued', value: refreshToken },
      ]),
      ...ear.hidden(),
    );
    for (const talk of traffic.talks) {
      texts.push({ name: 'the name of a buyer', value: nameOf(talk.conversationId) });
      for (const { text: value } of [...talk.buyer, ...talk.replies]) texts.push({ name: 'words', value });
      for (const value of talk.notes) texts.push({ name: 'a note', value });
    }
  }

  const nameOf = (conversationId: string): string => {
    const index = traffic.talks.findIndex((talk) => talk.conversationId === conversationId);
    return `Buyer ${Math.floor(index / 2)}-${index % 2}`;
  };
  const log = async () => ({ name: 'log', content: await readFile(join(folder, 'logs', 'service-1.log')) });

  it('there was something to be hidden', async () => {
    expect(new Set(secrets.map(({ name }) => name)).size).toBeGreaterThan(12);
    expect(texts.length).toBeGreaterThan(60);
    expect(Buffer.from((await log()).content).toString()).toMatch(/"level":"debug"/);
    // Whoever looks must be able to find: buyers' words are in the database, and only there.
    expect(asked.length).toBeGreaterThan(20);
  });

  it('no secret is in a log, an answer or a file of the database, and no backup has one', async () => {
    const files = await filesBelow(join(folder, 'data'), ['secret-key', 'admin-token']);
    expect(files.map(({ name }) => name).filter((name) => /\.db|sqlite|backup/i.test(name)).length).toBeGreaterThan(1);
    expect(findHidden(files, texts.slice(0, 1)).length).toBeGreaterThan(0);
    expect(findHidden([await log(), ...asked, ...files], secrets)).toEqual([]);
  });

  it('no words and no name are in a log, an error or the metrics', async () => {
    const open = asked.filter(({ name }) => !/inquiries\//.test(name));
    expect(findHidden([await log(), ...open], texts)).toEqual([]);
  });
});
