import { createHash } from 'node:crypto';
import type { AuthorizedShop, Grant, MarketplaceAdapter } from '../../adapters/adapter.ts';
import type { ConnectorLog } from '../core/connector.ts';
import type { Shop } from '../core/shop.ts';
import { shopIdOf } from '../core/shop.ts';
import type { TextKey, TextParams } from '../core/texts/index.ts';
import type { Clock } from '../core/time.ts';
import { addMs } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { GrantStore } from '../store/grants.ts';
import type { ShopStore } from '../store/shops.ts';
import type { TicketStore } from '../store/tickets.ts';
import { sealExtra, sealGrant } from './grants.ts';
import { defaultTimezone, localeOf, timezoneOf } from './regions.ts';
import type { Vault } from './vault.ts';

const validMs = 15 * 60_000;
const secretBytes = 32;

export interface ConnectDeps {
  readonly shops: ShopStore;
  readonly grants: GrantStore;
  readonly tickets: TicketStore;
  readonly vault: Vault;
  readonly marketplaces: ReadonlyMap<string, Pick<MarketplaceAdapter, 'oauth'>>;
  /** Where the pages are reached: `https://answers.example.com`. */
  readonly baseUrl: () => string;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: (bytes: number) => Uint8Array;
  readonly log: ConnectorLog;
}

/** A sentence for the page. */
interface ConnectProblem {
  readonly ok: false;
  readonly problem: { readonly key: TextKey; readonly params: TextParams };
}

export interface ShopConnect {
  /** For whoever may administer the service; good once and for 15 minutes. Null: this marketplace has no page of authorisation. */
  createTicket(marketplace: string): Promise<{ readonly url: string; readonly expiresAt: Date } | null>;
  /** Takes the ticket; the seller goes on to `url`. */
  start(marketplace: string, ticket: string): Promise<{ readonly ok: true; readonly url: string } | ConnectProblem>;
  /** Takes what the seller brings back; the shops take part from then on. */
  finish(
    marketplace: string,
    query: Readonly<Record<string, string>>,
  ): Promise<{ readonly ok: true; readonly shops: readonly Shop[] } | ConnectProblem>;
}

export function createConnect(deps: ConnectDeps): ShopConnect {
  const { tickets, marketplaces, baseUrl, clock, random, log } = deps;

  async function issue(kind: 'ticket' | 'state', marketplace: string): Promise<{ readonly secret: string; readonly expiresAt: Date }> {
    const secret = Buffer.from(random(secretBytes)).toString('base64url');
    const expiresAt = addMs(clock.now(), validMs);
    await tickets.add({ _id: hashOf(secret), kind, marketplace, expiresAt }, clock.now());
    return { secret, expiresAt };
  }

  return {
    async createTicket(marketplace) {
      if (!marketplaces.get(marketplace)?.oauth) return null;
      const { secret, expiresAt } = await issue('ticket', marketplace);
      return { url: `${baseUrl()}/oauth/${encodeURIComponent(marketplace)}/start?ticket=${secret}`, expiresAt };
    },

    async start(marketplace, ticket) {
      const oauth = marketplaces.get(marketplace)?.oauth;
      if (!oauth) return problem('connect.not-offered', { marketplace });
      const good = await tickets.take({ _id: hashOf(ticket), kind: 'ticket', marketplace }, clock.now());
      if (!good) return problem('connect.ticket-unknown', { marketplace });
      const { secret } = await issue('state', marketplace);
      try {
        return { ok: true, url: oauth.authorizeUrl(secret) };
      } catch (error) {
        return refusal(error, marketplace, log);
      }
    },

    async finish(marketplace, query) {
      const oauth = marketplaces.get(marketplace)?.oauth;
      if (!oauth) return problem('connect.not-offered', { marketplace });
      const state = query['state'];
      // From the marketplace's own app store: nobody here asked for it, so anybody could have sent it.
      if (!state) return problem('connect.state-missing', { marketplace });
      const good = await tickets.take({ _id: hashOf(state), kind: 'state', marketplace }, clock.now());
      if (!good) return problem('connect.state-unknown', { marketplace });
      try {
        const grant = await oauth.exchange(query);
        const lacking = missingScopes(oauth.requiredScopes ?? [], grant.scopes);
        if (lacking.length > 0) return problem('connect.scope-missing', { scopes: lacking.join(', ') });
        if (grant.shops.length === 0) return problem('connect.no-shops', { marketplace });
        return { ok: true, shops: await connectGrant(deps, marketplace, grant) };
      } catch (error) {
        return refusal(error, marketplace, log);
      }
    },
  };
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

const problem = (key: TextKey, params: TextParams): ConnectProblem => ({ ok: false, problem: { key, params } });

function refusal(error: unknown, marketplace: string, log: ConnectorLog): ConnectProblem {
  if (!(error instanceof PlatformError)) throw error;
  if (error.code === 'denied') return problem('connect.denied', { marketplace });
  log.warn({ err: error, marketplace }, 'authorisation failed');
  return problem('connect.failed', { marketplace, code: error.code ?? error.kind });
}

/** Where the platform does not tell what was granted, the first call will. */
const missingScopes = (required: readonly string[], granted: readonly string[]): readonly string[] =>
  granted.length === 0 ? [] : required.filter((scope) => !granted.includes(scope));

/** Stores what a seller granted: the tokens once, then each shop that uses them. */
async function connectGrant(deps: ConnectDeps, marketplace: string, grant: Grant): Promise<readonly Shop[]> {
  const { shops, log } = deps;
  const ids = grant.shops.map(({ externalId }) => shopIdOf(marketplace, externalId)).toSorted();
  const [grantId = ''] = ids;
  await storeGrant(deps, grantId, marketplace, grant);
  for (const shop of grant.shops) await connectShop(deps, marketplace, shop, grantId);
  await shops.setExpiry(grantId, grant.credentials);
  log.info({ marketplace, shops: ids }, 'shops connected');
  return [...(await shops.byIds(ids)).values()];
}

/** A person's new authorisation wins over any refresh that happens meanwhile. */
async function storeGrant({ grants, vault, clock }: ConnectDeps, _id: string, marketplace: string, { credentials }: Grant): Promise<void> {
  for (;;) {
    const version = (await grants.byId(_id))?.version ?? 0;
    const stored = sealGrant(vault, { _id, marketplace, version: version + 1, obtainedAt: clock.now() }, credentials, null);
    if (await grants.replace(stored, version)) return;
  }
}

/** What the file or a person settled stays; what nobody settled comes from the marketplace. */
async function connectShop(
  { shops, vault, clock }: ConnectDeps,
  marketplace: string,
  shop: AuthorizedShop,
  grantId: string,
): Promise<void> {
  const id = shopIdOf(marketplace, shop.externalId);
  const region = /^[A-Z]{2}$/.test(shop.region) ? shop.region : null;
  const profile = { name: shop.name, timezone: timezoneOf(region), locale: localeOf(region), region, alias: null };
  if (!(await shops.create(marketplace, shop.externalId, profile, clock.now()))) {
    const known = await shops.byId(id);
    await shops.setProfile(id, {
      ...(known?.name === shop.externalId ? { name: shop.name } : {}),
      ...(known?.region === null && known.timezone === defaultTimezone ? { timezone: profile.timezone } : {}),
      ...(known?.region === null ? { region } : {}),
    });
  }
  await shops.connect(id, grantId, sealExtra(vault, id, shop.extra), clock.now());
}
