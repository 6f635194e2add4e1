import type { Turn } from './turn.ts';

/**
 * - `received`: stored and acknowledged, nothing decided
 * - `decided`: `turn` is stored and not yet wholly applied
 * - `done`: applied, or nothing to do (`outcome` says what)
 * - `dead`: could not be worked on; listed until a person replays or discards it
 */
export type InboxState = 'received' | 'decided' | 'done' | 'dead';

/** A raw event as it reached us. `_id` is source and de-duplication key. */
export interface InboxEvent {
  readonly _id: string;
  /** `tiktok-shop` or `slack/default`. */
  readonly source: string;
  readonly key: string;
  readonly gate: string;
  readonly lane: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly receivedAt: Date;
  /** Order of arrival. */
  readonly sequence: number;
  readonly state: InboxState;
  readonly dueAt: Date;
  readonly attempts: number;
  readonly outcome: string | null;
  /** Why it is dead, or why it waits; one sentence, never the body. */
  readonly reason: string | null;
  readonly doneAt: Date | null;
  readonly turn: Turn | null;
}

/** The source of events that time makes. */
export const clockSource = 'clock';

/** A lane is its gate's alone. */
export const laneAt = (gate: string, lane: string): string => `${gate}|${lane}`;
export const gateOfLane = (lane: string): string => lane.slice(0, lane.indexOf('|'));
