import { toRawEvent } from '../adapters/practice/events.ts';
import type { ChatBot } from '../bots/bot.ts';
import { toChannelRef } from './config/sections/values.ts';
import type { ConnectorLog } from './core/connector.ts';
import { commonZone } from './core/figures/zone.ts';
import { planCard, planReport } from './core/plan.ts';
import { isOver, isPractice, isReal, practiceMarketplace, practiceShopName } from './core/practice/marks.ts';
import { nextLines, type PracticePace, usualPace } from './core/practice/play.ts';
import type { ChannelRef, Settings } from './core/settings.ts';
import { botOf, channelName } from './core/settings.ts';
import { botGate, type Shop, shopGate, shopIdOf } from './core/shop.ts';
import { type Locale, type TextKey, text } from './core/texts/index.ts';
import type { Clock, Timers } from './core/time.ts';
import type { Pipeline } from './pipeline/index.ts';
import { sealExtra, sealGrant } from './shops/grants.ts';
import type { Vault } from './shops/vault.ts';
import type { GateStore } from './store/gates.ts';
import type { GrantStore } from './store/grants.ts';
import type { Leases } from './store/leases.ts';
import type { OutboxStore } from './store/outbox.ts';
import type { PracticeStore } from './store/practice.ts';
import type { ShopStore } from './store/shops.ts';

/** How often buyers look whether they were answered. */
const lookEveryMs = 5_000;
/** Opened, played and removed by one process at a time. */
const leaseName = 'practice';
const grantId = practiceMarketplace;
const pollMs = 250;
/** A process that is alone lets go of a gate at once; others know within it that a shop is over, and let go. One that froze is waited for no longer. */
const letGoMs = 20_000;
/** Between two looks for what is left: what was under way has come down by then, and every process knows that the shop is over. */
const settleMs = { alone: 500, amongOthers: 4_000 };
const mostLooks = 10;
const longestStopMs = 2_000;
/** Cards that are drawn for the last time: a chat platform takes about one a second. */
const lastCards = { most: 10, withinMs: 15_000 };

export interface PracticeDeps {
  readonly store: PracticeStore;
  readonly shops: Pick<ShopStore, 'list' | 'byId' | 'add' | 'setState' | 'remove'>;
  /** As it is known at the moment, a few seconds old at most. */
  readonly shop: () => Promise<Shop | null>;
  readonly grants: Pick<GrantStore, 'replace' | 'remove'>;
  readonly vault: Vault;
  readonly gates: Pick<GateStore, 'read' | 'remove'>;
  readonly leases: Leases;
  readonly outbox: Pick<OutboxStore, 'insert' | 'byIds'>;
  readonly bots: ReadonlyMap<string, Pick<ChatBot, 'check'>>;
  readonly settings: () => Pick<Settings, 'channels'>;
  readonly pipeline: Pick<Pipeline, 'ingest' | 'owned' | 'wake'>;
  /** Shops changed: everything that stands on them looks again. */
  readonly refresh: () => Promise<void>;
  /** No other process lives. */
  readonly alone: boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly newId: () => string;
  readonly log: ConnectorLog;
  /** The pace of buyers is divided by it. 1 outside tests. */
  readonly timeScale: number;
}

export interface PracticeState {
  readonly shop: Shop;
  /** `slack/C0123456789` */
  readonly channel: string;
  readonly removing: boolean;
  readonly buyers: number;
  readonly waiting: number;
}

export type PracticeOpened =
  | { readonly opened: PracticeState }
  | { readonly exists: PracticeState }
  /** Sentences in the reader's language. */
  | { readonly refused: readonly string[] };

export interface Practice {
  /** Null: there is no practice shop. */
  state(): Promise<PracticeState | null>;
  /** @param channel `slack/C0123456789` */
  open(channel: string, locale: Locale): Promise<PracticeOpened>;
  /** Resolves once nothing is left of it; false: there was none. Cut off anywhere, it goes on by itself. */
  remove(): Promise<boolean>;
  start(): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * A shop in which nobody buys, for people to practise on. To the pipeline it is a shop like all others; who owns its gate plays its buyers, whose words go
 * through the inbox under names of their own, so that nothing is said twice.
 */
export function createPractice(deps: PracticeDeps): Practice {
  const { store, shops, grants, vault, gates, leases, outbox, bots, settings, pipeline, refresh, clock, timers, newId, log } = deps;
  const pace = quickened(usualPace, deps.timeScale);
  let cancel = () => {};
  let underWay: Promise<unknown> = Promise.resolve();
  let stopped = false;

  const sleep = (ms: number) => new Promise<void>((resolve) => void timers.after(ms, resolve));
  const stored = async () => (await shops.list()).find(isPractice) ?? null;

  async function stateOf(shop: Shop): Promise<PracticeState> {
    const talks = await store.talks();
    return {
      ...{ shop, channel: shop.practice ? channelName(shop.practice.channel) : '', removing: isOver(shop) },
      buyers: new Set(talks.map(({ conversationId }) => conversationId)).size,
      waiting: talks.filter(({ status }) => status === 'waiting').length,
    };
  }

  const settingOf = (channel: ChannelRef) => settings().channels.find((one) => one.id === channel.id && botOf(one) === botOf(channel));

  async function tell(id: string, channel: ChannelRef, locale: Locale, keys: readonly TextKey[]): Promise<void> {
    const parts = [{ kind: 'lines', lines: keys.map((key) => text(locale, key)) }] as const;
    await outbox.insert([planReport(channel, { kind: 'answer', parts, actions: [] }, { id, now: clock.now() })]);
    pipeline.wake(botGate(botOf(channel)));
  }

  /** Why nobody can practise there. */
  async function objections(channel: ChannelRef | null, given: string, locale: Locale): Promise<readonly string[]> {
    if (channel === null) return [text(locale, 'practice.channel-unreadable', { channel: given })];
    const bot = bots.get(botOf(channel));
    if (!bot) return [text(locale, 'practice.no-bot', { bot: channel.platform })];
    const { mode = 'reply' } = settingOf(channel) ?? {};
    if (mode !== 'reply') return [text(locale, 'practice.channel-mode', { channel: given, mode })];
    const failed = (await bot.check([channel.id], locale)).filter(({ ok, vital }) => !ok && vital);
    return failed.map(({ check, problem, effect }) => [`${check}: ${problem ?? ''}`, effect ?? ''].join(' ').trim());
  }

  async function create(channel: ChannelRef, locale: Locale): Promise<Shop> {
    const now = clock.now();
    const externalId = newId().slice(0, 8);
    const id = shopIdOf(practiceMarketplace, externalId);
    const zones = (await shops.list()).filter(isReal).map(({ timezone }) => timezone);
    // Nothing is secret about it: each shop has tokens, so this one has, too.
    const credentials = {
      accessToken: practiceMarketplace,
      accessTokenExpiresAt: null,
      refreshToken: null,
      refreshTokenExpiresAt: null,
      extra: {},
    };
    const grant = { _id: grantId, marketplace: practiceMarketplace, version: 1, obtainedAt: now };
    await grants.remove(grantId);
    await grants.replace(sealGrant(vault, grant, credentials, null), 0);
    const shop: Shop = {
      ...{ _id: id, marketplace: practiceMarketplace, externalId, name: practiceShopName },
      ...{ timezone: commonZone(zones), locale, region: null, alias: null },
      ...{ state: 'active', stateReason: null, stateSince: now, accessTokenExpiresAt: null, refreshTokenExpiresAt: null, createdAt: now },
      practice: { channel },
    };
    await shops.add({ ...shop, grantId, extra: sealExtra(vault, id, {}) });
    return shop;
  }

  /** Its gate's owner, if it lives, has let go. */
  async function letGo(gate: string): Promise<void> {
    const isFree = async () => ((await gates.read([gate])).get(gate)?.owner ?? '') === '';
    const isOurs = () => pipeline.owned().some(({ lease }) => lease.gate === gate);
    const untilMs = clock.monotonicMs() + letGoMs;
    // Where nobody else lives, an owner that is not this process is one of before.
    while (clock.monotonicMs() < untilMs && (deps.alone ? isOurs() : !(await isFree()))) await sleep(pollMs);
  }

  /** The cards of open inquiries say that it is over. Nobody need see it, so what cannot be drawn soon is left. */
  async function drawLast(): Promise<void> {
    // Whoever draws them knows by then.
    if (!deps.alone) await sleep(settleMs.amongOthers);
    const cards = (await store.threads(lastCards.most)).map((one) => planCard({ ...one, version: one.version + 1 }, clock.now()));
    await outbox.insert(cards);
    for (const gate of new Set(cards.map((card) => card.gate))) pipeline.wake(gate);
    const ids = cards.map(({ _id }) => _id);
    const waits = async () => (await outbox.byIds(ids)).some(({ state }) => state === 'queued');
    const untilMs = clock.monotonicMs() + lastCards.withinMs;
    while (clock.monotonicMs() < untilMs && (await waits())) await sleep(pollMs);
  }

  async function clear(): Promise<void> {
    for (let looks = 0; looks < mostLooks; looks += 1) {
      const found = await store.clear();
      if (found === 0 && looks > 0) return;
      await sleep(deps.alone ? settleMs.alone : settleMs.amongOthers);
    }
    throw new Error('something of practice comes back again and again; its removal goes on');
  }

  async function removeAlone(): Promise<boolean> {
    const shop = await stored();
    if (!shop) return false;
    const gate = shopGate(shop._id);
    // From here on nothing is said or answered there; cut off, whoever looks next goes on.
    if ((await shops.setState(shop._id, 'deauthorized', 'practice-over', clock.now())) && shop.practice)
      await tell(`practice-over:${clock.now().getTime()}`, shop.practice.channel, shop.locale, ['practice.over']);
    await refresh();
    await letGo(gate);
    await drawLast();
    await clear();
    await gates.remove(gate);
    await grants.remove(grantId);
    // Last of all: it is what a removal goes on from.
    await shops.remove(shop._id);
    await refresh();
    log.info({ shopId: shop._id }, 'the practice shop is removed');
    return true;
  }

  const remove = () => leases.hold(leaseName, removeAlone);

  async function look(): Promise<void> {
    const shop = await deps.shop();
    if (!shop) return;
    if (isOver(shop)) return void (await remove());
    const gate = pipeline.owned().find(({ lease }) => lease.gate === shopGate(shop._id));
    const lines = gate?.lease.valid() ? nextLines(await store.talks(), { session: shop.externalId, now: clock.now(), pace }) : [];
    if (lines.length === 0) return;
    await leases.hold(leaseName, async () => {
      const now = await shops.byId(shop._id);
      if (!now || isOver(now)) return;
      const source = { kind: 'marketplace', name: practiceMarketplace } as const;
      await pipeline.ingest.storeAll(
        lines.map((line) => ({ source, shop: shop.externalId, receivedAt: clock.now(), ...toRawEvent(line) })),
      );
    });
  }

  function later(): void {
    if (stopped) return;
    cancel = timers.after(lookEveryMs / deps.timeScale, () => {
      underWay = look()
        .catch((err: unknown) => log.warn({ err }, 'practice buyers could not look; they look again'))
        .finally(later);
    });
  }

  return {
    async state() {
      const shop = await stored();
      return shop && stateOf(shop);
    },

    async open(given, locale) {
      const channel = channelOf(given);
      const opened = await leases.hold(leaseName, async (): Promise<PracticeOpened> => {
        const known = await stored();
        if (known) return { exists: await stateOf(known) };
        const refused = await objections(channel, given, locale);
        if (channel === null || refused.length > 0) return { refused };
        // What a process left that froze during the last removal.
        await store.clear();
        const shop = await create(channel, settingOf(channel)?.locale ?? locale);
        await tell(`${shop._id}:opened`, channel, shop.locale, opening);
        return { opened: await stateOf(shop) };
      });
      if ('opened' in opened) await refresh();
      return opened;
    },

    remove,

    start: later,
    async stop() {
      stopped = true;
      cancel();
      // A removal that takes longer goes on at the next start.
      await Promise.race([underWay, sleep(longestStopMs)]);
    },
  };
}

/** What there is to try, in the channel itself. */
const opening: readonly TextKey[] = [
  'practice.opened',
  ...(['answer', 'note', 'claim', 'order', 'template', 'hold', 'fail', 'clock'] as const).map((what) => `practice.try.${what}` as const),
  'practice.end',
];

const quickened = ({ newEveryMs, answerAfterMs, mostWaiting }: PracticePace, scale: number): PracticePace => ({
  newEveryMs: newEveryMs / scale,
  answerAfterMs: answerAfterMs / scale,
  mostWaiting,
});

/** `slack/C0123456789`, as in `threadmart.yaml`. Null: it cannot be read. */
const channelOf = (given: string): ChannelRef | null => (/^[a-z][a-z0-9-]*\/\S+$/.test(given) ? toChannelRef(given) : null);
