import type { Job } from './job.ts';

/** What came into the history is counted, and a rebuild that is under way goes on. */
export const figures = ({ work }: { readonly work: () => Promise<void> }): Job => ({
  name: 'figures',
  everyMs: 15_000,
  lockLifetimeMs: 10 * 60_000,
  run: work,
});
