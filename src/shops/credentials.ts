import type { MarketplaceAdapter, MarketplaceOAuth, ShopAccess, ShopCredentials } from '../../adapters/adapter.ts';
import type { ConnectorLog } from '../core/connector.ts';
import type { ShopId } from '../core/ids.ts';
import type { Notice } from '../core/thread.ts';
import type { Clock } from '../core/time.ts';
import { addMs } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { GrantStore, StoredGrant } from '../store/grants.ts';
import type { Leases } from '../store/leases.ts';
import type { ShopStore, StoredShop } from '../store/shops.ts';
import { notConnected } from '../store/shops.ts';
import { openExtra, openGrant, sealGrant } from './grants.ts';
import type { Vault } from './vault.ts';

/** Something that a person must hear of. Told at least once; whoever shows it does so once per `key`. */
export interface Trouble {
  readonly key: string;
  readonly shopId: ShopId;
  readonly notice: Notice;
}

export interface ShopAccessDeps {
  readonly shops: ShopStore;
  readonly grants: GrantStore;
  readonly vault: Vault;
  readonly leases: Leases;
  readonly marketplaces: ReadonlyMap<string, Pick<MarketplaceAdapter, 'oauth'>>;
  readonly clock: Clock;
  readonly log: ConnectorLog;
  /** No other process changes shops and their tokens. */
  readonly alone: boolean;
  readonly onTrouble: (trouble: Trouble) => Promise<void>;
}

export interface ShopAccessProvider {
  /**
   * Tokens for calls on behalf of a shop; refreshed first when they have run out. The shop's state is not looked at: a paused shop may be tested.
   * @throws PlatformError `auth`: not connected, or the authorisation has ended; `transient`: the token has run out and could not be refreshed now
   */
  access(shopId: ShopId, signal: AbortSignal): Promise<ShopAccess>;
  /**
   * After the platform refused `failedToken`: a newer one, refreshed unless somebody has done so already.
   * @throws PlatformError `auth`: no newer one is to be had; the shop has been paused and its people told. Others: try again later
   */
  refreshNow(shopId: ShopId, failedToken: string, signal: AbortSignal): Promise<ShopAccess>;
  /** Refreshes all tokens past their half life. For a job; returns how many were refreshed. */
  refreshDue(now: Date): Promise<number>;
  /** Tells of authorisations that end in 30, 7 or 1 days, each step once. For a job; returns what was told. */
  expiryWarnings(now: Date): Promise<readonly Trouble[]>;
}

/** A token that was refused this soon after it came will not get better by refreshing it again: a permission is missing. */
const tooSoonMs = 10_000;
/** A token with less left than this counts as run out: the call has yet to reach the platform. */
const marginMs = 30_000;
/**
 * Other processes may refresh meanwhile; the platform's refusal of the old token then leads to `refreshNow`, which looks again. Where there are none, with a
 * thousand shops hardly a reply would find its shop's tokens at hand after a few seconds.
 */
const cacheMs = { alone: 60_000, amongOthers: 5_000 };
/** After a refresh that failed for a passing reason. */
const calmMs = 5_000;
const retryDueMs = 5 * 60_000;
const dayMs = 86_400_000;
const warningDays = [1, 7, 30] as const;
const batch = 200;

interface Tokens {
  readonly grant: StoredGrant;
  readonly credentials: ShopCredentials;
}

/** A shop with all its secrets in the clear: only ever in memory. */
interface OpenedShop {
  readonly shop: StoredShop;
  readonly extra: Readonly<Record<string, string>>;
  readonly tokens: Tokens;
  readonly untilMs: number;
  /** How often shops had been changed when it was read: whoever connects one again has new tokens for it. */
  readonly changes: number;
}

export function createShopAccess(deps: ShopAccessDeps): ShopAccessProvider {
  const { shops, grants, vault, leases, marketplaces, clock, log, alone, onTrouble } = deps;
  const cache = new Map<ShopId, OpenedShop>();
  const flights = new Map<string, Promise<Tokens>>();
  const calm = new Map<string, { readonly error: unknown; readonly untilMs: number }>();
  // Refreshed, and the store was away before they could be saved; the refresh token they came from may be used up.
  const unsaved = new Map<string, StoredGrant>();

  const usable = ({ credentials }: Tokens): boolean =>
    credentials.accessTokenExpiresAt === null || credentials.accessTokenExpiresAt.getTime() - marginMs > clock.now().getTime();

  const openTokens = (grant: StoredGrant): Tokens => ({ grant, credentials: openGrant(vault, grant) });

  async function load(shopId: ShopId, from: 'cache' | 'store'): Promise<OpenedShop> {
    const cached = cache.get(shopId);
    const changes = shops.changes();
    if (from === 'cache' && cached?.changes === changes && clock.monotonicMs() < cached.untilMs) return cached;
    const shop = await shops.stored(shopId);
    const grant = shop?.grantId ? await grants.byId(shop.grantId) : null;
    if (!shop || !grant) {
      throw new PlatformError('the shop is not connected', { kind: 'auth', platform: shop?.marketplace ?? 'unknown', code: notConnected });
    }
    const extra = openExtra(vault, shop._id, shop.extra);
    const untilMs = clock.monotonicMs() + (alone ? cacheMs.alone : cacheMs.amongOthers);
    const loaded = { shop, extra, tokens: openTokens(grant), untilMs, changes };
    cache.set(shopId, loaded);
    return loaded;
  }

  const toAccess = ({ shop, extra }: OpenedShop, { credentials }: Tokens, signal: AbortSignal): ShopAccess => ({
    externalId: shop.externalId,
    accessToken: credentials.accessToken,
    extra: { ...credentials.extra, ...extra },
    signal,
  });

  /** One refresh at a time, here and in all processes. `stale`: the access token that is to be replaced. */
  function refresh(grantId: string, stale: string): Promise<Tokens> {
    const flightKey = `${grantId}\0${stale}`;
    const flying = flights.get(flightKey);
    if (flying) return flying;
    const resting = calm.get(grantId);
    if (resting && clock.monotonicMs() < resting.untilMs) return Promise.reject(resting.error);
    const flight = leases
      .hold(`refresh:${grantId}`, () => refreshAlone(grantId, stale))
      .catch((error: unknown) => {
        if (nextStepIsWait(error)) calm.set(grantId, { error, untilMs: clock.monotonicMs() + calmMs });
        throw error;
      })
      .finally(() => flights.delete(flightKey));
    flights.set(flightKey, flight);
    return flight;
  }

  async function refreshAlone(grantId: string, stale: string): Promise<Tokens> {
    const grant = await grants.byId(grantId);
    if (!grant) throw new PlatformError('the shop was disconnected', { kind: 'auth', platform: 'unknown', code: notConnected });
    const saved = await saveLate(grant);
    if (saved) return saved;
    const tokens = openTokens(grant);
    if (tokens.credentials.accessToken !== stale && usable(tokens)) return tokens;
    const oauth = marketplaces.get(grant.marketplace)?.oauth;
    if (grant.refused || !oauth || tokens.credentials.refreshToken === null) throw await refuse(grant, undefined);
    return save(await askPlatform(oauth, tokens), grant);
  }

  async function askPlatform(oauth: MarketplaceOAuth, { grant, credentials }: Tokens): Promise<StoredGrant> {
    try {
      const fresh = await oauth.refresh(credentials);
      return sealGrant(vault, { ...grant, version: grant.version + 1, obtainedAt: clock.now() }, fresh, grant);
    } catch (error) {
      if (error instanceof PlatformError && (error.kind === 'auth' || error.kind === 'rejected')) throw await refuse(grant, error);
      throw new PlatformError('the access token could not be refreshed now', {
        kind: 'transient',
        platform: grant.marketplace,
        retryAfterMs: error instanceof PlatformError ? error.retryAfterMs : null,
        cause: error,
      });
    }
  }

  async function save(fresh: StoredGrant, was: StoredGrant): Promise<Tokens> {
    unsaved.set(fresh._id, fresh);
    const won = await grants.replace(fresh, was.version);
    unsaved.delete(fresh._id);
    const current = won ? fresh : await grants.byId(fresh._id);
    if (!current) throw new PlatformError('the shop was disconnected', { kind: 'auth', platform: fresh.marketplace, code: notConnected });
    await shops.setExpiry(fresh._id, current);
    cache.clear();
    log.info({ marketplace: fresh.marketplace, shopId: fresh._id }, 'access token refreshed');
    return openTokens(current);
  }

  async function saveLate(grant: StoredGrant): Promise<Tokens | null> {
    const late = unsaved.get(grant._id);
    if (!late) return null;
    if (late.version === grant.version + 1) return save(late, grant);
    unsaved.delete(grant._id);
    return null;
  }

  /** Nothing but a new authorisation helps: all its shops pause. Told before it is written, so that a crash between tells twice rather than never. */
  async function refuse(grant: StoredGrant, cause: PlatformError | undefined): Promise<PlatformError> {
    for (const shop of await shops.withGrant(grant._id)) await pause(shop, grant, 'authorization-ended');
    await grants.patch(grant, { refused: true });
    return new PlatformError('the authorisation of the shop has ended', {
      kind: 'auth',
      platform: grant.marketplace,
      code: cause?.code ?? 'authorization-ended',
      cause,
    });
  }

  async function pause(shop: StoredShop, grant: StoredGrant, reason: PauseReason): Promise<void> {
    if (shop.state !== 'active') return;
    const params = { shop: shop.name, marketplace: shop.marketplace, shopId: shop._id };
    await onTrouble({
      key: `paused:${shop._id}:${grant.version}`,
      shopId: shop._id,
      notice: { key: `shop.paused.${reason}`, params, reasons: [] },
    });
    await shops.setState(shop._id, 'paused', reason, clock.now());
    log.error({ marketplace: shop.marketplace, shopId: shop._id, reason }, 'shop paused: it must be connected again');
  }

  async function refreshOne(grant: StoredGrant): Promise<boolean> {
    try {
      if ((await shops.withGrant(grant._id)).length === 0) {
        // Its shops were connected again under another grant.
        await grants.remove(grant._id);
        return false;
      }
      await refresh(grant._id, openGrant(vault, grant).accessToken);
      return true;
    } catch (err) {
      log.warn({ err, marketplace: grant.marketplace, shopId: grant._id }, 'access token not refreshed');
      await grants.patch(grant, { refreshDueAt: addMs(clock.now(), retryDueMs) });
      return false;
    }
  }

  async function warn(grant: StoredGrant, endsAt: Date, now: Date): Promise<readonly Trouble[]> {
    const leftMs = endsAt.getTime() - now.getTime();
    const step = warningDays.find((days) => leftMs <= days * dayMs);
    if (step === undefined || grant.warnedDays.some((days) => days <= step)) return [];
    if (grant.endKnownAheadMs !== null && grant.endKnownAheadMs <= step * dayMs) return [];
    const told = (await shops.withGrant(grant._id))
      .filter((shop) => shop.state !== 'deauthorized')
      .map((shop): Trouble => {
        const params = {
          shop: shop.name,
          marketplace: shop.marketplace,
          shopId: shop._id,
          days: Math.ceil(leftMs / dayMs),
          date: endsAt.toISOString().slice(0, 10),
        };
        return {
          key: `authorization-ends:${shop._id}:${endsAt.toISOString()}:${step}`,
          shopId: shop._id,
          notice: { key: 'shop.authorization-ends', params, reasons: [] },
        };
      });
    for (const trouble of told) await onTrouble(trouble);
    await grants.patch(grant, { warnedDays: [...grant.warnedDays, step] });
    return told;
  }

  return {
    async access(shopId, signal) {
      const opened = await load(shopId, 'cache');
      const { tokens } = opened;
      return toAccess(opened, usable(tokens) ? tokens : await refresh(tokens.grant._id, tokens.credentials.accessToken), signal);
    },

    async refreshNow(shopId, failedToken, signal) {
      const opened = await load(shopId, 'store');
      const { shop, tokens } = opened;
      const { grant, credentials } = tokens;
      if (credentials.accessToken !== failedToken && usable(tokens)) return toAccess(opened, tokens, signal);
      if (grant.obtainedAt && usable(tokens) && clock.now().getTime() - grant.obtainedAt.getTime() < tooSoonMs) {
        await pause(shop, grant, 'token-refused');
        throw new PlatformError('the shop refuses a token that is new', {
          kind: 'auth',
          platform: shop.marketplace,
          code: 'token-refused',
        });
      }
      return toAccess(opened, await refresh(grant._id, failedToken), signal);
    },

    async refreshDue(now) {
      let refreshed = 0;
      for (const grant of await grants.dueBefore(now, batch)) if (await refreshOne(grant)) refreshed += 1;
      return refreshed;
    },

    async expiryWarnings(now) {
      const told: Trouble[] = [];
      const ending = await grants.endingBetween(addMs(now, -dayMs), addMs(now, warningDays[2] * dayMs), batch);
      for (const grant of ending) if (grant.endsAt) told.push(...(await warn(grant, grant.endsAt, now)));
      return told;
    },
  };
}

type PauseReason = 'authorization-ended' | 'token-refused';

const nextStepIsWait = (error: unknown): boolean => error instanceof PlatformError && error.kind === 'transient';
