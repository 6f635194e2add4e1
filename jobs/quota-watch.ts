import type { Notice } from '../src/core/thread.ts';
import type { Job } from './job.ts';

/** What one gate has spent of a daily quota. */
export interface SpentQuota {
  readonly gate: string;
  readonly name: string;
  readonly window: Date;
  readonly spent: number;
  readonly permits: number;
}

interface QuotaWatchDeps {
  readonly quotas: () => Promise<readonly SpentQuota[]>;
  /** Tells it once per `id`. */
  readonly announce: (id: string, what: Notice) => Promise<void>;
}

const steps = [95, 80, 50] as const;

/** A daily quota that runs out stops the sends of a shop until tomorrow: told at 50, 80 and 95 %. */
export const quotaWatch = ({ quotas, announce }: QuotaWatchDeps): Job => ({
  name: 'quota-watch',
  everyMs: 60_000,
  lockLifetimeMs: 5 * 60_000,
  async run() {
    for (const { gate, name, window, spent, permits } of await quotas()) {
      const percent = steps.find((step) => spent * 100 >= permits * step);
      if (percent === undefined) continue;
      const params = { name: gate, quota: name, percent };
      await announce(`quota:${gate}:${name}:${window.getTime()}:${percent}`, { key: 'trouble.quota', params, reasons: [] });
    }
  },
});
