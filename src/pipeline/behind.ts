import type { Backlog } from './backlog.ts';

/** A buyer's message has its turn 10 s after it was stored (`headStartMs`), and is a minute late by then. */
const behindMs = 50_000;
/** What waits no longer than this does not wait. */
const caughtUpMs = 10_000;
/** One that waits for something of its own is not the channel's trouble. */
const leastLanes = 3;
const leastPauseMs = 3_600_000;

/** A channel whose posts come late. */
export interface LateChannel {
  readonly channelId: string;
  /** How long ago the oldest one was to be posted. */
  readonly lateMs: number;
}

/** Notices when a channel's posts have fallen a minute behind: once until it has caught up, and once an hour at most. One for each gate. */
export function createBehindWatch(backlog: Pick<Backlog, 'overdue'>): { look(nowMs: number): readonly LateChannel[] } {
  const behind = new Set<string>();
  const toldAtMs = new Map<string, number>();
  return {
    /** @param nowMs by the wall clock */
    look(nowMs) {
      const overdue = backlog.overdue('posts', nowMs, caughtUpMs);
      for (const channelId of behind) if (!overdue.has(channelId)) behind.delete(channelId);
      const late: LateChannel[] = [];
      for (const [channelId, { lanes, oldestMs }] of overdue) {
        if (behind.has(channelId) || lanes < leastLanes || nowMs - oldestMs < behindMs) continue;
        behind.add(channelId);
        if (nowMs - (toldAtMs.get(channelId) ?? 0) < leastPauseMs) continue;
        toldAtMs.set(channelId, nowMs);
        late.push({ channelId, lateMs: nowMs - oldestMs });
      }
      return late;
    },
  };
}
