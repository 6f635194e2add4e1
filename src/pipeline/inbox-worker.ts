import type { InboxEvent } from '../core/inbox.ts';
import { addMs } from '../core/time.ts';
import type { Turn } from '../core/turn.ts';
import type { PipelineDeps } from './deps.ts';
import type { OwnedGate } from './gate.ts';
import type { Lane, LaneDecision, LaneStop } from './lane-decision.ts';
import { maxInboxAttempts } from './lane-decision.ts';
import { type Applied, applyTurns } from './turns.ts';

/**
 * Events, and lanes, that one round takes: enough to share round trips, and no more than keeps an acknowledgement waiting for some milliseconds. A chat
 * connection has one gate for the threads of all shops.
 */
const mostPerRound = { shop: 150, bot: 600 };

export interface InboxHooks {
  readonly applied: (applied: Applied) => void;
  /** For the steps that only the store takes part in, of so many events. */
  readonly storing: <T>(events: number, work: () => Promise<T>) => Promise<T>;
  /** An event is about to go to the dead letters: a person must hear of it. */
  readonly buries: (event: Pick<InboxEvent, '_id' | 'gate'>) => Promise<void>;
}

export type DecideLanes = (gate: OwnedGate, lanes: readonly Lane[]) => Promise<readonly LaneDecision[]>;

/**
 * One round over a gate's inbox: takes what is due, decides it lane by lane, stores the decisions, applies them. Resolves to false when nothing was due.
 * Everything it does may be done again after a crash.
 */
export async function inboxRound(gate: OwnedGate, decideLanes: DecideLanes, deps: PipelineDeps, hooks: InboxHooks): Promise<boolean> {
  const { inbox, clock } = deps;
  const { arrivals } = gate;
  const most = mostPerRound[gate.connector.kind];
  const now = clock.now();
  const atHand = arrivals.take(most);
  if (atHand) {
    if (atHand.length === 0) return false;
    // Until all of them are through, the store is what knows.
    let through = 0;
    try {
      through = await work(gate, toLanes(atHand), decideLanes, deps, hooks);
    } finally {
      if (through < atHand.length) arrivals.distrust();
      else arrivals.through(atHand);
    }
    return true;
  }
  const mark = arrivals.mark();
  // First, since most gates that are looked at together (all were taken, or all were woken) have nothing, and this is one question for all of them.
  if (!(await inbox.anyPending(gate.lease.gate))) {
    arrivals.trust(mark);
    return false;
  }
  const due = await inbox.dueLanes(gate.lease.gate, now, most);
  if (due.length === 0) return false;
  const lanes = toLanes(await inbox.pendingIn(due, most));
  await delay(lanes, now, deps);
  const ready = lanes.filter(({ events }) => !!events[0] && events[0].dueAt <= now);
  await work(gate, ready, decideLanes, deps, hooks);
  return ready.length > 0;
}

/** Returns how many events are through. */
async function work(
  gate: OwnedGate,
  ready: readonly Lane[],
  decideLanes: DecideLanes,
  deps: PipelineDeps,
  { applied: wakeOutbox, storing, buries }: InboxHooks,
): Promise<number> {
  const { inbox, probe, log } = deps;
  const stored = ready.filter(({ events }) => events[0]?.state === 'decided');
  const fresh = ready.filter(({ events }) => events[0]?.state === 'received');
  if (stored.length > 0) wakeOutbox(await complete(storedTurns(stored), deps));
  if (fresh.length === 0) return 0;

  await probe('before-decide');
  const decisions = await decideLanes(
    gate,
    fresh.map(({ lane, events }) => ({ lane, events: untilDecided(events) })),
  );
  const turns = decisions.flatMap(({ turn, outcomes }) => (turn ? [{ turn, outcomes }] : []));
  const events = turns.reduce((sum, { outcomes }) => sum + outcomes.size, 0);
  const applied = await storing(events, async () => {
    if (!gate.lease.valid()) return null;
    await inbox.decide(turns.map(({ turn, outcomes }) => ({ ids: [...outcomes.keys()], turn })));
    await probe('decided');
    return complete(turns, deps);
  });
  if (!applied) return 0;
  wakeOutbox(applied);
  await finish(
    decisions.filter(({ turn }) => !turn),
    deps,
  );
  for (const { stop } of decisions) if (stop) await handleStop(stop, deps, buries);
  log.debug({ gate: gate.lease.gate, lanes: fresh.length }, 'inbox round done');
  return decisions.reduce((through, { turn, outcomes }) => through + (turn && applied.lost.has(turn) ? 0 : outcomes.size), 0);
}

type StoredTurn = Pick<LaneDecision, 'outcomes'> & { readonly turn: Turn };

/** Applies decisions and finishes their events; those that lost their race go back to be decided anew. */
async function complete(turns: readonly StoredTurn[], deps: PipelineDeps): Promise<Applied> {
  const applied = await applyTurns(
    turns.map(({ turn }) => turn),
    deps,
  );
  const { lost } = applied;
  const [again, done] = [turns.filter(({ turn }) => lost.has(turn)), turns.filter(({ turn }) => !lost.has(turn))];
  await finish(done, deps);
  if (again.length > 0) await deps.inbox.undecide(again.flatMap(({ outcomes }) => [...outcomes.keys()]));
  return applied;
}

async function finish(decisions: readonly Pick<LaneDecision, 'outcomes'>[], { inbox, clock, probe }: PipelineDeps): Promise<void> {
  const byOutcome = new Map<string, string[]>();
  for (const { outcomes } of decisions) {
    for (const [id, outcome] of outcomes) byOutcome.set(outcome, [...(byOutcome.get(outcome) ?? []), id]);
  }
  await inbox.finish(
    [...byOutcome].map(([outcome, ids]) => ({ ids, outcome })),
    clock.now(),
  );
  await probe('finished');
}

async function handleStop(
  { event, reason, afterMs, countsAsAttempt }: LaneStop,
  { inbox, clock, log, timeScale }: PipelineDeps,
  buries: InboxHooks['buries'],
): Promise<void> {
  if (countsAsAttempt && event.attempts + 1 >= maxInboxAttempts) {
    log.error({ event: event._id, attempt: event.attempts + 1 }, 'event moved to the dead letters; see "threadmart dead-letters"');
    // Told before it is written, so that a crash in between tells rather than keeps silent.
    await buries(event);
    await inbox.bury(event._id, reason, clock.now());
    return;
  }
  const dueAt = addMs(clock.now(), afterMs / timeScale);
  await inbox.postpone(event, { dueAt, reason, countsAsAttempt });
}

function toLanes(events: readonly InboxEvent[]): Lane[] {
  const lanes = new Map<string, InboxEvent[]>();
  for (const event of events) {
    const lane = lanes.get(event.lane);
    if (lane) lane.push(event);
    else lanes.set(event.lane, [event]);
  }
  return [...lanes].map(([lane, list]) => ({ lane, events: list }));
}

const untilDecided = (events: readonly InboxEvent[]): readonly InboxEvent[] => {
  const index = events.findIndex((event) => event.state === 'decided');
  return index === -1 ? events : events.slice(0, index);
};

/** What a crash left decided: the events that share the first one's turn. */
function storedTurns(lanes: readonly Lane[]): StoredTurn[] {
  return lanes.flatMap(({ events }) => {
    const turn = events[0]?.turn;
    if (!turn) return [];
    const ids = events.filter((event) => event.turn?.id === turn.id).map((event) => [event._id, 'recovered'] as const);
    return [{ turn, outcomes: new Map(ids) }];
  });
}

/** A lane whose first event waits is left alone until then. */
async function delay(lanes: readonly Lane[], now: Date, { inbox }: PipelineDeps): Promise<void> {
  await inbox.delayLanes(
    lanes.flatMap(({ lane, events }) => (events[0] && events[0].dueAt > now ? [{ lane, until: events[0].dueAt }] : [])),
  );
}
