import { holdReason, isDropped } from '../core/decide-delivery.ts';
import { type Delivery, isRepeatable } from '../core/delivery.ts';
import { economy } from '../core/economy.ts';
import { shopId } from '../core/ids.ts';
import { gateOfLane } from '../core/inbox.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { botGate, type Shop } from '../core/shop.ts';
import { awaitedOf, withRoots } from './awaited-roots.ts';
import type { BacklogLane } from './backlog.ts';
import type { PipelineDeps } from './deps.ts';
import type { OwnedGate } from './gate.ts';
import { parkedGate } from './gate.ts';
import { becomesLasting, failedOnce, restUntilMs } from './outage.ts';
import type { People } from './people.ts';
import { createRecorder, type Recorder, type RecorderHooks } from './recorder.ts';
import { dueOf, headOf, type LaneWork, selectWork } from './select.ts';
import type { Parcel } from './sender.ts';
import { costsOf, createSender, lookUpCostsOf } from './sender.ts';
import { type Attempted, createSettle } from './settle.ts';

/** Sends of one gate that may be under way at once. */
const mostInFlight = 96;
const deliveriesPerRound = 600;
const idleMs = 60_000;
/** The longest that a whole queue is left alone because of one delivery's price. */
const longestPaceMs = 5_000;
/** A reply waits no longer than this for what cannot be decided, be it that nobody can tell who wrote it: it might be a buyer's only answer. */
const longestUnheardMs = 5 * 60_000;
/** However fast the tests' time is, what has to be decided first takes a machine its own time. */
const leastUnheardMs = 30_000;
/** A reply is looked at again after this while something said in its thread is not decided. */
const unheardMs = 50;
/** A reminder whose thread is being opened is looked at again after this. */
const awaitedMs = 200;
/** Another process may have connected a paused shop again. */
const shopPausedMs = 5_000;

export interface OutboxHooks extends RecorderHooks {
  readonly languageOf: People['localeOf'];
  /** Which of these lanes of the inbox have something that is not yet decided and applied. */
  readonly undecidedIn: (lanes: readonly string[]) => Promise<ReadonlySet<string>>;
  /** It stands in the chat now. */
  readonly shown: (lead: Delivery, inquiry: Inquiry | null) => void;
  /** The platform has been away for a while. */
  readonly away: (gate: OwnedGate) => void;
  /** It answers again, after so long. */
  readonly back: (gate: OwnedGate, awayMs: number) => void;
}

/** Serves the outbox of owned gates: selects, paces, claims in batches, sends side by side, records in batches. */
export function createOutboxWorker(deps: PipelineDeps, hooks: OutboxHooks) {
  const { outbox, inquiries, shops, settings, clock, timers, probe, log, timeScale } = deps;
  const sender = createSender(deps, hooks.languageOf);
  const settle = createSettle(deps, (gate) => sender.settleMs(gate.connector));
  const recorders = new Map<OwnedGate, Recorder>();

  /** Begins to serve a gate: what its former owner was sending may have arrived. */
  async function open(gate: OwnedGate): Promise<void> {
    const { lease } = gate;
    const adopted = await outbox.adopt(lease.gate, lease.term, new Date(clock.now().getTime() + sender.settleMs(gate.connector)));
    if (adopted > 0) log.info({ gate: lease.gate, deliveries: adopted }, 'sends of a former owner will be looked up');
    await reload(gate);
  }

  /** Learns anew from the store what waits. What was planned while it was read is known already. */
  async function reload(gate: OwnedGate): Promise<void> {
    gate.backlog.forget();
    gate.backlog.found(await outbox.waitingLanes(gate.lease.gate));
  }

  /** One look over the gate. Resolves to the milliseconds until the next is worth it; a signal comes earlier. */
  async function round(gate: OwnedGate): Promise<number> {
    if (!gate.lease.valid()) return 200;
    if (gate.paused !== null) return idleMs;
    const room = mostInFlight - gate.backlog.busy();
    if (room <= 0) return idleMs;
    if (gate.connector.kind === 'shop' && (await shops.byId(gate.connector.shopId))?.state !== 'active') return shopPausedMs;
    const { works, nextInMs } = await dueWorks(gate, room);
    await settleStored(gate, works);
    const { parcels, waitMs } = await paced(gate, works, room);
    await launch(gate, parcels);
    // Where all that was looked at has to wait, others may stand behind it.
    const more = parcels.length > 0 ? gate.backlog.busy() < mostInFlight : works.length >= room;
    // What stood behind those that were settled may go now.
    const settled = works.some(({ do: step }) => step === 'settle' || step === 'adopt');
    return more || settled ? 0 : Math.max(1, Math.min(waitMs, nextInMs));
  }

  /** The next step of the first lanes that have something due, by rank; and when it is worth looking again, if nothing is planned before. */
  async function dueWorks(gate: OwnedGate, room: number): Promise<{ readonly works: readonly LaneWork[]; readonly nextInMs: number }> {
    const { backlog, outages, pacedUntilMs, parked } = gate;
    const [now, nowMs] = [clock.now(), clock.monotonicMs()];
    for (const [queue, untilMs] of pacedUntilMs) if (untilMs <= nowMs) pacedUntilMs.delete(queue);
    const lanes = backlog.due(
      now.getTime(),
      room,
      (lane) =>
        !pacedUntilMs.has(paceKey(lane)) &&
        restUntilMs(gate, lane.channelId) <= nowMs &&
        (lane.channelId === null || !parked.has(lane.channelId)),
    );
    const scarce = gate.limiter.scarce();
    const holdMs = scarce ? economy.holdMs / timeScale : 0;
    const hold = { messageMs: holdMs, cardMs: isCardGate(gate) ? holdMs : 0 };
    const saturated = (delivery: Delivery) => scarce || isSaturated(gate, delivery);
    const options = { now, saturated, maxPostChars: maxPostCharsOf(gate), hold };
    let nextInMs = Math.min(
      idleMs,
      backlog.nextDueMs(now.getTime()) - now.getTime(),
      ...[...pacedUntilMs.values(), ...[...outages.values()].map((outage) => outage.restUntilMs)]
        .filter((untilMs) => untilMs > nowMs)
        .map((untilMs) => untilMs - nowMs),
    );
    const works: LaneWork[] = [];
    for (const { lane, waiting } of await known(gate, lanes)) {
      const work = selectWork(waiting, options);
      const head = headOf(waiting);
      if (work) works.push(work);
      else if (head) {
        // What is due stands behind something that is not: it makes room for other lanes, which are looked for at once.
        backlog.waits(lane.lane, dueOf(head, hold).getTime());
        nextInMs = 0;
      }
    }
    return { works: works.sort((a, b) => a.lead.rank.getTime() - b.lead.rank.getTime()), nextInMs };
  }

  /** What waits in these lanes: from memory, else from the store. */
  async function known(
    { backlog }: OwnedGate,
    lanes: readonly BacklogLane[],
  ): Promise<readonly { readonly lane: BacklogLane; readonly waiting: readonly Delivery[] }[]> {
    const unknown = lanes.filter(({ waiting }) => waiting === null);
    const { deliveries, all } = await outbox.waitingIn(
      unknown.map(({ lane }) => lane),
      deliveriesPerRound,
    );
    const byLane = Map.groupBy(deliveries, ({ lane }) => lane);
    return lanes.flatMap((lane) => {
      if (lane.waiting) return { lane, waiting: lane.waiting };
      const waiting = (byLane.get(lane.lane) ?? []).toSorted((a, b) => (a.order < b.order ? -1 : 1));
      if (all || waiting.length === 0) backlog.learnt(lane, all ? waiting : null);
      return waiting.length === 0 ? [] : { lane, waiting };
    });
  }

  function isSaturated({ connector, limiter }: OwnedGate, { content, channelId }: Delivery): boolean {
    if (connector.kind !== 'bot') return false;
    if (content.kind === 'message')
      return limiter.saturated(
        connector.bot.capabilities.costs({ kind: 'messages', messages: [content.message], surface: false }),
        channelId,
      );
    return content.kind === 'receipt' && limiter.saturated(connector.bot.capabilities.costs(content), channelId);
  }

  /** Those whose fate was stored before a crash, and those that somebody else was sending. */
  async function settleStored(gate: OwnedGate, works: readonly LaneWork[]): Promise<void> {
    const { term } = gate.lease;
    const foreign = works.filter(({ do: step, lead }) => step !== 'send' && lead.term < term).map(({ lead }) => lead);
    if (foreign.length > 0) await outbox.takeOver(foreign, term);
    const stored = works.filter((work) => work.do === 'settle').map(({ lead }) => lead);
    if (stored.length > 0) hooks.applied(await settle.resume(gate, stored));
    gate.backlog.found(stored);
    const orphans = works.filter((work) => work.do === 'adopt').map(({ lead }) => lead);
    if (orphans.length === 0) return;
    const dueAt = new Date(clock.now().getTime() + sender.settleMs(gate.connector));
    await outbox.orphaned(orphans, term, dueAt);
    gate.backlog.found(orphans);
  }

  /**
   * Replies whose time has come while something said in their thread is not decided, after a crash, in a flood, or because its author could not be looked up:
   * it may be an edit or an undo that came in time. The lanes that an inquiry was decided in are remembered with it.
   */
  async function unheardIn(
    { unheardSinceMs }: OwnedGate,
    works: readonly LaneWork[],
    found: ReadonlyMap<string, Inquiry>,
  ): Promise<ReadonlySet<string>> {
    const replies = works.flatMap(({ do: step, lead }) => {
      const { applied = [], thread = null } = (lead.inquiryId && found.get(lead.inquiryId)) || {};
      if (step !== 'send' || lead.content.kind !== 'reply' || !thread) return [];
      return { id: lead._id, lanes: applied.map(({ lane }) => lane).filter((lane) => gateOfLane(lane) === botGate(thread.bot)) };
    });
    const undecided = await hooks.undecidedIn([...new Set(replies.flatMap(({ lanes }) => lanes))]);
    const nowMs = clock.monotonicMs();
    const mostMs = Math.max(longestUnheardMs / timeScale, leastUnheardMs);
    for (const [id, sinceMs] of unheardSinceMs) if (nowMs - sinceMs > 2 * mostMs) unheardSinceMs.delete(id);
    const unheard = new Set<string>();
    for (const { id, lanes } of replies) {
      const sinceMs = unheardSinceMs.get(id) ?? nowMs;
      if (!lanes.some((lane) => undecided.has(lane))) unheardSinceMs.delete(id);
      else {
        unheardSinceMs.set(id, sinceMs);
        if (nowMs - sinceMs < mostMs) unheard.add(id);
      }
    }
    return unheard;
  }

  /** Takes from the paces what may go now. */
  async function paced(
    gate: OwnedGate,
    works: readonly LaneWork[],
    room: number,
  ): Promise<{ readonly parcels: readonly Planned[]; readonly waitMs: number }> {
    const sendable = works.filter((work) => work.do === 'send' || work.do === 'look-up');
    const found = await inquiries.byIds(
      sendable.flatMap((work) => [...(work.lead.inquiryId ? [work.lead.inquiryId] : []), ...awaitedOf(work)]),
    );
    const shopsById = new Map<string, Shop | null>();
    for (const id of new Set(sendable.flatMap(({ lead }) => lead.shopId ?? []))) shopsById.set(id, await shops.byId(shopId(id)));
    const unheard = await unheardIn(gate, works, found);
    const parcels: Planned[] = [];
    let waitMs = idleMs;
    for (const wanted of sendable) {
      if (parcels.length >= room) break;
      const work = withRoots(wanted, found, { now: clock.now(), timeScale });
      if (work === null) {
        waitMs = Math.min(waitMs, awaitedMs);
        gate.backlog.waits(wanted.lead.lane, clock.now().getTime() + awaitedMs);
        continue;
      }
      if (unheard.has(work.lead._id)) {
        waitMs = Math.min(waitMs, unheardMs);
        gate.backlog.waits(work.lead.lane, clock.now().getTime() + unheardMs);
        continue;
      }
      if (gate.pacedUntilMs.has(paceKey(work.lead))) continue;
      // One that is tried again carries what it carried before.
      const again = work.do === 'look-up' || work.lead.members.length > 0;
      const members = again ? await outbox.byIds(work.lead.members) : work.members;
      const inquiry: Inquiry | null = work.lead.inquiryId ? (found.get(work.lead.inquiryId) ?? null) : null;
      const parcel: Parcel = {
        lead: work.lead,
        members,
        inquiry,
        shop: work.lead.shopId ? (shopsById.get(work.lead.shopId) ?? null) : null,
      };
      const restsMs = inquiry && !isCardGate(gate) && gate.thrift.restsMs(work.lead, inquiry, gate.limiter.scarce());
      if (restsMs) {
        waitMs = Math.min(waitMs, restsMs);
        gate.backlog.waits(work.lead.lane, clock.now().getTime() + restsMs);
        continue;
      }
      const needless = gate.limiter.scarce() && isWaitingMark(work.lead);
      if (needless) {
        parcels.push({ parcel, mode: work.do, costs: [], needless });
        continue;
      }
      const costs = work.do === 'send' ? costsOf(gate.connector, parcel) : lookUpCostsOf(gate.connector);
      const purpose = work.do === 'look-up' || work.lead.content.kind === 'read-mark' ? 'read' : 'send';
      const wait = gate.limiter.take(costs, work.lead.channelId, purpose);
      if (wait === 0) {
        parcels.push({ parcel, mode: work.do, costs });
        if (inquiry) gate.thrift.drawn(work.lead, inquiry);
      } else {
        waitMs = Math.min(waitMs, wait);
        // What else its queue sends has to wait as long; a look-up draws on other limits, and one day's quota may be another's tomorrow.
        if (purpose === 'send' && wait <= longestPaceMs) gate.pacedUntilMs.set(paceKey(work.lead), clock.monotonicMs() + wait);
        else gate.backlog.waits(work.lead.lane, clock.now().getTime() + Math.min(wait, longestPaceMs));
      }
    }
    return { parcels, waitMs };
  }

  /** Claims in one write, then sends side by side. What may be sent twice needs no claim. */
  async function launch(gate: OwnedGate, planned: readonly Planned[]): Promise<void> {
    if (planned.length === 0) return;
    for (const { parcel } of planned) gate.backlog.begin(parcel.lead.lane);
    const sends = planned.filter(needsClaim);
    const now = clock.now();
    let ours: ReadonlySet<string>;
    try {
      ours = await outbox.claim(
        sends.map(({ parcel: { lead, members } }) => ({ id: lead._id, members: members.map(({ _id }) => _id), patchedBy: lead.patchedBy })),
        gate.lease.term,
        now,
      );
    } catch (error) {
      for (const { parcel } of planned) gate.backlog.end(parcel.lead, null);
      throw error;
    }
    if (sends.length > 0) await probe('claimed');
    for (const one of planned) {
      if (needsClaim(one) && !ours.has(one.parcel.lead._id)) gate.backlog.end(one.parcel.lead, null);
      else void attempt(gate, one, now);
    }
  }

  async function attempt(gate: OwnedGate, { parcel, mode, costs, needless = false }: Planned, claimedAt: Date): Promise<void> {
    const claimed: Parcel =
      mode === 'send' ? { ...parcel, lead: { ...parcel.lead, attemptedAt: claimedAt, term: gate.lease.term } } : parcel;
    if (needless || (mode === 'send' && parcel.inquiry && isDropped(parcel.lead, parcel.inquiry, settings(), claimedAt))) {
      recorderOf(gate).add({ parcel: claimed, mode: 'hold', result: { kind: 'dropped' }, costs });
      return;
    }
    const held = mode === 'send' && parcel.inquiry ? holdReason(parcel.lead, parcel.inquiry, settings(), claimedAt) : null;
    if (held) {
      recorderOf(gate).add({ parcel: claimed, mode: 'hold', result: { kind: 'held', reason: held }, costs });
      return;
    }
    const isOnce = !isRepeatable(parcel.lead.content);
    if (mode === 'look-up') await probe('look-up');
    else if (isOnce) await probe('before-send');
    const result = await sender.attempt(gate, claimed, mode);
    if (isOnce) await probe('after-send');
    const attempted: Attempted = { parcel: claimed, mode, result, costs };
    if (result.kind === 'posted') hooks.shown(parcel.lead, parcel.inquiry);
    judge(gate, attempted);
    recorderOf(gate).add(attempted);
  }

  /** What an answer tells about the gate as a whole. */
  function judge(gate: OwnedGate, { parcel: { lead }, result, costs }: Attempted): void {
    const nowMs = clock.monotonicMs();
    const error = result.kind === 'error' ? result.error : null;
    if (error?.kind === 'rate-limited') gate.limiter.penalise(error.limit, costs, lead.channelId, error.retryAfterMs ?? 1_000 / timeScale);
    if (error?.kind === 'transient' || error?.kind === 'uncertain') {
      const outage = failedOnce(gate, lead, nowMs, timeScale);
      if (!outage) return;
      log.warn({ gate: gate.lease.gate, next: Math.round(outage.restUntilMs - nowMs) }, 'the platform is in trouble; the gate rests');
      if (becomesLasting(outage, nowMs, timeScale)) hooks.away(gate);
      return;
    }
    // A refusal is an answer, too.
    const outage = gate.outages.get(lead.channelId);
    gate.outages.delete(lead.channelId);
    if (outage?.lasting) hooks.back(gate, nowMs - outage.sinceMs);
  }

  function recorderOf(gate: OwnedGate): Recorder {
    const existing = recorders.get(gate);
    if (existing) return existing;
    const created = createRecorder(gate, settle, hooks, deps);
    recorders.set(gate, created);
    return created;
  }

  /** Waits until nothing of this gate is under way, or the time is up. */
  async function drained(gate: OwnedGate): Promise<void> {
    while (gate.backlog.busy() > 0 && !gate.lease.signal.aborted) {
      await new Promise<void>((resolve) => {
        timers.after(20, resolve);
      });
    }
    await recorders.get(gate)?.idle();
  }

  function close(gate: OwnedGate): void {
    recorders.delete(gate);
  }

  async function park(gate: OwnedGate, channelId: string): Promise<void> {
    gate.parked.add(channelId);
    await outbox.move(gate.lease.gate, parkedGate(gate.lease.gate), channelId);
  }

  async function unpark(gate: OwnedGate, channelId: string): Promise<void> {
    await outbox.move(parkedGate(gate.lease.gate), gate.lease.gate, channelId);
    gate.parked.delete(channelId);
    await reload(gate);
    gate.outboxSignal.notify();
  }

  return { open, close, round, drained, park, unpark, reload };
}

interface Planned {
  readonly parcel: Parcel;
  readonly mode: 'send' | 'look-up';
  readonly costs: readonly string[];
  /** True: it is not worth its call, and not sent. */
  readonly needless?: boolean;
}

/** That a reply takes long is said by nobody's missing it: its own mark comes when it is sent. */
const isWaitingMark = ({ content }: Delivery): boolean => content.kind === 'receipt' && content.mark === 'waiting';

/** A claim tells a successor that it may have been sent, and takes along those that share its post. */
const needsClaim = ({ mode, parcel: { lead, members } }: Planned): boolean =>
  mode === 'send' && !(isRepeatable(lead.content) && members.length === 0);

/** Its threads are cards, on which replies get their receipts: they do not rest for long. */
const isCardGate = ({ connector }: OwnedGate): boolean => connector.kind === 'bot' && connector.bot.capabilities.threads === 'card';

const paceKey = ({ channelId, queue }: Pick<Delivery, 'channelId' | 'queue'>): string => `${queue}|${channelId ?? ''}`;

const maxPostCharsOf = ({ connector }: OwnedGate): number =>
  connector.kind === 'bot' ? connector.bot.capabilities.maxPostChars : connector.adapter.capabilities.maxReplyChars;
