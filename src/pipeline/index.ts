import type { Delivery } from '../core/delivery.ts';
import { readEveryMs } from '../core/economy.ts';
import { clockSource, gateOfLane, type InboxEvent } from '../core/inbox.ts';
import { opsChannel } from '../core/ops.ts';
import { notice, planAnnouncement } from '../core/plan.ts';
import { isPracticeShop } from '../core/practice/marks.ts';
import { botOf, type ChannelRef, type Settings } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import { botGate, shopGate } from '../core/shop.ts';
import type { TextKey } from '../core/texts/index.ts';
import type { Notice } from '../core/thread.ts';
import { decideConversationLanes } from './conversation-lanes.ts';
import type { PipelineDeps } from './deps.ts';
import { decideDueLanes } from './due-lanes.ts';
import { createDueTimers, withDueTimers } from './due-timers.ts';
import { connectorOf, isBotGate, isShopGate, type OwnedGate, openGate } from './gate.ts';
import { inboxRound } from './inbox-worker.ts';
import { createIngest, type Incoming, type Ingest } from './ingest.ts';
import { rememberInquiries } from './known-inquiries.ts';
import type { Lane, LaneDecision } from './lane-decision.ts';
import { createLeases, type Lease } from './leases.ts';
import { createOrderCards } from './order-cards.ts';
import { isAway } from './outage.ts';
import { createOutboxWorker } from './outbox-worker.ts';
import { createPeople } from './people.ts';
import { inPortions } from './portions.ts';
import { reconcileConversation, reconcileShop } from './reconcile-shop.ts';
import { reconcileThreads, type ThreadMarks } from './reconcile-threads.ts';
import { rerouteWaiting } from './reroute.ts';
import type { Trouble } from './settle.ts';
import { decideThreadLanes } from './thread-lanes.ts';
import { turnByTurn } from './turn-by-turn.ts';
import type { Applied } from './turns.ts';

export interface PipelineOptions {
  /** Names this process in leases. */
  readonly owner: string;
  /** True: no other process can live (the embedded engine's folder lock shows it). */
  readonly soleOwner: boolean;
  readonly authorizationExpiring: (shop: Shop, expiresAt: Date) => Promise<void>;
  /**
   * How often the net below the signals is drawn, and how often leases are looked at, where that is not the usual; set by tests that play a whole day, which
   * would do little else.
   */
  readonly pollMs?: number;
  readonly beatMs?: number;
}

export interface Pipeline {
  readonly ingest: Ingest;
  start(): void;
  /** Takes nothing new, finishes what is under way, gives up its gates. */
  stop(deadlineMs: number): Promise<void>;
  /** Gates that this process serves. */
  owned(): readonly OwnedGate[];
  /** A bot was called by a way that has no pace. Counted where this process serves it. */
  spent(bot: string, costs: readonly string[]): void;
  /** Something was planned outside the pipeline (a replay, an announcement): look at once. */
  wake(gate: string): void;
  /** New shops, or settings that changed: take their gates, route what waited. */
  refresh(): Promise<void>;
  /** Finds what time alone makes due soon; resolves to how many inquiries that are. */
  sweepDue(): Promise<number>;
  /** Tells the ops channel; without one, the log. `id` makes it unique. `about`: the bot that it is about, which another one tells of if there is one. */
  announce(id: string, what: Notice, about?: string): Promise<void>;
}

const usualPollMs = 250;
const pollsPerLook = 8;
/**
 * Gates that are polled although it is known what waits there: the net below that knowledge, so wide that a thousand shops cost no more than a few, and each
 * is looked at every ten seconds.
 */
const knownPerPoll = 25;
/**
 * Decided events, of all gates, that are stored at the same time: enough to share round trips. In a flood what the first gates decided is sent while the store
 * is busy with the next, so that neither waits for the other.
 */
const mostStoring = 500;
const idleMs = 60_000;
/** How often the owner of a gate reads back what no event told of. Some 300 calls a day and shop, of TikTok Shop's 10,000. */
const reconcileMs = 5 * 60_000;
/** The first reading after a gate was taken; redelivered events come first. */
const firstReconcileMs = 10_000;
/**
 * One gate after the other, and all within one round of later readings, so that a thousand that were taken together are read no faster than they will be from
 * then on: each reading is some calls, and buyers write meanwhile.
 */
const reconcileGapMs = 250;
/** How often a paused connection or a parked channel is tried again. */
const recheckMs = 60_000;
/** How often channels that fall behind are looked for. */
const behindLookMs = 5_000;
const afterErrorMs = 1_000;
const stepBackMs = 5;
/** Gates that step back and look again within it: a thousand that did would be busy with nothing else, and begin all at once. */
const looksPerStepBack = 25;
/** What buyers wrote can wait longest for its decision: who sends has a pace to keep, and who writes in a thread may take it back in a moment. */
const mostStepBackMs = { shop: 3_000, other: 500 };

const isOfTime = ({ events }: Lane): boolean => events[0]?.source === clockSource;

/** Inbox, outbox and the gates between them, as one thing to start and stop. */
export function createPipeline(given: PipelineDeps, options: PipelineOptions): Pipeline {
  const { pollMs = usualPollMs } = options;
  const due = createDueTimers({
    inquiries: given.inquiries,
    store: async (events) => ingest.storeAll(await ofKnownShops(events)),
    clock: given.clock,
    timers: given.timers,
    failed: (err) => given.log.error({ err }, 'what is due could not be stored; it is tried again'),
  });
  const watched = withDueTimers(given.inquiries, due);
  let elsewhere: { readonly settled: Settings; readonly settings: Settings } | null = null;
  const deps: PipelineDeps = {
    ...given,
    inquiries: options.soleOwner ? rememberInquiries(watched) : watched,
    // Whatever decides that there is something to tell finds the channel that takes it now.
    settings() {
      const settled = given.settings();
      const ops = opsChannel(settled, takesPosts, null);
      if (ops === settled.ops) return settled;
      // The same ones for as long as nothing changes: what is worked out from settings is kept by them.
      if (elsewhere?.settled !== settled || elsewhere.settings.ops !== ops) elsewhere = { settled, settings: { ...settled, ops } };
      return elsewhere.settings;
    },
  };
  const { inbox, outbox, pauses, shops, bots, settings, clock, timers, log, meter, timeScale } = deps;
  const gates = new Map<string, OwnedGate>();
  const loops = new Set<Promise<void>>();
  let stopping = false;
  let steppedBack = 0;
  let polls = 0;
  const nextKnown = turnByTurn<OwnedGate>(knownPerPoll);
  const storing = inPortions(mostStoring);
  const cancels = new Set<() => void>();
  const threadMarks: ThreadMarks = new Map();

  /** As far as this process knows: what another one's gate does not take waits there until it does. */
  const takesPosts = (channel: ChannelRef): boolean => {
    const gate = gates.get(botGate(botOf(channel)));
    return gate === undefined || (gate.paused === null && !gate.parked.has(channel.id));
  };

  /** What is due of a practice shop that is removed is nobody's. */
  async function ofKnownShops(events: readonly Incoming[]): Promise<readonly Incoming[]> {
    const known = await Promise.all(
      events.map(({ source }) => {
        const connector = source.kind === 'clock' ? connectorOf(source.gate, deps) : null;
        return connector?.kind !== 'shop' || !isPracticeShop(connector.shopId) || shops.known(connector.shopId);
      }),
    );
    return events.filter((_, index) => known[index]);
  }

  const wake = (gate: string): void => {
    const owned = gates.get(gate);
    owned?.arrivals.distrust();
    owned?.inboxSignal.notify();
    if (owned) void outboxWorker.reload(owned).then(owned.outboxSignal.notify, logged('what waits could not be read'));
  };
  const ingest = createIngest({
    inbox,
    clock,
    shops,
    storeFailed: deps.storeFailed,
    came(gate, events) {
      gates.get(gate)?.arrivals.came(events);
      gates.get(gate)?.inboxSignal.notify();
    },
    buried: (event) =>
      void tellOfDeadEvent(event, event.gate.startsWith('malformed:') ? 'reason.malformed' : 'reason.shop-unknown').catch(
        logged('the ops channel could not be told of a dead letter'),
      ),
  });
  const people = createPeople(deps);

  /** Deliveries were stored or changed: whoever serves them looks at once. */
  function applied({ planned, patched }: Pick<Applied, 'planned' | 'patched'>): void {
    for (const [name, deliveries] of Map.groupBy(planned, ({ gate }) => gate)) {
      gates.get(name)?.backlog.planned(deliveries);
      gates.get(name)?.outboxSignal.notify();
    }
    for (const lane of patched) {
      gates.get(lane.gate)?.backlog.found([lane]);
      gates.get(lane.gate)?.outboxSignal.notify();
    }
  }

  const shown = createOrderCards(deps, applied);
  const outboxWorker = createOutboxWorker(deps, { languageOf: people.localeOf, applied, shown, trouble, away, back, undecidedIn });

  /** From memory where that is known, else from the store. */
  async function undecidedIn(lanes: readonly string[]): Promise<ReadonlySet<string>> {
    const known = lanes.map((lane) => ({ lane, undecided: gates.get(gateOfLane(lane))?.arrivals.undecided(lane) ?? null }));
    const stored = await inbox.undecidedIn(known.flatMap(({ lane, undecided }) => (undecided === null ? lane : [])));
    return new Set([...stored, ...known.flatMap(({ lane, undecided }) => (undecided ? lane : []))]);
  }

  async function trouble(gate: OwnedGate, what: Trouble): Promise<void> {
    if (what.kind === 'channel-lost') return channelLost(gate, what.channelId, what.code);
    if (gate.connector.kind === 'bot') return connectionLost(gate, what.code);
    if (what.failedToken !== null && (await shops.refresh(gate.connector.shopId, what.failedToken))) gate.outboxSignal.notify();
  }

  /** Once an hour for all shops of a marketplace. A chat platform that is away cannot be told in, and is told of when it is back. */
  function away({ connector }: OwnedGate): void {
    if (connector.kind === 'shop') tellOfOutage('away', connector.marketplace, notice('trouble.away', { name: connector.marketplace }));
  }

  function back({ connector }: OwnedGate, awayMs: number): void {
    if (connector.kind === 'shop') tellOfOutage('back', connector.marketplace, notice('trouble.back', { name: connector.marketplace }));
    else {
      const minutes = Math.max(1, Math.round(awayMs / 60_000));
      tellOfOutage('back', connector.name, notice('trouble.was-away', { name: connector.name, minutes }));
    }
  }

  function tellOfOutage(what: string, name: string, words: Notice): void {
    const hour = clock.now().toISOString().slice(0, 13);
    void announce(`${what}:${name}:${hour}`, words).catch(logged('the ops channel could not be told of an outage'));
  }

  /** In the channel itself where nobody looks after trouble, and there before all that waits. What is away or parked has been told of. */
  async function tellOfBehind(gate: OwnedGate): Promise<void> {
    if (!isBotGate(gate) || gate.paused !== null) return;
    for (const { channelId, lateMs } of gate.behind.look(clock.now().getTime())) {
      if (gate.parked.has(channelId) || isAway(gate, channelId)) continue;
      const { name } = gate.connector;
      const [seconds, hour] = [Math.round(lateMs / 1_000), clock.now().toISOString().slice(0, 13)];
      const id = `behind:${name}/${channelId}:${hour}`;
      const setting = settings().channels.find((one) => one.id === channelId && botOf(one) === name);
      if (settings().ops || !setting) await announce(id, notice('trouble.behind', { channel: setting?.name ?? channelId, seconds }));
      else
        await post({
          ...planAnnouncement(setting, notice('trouble.behind-here', { seconds }), { id, now: clock.now() }),
          rank: new Date(0),
        });
    }
  }

  async function channelLost(gate: OwnedGate, channelId: string, code: string): Promise<void> {
    // Written before its queue moves, and cleared after it is back: a crash between leaves a pause that the next recheck ends, never a queue that nobody looks for.
    const isNew = await pauses.set(gate.lease.gate, channelId, code, clock.now());
    await outboxWorker.park(gate, channelId);
    if (!isNew) return;
    log.error({ gate: gate.lease.gate, channelId, code }, 'channel takes no posts; its queue is kept');
    await announce(
      `pause:${gate.lease.gate}|${channelId}:${clock.now().getTime()}`,
      notice('trouble.channel-lost', { channel: channelId, code }),
    );
  }

  async function channelBack(gate: OwnedGate, channelId: string): Promise<void> {
    const wasParked = gate.parked.has(channelId);
    await outboxWorker.unpark(gate, channelId);
    if (!(await pauses.clear(gate.lease.gate, channelId)) && !wasParked) return;
    log.info({ gate: gate.lease.gate, channelId }, 'channel is back');
    await announce(`back:${gate.lease.gate}|${channelId}:${clock.now().getTime()}`, notice('trouble.back', { name: channelId }));
  }

  async function connectionLost(gate: OwnedGate, code: string): Promise<void> {
    gate.paused = code;
    if (!(await pauses.set(gate.lease.gate, null, code, clock.now()))) return;
    log.error({ gate: gate.lease.gate, code }, 'chat connection does not work; its queue is kept');
    const bot = gate.connector.kind === 'bot' ? gate.connector.name : gate.lease.gate;
    await announce(`pause:${gate.lease.gate}:${clock.now().getTime()}`, notice('trouble.bot-paused', { bot, code }), bot);
  }

  async function announce(id: string, what: Notice, about?: string): Promise<void> {
    const ops = opsChannel(given.settings(), takesPosts, about ?? null);
    log.warn({ announcement: id, key: what.key }, 'announcement for the ops channel');
    if (!ops) return;
    await post(planAnnouncement(ops, what, { id, now: clock.now() }));
  }

  async function post(delivery: Delivery): Promise<void> {
    await outbox.insert([delivery]);
    applied({ planned: [delivery], patched: [] });
  }

  /** Once an hour for what has the same source: one event out of many is enough to go and look. */
  async function tellOfDeadEvent({ _id, gate }: Pick<InboxEvent, '_id' | 'gate'>, reason: TextKey): Promise<void> {
    const hour = clock.now().toISOString().slice(0, 13);
    await announce(`dead-letter:${gate}:${reason}:${hour}`, notice('trouble.dead-letter', { id: _id, reason }));
  }

  /** Asks the platform whether what is paused works again. */
  async function recheck(gate: OwnedGate): Promise<void> {
    if (gate.connector.kind !== 'bot' || (gate.paused === null && gate.parked.size === 0)) return;
    const { bot, name } = gate.connector;
    // A missing scope costs one function and is no reason to stay silent.
    const works = async (channels: readonly string[]) => (await bot.check(channels, 'en')).every(({ ok, vital }) => ok || !vital);
    if (gate.paused !== null) {
      if (!(await works([]))) return;
      gate.paused = null;
      await pauses.clear(gate.lease.gate, null);
      log.info({ gate: gate.lease.gate }, 'chat connection works again');
      await announce(`back:${gate.lease.gate}:${clock.now().getTime()}`, notice('trouble.back', { name }), name);
      wake(gate.lease.gate);
    }
    for (const channelId of gate.parked) if (await works([channelId])) await channelBack(gate, channelId);
  }

  async function decideLanes(gate: OwnedGate, lanes: readonly Lane[]): Promise<readonly LaneDecision[]> {
    if (isBotGate(gate)) {
      const decisions = await decideThreadLanes(gate, gate.connector, lanes, people, deps, {
        channelLost,
        channelBack,
        connectionLost,
        post,
      });
      const { event = [] } = gate.connector.bot.capabilities.unasked ?? {};
      for (const { outcomes } of decisions) for (let count = 0; count < outcomes.size; count += 1) gate.limiter.spent(event);
      return decisions;
    }
    if (!isShopGate(gate)) throw new Error('a gate is a shop or a bot');
    const shop = await shops.byId(gate.connector.shopId);
    if (!shop) throw new Error(`shop ${gate.connector.shopId} is gone from the store`);
    const [ofTime, ofShop] = [lanes.filter(isOfTime), lanes.filter((lane) => !isOfTime(lane))];
    const decided = await Promise.all([
      decideDueLanes(shop, ofTime, deps),
      decideConversationLanes(gate, shop, gate.connector.adapter, ofShop, deps, {
        conversationChanged: (owner, conversation) =>
          void reconcileConversation(gate, owner, conversation, ingest, deps).catch(logged('a conversation could not be read')),
        authorizationExpiring: options.authorizationExpiring,
      }),
    ]);
    return decided.flat();
  }

  /** Runs `work` until the lease is lost; errors (the store is away) are waited out. */
  function serve(gate: OwnedGate, what: 'inbox' | 'outbox', work: () => Promise<{ readonly rested: boolean }>): void {
    const mostMs = what === 'inbox' && isShopGate(gate) ? mostStepBackMs.shop : mostStepBackMs.other;
    const loop = (async () => {
      let patient = true;
      while (!stopping && !gate.lease.signal.aborted) {
        try {
          // Who has stepped back for long enough works until nothing is left.
          if (patient) patient = await stepBack(mostMs);
          const { rested } = await work();
          if (rested) patient = true;
        } catch (err) {
          log.error({ err, gate: gate.lease.gate }, `${what} failed; it goes on in a second`);
          await sleep(afterErrorMs);
        }
      }
    })();
    loops.add(loop);
    void loop.finally(() => loops.delete(loop));
  }

  /** Who waits for an acknowledgement goes first. Resolves to false when that took all the time that there was for it. */
  async function stepBack(mostMs: number): Promise<boolean> {
    const untilMs = clock.monotonicMs() + mostMs;
    steppedBack += 1;
    try {
      while (ingest.crowded()) {
        if (clock.monotonicMs() >= untilMs) return false;
        // Each gate by itself: all that look in the same moment would begin in the same moment.
        await sleep(stepBackMs * Math.max(1, steppedBack / looksPerStepBack));
      }
      return true;
    } finally {
      steppedBack -= 1;
    }
  }

  function taken(lease: Lease): void {
    const connector = connectorOf(lease.gate, deps);
    if (!connector) return;
    const gate = openGate(lease, connector, options.soleOwner, deps);
    gates.set(lease.gate, gate);
    let opened = false;
    reconcileLater(gate, firstReconcileMs + ((gates.size * reconcileGapMs) % reconcileMs), true);
    serve(gate, 'inbox', async () => {
      if (!lease.valid()) {
        await sleep(pollMs);
        return { rested: false };
      }
      const hooks = { applied, storing, buries: (event: Pick<InboxEvent, '_id' | 'gate'>) => tellOfDeadEvent(event, 'reason.poison') };
      if (await inboxRound(gate, decideLanes, deps, hooks)) return { rested: false };
      gate.inboxRests = true;
      await gate.inboxSignal.wait(idleMs);
      gate.inboxRests = false;
      return { rested: true };
    });
    serve(gate, 'outbox', async () => {
      if (!opened) {
        await readPauses(gate);
        await outboxWorker.open(gate);
        opened = true;
      }
      const waitMs = await outboxWorker.round(gate);
      if (waitMs <= 0) return { rested: false };
      // What is looked at again in a moment is known; the poll need not find it.
      gate.outboxRests = waitMs > pollMs && gate.backlog.rests(clock.now().getTime());
      await gate.outboxSignal.wait(waitMs);
      gate.outboxRests = false;
      return { rested: true };
    });
  }

  /** Reads back what no event told of, soon after the gate was taken and then at a low rate. The owner does it, since it draws on the gate's paces. */
  /** Resolves to how far off the next reading is at least. */
  async function reconcile(gate: OwnedGate, thorough: boolean): Promise<number> {
    if (isBotGate(gate)) return readEveryMs(await reconcileThreads(gate, threadMarks, ingest, deps), gate.limiter.quotas());
    if (!isShopGate(gate)) return 0;
    const shop = await shops.byId(gate.connector.shopId);
    if (shop) await reconcileShop(gate, shop, ingest, deps, { thorough });
    return 0;
  }

  function reconcileLater(gate: OwnedGate, ms: number, thorough: boolean): void {
    const cancel = timers.after(ms / timeScale, () => {
      cancels.delete(cancel);
      if (stopping || gate.lease.signal.aborted) return;
      void reconcile(gate, thorough)
        .catch((err: unknown) => {
          log.warn({ err, gate: gate.lease.gate }, 'history could not be read; it is tried again later');
          return 0;
        })
        .then((atLeastMs) => reconcileLater(gate, Math.max(atLeastMs, reconcileMs) * (0.9 + 0.2 * deps.random()), false));
    });
    cancels.add(cancel);
  }

  async function readPauses(gate: OwnedGate): Promise<void> {
    for (const { channelId, reason } of await pauses.of(gate.lease.gate)) {
      if (channelId === null) gate.paused = reason;
      else gate.parked.add(channelId);
    }
  }

  function lost({ gate }: Lease, to: 'another' | 'nobody'): void {
    const owned = gates.get(gate);
    if (!owned) return;
    gates.delete(gate);
    owned.inboxSignal.notify();
    owned.outboxSignal.notify();
    outboxWorker.close(owned);
    if (to === 'another') meter.leaseLost(gate);
  }

  const leases = createLeases({
    gates: deps.gates,
    clock,
    timers,
    log,
    owner: options.owner,
    soleOwner: options.soleOwner,
    ...(options.beatMs === undefined ? {} : { beatMs: options.beatMs }),
    wanted: async () => {
      const all = [...[...bots.keys()].map(botGate), ...(await shops.ids()).map(shopGate)];
      return all.filter((gate) => connectorOf(gate, deps) !== null);
    },
    failed: deps.storeFailed,
    holder: { taken, lost, quotas: (gate) => gates.get(gate)?.limiter.quotas() ?? [] },
  });

  /** The net below the signals: what became due by time, and what other processes planned. */
  async function poll(): Promise<void> {
    const now = clock.now();
    const all = [...gates.values()];
    const looked = new Set(options.soleOwner ? nextKnown(all) : all);
    const [inboxWork, outboxWork] = await Promise.all([
      inbox.gatesWithWork(
        all.filter((gate) => gate.inboxRests && (looked.has(gate) || !gate.arrivals.trusted())).map(({ lease }) => lease.gate),
        now,
      ),
      outbox.gatesWithWork(
        all.filter((gate) => gate.outboxRests && gate.paused === null && looked.has(gate)).map(({ lease }) => lease.gate),
        now,
      ),
    ]);
    // A gate that is busy with one queue does not see what another process planned in a second one.
    polls += 1;
    if (!options.soleOwner && polls % pollsPerLook === 0)
      for (const gate of all.filter(({ outboxRests }) => !outboxRests)) wake(gate.lease.gate);
    for (const gate of inboxWork) {
      gates.get(gate)?.arrivals.distrust();
      gates.get(gate)?.inboxSignal.notify();
    }
    for (const gate of outboxWork) wake(gate);
  }

  function every(ms: number, what: string, work: () => Promise<void>): void {
    let cancel: () => void = () => {};
    const next = () => {
      cancels.delete(cancel);
      if (stopping) return;
      cancel = timers.after(ms, () => void work().catch(logged(what)).finally(next));
      cancels.add(cancel);
    };
    next();
  }

  const logged = (what: string) => (err: unknown) => log.error({ err }, what);
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      timers.after(ms, resolve);
    });

  return {
    ingest,
    wake,
    spent: (bot, costs) => gates.get(botGate(bot))?.limiter.spent(costs),
    announce,
    sweepDue: due.sweep,
    owned: () => [...gates.values()],
    start() {
      leases.start();
      every(pollMs, 'the poll failed', poll);
      every(behindLookMs, 'channels that fall behind could not be told of', async () => {
        await Promise.all([...gates.values()].map(tellOfBehind));
      });
      every(recheckMs / timeScale, 'what is paused could not be asked again', async () => {
        await Promise.all([...gates.values()].map(recheck));
      });
    },
    async refresh() {
      await leases.refresh();
      if ((await rerouteWaiting(deps)) > 0) for (const gate of gates.keys()) wake(gate);
    },
    async stop(deadlineMs) {
      stopping = true;
      due.stop();
      for (const cancel of cancels) cancel();
      for (const gate of gates.values()) {
        gate.inboxSignal.notify();
        gate.outboxSignal.notify();
      }
      const finished = Promise.all([...loops, ...[...gates.values()].map((gate) => outboxWorker.drained(gate))]);
      await Promise.race([finished, sleep(deadlineMs)]);
      await leases.stop();
    },
  };
}
