import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shopIdOf } from '../../src/core/shop.ts';
import { createShopDirectory } from '../../src/shops/directory.ts';
import type { ShopStore } from '../../src/store/shops.ts';
import { hourMs, openStand, type Stand } from './stand.ts';

const marketplace = 'tiktok-shop';
const shop = shopIdOf(marketplace, '749');
const profile = { name: 'Lamp House', timezone: 'UTC', locale: 'en', region: null, alias: null } as const;
const secondMs = 1_000;

describe('the directory of shops', () => {
  let stand: Stand;
  let lists = 0;
  /** Its own store of shops: what another one writes was written by another process. */
  function open(alone: boolean, shops: ShopStore = stand.shops) {
    const counted: ShopStore = {
      ...shops,
      list() {
        lists += 1;
        return shops.list();
      },
    };
    return createShopDirectory({ shops: counted, access: stand.accessOf('a'), clock: stand.clock, alone, onDeauthorized: async () => {} });
  }

  beforeAll(async () => {
    stand = await openStand();
  });
  beforeEach(async () => {
    await stand.empty();
    await stand.shops.create(marketplace, '749', profile, stand.clock.now());
    lists = 0;
  });
  afterAll(() => stand.close());

  it('of a process that is alone reads the shops once, and again when it has changed one', async () => {
    const directory = open(true);
    for (let seconds = 0; seconds < 30; seconds += 1) {
      expect(await directory.byId(shop)).toMatchObject({ state: 'paused' });
      stand.pass(secondMs);
    }
    expect(lists).toBe(1);
    await stand.shops.setState(shop, 'active', null, stand.clock.now());
    expect(await directory.byId(shop)).toMatchObject({ state: 'active' });
    expect(lists).toBe(2);
  });

  it('does not believe what it read while a shop was being changed', async () => {
    const directory = open(true);
    const [before] = await Promise.all([directory.byId(shop), stand.shops.setState(shop, 'active', null, stand.clock.now())]);
    expect(before?.state).toMatch(/active|paused/);
    expect(await directory.byId(shop)).toMatchObject({ state: 'active' });
  });

  it('looks again in any case after a while: somebody may have changed the data by hand', async () => {
    const directory = open(true);
    await directory.byId(shop);
    await stand.connection.collection('shops').updateOne({ _id: shop as never }, { $set: { state: 'active' } });
    stand.pass(hourMs);
    expect(await directory.byId(shop)).toMatchObject({ state: 'active' });
  });

  it('of one process among several reads them every few seconds', async () => {
    const directory = open(false);
    await directory.byId(shop);
    await stand.connection.collection('shops').updateOne({ _id: shop as never }, { $set: { state: 'active' } });
    stand.pass(3 * secondMs);
    expect(await directory.byId(shop)).toMatchObject({ state: 'active' });
  });
});
