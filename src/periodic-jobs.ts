import { authorizationWarnings } from '../jobs/authorization-warnings.ts';
import { backup } from '../jobs/backup.ts';
import { dueSweep } from '../jobs/due-sweep.ts';
import { figures } from '../jobs/figures.ts';
import type { Job } from '../jobs/job.ts';
import { performance } from '../jobs/performance.ts';
import { prune } from '../jobs/prune.ts';
import { quotaWatch } from '../jobs/quota-watch.ts';
import { refreshTokens } from '../jobs/refresh-tokens.ts';
import { reports } from '../jobs/reports.ts';
import { reroute } from '../jobs/reroute.ts';
import { shiftDigest } from '../jobs/shift-digest.ts';
import type { Connectors } from './connectors.ts';
import type { Statistics } from './figures/index.ts';
import type { Pipeline } from './pipeline/index.ts';
import type { GateStore } from './store/gates.ts';
import type { InboxStore } from './store/inbox.ts';
import type { OutboxStore } from './store/outbox.ts';

interface PeriodicDeps extends Pick<Connectors, 'marketplaces' | 'bots'> {
  readonly pipeline: Pipeline;
  readonly access: Parameters<typeof refreshTokens>[0] & Parameters<typeof authorizationWarnings>[0];
  readonly statistics: Statistics;
  readonly performance: Parameters<typeof performance>[0];
  readonly shifts: Parameters<typeof shiftDigest>[0];
  /** Null: whoever runs the store backs it up. */
  readonly backups: Parameters<typeof backup>[0] | null;
  readonly gates: Pick<GateStore, 'quotas'>;
  readonly inbox: Pick<InboxStore, 'prune'>;
  readonly outbox: Pick<OutboxStore, 'prune'>;
}

/** Everything that is done now and again. */
export function periodicJobs(deps: PeriodicDeps): readonly Job[] {
  const { pipeline, access, statistics, backups, gates, inbox, outbox, marketplaces, bots } = deps;
  const redeliveryWindows = [...marketplaces.values(), ...bots.values()].map(({ capabilities }) => capabilities.redeliveryWindowMs);
  return [
    refreshTokens(access),
    authorizationWarnings(access),
    reroute({ rerouteWaiting: pipeline.refresh }),
    figures(statistics),
    dueSweep({ sweep: pipeline.sweepDue }),
    performance(deps.performance),
    reports({ post: statistics.postReports }),
    shiftDigest(deps.shifts),
    ...(backups ? [backup(backups)] : []),
    quotaWatch({ quotas: gates.quotas, announce: pipeline.announce }),
    prune({ pruneInbox: inbox.prune, pruneOutbox: outbox.prune, redeliveryWindowMs: Math.max(0, ...redeliveryWindows) }),
  ];
}
