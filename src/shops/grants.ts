import { z } from 'zod';
import type { ShopCredentials } from '../../adapters/adapter.ts';
import type { ShopId } from '../core/ids.ts';
import type { StoredGrant } from '../store/grants.ts';
import type { Vault } from './vault.ts';

/** A refreshed token whose end moved by less is the same authorisation: platforms that tell seconds left are a little inexact. */
const sameEndMs = 5 * 60_000;

const extra = z.record(z.string(), z.string());
const secrets = z.object({ accessToken: z.string(), refreshToken: z.string().nullable(), extra });

const grantContext = (id: string): string => `grants/${id}/secrets`;
const extraContext = (id: ShopId): string => `shops/${id}/extra`;

/**
 * @param previous the tokens that were refreshed; null: the first ones, or a new authorisation
 * @param obtainedAt null: from the configuration file
 */
export function sealGrant(
  vault: Vault,
  grant: Pick<StoredGrant, '_id' | 'marketplace' | 'version' | 'obtainedAt'>,
  credentials: ShopCredentials,
  previous: StoredGrant | null,
): StoredGrant {
  const { accessToken, refreshToken, accessTokenExpiresAt, refreshTokenExpiresAt } = credentials;
  const endsAt = refreshToken === null ? accessTokenExpiresAt : refreshTokenExpiresAt;
  const sameEnd = previous !== null && sameTime(previous.endsAt, endsAt);
  const knownAheadMs = endsAt && grant.obtainedAt ? endsAt.getTime() - grant.obtainedAt.getTime() : null;
  return {
    ...grant,
    secrets: vault.seal(JSON.stringify({ accessToken, refreshToken, extra: credentials.extra }), grantContext(grant._id)),
    accessTokenExpiresAt,
    refreshTokenExpiresAt,
    refreshDueAt: refreshToken === null ? null : refreshDueAt(grant.obtainedAt, accessTokenExpiresAt),
    refused: false,
    endsAt,
    endKnownAheadMs: sameEnd ? previous.endKnownAheadMs : knownAheadMs,
    warnedDays: sameEnd ? previous.warnedDays : [],
  };
}

/** Half way to its end. How old a token from the file is, nobody knows: it is refreshed an hour before its end. */
function refreshDueAt(obtainedAt: Date | null, expiresAt: Date | null): Date | null {
  if (expiresAt === null) return null;
  return obtainedAt ? new Date((obtainedAt.getTime() + expiresAt.getTime()) / 2) : new Date(expiresAt.getTime() - 3_600_000);
}

export function openGrant(vault: Vault, grant: StoredGrant): ShopCredentials {
  const opened = secrets.parse(JSON.parse(vault.open(grant.secrets, grantContext(grant._id))));
  return { ...opened, accessTokenExpiresAt: grant.accessTokenExpiresAt, refreshTokenExpiresAt: grant.refreshTokenExpiresAt };
}

export const sealExtra = (vault: Vault, shop: ShopId, values: Readonly<Record<string, string>>): string =>
  vault.seal(JSON.stringify(values), extraContext(shop));

export const openExtra = (vault: Vault, shop: ShopId, sealed: string | null): Readonly<Record<string, string>> =>
  sealed === null ? {} : extra.parse(JSON.parse(vault.open(sealed, extraContext(shop))));

/** The same secrets under the vault's first key. */
export const resealGrant = (vault: Vault, grant: StoredGrant): string =>
  vault.seal(vault.open(grant.secrets, grantContext(grant._id)), grantContext(grant._id));

export const resealExtra = (vault: Vault, shop: ShopId, sealed: string): string =>
  vault.seal(vault.open(sealed, extraContext(shop)), extraContext(shop));

function sameTime(before: Date | null, after: Date | null): boolean {
  if (before === null || after === null) return before === after;
  return Math.abs(after.getTime() - before.getTime()) < sameEndMs;
}
