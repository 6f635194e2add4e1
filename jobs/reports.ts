import type { Job } from './job.ts';

/** Figures of the day, week or month before, at their local time. What was missed is made up for within a day. */
export const reports = ({ post }: { readonly post: () => Promise<void> }): Job => ({
  name: 'reports',
  everyMs: 60_000,
  lockLifetimeMs: 10 * 60_000,
  run: post,
});
