import type { Job } from './job.ts';

/** Inquiries that no route took open their thread as soon as one does; this is the net below the change of settings itself. */
export const reroute = ({ rerouteWaiting }: { readonly rerouteWaiting: () => Promise<void> }): Job => ({
  name: 'reroute',
  everyMs: 60_000,
  lockLifetimeMs: 10 * 60_000,
  run: () => rerouteWaiting(),
});
