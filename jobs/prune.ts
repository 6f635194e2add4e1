import type { Job } from './job.ts';

interface PruneDeps {
  /** Removes what was done before; resolves to how many. */
  readonly pruneInbox: (before: Date) => Promise<number>;
  readonly pruneOutbox: (before: Date) => Promise<number>;
  /** The longest time in which a platform may deliver an event again: its key must live longer. */
  readonly redeliveryWindowMs: number;
}

/** Done entries are kept a week, so that `threadmart trace` can tell of them; no shorter than any platform's redelivery window. */
const keptMs = 7 * 24 * 3_600_000;

export const prune = ({ pruneInbox, pruneOutbox, redeliveryWindowMs }: PruneDeps): Job => ({
  name: 'prune',
  everyMs: 3_600_000,
  lockLifetimeMs: 30 * 60_000,
  async run({ now, log }) {
    const before = new Date(now.getTime() - Math.max(keptMs, 2 * redeliveryWindowMs));
    const [inbox, outbox] = await Promise.all([pruneInbox(before), pruneOutbox(before)]);
    if (inbox + outbox > 0) log.info({ inbox, outbox }, 'done entries pruned');
  },
});
