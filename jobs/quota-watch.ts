import { monthEstimate, type Quota } from '../src/core/economy.ts';
import type { Notice } from '../src/core/thread.ts';
import type { Job } from './job.ts';

/** What one gate has spent of a quota. */
export interface SpentQuota extends Quota {
  readonly gate: string;
}

interface QuotaWatchDeps {
  readonly quotas: () => Promise<readonly SpentQuota[]>;
  /** Tells it once per `id`. */
  readonly announce: (id: string, what: Notice) => Promise<void>;
}

const steps = { day: [95, 80, 50], month: [95, 80] } as const;

/**
 * A daily quota that runs out stops the sends of a shop until tomorrow: told at 50, 80 and 95 %. Of a month's plan half is to be spent by the middle of the month;
 * it is told of when calls begin to be saved, and before it is used up.
 */
export const quotaWatch = ({ quotas, announce }: QuotaWatchDeps): Job => ({
  name: 'quota-watch',
  everyMs: 60_000,
  lockLifetimeMs: 5 * 60_000,
  async run({ now }) {
    for (const quota of await quotas()) {
      const { gate, name, window, spent, permits, every = 'day' } = quota;
      const percent = steps[every].find((step) => spent * 100 >= permits * step);
      if (percent === undefined) continue;
      const params = { name: gate, quota: name, percent };
      const what: Notice =
        every === 'day'
          ? { key: 'trouble.quota', params, reasons: [] }
          : {
              key: 'trouble.quota-month',
              params: { ...params, name: gate.replace(/^bot:/, ''), permits, estimate: monthEstimate(quota, now) },
              reasons: [],
            };
      await announce(`quota:${gate}:${name}:${window.getTime()}:${percent}`, what);
    }
  },
});
