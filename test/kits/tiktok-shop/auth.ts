import type { FakeAnswer, FakeRequest } from '../fake-server.ts';
import { Refusal } from './envelope.ts';
import type { World } from './world.ts';

const allScopes = ['seller.authorization.info', 'seller.customer_service', 'seller.order.info', 'seller.product.basic'] as const;

const dayMs = 86_400_000;
const codeLifeMs = 30 * 60_000;

export interface GrantSeed {
  readonly shopIds: readonly string[];
  readonly scopes?: readonly string[];
  /** Default 7 days. */
  readonly accessLifeMs?: number;
  /** Default 358 days. */
  readonly refreshLifeMs?: number;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
}

export interface Access {
  readonly shopIds: readonly string[];
  readonly scopes: readonly string[];
  expiresAtMs: number;
}

export interface AuthOptions {
  readonly appKey: string;
  readonly appSecret: string;
  readonly serviceId: string;
  /** Where the authorise page sends the seller back to. */
  readonly redirectUrl: string;
  readonly now: () => Date;
  readonly world: World;
}

export type Auth = ReturnType<typeof createAuth>;

/**
 * Authorise page and tokens. The platform does not say whether a refresh token outlives its use: here it does not.
 * The auth host's own error codes are not documented; the ones here are a guess.
 * @see https://partner.tiktokshop.com/docv2/page/authorization-overview-202407 (read 2026-11-22)
 */
export function createAuth({ appKey, appSecret, serviceId, redirectUrl, now, world }: AuthOptions) {
  const codes = new Map<string, { readonly seed: GrantSeed; readonly expiresAtMs: number }>();
  const accesses = new Map<string, Access>();
  const issued: TokenPair[] = [];
  const refreshes = new Map<string, { readonly seed: GrantSeed; expiresAtMs: number }>();
  let seller: { readonly grants: GrantSeed } | 'denies' | null = null;

  function issue(seed: GrantSeed): TokenPair {
    const nowMs = now().getTime();
    const accessToken = `ROW_access_${world.nextId()}`;
    const refreshToken = `ROW_refresh_${world.nextId()}`;
    const accessMs = nowMs + (seed.accessLifeMs ?? 7 * dayMs);
    const refreshMs = nowMs + (seed.refreshLifeMs ?? 358 * dayMs);
    accesses.set(accessToken, { shopIds: seed.shopIds, scopes: seed.scopes ?? allScopes, expiresAtMs: accessMs });
    refreshes.set(refreshToken, { seed, expiresAtMs: refreshMs });
    const pair = {
      accessToken,
      accessTokenExpiresAt: new Date(accessMs),
      refreshToken,
      refreshTokenExpiresAt: new Date(refreshMs),
    };
    issued.push(pair);
    return pair;
  }

  function issueCode(seed: GrantSeed): string {
    const code = `ROW_code_${world.nextId()}`;
    codes.set(code, { seed, expiresAtMs: now().getTime() + codeLifeMs });
    return code;
  }

  function tokenData(seed: GrantSeed): object {
    const pair = issue(seed);
    const shop = world.shops.get(seed.shopIds[0] ?? '');
    return {
      access_token: pair.accessToken,
      access_token_expire_in: Math.floor(pair.accessTokenExpiresAt.getTime() / 1000),
      refresh_token: pair.refreshToken,
      refresh_token_expire_in: Math.floor(pair.refreshTokenExpiresAt.getTime() / 1000),
      open_id: `open_${seed.shopIds[0] ?? ''}`,
      seller_name: shop?.name ?? '',
      seller_base_region: shop?.region ?? '',
      user_type: 0,
      granted_scopes: seed.scopes ?? allScopes,
    };
  }

  function checkApp(query: URLSearchParams, grantType: string): void {
    if (query.get('app_key') !== appKey) throw new Refusal(36004003, 'Invalid app_key', 200);
    if (query.get('app_secret') !== appSecret) throw new Refusal(36004003, 'Invalid app_secret', 200);
    if (query.get('grant_type') !== grantType) throw new Refusal(36004003, 'Invalid grant_type', 200);
  }

  return {
    /** All that were ever given out, oldest first. */
    issued: issued as readonly TokenPair[],
    issue,
    issueCode,

    /** What the seller does on the authorise page from now on; null: grants all shops. */
    sellerWill(decision: typeof seller): void {
      seller = decision;
    },

    /** Back to the app, as a browser would go. */
    page({ query }: FakeRequest): FakeAnswer {
      if (query.get('service_id') !== serviceId)
        return { status: 404, headers: { 'content-type': 'text/html' }, body: '<p>No such app</p>' };
      const back = new URL(redirectUrl);
      if (seller === 'denies') {
        back.searchParams.set('code', 'null');
        back.searchParams.set('error', 'auth_denied');
      } else {
        back.searchParams.set('code', issueCode(seller?.grants ?? { shopIds: [...world.shops.keys()] }));
      }
      const state = query.get('state');
      if (state !== null) back.searchParams.set('state', state);
      return { status: 302, headers: { location: back.href } };
    },

    exchange({ query }: FakeRequest): object {
      checkApp(query, 'authorized_code');
      const code = query.get('auth_code') ?? '';
      const found = codes.get(code);
      codes.delete(code);
      if (!found || found.expiresAtMs < now().getTime()) throw new Refusal(36004004, 'Invalid auth_code', 200);
      return tokenData(found.seed);
    },

    refresh({ query }: FakeRequest): object {
      checkApp(query, 'refresh_token');
      const token = query.get('refresh_token') ?? '';
      const found = refreshes.get(token);
      refreshes.delete(token);
      if (!found || found.expiresAtMs < now().getTime()) throw new Refusal(36004005, 'Invalid refresh_token', 200);
      return tokenData(found.seed);
    },

    /** Who calls; throws what the platform answers to a token that is no good. */
    check(accessToken: string): Access {
      const access = accesses.get(accessToken);
      if (!access) throw new Refusal(36009004, 'The access_token is invalid', 401);
      if (access.expiresAtMs <= now().getTime()) throw new Refusal(105002, 'Expired credentials');
      return access;
    },

    /** The access token is past its time; its refresh token still works. */
    expire(accessToken: string): void {
      const access = accesses.get(accessToken);
      if (access) access.expiresAtMs = now().getTime();
    },

    /** The seller withdrew the authorisation: no token for this shop works any more. */
    revoke(shopId: string): void {
      for (const [token, { shopIds }] of accesses) if (shopIds.includes(shopId)) accesses.delete(token);
      for (const [token, { seed }] of refreshes) if (seed.shopIds.includes(shopId)) refreshes.delete(token);
    },
  };
}
