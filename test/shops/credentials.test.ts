import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shopIdOf } from '../../src/core/shop.ts';
import { PlatformError } from '../../src/errors.ts';
import type { ShopAccessProvider } from '../../src/shops/credentials.ts';
import { openGrant, sealExtra, sealGrant } from '../../src/shops/grants.ts';
import { rotateSecrets } from '../../src/shops/rotate.ts';
import { createVault, keyIdOf, sealedWith } from '../../src/shops/vault.ts';
import type { Stand } from './stand.ts';
import { dayMs, hourMs, keyOf, openStand } from './stand.ts';

const marketplace = 'tiktok-shop';
const first = shopIdOf(marketplace, '749');
const second = shopIdOf(marketplace, '750');
const { signal } = new AbortController();
const away = new PlatformError('away', { kind: 'transient', platform: marketplace });
let stand: Stand;
let access: ShopAccessProvider;

beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());
beforeEach(async () => {
  await stand.empty();
  access = stand.accessOf('one');
  await grantTo([first, second]);
});

/** Shops with the platform's first tokens, a week old at most when they end. */
async function grantTo(shops: readonly (typeof first)[], refreshTokenExpiresAt = new Date('2027-06-01T00:00:00Z')): Promise<void> {
  const { clock, vault } = stand;
  const now = clock.now();
  const credentials = {
    accessToken: 'access-1',
    accessTokenExpiresAt: new Date(now.getTime() + 7 * dayMs),
    refreshToken: 'refresh-1',
    refreshTokenExpiresAt,
    extra: {},
  };
  const version = (await stand.grants.byId(first))?.version ?? 0;
  await stand.grants.replace(
    sealGrant(vault, { _id: first, marketplace, version: version + 1, obtainedAt: now }, credentials, null),
    version,
  );
  for (const shop of shops) {
    const profile = { name: shop, timezone: 'UTC', locale: 'en', region: null, alias: null } as const;
    await stand.shops.create(marketplace, shop.split(':')[1] ?? '', profile, now);
    await stand.shops.connect(shop, first, sealExtra(vault, shop, { shopCipher: `cipher of ${shop}` }), now);
  }
}

const tokenOf = async (provider = access, shop = first) => (await provider.access(shop, signal)).accessToken;
const stateOf = async (shop = first) => (await stand.shops.byId(shop))?.state;

describe('access', () => {
  it('gives the token and what else the shop needs', async () => {
    expect(await access.access(second, signal)).toEqual({
      externalId: '750',
      accessToken: 'access-1',
      extra: { shopCipher: `cipher of ${second}` },
      signal,
    });
  });

  it('says auth for a shop that is not connected', async () => {
    await expect(access.access(shopIdOf(marketplace, '1'), signal)).rejects.toMatchObject({ kind: 'auth', code: 'not-connected' });
  });

  it('is kept by a process that is alone until it changes a shop itself, by one among others for seconds', async () => {
    const [alone, among] = [stand.accessOf('one', true), stand.accessOf('another')];
    expect([await tokenOf(alone), await tokenOf(among)]).toEqual(['access-1', 'access-1']);
    const stored = await stand.grants.byId(first);
    if (!stored) throw new Error('there is no grant');
    const newer = { ...openGrant(stand.vault, stored), accessToken: 'access-9' };
    await stand.grants.replace(sealGrant(stand.vault, { ...stored, version: stored.version + 1 }, newer, stored), stored.version);
    stand.pass(10_000);
    expect([await tokenOf(alone), await tokenOf(among)]).toEqual(['access-1', 'access-9']);
    await stand.shops.connect(first, first, sealExtra(stand.vault, first, {}), stand.clock.now());
    expect(await tokenOf(alone)).toBe('access-9');
  });

  it('refreshes a token that has run out, for all its shops', async () => {
    stand.pass(7 * dayMs);
    expect(await tokenOf()).toBe('access-2');
    expect(await tokenOf(access, second)).toBe('access-2');
    expect(stand.platform.refreshes()).toBe(1);
    expect((await stand.shops.byId(second))?.accessTokenExpiresAt).toEqual(new Date(stand.clock.now().getTime() + 7 * dayMs));
  });

  it('refreshes once, however many ask in however many processes', async () => {
    stand.pass(7 * dayMs);
    const others = [access, stand.accessOf('two'), stand.accessOf('three')];
    const tokens = await Promise.all(others.flatMap((provider) => [first, second, first].map((shop) => tokenOf(provider, shop))));
    expect(new Set(tokens)).toEqual(new Set(['access-2']));
    expect(stand.platform.refreshes()).toBe(1);
  });

  it('says transient while a token that has run out cannot be refreshed, and asks again a little later', async () => {
    stand.pass(7 * dayMs);
    stand.platform.fail(away);
    await expect(tokenOf()).rejects.toMatchObject({ kind: 'transient' });
    await expect(tokenOf(access, second)).rejects.toMatchObject({ kind: 'transient' });
    expect(stand.platform.refreshes()).toBe(1);
    expect(await stateOf()).toBe('active');
    stand.platform.fail(null);
    stand.pass(10_000);
    expect(await tokenOf()).toBe('access-2');
  });
});

describe('refreshNow', () => {
  it('refreshes the token that failed', async () => {
    stand.pass(hourMs);
    expect((await access.refreshNow(first, 'access-1', signal)).accessToken).toBe('access-2');
  });

  it('gives the newer token that another process has brought', async () => {
    stand.pass(hourMs);
    await tokenOf();
    await stand.accessOf('two').refreshNow(second, 'access-1', signal);
    expect((await access.refreshNow(first, 'access-1', signal)).accessToken).toBe('access-2');
    expect(stand.platform.refreshes()).toBe(1);
  });

  it('pauses all its shops when the authorisation has ended, and tells each once', async () => {
    stand.pass(hourMs);
    stand.platform.revoke();
    await expect(access.refreshNow(first, 'access-1', signal)).rejects.toMatchObject({ kind: 'auth' });
    await expect(access.refreshNow(second, 'access-1', signal)).rejects.toMatchObject({ kind: 'auth' });
    expect([await stateOf(first), await stateOf(second)]).toEqual(['paused', 'paused']);
    expect(stand.troubles.map(({ shopId, notice }) => [shopId, notice.key])).toEqual([
      [first, 'shop.paused.authorization-ended'],
      [second, 'shop.paused.authorization-ended'],
    ]);
    expect(stand.platform.refreshes()).toBe(1);
  });

  it('pauses a shop that refuses even a new token, instead of refreshing for ever', async () => {
    stand.pass(hourMs);
    const { accessToken } = await access.refreshNow(first, 'access-1', signal);
    await expect(access.refreshNow(first, accessToken, signal)).rejects.toMatchObject({ kind: 'auth', code: 'token-refused' });
    expect([await stateOf(first), await stateOf(second)]).toEqual(['paused', 'active']);
    expect(stand.troubles.map(({ notice }) => notice.key)).toEqual(['shop.paused.token-refused']);
  });

  it('keeps the old token when the refresh fails for a passing reason', async () => {
    stand.pass(hourMs);
    stand.platform.fail(away);
    await expect(access.refreshNow(first, 'access-1', signal)).rejects.toMatchObject({ kind: 'transient' });
    expect(await tokenOf()).toBe('access-1');
    expect(await stateOf()).toBe('active');
  });

  it('does not overwrite what a person connected meanwhile', async () => {
    stand.pass(hourMs);
    const before = await stand.grants.byId(first);
    await grantTo([first]);
    expect(before && (await stand.grants.replace({ ...before, version: before.version + 1 }, before.version))).toBe(false);
    expect((await stand.grants.byId(first))?.version).toBe(2);
  });
});

describe('the jobs', () => {
  it('refreshes at half life, not before', async () => {
    stand.pass(3 * dayMs);
    expect(await access.refreshDue(stand.clock.now())).toBe(0);
    stand.pass(dayMs);
    expect(await access.refreshDue(stand.clock.now())).toBe(1);
    expect(await access.refreshDue(stand.clock.now())).toBe(0);
    expect(await tokenOf(stand.accessOf('two'))).toBe('access-2');
  });

  it('waits after a failure, and keeps the token', async () => {
    stand.pass(4 * dayMs);
    stand.platform.fail(away);
    expect(await access.refreshDue(stand.clock.now())).toBe(0);
    expect(await access.refreshDue(stand.clock.now())).toBe(0);
    expect(stand.platform.refreshes()).toBe(1);
    stand.platform.fail(null);
    stand.pass(hourMs);
    expect(await access.refreshDue(stand.clock.now())).toBe(1);
  });

  it('warns 30, 7 and 1 days before the authorisation ends, each once, over restarts', async () => {
    await grantTo([first, second], new Date(stand.clock.now().getTime() + 40 * dayMs));
    const told: string[] = [];
    for (let day = 0; day < 40; day += 1) {
      // A new process each day, asked twice.
      for (const provider of [stand.accessOf(`day ${day}`), stand.accessOf(`day ${day} again`)]) {
        told.push(...(await provider.expiryWarnings(stand.clock.now())).map(({ shopId, notice }) => `${notice.params['days']} ${shopId}`));
      }
      stand.pass(dayMs);
    }
    expect(told).toEqual([30, 7, 1].flatMap((days) => [`${days} ${first}`, `${days} ${second}`]));
  });

  it('does not warn of a step that is longer than the whole authorisation', async () => {
    await grantTo([first], new Date(stand.clock.now().getTime() + 30 * dayMs));
    expect(await access.expiryWarnings(stand.clock.now())).toEqual([]);
  });
});

describe('rotation', () => {
  const { random } = { random: (bytes: number) => globalThis.crypto.getRandomValues(new Uint8Array(bytes)) };

  it('brings everything under the first key, and then does without the old one', async () => {
    expect(await rotateSecrets(stand)).toBe(0);
    const both = createVault([keyOf('two'), keyOf('one')], random);
    expect(await rotateSecrets({ ...stand, vault: both })).toBe(3);
    expect(await rotateSecrets({ ...stand, vault: both })).toBe(0);
    const sealed = [
      ...(await stand.storedGrants()).map(({ secrets }) => secrets),
      ...(await stand.storedShops()).map(({ extra }) => extra ?? ''),
    ];
    expect(new Set(sealed.map(sealedWith))).toEqual(new Set([keyIdOf(keyOf('two'))]));
    expect(await rotateSecrets({ ...stand, vault: createVault([keyOf('two')], random) })).toBe(0);
    expect(await stand.meta.keyIds()).toEqual([keyIdOf(keyOf('two'))]);
  });

  it('finds what lies under another key, whichever of the two names comes first', async () => {
    const names = ['one', 'two', 'three', 'four'];
    for (const name of names) await rotateSecrets({ ...stand, vault: createVault([keyOf(name), ...names.map(keyOf)], random) });
    await rotateSecrets({ ...stand, vault: createVault([keyOf('one'), keyOf('four')], random) });
    expect(new Set((await stand.storedGrants()).map(({ secrets }) => sealedWith(secrets)))).toEqual(new Set([keyIdOf(keyOf('one'))]));
  });

  it('refuses another key, with or without secrets in the database, and changes nothing', async () => {
    await rotateSecrets(stand);
    const other = { ...stand, vault: createVault([keyOf('two')], random) };
    await expect(rotateSecrets(other)).rejects.toThrow('was encrypted with another SECRET_KEY');
    await stand.connection.collection('grants').deleteMany({});
    await stand.connection.collection('shops').deleteMany({});
    await expect(rotateSecrets(other)).rejects.toThrow('was encrypted with another SECRET_KEY');
    expect(await stand.meta.keyIds()).toEqual([keyIdOf(keyOf('one'))]);
  });
});
