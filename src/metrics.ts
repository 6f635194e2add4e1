import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BackupMeter } from './backups.ts';
import type { ConnectorLog } from './core/connector.ts';
import type { Clock } from './core/time.ts';
import type { PipelineMeter } from './pipeline/deps.ts';

/** What waits at a gate, and since when the oldest of it does. */
export interface GateDepth {
  readonly gate: string;
  readonly depth: number;
  readonly oldest: Date;
}

export type AckOutcome = 'stored' | 'malformed' | 'handshake' | 'own' | 'refused' | 'unavailable';

export interface Metrics extends PipelineMeter, BackupMeter {
  /** A hook was answered. `source` is a configured one, so the label is bounded. */
  acknowledged(source: string, outcome: AckOutcome, seconds: number): void;
  /** Of a quota of a gate. */
  quotaSpent(gate: string, quota: string, spent: number, permits: number): void;
  /** The text that Prometheus scrapes. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface MetricsDeps {
  /** Asked on a scrape, at most every five seconds. */
  readonly depths: () => Promise<{ readonly inbox: readonly GateDepth[]; readonly outbox: readonly GateDepth[] }>;
  readonly clock: Clock;
  readonly log: ConnectorLog;
}

const cacheMs = 5_000;
/** The type of an event comes from outside: so many names a source, the rest is `other`. */
const maxTypesPerSource = 50;
const maxTypeChars = 64;
// The platforms wait 0.5 to 5 s.
const ackBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5];

export function createMetrics({ depths, clock, log }: MetricsDeps): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const ack = new Histogram({
    name: 'threadmart_ack_seconds',
    help: 'From the arrival of a hook to its answer',
    labelNames: ['source', 'outcome'],
    buckets: ackBuckets,
    registers,
  });
  const deliveries = new Counter({
    name: 'threadmart_deliveries_total',
    help: 'Deliveries by kind, by what became of an attempt and, where it failed, why',
    labelNames: ['kind', 'outcome', 'failure'],
    registers,
  });
  const leaseLosses = new Counter({
    name: 'threadmart_lease_losses_total',
    help: 'Gates lost to another process',
    labelNames: ['gate'],
    registers,
  });
  const lateMessages = new Counter({
    name: 'threadmart_late_messages_total',
    help: 'Messages that arrived after their successors were posted',
    registers,
  });
  const unknownEvents = new Counter({
    name: 'threadmart_unknown_events_total',
    help: 'Well-formed events of a type that is not handled',
    labelNames: ['source', 'type'],
    registers,
  });
  const spentGauge = new Gauge({
    name: 'threadmart_quota_spent',
    help: 'Calls spent of a quota in its day or month',
    labelNames: ['gate', 'quota'],
    registers,
  });
  const permitsGauge = new Gauge({
    name: 'threadmart_quota_permits',
    help: 'Calls that a quota allows a day or month',
    labelNames: ['gate', 'quota'],
    registers,
  });

  const backupAt = new Gauge({
    name: 'threadmart_backup_last_success_timestamp_seconds',
    help: 'When the newest backup was made',
    registers,
  });
  const backupFailures = new Counter({
    name: 'threadmart_backup_failures_total',
    help: 'Backups that failed, and why',
    labelNames: ['failure'],
    registers,
  });

  const gateGauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['gate'], registers });
  const gauges = {
    inbox: {
      depth: gateGauge('threadmart_inbox_depth', 'Events received and not yet worked on'),
      lag: gateGauge('threadmart_inbox_lag_seconds', 'Age of the oldest waiting event'),
    },
    outbox: {
      depth: gateGauge('threadmart_outbox_depth', 'Deliveries not yet done'),
      lag: gateGauge('threadmart_outbox_lag_seconds', 'Age of the oldest waiting delivery'),
    },
  };
  const readFailures = new Counter({
    name: 'threadmart_depth_read_failures_total',
    help: 'Scrapes without inbox and outbox figures',
    registers,
  });

  let readAtMs = Number.NEGATIVE_INFINITY;
  async function readDepths(): Promise<void> {
    if (clock.monotonicMs() - readAtMs < cacheMs) return;
    readAtMs = clock.monotonicMs();
    for (const { depth, lag } of Object.values(gauges)) {
      depth.reset();
      lag.reset();
    }
    try {
      const found = await depths();
      for (const box of ['inbox', 'outbox'] as const) {
        for (const { gate, depth, oldest } of found[box]) {
          gauges[box].depth.set({ gate }, depth);
          gauges[box].lag.set({ gate }, Math.max(0, clock.now().getTime() - oldest.getTime()) / 1000);
        }
      }
    } catch (err) {
      // The other figures matter most just when the store is away.
      readFailures.inc();
      log.warn({ err }, 'inbox and outbox figures could not be read');
    }
  }

  const typesSeen = new Map<string, Set<string>>();
  function boundedType(source: string, type: string): string {
    const seen = typesSeen.get(source) ?? new Set();
    typesSeen.set(source, seen);
    const label = type.replace(/[^\w.:/-]/g, '_').slice(0, maxTypeChars);
    if (!seen.has(label) && seen.size >= maxTypesPerSource) return 'other';
    seen.add(label);
    return label;
  }

  return {
    acknowledged: (source, outcome, seconds) => ack.observe({ source, outcome }, seconds),
    delivered: (outcome, kind, failure) => deliveries.inc({ kind, outcome, failure: failure ?? 'none' }),
    leaseLost: (gate) => leaseLosses.inc({ gate }),
    late: () => lateMessages.inc(),
    unknownEvent: (source, type) => unknownEvents.inc({ source, type: boundedType(source, type) }),
    quotaSpent(gate, quota, spent, permits) {
      spentGauge.set({ gate, quota }, spent);
      permitsGauge.set({ gate, quota }, permits);
    },
    backupMade: (at) => backupAt.set(at.getTime() / 1000),
    backupFailed: (failure) => backupFailures.inc({ failure }),
    async render() {
      await readDepths();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
