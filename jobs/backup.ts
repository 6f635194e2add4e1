import type { Job } from './job.ts';

/** The store is backed up as often as the settings have it. What failed, or was missed while nothing ran, is made up for at the next look. */
export const backup = ({ makeIfDue }: { readonly makeIfDue: (now: Date) => Promise<void> }): Job => ({
  name: 'backup',
  everyMs: 10 * 60_000,
  lockLifetimeMs: 2 * 3_600_000,
  run: ({ now }) => makeIfDue(now),
});
