import type { InquiryId } from '../core/ids.ts';
import { shopGate } from '../core/shop.ts';
import type { Clock, Timers } from '../core/time.ts';
import type { Due, InquiryStore } from '../store/inquiries.ts';
import type { Incoming } from './ingest.ts';

/** What is due later than this is left to a later sweep. Longer than the time between two sweeps, however late one starts. */
const horizonMs = 45_000;
/** Events that are stored together. */
const together = 500;
/** Each look goes through all that is armed, so it takes in what comes so soon after. */
const leastPauseMs = 100;
/** After a failure: the store is away. */
const againMs = 1_000;

export interface DueTimers {
  /** Finds what is due soon, and what was missed while nothing ran. Any process may do it at any time. */
  sweep(): Promise<number>;
  /** Inquiries as they were just written. */
  learn(inquiries: readonly (Omit<Due, 'dueAt'> & { readonly dueAt: Date | null })[]): void;
  stop(): void;
}

interface DueTimersDeps {
  readonly inquiries: Pick<InquiryStore, 'dueBefore'>;
  readonly store: (events: readonly Incoming[]) => Promise<unknown>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly failed: (error: unknown) => void;
}

/**
 * Time as a source of events: when an inquiry's moment has come, an event of its own is stored in the inbox, once per state of the inquiry, and decided, stored
 * and applied like all others. So a crash, a second process or a clock that jumps neither loses nor doubles what follows from it.
 */
export function createDueTimers({ inquiries, store, clock, timers, failed }: DueTimersDeps): DueTimers {
  const armed = new Map<InquiryId, Due>();
  let cancel: (() => void) | null = null;
  let nextMs = Number.POSITIVE_INFINITY;
  let stopped = false;

  /** One timer, for what comes first. */
  function arm(atMs: number, leastMs = leastPauseMs): void {
    if (stopped || atMs >= nextMs) return;
    cancel?.();
    nextMs = atMs;
    cancel = timers.after(Math.max(leastMs, atMs - clock.now().getTime()), () => {
      nextMs = Number.POSITIVE_INFINITY;
      void fire();
    });
  }

  const armAll = (): void => {
    for (const { dueAt } of armed.values()) arm(dueAt.getTime());
  };

  async function fire(): Promise<void> {
    const now = clock.now();
    const due = [...armed.values()].filter(({ dueAt }) => dueAt <= now).slice(0, together);
    for (const { _id } of due) armed.delete(_id);
    try {
      if (due.length > 0) await store(due.map((one) => toEvent(one, now)));
    } catch (error) {
      failed(error);
      for (const one of due) if (!armed.has(one._id)) armed.set(one._id, one);
      return arm(now.getTime() + againMs, againMs);
    }
    armAll();
  }

  return {
    async sweep() {
      const found = await inquiries.dueBefore(new Date(clock.now().getTime() + horizonMs));
      for (const one of found) armed.set(one._id, one);
      armAll();
      return found.length;
    },
    learn(written) {
      const untilMs = clock.now().getTime() + horizonMs;
      for (const { dueAt, _id, shopId, version } of written) {
        armed.delete(_id);
        if (dueAt === null || dueAt.getTime() > untilMs) continue;
        armed.set(_id, { _id, shopId, version, dueAt });
        arm(dueAt.getTime());
      }
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}

const toEvent = ({ _id, shopId, version }: Due, receivedAt: Date): Incoming => ({
  source: { kind: 'clock', gate: shopGate(shopId) },
  key: `${_id}:${version}`,
  shop: null,
  lane: `due:${_id}`,
  body: new Uint8Array(),
  contentType: '',
  receivedAt,
});

/** The store of inquiries, telling of each that is written. */
export const withDueTimers = (store: InquiryStore, { learn }: Pick<DueTimers, 'learn'>): InquiryStore => ({
  ...store,
  async replace(turns) {
    const lost = await store.replace(turns);
    const failed = new Set(lost);
    learn(turns.filter((turn) => !failed.has(turn)).map(({ inquiry }) => inquiry));
    return lost;
  },
});
