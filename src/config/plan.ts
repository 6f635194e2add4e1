import { createHash } from 'node:crypto';
import type { ReplyLimits } from '../core/compose.ts';
import { opsChannels } from '../core/ops.ts';
import type { AgentSetting, ChannelRef, ChannelSetting, ProductCategory, ReportSetting, Route, Settings } from '../core/settings.ts';
import { asList, botOf, channelName, defaultConnection } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import { shopIdOf } from '../core/shop.ts';
import { type Template, templateName } from '../core/templates/template.ts';
import type { SettingsParts } from '../store/settings.ts';
import type { ShopProfile } from '../store/shops.ts';
import { channelKey, type FileConfig } from './file.ts';
import type { ShopSeed } from './file-schema.ts';
import type { Problem, Sentence, ValueProblem } from './problem.ts';
import { autoReplyRemarks, each, routeWarnings } from './route-warnings.ts';
import { describeTemplates, judgeTemplates, planTemplates } from './sections/templates.ts';

/** What the file is held against. */
export interface AppliedState {
  /** Of each part of the file, as it was applied last. */
  readonly fingerprints: ReadonlyMap<string, string>;
  readonly settings: Settings;
  readonly shops: readonly Shop[];
  readonly templates: readonly Template[];
  /** What is switched on by the environment: marketplaces with what they take, names of bots. */
  readonly on: { readonly marketplaces: ReadonlyMap<string, ReplyLimits>; readonly bots: ReadonlySet<string> };
}

export interface ShopPlan {
  readonly seed: ShopSeed;
  readonly create: boolean;
  readonly profile: Partial<ShopProfile>;
  /** The credentials in the file are new, or have changed there. */
  readonly seedCredentials: boolean;
}

export interface ApplyPlan {
  readonly settings: SettingsParts;
  readonly shops: readonly ShopPlan[];
  /** To be saved. */
  readonly templates: readonly Template[];
  readonly fingerprints: ReadonlyMap<string, string>;
  /** One sentence a difference, without secrets. */
  readonly differences: readonly Sentence[];
  /** With any of these nothing may be applied. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/**
 * What the file would change. Only a part that differs from what the file said when it was applied last counts; what the file leaves out stays as it is.
 * A part is as small as it can be: one field, one channel; only lists whose meaning is in the whole, such as routes and agents, are one part each. Pure.
 */
export function planApply(file: FileConfig, state: AppliedState): ApplyPlan {
  const parts = new Map<string, string>();
  const changed = (part: string, value: unknown): boolean => {
    const fingerprint = fingerprintOf(value);
    parts.set(part, fingerprint);
    return state.fingerprints.get(part) !== fingerprint;
  };
  const settings = planSettings(file, state.settings, changed);
  const shops = (file.sections.shops ?? []).map((seed) => planShop(seed, state.shops, changed));
  const templates = planTemplates(file.sections.templates ?? [], changed);
  const judged = judgeTemplates(
    file.sections.templates ?? [],
    templates,
    state.on.marketplaces,
    settings.screening ?? state.settings.screening,
  );
  return {
    settings,
    shops,
    templates,
    fingerprints: parts,
    differences: [
      ...describeSettings(settings, state.settings),
      ...shops.flatMap((plan) => describeShop(plan, state.shops)),
      ...describeTemplates(templates, state.templates),
    ],
    problems: [...missingChannels(settings, state.settings), ...judged.problems].map(file.locate),
    warnings: [...file.warnings, ...[...doubtful(file, state), ...judged.remarks].map(file.locate)],
  };
}

type Changed = (part: string, value: unknown) => boolean;

function planSettings({ sections }: FileConfig, current: Settings, changed: Changed): SettingsParts {
  const channels = (sections.channels ?? []).filter((channel) => changed(`channel:${channelKey(channel)}`, channel));
  const reply = changedFields('reply', sections.reply ?? {}, changed);
  const desk = changedFields('desk', sections.desk ?? {}, changed);
  const screening = changedFields('screening', sections.screening ?? {}, changed);
  const sla = changedFields('sla', sections.sla ?? {}, changed);
  const businessHours = changedFields('businessHours', sections.businessHours ?? {}, changed);
  const backup = changedFields('backup', sections.backup ?? {}, changed);
  return {
    ...(channels.length > 0 ? { channels: mergeChannels(current.channels, channels) } : {}),
    ...(sections.ops && changed('ops', sections.ops) ? opsOf(asList(sections.ops)) : {}),
    ...(sections.routes && changed('routes', sections.routes) ? { routes: sections.routes } : {}),
    ...(sections.categories && changed('categories', sections.categories) ? { categories: sections.categories } : {}),
    ...(sections.agents && changed('agents', sections.agents) ? { agents: sections.agents } : {}),
    ...(sections.reports && changed('reports', sections.reports) ? { reports: sections.reports } : {}),
    ...(Object.keys(reply).length > 0 ? { reply: { ...current.reply, ...reply } } : {}),
    ...(Object.keys(desk).length > 0 ? { desk: { ...current.desk, ...desk } } : {}),
    ...(Object.keys(screening).length > 0 ? { screening: { ...current.screening, ...screening } } : {}),
    ...(Object.keys(sla).length > 0 ? { sla: { ...current.sla, ...sla } } : {}),
    ...(Object.keys(businessHours).length > 0 ? { businessHours: { ...current.businessHours, ...businessHours } } : {}),
    ...(Object.keys(backup).length > 0 ? { backup: { ...current.backup, ...backup } } : {}),
  };
}

const opsOf = (all: readonly ChannelRef[]): Pick<Settings, 'ops' | 'opsElsewhere'> => ({
  ops: all[0] ?? null,
  opsElsewhere: all.slice(1),
});

function changedFields<T extends object>(section: string, fields: T, changed: Changed): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([field, value]) => changed(`${section}.${field}`, value))) as Partial<T>;
}

function mergeChannels(current: readonly ChannelSetting[], given: readonly ChannelSetting[]): readonly ChannelSetting[] {
  const byKey = new Map(current.map((channel) => [channelKey(channel), channel]));
  for (const channel of given) byKey.set(channelKey(channel), channel);
  return [...byKey.values()];
}

function planShop(seed: ShopSeed, known: readonly Shop[], changed: Changed): ShopPlan {
  const id = shopIdOf(seed.marketplace, seed.externalId);
  const create = !known.some((shop) => shop._id === id);
  const profile = changedFields(`shop:${id}`, seed.profile, changed);
  const credentialsChanged = seed.credentials !== null && changed(`shop:${id}.credentials`, seed.credentials);
  return {
    seed,
    create,
    profile: create ? seed.profile : profile,
    seedCredentials: seed.credentials !== null && (create || credentialsChanged),
  };
}

/** A hash that depends on the content alone, not on the order in which the file gives it. */
function fingerprintOf(value: unknown): string {
  const sorted = (_: string, inner: unknown): unknown =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner;
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('base64url');
}

function describeSettings(next: SettingsParts, current: Settings): readonly Sentence[] {
  const before = new Map(current.channels.map((channel) => [channelKey(channel), channel]));
  const channels = (next.channels ?? []).flatMap((channel): Sentence[] => {
    const known = before.get(channelKey(channel));
    if (known && fingerprintOf(known) === fingerprintOf(channel)) return [];
    return [{ key: known ? 'apply.channel-changed' : 'apply.channel-added', params: { channel: channelName(channel) } }];
  });
  const lists = (['routes', 'categories', 'agents', 'reports'] as const).flatMap((section) =>
    describeList(section, current[section], next[section]),
  );
  const [opsBefore, ops] = [current, { ...current, ...next }].map((settings) => opsChannels(settings).map(channelName).join(', '));
  return [
    ...channels,
    ...(ops && ops !== opsBefore ? [{ key: 'apply.ops', params: { channel: ops } } as const] : []),
    ...lists,
    ...describeFields('reply', current.reply, next.reply ?? {}),
    ...describeFields('desk', current.desk, next.desk ?? {}),
    ...describeFields('screening', current.screening, next.screening ?? {}),
    ...namesOfChanged('sla', current.sla, next.sla ?? {}),
    ...namesOfChanged('businessHours', current.businessHours, next.businessHours ?? {}),
    ...describeFields('backup', current.backup, next.backup ?? {}),
  ];
}

/** Reports have no names. */
type Listed = Route | ProductCategory | AgentSetting | (ReportSetting & { readonly name?: string });

/** So many are named; a team that changes more at once knows what it did. */
const mostNamed = 10;

function describeList(
  section: 'routes' | 'categories' | 'agents' | 'reports',
  current: readonly Listed[],
  next: readonly Listed[] | undefined,
): readonly Sentence[] {
  if (!next || fingerprintOf(next) === fingerprintOf(current)) return [];
  const counts = { before: current.length, after: next.length };
  const before = new Set(current.map(fingerprintOf));
  const changed = next.flatMap((one, index) => (before.has(fingerprintOf(one)) ? [] : [one.name ?? String(index + 1)]));
  if (current.length === 0 || changed.length === 0) return [{ key: `apply.${section}`, params: counts }];
  const named = changed.slice(0, mostNamed).join(', ');
  return [{ key: `apply.${section}-changed`, params: { ...counts, changed: changed.length > mostNamed ? `${named}, …` : named } }];
}

function describeShop({ seed, create, profile, seedCredentials }: ShopPlan, known: readonly Shop[]): readonly Sentence[] {
  const shop = shopIdOf(seed.marketplace, seed.externalId);
  const current = known.find(({ _id }) => _id === shop);
  const added: readonly Sentence[] = create ? [{ key: 'apply.shop-added', params: { shop } }] : [];
  const fields = current ? describeFields(`shop ${shop}`, current, profile) : [];
  return [...added, ...fields, ...(seedCredentials ? [{ key: 'apply.credentials', params: { shop } } as const] : [])];
}

function describeFields(section: string, current: object, next: object): readonly Sentence[] {
  return Object.entries(next).flatMap(([field, value]): Sentence[] => {
    const before: unknown = Reflect.get(current, field);
    if (fingerprintOf(before) === fingerprintOf(value)) return [];
    return [{ key: 'apply.field', params: { field: `${section}.${field}`, before: JSON.stringify(before), after: JSON.stringify(value) } }];
  });
}

/** For what is too long to be told in a line. */
const namesOfChanged = (section: string, current: object, next: object): readonly Sentence[] =>
  describeFields(section, current, next).map(({ params }) => ({ key: 'apply.changed', params: { field: params['field'] ?? section } }));

/** Routes need channels that are there, be it from the file or from before. */
function missingChannels(next: SettingsParts, current: Settings): readonly ValueProblem[] {
  const listed = new Set((next.channels ?? current.channels).map(channelKey));
  const isMissing = (ref: ChannelRef) => (listed.has(channelKey(ref)) ? null : 'config.channel-unlisted');
  return [
    ...(next.routes ?? []).flatMap(({ channel }, index) => each(channel, ['routes', index, 'channel'], isMissing)),
    ...each(next.opsElsewhere?.length ? opsChannels({ ...current, ...next }) : (next.ops ?? undefined), ['ops'], isMissing),
    ...(next.reports ?? []).flatMap(({ channel }, index) => each(channel, ['reports', index, 'channel'], isMissing)),
  ];
}

function doubtful({ sections }: FileConfig, { shops, settings, templates, on }: AppliedState): readonly ValueProblem[] {
  const known = {
    shops: new Set([
      ...shops.flatMap(({ _id, externalId }) => [_id, externalId]),
      ...(sections.shops ?? []).flatMap(({ marketplace, externalId }) => [shopIdOf(marketplace, externalId), externalId]),
    ]),
    groups: new Set((sections.agents ?? settings.agents).flatMap(({ groups = [] }) => groups)),
    categories: new Set((sections.categories ?? settings.categories).map(({ name }) => name)),
    templates: new Set([...templates, ...(sections.templates ?? [])].map(({ name }) => name)),
    slaPolicies: new Set((sections.sla?.policies ?? settings.sla.policies).map(({ name }) => name)),
  };
  const off = (name: string, names: Pick<ReadonlySet<string>, 'has'>, path: readonly PropertyKey[]): readonly ValueProblem[] =>
    names.has(name) ? [] : [{ path, sentence: { key: 'config.switched-off', params: { name } } }];
  return [
    ...(sections.shops ?? []).flatMap(({ marketplace }, index) => off(marketplace, on.marketplaces, ['shops', index, 'marketplace'])),
    ...(sections.channels ?? []).flatMap((ref, index) =>
      on.bots.has(botOf(ref))
        ? []
        : off(ref.connection === defaultConnection ? ref.platform : botOf(ref), new Set(), ['channels', index, 'platform']),
    ),
    ...routeWarnings(sections.routes ?? [], known),
    ...each(sections.desk?.followUp?.template, ['desk', 'followUp', 'template'], (name) =>
      known.templates.has(templateName(name) ?? '') ? null : 'config.template-unknown',
    ),
    ...autoReplyRemarks(sections.routes ?? [], on.marketplaces, { ...settings.screening, ...sections.screening }),
    ...(sections.reports ?? []).flatMap(({ shop }, index) =>
      each(shop ?? undefined, ['reports', index, 'shop'], (id) => (known.shops.has(id) ? null : 'config.shop-unknown')),
    ),
  ];
}
