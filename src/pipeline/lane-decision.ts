import type { ConnectorLog } from '../core/connector.ts';
import type { InboxEvent } from '../core/inbox.ts';
import type { Turn } from '../core/turn.ts';

/** The events of one lane that wait, in order of arrival. */
export interface Lane {
  readonly lane: string;
  readonly events: readonly InboxEvent[];
}

/** What is to become of the first events of a lane. What is not named in `outcomes` stays and is looked at again. */
export interface LaneDecision {
  readonly turn: Turn | null;
  /** By event id; in order of arrival. */
  readonly outcomes: ReadonlyMap<string, string>;
  /** Where the lane stops, and why. */
  readonly stop: LaneStop | null;
}

export interface LaneStop {
  readonly event: InboxEvent;
  /** One sentence for the log and the dead letter; never a text or a name. */
  readonly reason: string;
  readonly afterMs: number;
  /** False: it only waits for something else (an echo for its reply). */
  readonly countsAsAttempt: boolean;
}

const firstAttemptMs = 1_000;
/** Attempts at an event that throws; after about fifteen seconds it goes to the dead letters and its lane moves on. */
export const maxInboxAttempts = 5;

/** The name alone: a parser's message quotes what it could not read, and that may be a buyer's words. */
export const errorName = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

export function stopAt(event: InboxEvent, error: unknown): LaneStop {
  return {
    event,
    reason: `could not be worked on (${errorName(error)})`,
    afterMs: firstAttemptMs * 2 ** event.attempts,
    countsAsAttempt: true,
  };
}

/** Reads a lane's events one by one; one that throws stops the lane before it and blocks no other. */
export function readLane<T>(
  { events }: Lane,
  read: (event: InboxEvent) => T,
  log: ConnectorLog,
): { readonly read: readonly { readonly event: InboxEvent; readonly value: T }[]; readonly stop: LaneStop | null } {
  const values: { event: InboxEvent; value: T }[] = [];
  for (const event of events) {
    try {
      values.push({ event, value: read(event) });
    } catch (err) {
      log.warn({ error: errorName(err), event: event._id, attempt: event.attempts + 1 }, 'event could not be read');
      return { read: values, stop: stopAt(event, err) };
    }
  }
  return { read: values, stop: null };
}
