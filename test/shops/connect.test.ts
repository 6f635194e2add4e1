import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shopIdOf } from '../../src/core/shop.ts';
import type { ShopConnect } from '../../src/shops/connect.ts';
import { createConnect } from '../../src/shops/connect.ts';
import type { Stand } from './stand.ts';
import { openStand, silent } from './stand.ts';

const marketplace = 'tiktok-shop';
const minuteMs = 60_000;
let stand: Stand;
let connect: ShopConnect;

beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());
beforeEach(async () => {
  await stand.empty();
  const marketplaces = new Map([
    [marketplace, { oauth: stand.platform.oauth }],
    ['by-hand', {}],
  ]);
  connect = createConnect({ ...stand, marketplaces, baseUrl: () => 'https://answers.example.com', random: randomBytes, log: silent });
});

async function ticket(): Promise<string> {
  const made = await connect.createTicket(marketplace);
  return new URL(made?.url ?? '').searchParams.get('ticket') ?? '';
}

async function state(): Promise<string> {
  const started = await connect.start(marketplace, await ticket());
  if (!started.ok) throw new Error(started.problem.key);
  return new URL(started.url).searchParams.get('state') ?? '';
}

const problem = (key: string) => ({ ok: false, problem: expect.objectContaining({ key }) });

describe('connecting a shop', () => {
  it('leads from a ticket to shops that take part', async () => {
    const finished = await connect.finish(marketplace, { code: 'good', state: await state() });
    expect(finished).toMatchObject({
      ok: true,
      shops: [
        { externalId: '749', name: 'Lamp House TH', timezone: 'Asia/Bangkok', state: 'active', region: 'TH' },
        { externalId: '750', name: 'Lamp House SG', timezone: 'Asia/Singapore', state: 'active', region: 'SG' },
      ],
    });
    const access = await stand.accessOf('one').access(shopIdOf(marketplace, '750'), new AbortController().signal);
    expect(access).toMatchObject({ externalId: '750', accessToken: 'access-2', extra: { shopCipher: 'cipher-750' } });
  });

  it('keeps no secret readable in the database', async () => {
    const given = await state();
    expect(JSON.stringify(await stand.connection.collection('tickets').find({}).toArray())).not.toContain(given);
    await connect.finish(marketplace, { code: 'good', state: given });
    const stored = JSON.stringify([await stand.storedShops(), await stand.storedGrants()]);
    for (const secret of ['access-2', 'refresh-2', 'cipher-749']) expect(stored).not.toContain(secret);
  });

  it('takes a ticket once, for its marketplace, for 15 minutes', async () => {
    const first = await ticket();
    expect(await connect.start(marketplace, first)).toMatchObject({ ok: true });
    expect(await connect.start(marketplace, first)).toEqual(problem('connect.ticket-unknown'));
    expect(await connect.start(marketplace, '')).toEqual(problem('connect.ticket-unknown'));
    const late = await ticket();
    stand.pass(15 * minuteMs);
    expect(await connect.start(marketplace, late)).toEqual(problem('connect.ticket-unknown'));
    expect(await connect.createTicket('by-hand')).toBeNull();
    expect(await connect.start('by-hand', await ticket())).toEqual(problem('connect.not-offered'));
  });

  it('takes a state once, for 15 minutes, and neither a ticket nor nothing in its place', async () => {
    const first = await state();
    await connect.finish(marketplace, { code: 'good', state: first });
    expect(await connect.finish(marketplace, { code: 'good', state: first })).toEqual(problem('connect.state-unknown'));
    expect(await connect.finish(marketplace, { code: 'good', state: await ticket() })).toEqual(problem('connect.state-unknown'));
    expect(await connect.finish(marketplace, { code: 'good' })).toEqual(problem('connect.state-missing'));
    const late = await state();
    stand.pass(15 * minuteMs);
    expect(await connect.finish(marketplace, { code: 'good', state: late })).toEqual(problem('connect.state-unknown'));
  });

  it.each([
    [{ code: 'null', error: 'auth_denied' }, 'connect.denied'],
    [{ code: 'narrow' }, 'connect.scope-missing'],
    [{ code: 'empty' }, 'connect.no-shops'],
  ])('connects nothing with %j', async (query, key) => {
    expect(await connect.finish(marketplace, { ...query, state: await state() })).toEqual(problem(key));
    expect(await stand.shops.list()).toEqual([]);
  });

  it('keeps what the file settled, and resumes what was paused', async () => {
    const profile = { name: 'Lamps', timezone: 'Asia/Tokyo', locale: 'zh-CN', region: null, alias: 'Mia' } as const;
    await stand.shops.create(marketplace, '749', profile, stand.clock.now());
    const unnamed = { name: '750', timezone: 'UTC', locale: 'en', region: null, alias: null } as const;
    await stand.shops.create(marketplace, '750', unnamed, stand.clock.now());
    const finished = await connect.finish(marketplace, { code: 'good', state: await state() });
    expect(finished).toMatchObject({
      shops: [
        { name: 'Lamps', timezone: 'Asia/Tokyo', locale: 'zh-CN', alias: 'Mia', state: 'active', stateReason: null },
        { name: 'Lamp House SG', timezone: 'Asia/Singapore', state: 'active' },
      ],
    });
  });
});
