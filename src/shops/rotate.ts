import { StartError } from '../start-error.ts';
import type { GrantStore } from '../store/grants.ts';
import type { MetaStore } from '../store/meta.ts';
import type { ShopStore } from '../store/shops.ts';
import { resealExtra, resealGrant } from './grants.ts';
import type { Vault } from './vault.ts';
import { sealedRange, sealedWith } from './vault.ts';

export interface RotateDeps {
  readonly vault: Vault;
  readonly meta: MetaStore;
  readonly shops: ShopStore;
  readonly grants: GrantStore;
}

/**
 * Sees to it that every secret in the database opens, and lies under the first key. Cut off in the middle, it goes on at the next start.
 * @returns how many were encrypted anew
 * @throws StartError when a key is missing with which something was encrypted; nothing has been changed then
 */
export async function rotateSecrets({ vault, meta, shops, grants }: RotateDeps): Promise<number> {
  const underFirst = sealedRange(vault.keyId);
  const storedIds = await meta.keyIds();
  const oldGrants = await grants.withSecretsOutside(underFirst);
  const oldShops = (await shops.withExtraOutside(underFirst)).flatMap(({ _id, extra }) => (extra === null ? [] : [{ _id, extra }]));
  const needed = new Set([
    ...(storedIds ?? []),
    ...[...oldGrants.map(({ secrets }) => secrets), ...oldShops.map(({ extra }) => extra)].map(sealedWith),
  ]);
  const missing = [...needed].filter((id) => !vault.keyIds.includes(id));
  if (missing.length > 0) throw new StartError('start.key-other', { missing: missing.join(', '), present: vault.keyIds.join(', ') });

  // Written before the first secret is: were it lost, another key would be taken for the right one.
  if (storedIds === null || !storedIds.includes(vault.keyId)) await meta.setKeyIds([...new Set([...(storedIds ?? []), vault.keyId])]);
  for (const grant of oldGrants) await grants.patch(grant, { secrets: resealGrant(vault, grant) });
  for (const { _id, extra } of oldShops) await shops.setExtra(_id, resealExtra(vault, _id, extra), extra);
  if (needed.size > 1 || !needed.has(vault.keyId)) await meta.setKeyIds([vault.keyId]);
  return oldGrants.length + oldShops.length;
}
