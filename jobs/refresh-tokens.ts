import type { Job } from './job.ts';

/** Access tokens are renewed at half their life, so that one that cannot be renewed at night leaves days to act. */
export const refreshTokens = ({ refreshDue }: { readonly refreshDue: (now: Date) => Promise<number> }): Job => ({
  name: 'refresh-tokens',
  everyMs: 60_000,
  lockLifetimeMs: 10 * 60_000,
  async run({ now, log }) {
    const refreshed = await refreshDue(now);
    if (refreshed > 0) log.info({ refreshed }, 'access tokens refreshed');
  },
});
