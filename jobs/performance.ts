import type { Job } from './job.ts';

/** Marketplaces' own figures of yesterday and the days before: each shop's once in its day, and what failed again an hour later. */
export const performance = ({ read }: { readonly read: () => Promise<number> }): Job => ({
  name: 'performance',
  everyMs: 3_600_000,
  lockLifetimeMs: 30 * 60_000,
  async run({ log }) {
    const days = await read();
    if (days > 0) log.info({ days }, "marketplaces' own figures were read");
  },
});
