import { createHash, randomBytes } from 'node:crypto';
import type { MarketplaceOAuth, ShopCredentials } from '../../adapters/adapter.ts';
import type { ConnectorLog } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';
import type { Trouble } from '../../src/shops/credentials.ts';
import { createShopAccess } from '../../src/shops/credentials.ts';
import { createVault } from '../../src/shops/vault.ts';
import { createGateStore } from '../../src/store/gates.ts';
import { createGrantStore, type StoredGrant } from '../../src/store/grants.ts';
import { createLeases } from '../../src/store/leases.ts';
import { createMetaStore } from '../../src/store/meta.ts';
import { createSettingsStore } from '../../src/store/settings.ts';
import { createShopStore, type StoredShop } from '../../src/store/shops.ts';
import { createTemplateStore } from '../../src/store/templates.ts';
import { createTicketStore } from '../../src/store/tickets.ts';
import { openTestStore } from '../store-helper.ts';

export const keyOf = (name: string): Uint8Array => createHash('sha256').update(name).digest();
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export const silent: ConnectorLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const timers = {
  after(afterMs: number, task: () => void) {
    const timer = setTimeout(task, afterMs);
    return () => clearTimeout(timer);
  },
};

/** The stores over one database, time that stands still until it is moved, and a platform that hands out numbered tokens. */
export async function openStand() {
  const store = await openTestStore();
  const { connection } = store;
  let time = new Date('2026-11-24T00:00:00Z');
  const clock = { now: () => time, monotonicMs: () => time.getTime() };
  const vault = createVault([keyOf('one')], randomBytes);
  const stores = {
    shops: createShopStore(connection),
    grants: createGrantStore(connection),
    meta: createMetaStore(connection),
    settings: createSettingsStore(connection),
    tickets: createTicketStore(connection),
    templates: createTemplateStore(connection),
  };
  const platform = createPlatform(clock.now);
  const troubles: Trouble[] = [];
  const leasesOf = (owner: string) => createLeases({ gates: createGateStore(connection), owner, soleOwner: false, clock, timers });
  return {
    ...stores,
    connection,
    clock,
    vault,
    platform,
    troubles,
    leases: leasesOf('one'),
    /** What another process would have. */
    accessOf: (owner: string, alone = false) =>
      createShopAccess({
        alone,
        ...stores,
        vault,
        leases: leasesOf(owner),
        marketplaces: new Map([['tiktok-shop', { oauth: platform.oauth }]]),
        clock,
        log: silent,
        onTrouble: async (trouble) => void troubles.push(trouble),
      }),
    /** As they lie in the database. */
    storedShops: () => connection.collection<StoredShop>('shops').find().toArray(),
    storedGrants: () => connection.collection<StoredGrant>('grants').find().toArray(),
    pass(ms: number) {
      time = new Date(time.getTime() + ms);
    },
    async empty() {
      const names = ['shops', 'grants', 'meta', 'settings', 'tickets', 'templates', 'gates'];
      await Promise.all(names.map((name) => connection.collection(name).deleteMany({})));
      troubles.length = 0;
      platform.reset();
    },
    close: () => store.close(),
  };
}

/** Refresh tokens are good once: `refresh-1` gives `access-2` and `refresh-2`. */
function createPlatform(now: () => Date) {
  let issued = 1;
  let refreshes = 0;
  let failure: PlatformError | null = null;
  const issue = (extra: ShopCredentials['extra']): ShopCredentials => ({
    accessToken: `access-${issued}`,
    accessTokenExpiresAt: new Date(now().getTime() + 7 * dayMs),
    refreshToken: `refresh-${issued}`,
    refreshTokenExpiresAt: new Date('2027-06-01T00:00:00Z'),
    extra,
  });
  const oauth: MarketplaceOAuth = {
    requiredScopes: ['customer_service'],
    authorizeUrl: (state) => `https://services.example.com/open/authorize?state=${state}`,
    async exchange(query) {
      if (query['error']) throw new PlatformError('refused', { kind: 'rejected', platform: 'tiktok-shop', code: 'denied' });
      if (failure) throw failure;
      issued += 1;
      return {
        credentials: issue({}),
        scopes: query['code'] === 'narrow' ? ['orders'] : ['customer_service', 'orders'],
        shops: query['code'] === 'empty' ? [] : [authorized('749', 'TH'), authorized('750', 'SG')],
      };
    },
    async refresh(credentials) {
      refreshes += 1;
      if (failure) throw failure;
      if (credentials.refreshToken !== `refresh-${issued}`) {
        throw new PlatformError('used up', { kind: 'auth', platform: 'tiktok-shop', code: '105' });
      }
      issued += 1;
      return issue(credentials.extra);
    },
  };
  const authorized = (externalId: string, region: string) => ({
    externalId,
    name: `Lamp House ${region}`,
    region,
    extra: { shopCipher: `cipher-${externalId}` },
  });
  return {
    oauth,
    refreshes: () => refreshes,
    fail(error: PlatformError | null) {
      failure = error;
    },
    /** As if the seller had taken the authorisation back. */
    revoke() {
      issued += 1;
    },
    reset() {
      issued = 1;
      refreshes = 0;
      failure = null;
    },
  };
}

export type Stand = Awaited<ReturnType<typeof openStand>>;
