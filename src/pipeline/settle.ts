import { decideDelivery } from '../core/decide-delivery.ts';
import { type Delivery, type DeliveryAttempt, type DeliveryOutcome, isRepeatable } from '../core/delivery.ts';
import type { InquiryId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { maxAttempts, nextStep } from '../core/next-step.ts';
import { planReceipt } from '../core/plan.ts';
import { isPracticeShop } from '../core/practice/marks.ts';
import { addMs } from '../core/time.ts';
import type { Turn } from '../core/turn.ts';
import type { PlatformError } from '../errors.ts';
import type { DeliveryChange } from '../store/outbox.ts';
import { isCardThread } from './boards.ts';
import { clockingOf, noClocking } from './clocking.ts';
import type { PipelineDeps } from './deps.ts';
import type { OwnedGate } from './gate.ts';
import { isAway } from './outage.ts';
import type { Parcel, SendResult } from './sender.ts';
import { type Applied, applyTurns } from './turns.ts';

/** One attempt that ended, and what it was. */
export interface Attempted {
  readonly parcel: Parcel;
  readonly mode: 'send' | 'look-up' | 'hold';
  readonly result:
    | SendResult
    | { readonly kind: 'held'; readonly reason: NonNullable<DeliveryOutcome['reason']> }
    | { readonly kind: 'dropped' };
  readonly costs: readonly string[];
}

/** What the gate has to know of an attempt, besides what is stored. */
export type Trouble =
  | { readonly kind: 'auth'; readonly failedToken: string | null; readonly code: string }
  | { readonly kind: 'channel-lost'; readonly channelId: string; readonly code: string };

/** What was stored about attempts. */
export interface Recorded extends Pick<Applied, 'planned' | 'patched'> {
  /** Those that are through with their lane. */
  readonly done: ReadonlySet<string>;
}

interface Ended {
  readonly lead: Delivery;
  readonly members: readonly Delivery[];
  readonly outcome: DeliveryOutcome;
  /** Null when it is in the trace already. */
  readonly attempt: DeliveryAttempt | null;
}

type Verdict =
  /** A change of the delivery, nothing more. */
  | { readonly do: 'change'; readonly change: DeliveryChange }
  /** Its fate is known: something may follow from it. */
  | { readonly do: 'end'; readonly outcome: DeliveryOutcome; readonly sentIds: readonly string[]; readonly attempt: DeliveryAttempt };

/** Looks that must agree before something is taken for not sent. */
const looksNeeded = 2;
/** While nobody can renew a refused token, it is tried no more often than this. */
const pauseMs = 2_000;
/** A thread that is not there yet is asked for again after this. */
const notYetMs = 1_000;
/** From this attempt on the agent sees that it takes long. */
const waitingMarkFrom = 3;

export function createSettle(deps: PipelineDeps, settleMs: (gate: OwnedGate) => number) {
  const { outbox, inquiries, shops, clock, random, settings, timeScale, meter, probe, log, newId } = deps;

  /** The same after a failure half-way: what was stored then is completed, not decided a second time. */
  async function recordAgain(gate: OwnedGate, attempted: readonly Attempted[]): Promise<Recorded> {
    const stored = new Map((await outbox.byIds(attempted.map(({ parcel }) => parcel.lead._id))).map((lead) => [lead._id, lead]));
    const stateOf = ({ parcel }: Attempted) => stored.get(parcel.lead._id)?.state;
    const resumed = await resume(
      gate,
      [...stored.values()].filter(({ state }) => state === 'settling'),
    );
    const open = attempted.filter((one) => stateOf(one) === 'sending' || stateOf(one) === 'uncertain');
    return together(resumed, await record(gate, open));
  }

  /** Stores what became of attempts, and what follows from it. */
  async function record(gate: OwnedGate, attempted: readonly Attempted[]): Promise<Recorded> {
    const verdicts = attempted.map((one) => ({ ...one, verdict: verdictOf(gate, one) }));
    const changes = verdicts.flatMap(({ verdict }) => (verdict.do === 'change' ? [verdict.change] : []));
    await store(gate, changes);
    const marks = verdicts.flatMap(({ parcel, verdict }) => waitingMark(gate, parcel, verdict));
    await outbox.insert(marks);
    // A mark that nobody sees vouches for nothing.
    const freed = await outbox.unmerge(
      attempted.flatMap(({ parcel, result }) => (result.kind === 'posted' && result.gone ? parcel.lead._id : [])),
    );
    const ended = verdicts.flatMap(({ parcel, verdict }): Ended[] =>
      verdict.do === 'end'
        ? [
            {
              lead: { ...parcel.lead, sentIds: [...verdict.sentIds], outcome: verdict.outcome },
              members: parcel.members,
              outcome: verdict.outcome,
              attempt: verdict.attempt,
            },
          ]
        : [],
    );
    return together({ ...nothing, planned: marks, patched: freed }, await end(gate, ended));
  }

  /** Decides what follows, stores it with the outcome, applies it. An inquiry takes one turn at a time; a turn that loses its race is decided anew. */
  async function end(gate: OwnedGate, ended: readonly Ended[]): Promise<Recorded> {
    let recorded = nothing;
    let left = ended;
    while (left.length > 0) {
      const [now, later] = onePerInquiry(left);
      const found = await inquiries.byIds(now.flatMap(({ lead }) => lead.inquiryId ?? []));
      const wanted = await Promise.all(
        now.map(async (one) => ({
          one,
          turn: await decide(gate, one, one.lead.inquiryId ? (found.get(one.lead.inquiryId) ?? null) : null),
        })),
      );
      const [plain, staged] = [wanted.filter(isPlain), wanted.filter((one) => !isPlain(one))];
      const taken = await outbox.change(
        staged.map(({ one: { lead, outcome, attempt }, turn }) => ({
          id: lead._id,
          set: { state: 'settling' as const, outcome, turn, sentIds: lead.sentIds },
          ...(attempt ? { attempt } : {}),
        })),
        gate.lease.term,
      );
      await probe('result-stored');
      // What the fence refused is in a successor's hands: nothing may follow from it here.
      const ours = taken ? staged : await stillOurs(gate, staged);
      tooLate(gate, staged.length - ours.length);
      const decided = [...plain, ...ours.map(({ one, turn }) => ({ one: { ...one, attempt: null }, turn }))];
      const turns = decided.flatMap(({ turn }) => turn ?? []);
      const applied = await applyTurns(turns, deps);
      const { lost } = applied;
      const through = decided.filter(({ turn }) => !turn || !lost.has(turn)).map(({ one }) => one);
      await finish(gate, through);
      recorded = together(recorded, { ...applied, done: new Set(through.map(({ lead }) => lead._id)) });
      left = [...decided.filter(({ turn }) => turn && lost.has(turn)).map(({ one }) => one), ...later];
    }
    return recorded;
  }

  async function store(gate: OwnedGate, changes: readonly DeliveryChange[]): Promise<void> {
    if (await outbox.change(changes, gate.lease.term)) return;
    const found = await outbox.byIds(changes.map(({ id }) => id));
    tooLate(gate, changes.length - found.filter(({ term }) => term === gate.lease.term).length);
  }

  /** Their fencing number is an old one: this process stood still, and another serves the gate. */
  function tooLate({ lease: { gate, term } }: OwnedGate, refused: number): void {
    if (refused > 0) log.warn({ gate, term, refused }, 'results came after another process had taken the gate; they change nothing');
  }

  async function stillOurs<T extends { readonly one: Ended }>(gate: OwnedGate, wanted: readonly T[]): Promise<readonly T[]> {
    const found = await outbox.byIds(wanted.map(({ one }) => one.lead._id));
    const ours = new Set(found.filter(({ state, term }) => state === 'settling' && term === gate.lease.term).map(({ _id }) => _id));
    return wanted.filter(({ one }) => ours.has(one.lead._id));
  }

  async function decide(gate: OwnedGate, { lead, members, outcome }: Ended, inquiry: Inquiry | null): Promise<Turn | null> {
    if (!inquiry) return null;
    const shop = await shops.byId(inquiry.shopId);
    const clocking = shop ? clockingOf(shop, inquiry.slaPolicies, deps) : noClocking;
    if (lead.content.kind === 'message' && outcome.final === 'sent' && lead.order < inquiry.shownOrder && !isPracticeShop(lead.shopId))
      meter.late();
    const readMarks = gate.connector.kind === 'shop' && gate.connector.adapter.markRead !== undefined;
    return decideDelivery({
      ...clocking,
      lead,
      members,
      outcome,
      inquiry,
      settings: settings(),
      readMarks,
      drawsCard: isCardThread(inquiry, deps),
      turnId: newId(),
      now: clock.now(),
    });
  }

  async function finish(gate: OwnedGate, ended: readonly Ended[]): Promise<void> {
    const now = clock.now();
    await store(
      gate,
      ended.map(({ lead, outcome, attempt }) => ({
        id: lead._id,
        set: { state: outcome.final, outcome, reason: outcome.reason, turn: null, doneAt: outcome.final === 'held' ? null : now },
        ...(attempt ? { attempt } : {}),
      })),
    );
    await outbox.finishMembers(
      ended.filter(({ members }) => members.length > 0).map(({ lead }) => lead._id),
      now,
    );
    await probe('recorded');
  }

  /** What a crash left between the stored outcome and its consequences. */
  async function resume(gate: OwnedGate, leads: readonly Delivery[]): Promise<Recorded> {
    const turns = leads.flatMap(({ turn }) => turn ?? []);
    const applied = await applyTurns(turns, deps);
    const lost = new Set([...applied.lost].map(({ id }) => id));
    const [again, done] = [leads.filter(({ turn }) => turn && lost.has(turn.id)), leads.filter(({ turn }) => !turn || !lost.has(turn.id))];
    const ended = async (lead: Delivery): Promise<Ended[]> =>
      lead.outcome ? [{ lead, members: await outbox.byIds(lead.members), outcome: lead.outcome, attempt: null }] : [];
    await finish(gate, (await Promise.all(done.map(ended))).flat());
    const anew = await end(gate, (await Promise.all(again.map(ended))).flat());
    return together({ ...applied, done: new Set(done.map(({ _id }) => _id)) }, anew);
  }

  function verdictOf(gate: OwnedGate, { parcel, mode, result }: Attempted): Verdict {
    const { lead } = parcel;
    const now = clock.now();
    const kind = lead.content.kind;
    const count = (outcome: Parameters<typeof meter.delivered>[0], failure: PlatformError['kind'] | null): void => {
      if (!isPracticeShop(lead.shopId)) meter.delivered(outcome, kind, failure);
    };
    const change = (set: DeliveryChange['set'], attempt?: DeliveryAttempt): Verdict => ({
      do: 'change',
      change: { id: lead._id, set, ...(attempt ? { attempt } : {}) },
    });
    const attempt = (
      outcome: DeliveryAttempt['outcome'],
      code: string | null = null,
      requestId: string | null = null,
    ): DeliveryAttempt => ({ at: now, outcome, code, requestId });
    const ended = (
      final: DeliveryOutcome['final'],
      reason: DeliveryOutcome['reason'],
      tried: DeliveryAttempt,
      more: Partial<{ sentIds: readonly string[] } & Pick<DeliveryOutcome, 'posts' | 'root'>> = {},
    ): Verdict => {
      count(final, null);
      return {
        do: 'end',
        outcome: { final, at: now, posts: more.posts ?? [], ...(more.root ? { root: more.root } : {}), reason },
        sentIds: more.sentIds ?? lead.sentIds,
        attempt: tried,
      };
    };
    const unclear = (tried: DeliveryAttempt): Verdict =>
      kind === 'reply'
        ? ended('held', { key: 'reply.uncertain', params: {} }, tried)
        : ended('dead', { key: 'reason.uncertain', params: {} }, tried);
    const gaveUp = (tried: DeliveryAttempt): Verdict => ended('dead', { key: 'reason.gave-up', params: { attempts: maxAttempts } }, tried);
    const later = (ms: number) => addMs(now, ms / timeScale);

    switch (result.kind) {
      case 'held':
        return ended('held', result.reason, attempt('rejected', result.reason.key));
      case 'dropped':
        return ended('cancelled', null, attempt('rejected', 'no-longer-needed'));
      case 'posted':
        return ended('sent', null, attempt(mode === 'look-up' ? 'found' : 'sent', null, result.requestId), {
          posts: result.posts,
          ...(result.root ? { root: result.root } : {}),
        });
      case 'sent': {
        const sentIds = result.messageId === null ? lead.sentIds : [...lead.sentIds, result.messageId];
        const tried = attempt(mode === 'look-up' ? 'found' : 'sent', null, result.requestId);
        const more = lead.content.kind === 'reply' && sentIds.length < lead.content.parts.length;
        if (more) return change({ state: 'queued', sentIds, dueAt: now, attempts: 0, lookups: 0, attemptedAt: null }, tried);
        return ended('sent', null, tried, { sentIds });
      }
      case 'not-yet':
        return change({ state: 'queued', dueAt: later(notYetMs) });
      case 'cannot-tell':
        return unclear(attempt('uncertain'));
      case 'not-found': {
        const certain = lead.lookups + 1 >= looksNeeded || isRepeatable(lead.content);
        if (!certain) return change({ lookups: lead.lookups + 1, dueAt: addMs(now, settleMs(gate)) }, attempt('not-found'));
        if (lead.attempts + 1 >= maxAttempts) return gaveUp(attempt('not-found'));
        return change({ state: 'queued', attempts: lead.attempts + 1, lookups: 0, dueAt: now, attemptedAt: null }, attempt('not-found'));
      }
      case 'error': {
        const { error } = result;
        const { code, requestId } = error;
        const tried = attempt(error.kind, code ?? null, requestId ?? null);
        // What is away for all counts against none.
        const counts = isAway(gate, lead.channelId) ? 0 : 1;
        const step = nextStep(error, lead.attempts + counts, random());
        log[step.do === 'give-up' ? 'error' : 'warn'](
          { err: error, deliveryId: lead._id, attempt: lead.attempts + 1, next: step.do },
          'delivery attempt failed',
        );
        count(error.kind === 'uncertain' ? 'uncertain' : 'retried', error.kind);
        if (mode === 'look-up') {
          if (step.do === 'refuse' || lead.attempts + counts >= maxAttempts) return unclear(tried);
          const afterMs = step.do === 'retry' || step.do === 'slow-down' ? step.afterMs : 2_000;
          const waits = step.do === 'slow-down' || step.do === 'pause';
          return change({ attempts: lead.attempts + (waits ? 0 : counts), dueAt: later(afterMs) }, tried);
        }
        if (error.localToChannel) return change({ state: 'queued', dueAt: now, attemptedAt: null }, tried);
        switch (step.do) {
          case 'retry':
            return change({ state: 'queued', attempts: lead.attempts + counts, dueAt: later(step.afterMs), attemptedAt: null }, tried);
          case 'slow-down':
            return change({ state: 'queued', dueAt: now, attemptedAt: null }, tried);
          case 'pause':
            return change({ state: 'queued', dueAt: later(pauseMs), attemptedAt: null }, tried);
          case 'look-up':
            return change({ state: 'uncertain', lookups: 0, dueAt: addMs(now, settleMs(gate)) }, tried);
          case 'refuse':
            return ended(
              kind === 'message' || kind === 'announcement' || kind === 'notice' || kind === 'answer' ? 'dead' : 'failed',
              refusal(error),
              tried,
            );
          case 'give-up':
            return gaveUp(tried);
        }
      }
    }
  }

  /** Where a reply takes long, its author sees that it waits. */
  function waitingMark(gate: OwnedGate, { lead, inquiry }: Parcel, verdict: Verdict): Delivery[] {
    if (verdict.do !== 'change' || lead.content.kind !== 'reply' || !lead.content.author || !inquiry) return [];
    if (verdict.change.set.attempts !== waitingMarkFrom && !isAway(gate, lead.channelId)) return [];
    return [planReceipt(inquiry, lead.content.author.post, 'waiting', { messageId: lead.messageId ?? lead._id, now: clock.now() })];
  }

  return { record, recordAgain, resume };
}

const refusal = ({ reason, code }: PlatformError): NonNullable<DeliveryOutcome['reason']> =>
  reason ? { key: reason, params: {} } : { key: 'reason.rejected', params: { code: code ?? '?' } };

const nothing: Recorded = { planned: [], patched: [], done: new Set() };

const together = (one: Recorded, other: Recorded): Recorded => ({
  planned: [...one.planned, ...other.planned],
  patched: [...one.patched, ...other.patched],
  done: new Set([...one.done, ...other.done]),
});

/**
 * Doing it twice is doing it once: nothing follows, or links under their own keys and the newest place in the thread. A crash in between finds the post again
 * and comes to the same, so its end alone is stored.
 */
const isPlain = ({ one: { lead, outcome }, turn }: { readonly one: Ended; readonly turn: Turn | null }): boolean =>
  turn === null ||
  (lead.content.kind === 'message' && outcome.final === 'sent' && turn.deliveries.length + turn.history.length + turn.patches.length === 0);

/** Splits into the first of each inquiry, and the rest. */
function onePerInquiry<T extends { readonly lead: Delivery }>(all: readonly T[]): readonly [now: readonly T[], later: readonly T[]] {
  const seen = new Set<InquiryId>();
  const now: T[] = [];
  const later: T[] = [];
  for (const one of all) {
    const { inquiryId } = one.lead;
    if (inquiryId && seen.has(inquiryId)) later.push(one);
    else now.push(one);
    if (inquiryId) seen.add(inquiryId);
  }
  return [now, later];
}

/** What the gate has to act on. */
export function troubleOf({ parcel: { lead }, result }: Attempted): Trouble | null {
  if (result.kind !== 'error') return null;
  const code = result.error.code ?? result.error.kind;
  if (result.error.localToChannel && lead.channelId) return { kind: 'channel-lost', channelId: lead.channelId, code };
  return result.error.kind === 'auth' ? { kind: 'auth', failedToken: result.failedToken, code } : null;
}
