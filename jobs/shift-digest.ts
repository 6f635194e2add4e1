import type { Job } from './job.ts';

/** As shifts begin and end, each channel is told what will breach until the next ones, or has. What was missed is made up for while it still matters. */
export const shiftDigest = ({ look }: { readonly look: () => Promise<void> }): Job => ({
  name: 'shift-digest',
  everyMs: 60_000,
  lockLifetimeMs: 10 * 60_000,
  run: look,
});
