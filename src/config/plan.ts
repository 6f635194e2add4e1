import { createHash } from 'node:crypto';
import type { ReplyLimits } from '../core/compose.ts';
import type { ChannelRef, ChannelSetting, Settings } from '../core/settings.ts';
import { botOf } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import { shopIdOf } from '../core/shop.ts';
import type { Template } from '../core/templates/template.ts';
import type { SettingsParts } from '../store/settings.ts';
import type { ShopProfile } from '../store/shops.ts';
import { channelKey, type FileConfig } from './file.ts';
import type { ShopSeed } from './file-schema.ts';
import type { Problem, Sentence, ValueProblem } from './problem.ts';
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
 * A part is as small as it can be: one field, one channel; only routes and agents, whose meaning is in the whole list, are one part each. Pure.
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
  const screening = changedFields('screening', sections.screening ?? {}, changed);
  const sla = changedFields('sla', sections.sla ?? {}, changed);
  const businessHours = changedFields('businessHours', sections.businessHours ?? {}, changed);
  const backup = changedFields('backup', sections.backup ?? {}, changed);
  return {
    ...(channels.length > 0 ? { channels: mergeChannels(current.channels, channels) } : {}),
    ...(sections.ops && changed('ops', sections.ops) ? { ops: sections.ops } : {}),
    ...(sections.routes && changed('routes', sections.routes) ? { routes: sections.routes } : {}),
    ...(sections.agents && changed('agents', sections.agents) ? { agents: sections.agents } : {}),
    ...(Object.keys(reply).length > 0 ? { reply: { ...current.reply, ...reply } } : {}),
    ...(Object.keys(screening).length > 0 ? { screening: { ...current.screening, ...screening } } : {}),
    ...(Object.keys(sla).length > 0 ? { sla: { ...current.sla, ...sla } } : {}),
    ...(Object.keys(businessHours).length > 0 ? { businessHours: { ...current.businessHours, ...businessHours } } : {}),
    ...(Object.keys(backup).length > 0 ? { backup: { ...current.backup, ...backup } } : {}),
  };
}

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
    return [{ key: known ? 'apply.channel-changed' : 'apply.channel-added', params: { channel: shortName(channel) } }];
  });
  const lists = (['routes', 'agents'] as const).flatMap((section): Sentence[] => {
    const list = next[section];
    if (!list || fingerprintOf(list) === fingerprintOf(current[section])) return [];
    return [{ key: `apply.${section}`, params: { before: current[section].length, after: list.length } }];
  });
  const ops = next.ops && (!current.ops || channelKey(next.ops) !== channelKey(current.ops)) ? [next.ops] : [];
  return [
    ...channels,
    ...ops.map((ref): Sentence => ({ key: 'apply.ops', params: { channel: shortName(ref) } })),
    ...lists,
    ...describeFields('reply', current.reply, next.reply ?? {}),
    ...describeFields('screening', current.screening, next.screening ?? {}),
    ...namesOfChanged('sla', current.sla, next.sla ?? {}),
    ...namesOfChanged('businessHours', current.businessHours, next.businessHours ?? {}),
    ...describeFields('backup', current.backup, next.backup ?? {}),
  ];
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

const shortName = (ref: ChannelRef): string => `${ref.connection === 'default' ? ref.platform : botOf(ref)}/${ref.id}`;

/** Routes need channels that are there, be it from the file or from before. */
function missingChannels(next: SettingsParts, current: Settings): readonly ValueProblem[] {
  const listed = new Set((next.channels ?? current.channels).map(channelKey));
  const check = (ref: ChannelRef, path: readonly PropertyKey[]): readonly ValueProblem[] =>
    listed.has(channelKey(ref)) ? [] : [{ path, sentence: { key: 'config.channel-unlisted', params: {} } }];
  return [
    ...(next.routes ?? []).flatMap(({ channel }, index) => check(channel, ['routes', index, 'channel'])),
    ...(next.ops ? check(next.ops, ['ops']) : []),
  ];
}

function doubtful({ sections }: FileConfig, { shops, on }: AppliedState): readonly ValueProblem[] {
  const ids = new Set([
    ...shops.flatMap(({ _id, externalId }) => [_id, externalId]),
    ...(sections.shops ?? []).flatMap(({ marketplace, externalId }) => [shopIdOf(marketplace, externalId), externalId]),
  ]);
  const off = (name: string, names: Pick<ReadonlySet<string>, 'has'>, path: readonly PropertyKey[]): readonly ValueProblem[] =>
    names.has(name) ? [] : [{ path, sentence: { key: 'config.switched-off', params: { name } } }];
  return [
    ...(sections.shops ?? []).flatMap(({ marketplace }, index) => off(marketplace, on.marketplaces, ['shops', index, 'marketplace'])),
    ...(sections.channels ?? []).flatMap(({ platform }, index) => off(platform, on.bots, ['channels', index, 'platform'])),
    ...(sections.routes ?? []).flatMap(({ when }, index): readonly ValueProblem[] =>
      when.shop === undefined || ids.has(when.shop)
        ? []
        : [{ path: ['routes', index, 'when', 'shop'], sentence: { key: 'config.shop-unknown', params: {} } }],
    ),
  ];
}
