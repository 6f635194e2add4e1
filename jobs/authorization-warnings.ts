import type { Job } from './job.ts';

/** The authorisation itself ends one day, and only the seller can renew it: told 30, 7 and 1 days before. */
export const authorizationWarnings = ({
  expiryWarnings,
}: {
  readonly expiryWarnings: (now: Date) => Promise<readonly unknown[]>;
}): Job => ({
  name: 'authorization-warnings',
  everyMs: 3_600_000,
  lockLifetimeMs: 10 * 60_000,
  async run({ now, log }) {
    const told = await expiryWarnings(now);
    if (told.length > 0) log.warn({ told: told.length }, 'authorisations that end soon were told of');
  },
});
