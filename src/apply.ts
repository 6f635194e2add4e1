import type { FileConfig } from './config/file.ts';
import type { AppliedState, ApplyPlan, ShopPlan } from './config/plan.ts';
import { planApply } from './config/plan.ts';
import { ConfigError } from './config/problem.ts';
import type { ConnectorLog } from './core/connector.ts';
import { isReal } from './core/practice/marks.ts';
import { shopIdOf } from './core/shop.ts';
import type { Clock } from './core/time.ts';
import { sealExtra, sealGrant } from './shops/grants.ts';
import { localeOf, timezoneOf } from './shops/regions.ts';
import type { Vault } from './shops/vault.ts';
import type { GrantStore } from './store/grants.ts';
import type { Leases } from './store/leases.ts';
import type { MetaStore } from './store/meta.ts';
import type { SettingsStore } from './store/settings.ts';
import type { ShopStore } from './store/shops.ts';
import type { TemplateStore } from './store/templates.ts';

export interface ApplyDeps {
  readonly meta: MetaStore;
  readonly settings: SettingsStore;
  readonly shops: ShopStore;
  readonly grants: GrantStore;
  readonly templates: TemplateStore;
  readonly vault: Vault;
  readonly leases: Leases;
  readonly on: AppliedState['on'];
  readonly clock: Pick<Clock, 'now'>;
  readonly log: ConnectorLog;
}

export type Applied = Pick<ApplyPlan, 'differences' | 'warnings'>;

/**
 * Brings what changed in the file into the database, one process at a time. Cut off in the middle, the next start does it again.
 * @param options dryRun: tells the differences and writes nothing
 * @throws ConfigError when the file does not fit what is in the database; nothing has been written then
 */
export async function applyConfig(file: FileConfig, deps: ApplyDeps, options: { readonly dryRun: boolean }): Promise<Applied> {
  if (options.dryRun) return acceptable(await plan(file, deps));
  return deps.leases.hold('apply', async () => {
    const planned = acceptable(await applySettings(file, deps));
    await applyShops(planned.shops, deps);
    for (const template of planned.templates) await deps.templates.save(template, { at: deps.clock.now(), by: null });
    await deps.meta.setAppliedConfig(planned.fingerprints, file.mark);
    if (planned.differences.length > 0) deps.log.info({ changes: planned.differences.length }, 'configuration applied');
    return planned;
  });
}

async function plan(file: FileConfig, deps: ApplyDeps): Promise<ApplyPlan & { readonly revision: number }> {
  const { meta, settings, shops, templates, on } = deps;
  const [fingerprints, current, known, saved] = await Promise.all([meta.appliedConfig(), settings.read(), shops.list(), templates.list()]);
  const real = known.filter(isReal);
  return { ...planApply(file, { fingerprints, settings: current, shops: real, templates: saved, on }), revision: current.revision };
}

function acceptable<Plan extends ApplyPlan>(planned: Plan): Plan {
  if (planned.problems.length > 0) throw new ConfigError(planned.problems);
  return planned;
}

/** Somebody may change the settings in chat meanwhile: then it is planned anew. */
async function applySettings(file: FileConfig, deps: ApplyDeps): Promise<ApplyPlan> {
  for (;;) {
    const planned = acceptable(await plan(file, deps));
    if (Object.keys(planned.settings).length === 0) return planned;
    if (await deps.settings.replace(planned.settings, planned.revision)) return planned;
  }
}

async function applyShops(plans: readonly ShopPlan[], deps: ApplyDeps): Promise<void> {
  const { shops, clock } = deps;
  for (const { seed, create, profile } of plans) {
    if (create) {
      const region = seed.profile.region ?? null;
      const defaults = { name: seed.externalId, timezone: timezoneOf(region), locale: localeOf(region), region, alias: null };
      await shops.create(seed.marketplace, seed.externalId, { ...defaults, ...seed.profile }, clock.now());
    }
    await shops.setProfile(shopIdOf(seed.marketplace, seed.externalId), profile);
  }
  // One refresh token is one grant, however many shops name it: it may be good for one use only.
  const groups = Map.groupBy(plans, ({ seed }) => seed.credentials?.refreshToken ?? shopIdOf(seed.marketplace, seed.externalId));
  for (const group of groups.values()) await seedGroup(group, deps);
}

async function seedGroup(group: readonly ShopPlan[], deps: ApplyDeps): Promise<void> {
  const { shops, vault, clock } = deps;
  const seeding = group.filter(({ seedCredentials }) => seedCredentials);
  if (seeding.length === 0) return;
  const members = await Promise.all(group.map(async (plan) => ({ ...plan, stored: await shops.stored(idOf(plan)) })));
  // A shop that joins others uses the tokens they have by now, not those that the file began with.
  const joined = members.find(({ seedCredentials, stored }) => !seedCredentials && stored?.grantId)?.stored?.grantId;
  const grantId = joined ?? (await seedGrant(seeding, deps));
  for (const plan of seeding) {
    const id = idOf(plan);
    await shops.connect(id, grantId, sealExtra(vault, id, plan.seed.credentials?.extra ?? {}), clock.now());
  }
  const grant = await deps.grants.byId(grantId);
  if (grant) await shops.setExpiry(grantId, grant);
}

const idOf = ({ seed }: ShopPlan) => shopIdOf(seed.marketplace, seed.externalId);

async function seedGrant(group: readonly ShopPlan[], { grants, vault }: ApplyDeps): Promise<string> {
  const [first] = group.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  if (!first?.seed.credentials) throw new Error('There are no credentials to seed');
  const _id = idOf(first);
  for (;;) {
    const version = (await grants.byId(_id))?.version ?? 0;
    const identity = { _id, marketplace: first.seed.marketplace, version: version + 1, obtainedAt: null };
    if (await grants.replace(sealGrant(vault, identity, first.seed.credentials, null), version)) return _id;
  }
}
