import type { Job } from './job.ts';

/** What time alone makes due soon is found again and again, so that nothing is forgotten by a restart; timers of the process then keep the second. */
export const dueSweep = ({ sweep }: { readonly sweep: () => Promise<number> }): Job => ({
  name: 'due-sweep',
  everyMs: 15_000,
  lockLifetimeMs: 60_000,
  async run({ log }) {
    const found = await sweep();
    if (found > 0) log.debug({ due: found }, 'inquiries that are due soon');
  },
});
