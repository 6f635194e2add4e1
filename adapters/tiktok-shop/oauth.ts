import { PlatformError } from '../../src/errors.ts';
import type { AuthorizedShop, Grant, MarketplaceOAuth, ShopCredentials } from '../adapter.ts';
import type { Tokens } from './api-types.ts';
import { authorizedShops, tokens } from './api-types.ts';
import type { TiktokShopClient } from './client.ts';
import { paths } from './paths.ts';
import type { TiktokShopSettings } from './settings.ts';

const deadlineMs = 15_000;
/** Creators (1) and partners (3) authorise apps through the same page; their tokens open no shop. */
const sellerType = 0;

/** @see https://partner.tiktokshop.com/docv2/page/authorization-overview-202407 read 2026-11-22 */
export function createOAuth(settings: TiktokShopSettings, client: TiktokShopClient): MarketplaceOAuth {
  return {
    // Off by default and granted per app: https://partner.tiktokshop.com/docv2/page/access-scope read 2026-11-22
    requiredScopes: ['seller.customer_service'],

    authorizeUrl(state) {
      if (!settings.serviceId)
        throw refused('TIKTOK_SHOP_SERVICE_ID is not set, so there is no page to send the seller to', 'service-id-missing');
      const url = new URL(settings.authorizeUrl);
      url.searchParams.set('service_id', settings.serviceId);
      url.searchParams.set('state', state);
      return url.href;
    },

    async exchange(query): Promise<Grant> {
      const code = query['code'];
      if (query['error'] === 'auth_denied') throw refused('The seller refused the authorisation', 'denied');
      // A refusal says `code=null`.
      if (query['error'] || !code || code === 'null') throw refused('The platform sent no authorisation code', 'no-code');
      const signal = AbortSignal.timeout(deadlineMs);
      const { data } = await client.token('get', { auth_code: code, grant_type: 'authorized_code' }, tokens, signal);
      if ((data.user_type ?? sellerType) !== sellerType) throw refused('The account that authorised is not a seller', 'not-a-seller');
      return {
        credentials: toCredentials(data, {}),
        scopes: data.granted_scopes ?? [],
        shops: await listAuthorizedShops(client, data.access_token, signal),
      };
    },

    async refresh(credentials) {
      if (!credentials.refreshToken)
        throw new PlatformError('There is no refresh token', { kind: 'auth', platform: 'tiktok-shop', code: 'no-refresh-token' });
      const query = { refresh_token: credentials.refreshToken, grant_type: 'refresh_token' };
      try {
        const { data } = await client.token('refresh', query, tokens, AbortSignal.timeout(deadlineMs));
        return toCredentials(data, credentials.extra);
      } catch (error) {
        throw asAuth(error);
      }
    },
  };
}

/** The token's shops, each with the cipher that its calls need. */
export async function listAuthorizedShops(client: TiktokShopClient, accessToken: string, signal: AbortSignal): Promise<AuthorizedShop[]> {
  const { data } = await client.seller(accessToken, signal, {
    operation: 'list authorised shops',
    method: 'GET',
    path: paths.authorizedShops,
    effect: 'none',
    data: authorizedShops,
  });
  return (data.shops ?? []).map(({ id, name, region, cipher }) => ({
    externalId: id,
    name: name || id,
    region: region ?? '',
    extra: { shopCipher: cipher, ...(region ? { region } : {}) },
  }));
}

/** Refresh tokens are treated as used up: the new one is kept, whatever it is. */
function toCredentials(data: Tokens, extra: ShopCredentials['extra']): ShopCredentials {
  return {
    accessToken: data.access_token,
    accessTokenExpiresAt: data.access_token_expire_in,
    refreshToken: data.refresh_token,
    refreshTokenExpiresAt: data.refresh_token_expire_in,
    extra,
  };
}

const refused = (message: string, code: string) => new PlatformError(message, { kind: 'rejected', platform: 'tiktok-shop', code });

/** A refusal by the platform, whatever its code, means that the seller has to authorise again; a page of some gateway does not. */
function asAuth(error: unknown): unknown {
  if (!(error instanceof PlatformError) || error.kind !== 'rejected') return error;
  const { message, code, requestId } = error;
  return new PlatformError(message, {
    kind: code?.startsWith('http-') ? 'transient' : 'auth',
    platform: 'tiktok-shop',
    ...(code ? { code } : {}),
    ...(requestId ? { requestId } : {}),
    cause: error,
  });
}
