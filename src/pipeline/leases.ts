import type { ConnectorLog } from '../core/connector.ts';
import type { Quota } from '../core/economy.ts';
import type { Clock, Timers } from '../core/time.ts';
import type { GateLease, GateStore } from '../store/gates.ts';

/** How long a lease holds without being renewed. */
export const leaseMs = 5_000;
/** The longest that one request to a platform may take; a successor waits for lease and request both. */
export const requestDeadlineMs = 10_000;
const usualBeatMs = 1_500;
/**
 * Where no other process can live, nobody watches the beats: they are rarer, and a lease holds for longer. Gates that were taken together do not beat together:
 * at each beat those go that have not for the longest, so many that all come round in time, and a thousand shops make no large write that others wait for.
 */
const alone = { leaseMs: 60_000, beatEveryMs: 15_000 };

/** Enough to share round trips, and few enough that the first are served while the others of a thousand are taken, and events come in meanwhile. */
const takenAtOnce = 100;

/** A gate that this process owns. `valid()` is asked right before anything leaves. */
export interface Lease {
  readonly gate: string;
  readonly term: number;
  /** Spent of quotas when it was taken. */
  readonly quotas: readonly Quota[];
  valid(): boolean;
  /** Aborted when the lease is lost. */
  readonly signal: AbortSignal;
}

export interface LeaseHolder {
  /** Begins to serve the lease. Called once per term. */
  taken(lease: Lease): void;
  /** `to`: another process has it now, or nobody wants it any more. */
  lost(lease: Lease, to: 'another' | 'nobody'): void;
  /** What its limiter has spent of quotas; stored with each renewal. */
  quotas(gate: string): readonly Quota[];
}

export interface LeasesDeps {
  readonly gates: GateStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: ConnectorLog;
  readonly owner: string;
  /** True: no other process can live, so every gate is taken at once. */
  readonly soleOwner: boolean;
  /** All gates that exist, asked at every beat. */
  readonly wanted: () => Promise<readonly string[]>;
  readonly holder: LeaseHolder;
  /** They could not be renewed or looked for. */
  readonly failed: (error: unknown) => void;
  /** How often they are looked at, if not as usual. */
  readonly beatMs?: number;
}

export interface Leases {
  start(): void;
  /** Gives all of them up, so that a successor need not wait. */
  stop(): Promise<void>;
  /** Looks at once for gates that are new or free. */
  refresh(): Promise<void>;
  owned(): readonly Lease[];
}

interface Held {
  readonly lease: Lease;
  readonly abort: AbortController;
  renewedAtMs: number;
}

interface Seen {
  readonly owner: string;
  readonly term: number;
  readonly beat: number;
  readonly sinceMs: number;
}

/**
 * Keeps the leases of this process and takes over those whose owner is silent. A foreign lease counts as dead once this process has itself seen
 * its numbers unchanged for lease + request deadline, by its own monotonic clock: no clocks need agree.
 */
export function createLeases(deps: LeasesDeps): Leases {
  const { gates, clock, timers, log, owner, soleOwner, wanted, holder, failed, beatMs = usualBeatMs } = deps;
  const held = new Map<string, Held>();
  const seen = new Map<string, Seen>();
  let running = false;
  let cancelTimer: (() => void) | null = null;
  let underWay: Promise<void> | null = null;

  function drop(gate: string, entry: Held, to: 'another' | 'nobody'): void {
    held.delete(gate);
    entry.abort.abort(new Error(`lease on ${gate} lost`));
    holder.lost(entry.lease, to);
  }

  async function renew(): Promise<void> {
    const before = clock.monotonicMs();
    const entries = soleOwner ? longestSilent(before) : [...held];
    if (entries.length === 0) return;
    const still = await gates.beat(
      entries.map(([gate, { lease }]) => ({ id: gate, term: lease.term, quotas: holder.quotas(gate) })),
      owner,
    );
    for (const [gate, entry] of entries) {
      if (still.has(gate)) entry.renewedAtMs = before;
      else {
        log.warn({ gate }, 'lease taken over by another process');
        drop(gate, entry, 'another');
      }
    }
  }

  function longestSilent(nowMs: number): readonly (readonly [string, Held])[] {
    const due = [...held].filter(([, { renewedAtMs }]) => nowMs - renewedAtMs >= alone.beatEveryMs);
    const atOnce = Math.ceil((held.size * beatMs) / alone.beatEveryMs);
    return due.toSorted(([, a], [, b]) => a.renewedAtMs - b.renewedAtMs).slice(0, atOnce);
  }

  function looksDead(gate: string, lease: GateLease, nowMs: number): boolean {
    if (soleOwner || lease.owner === '') return true;
    const before = seen.get(gate);
    if (before?.owner === lease.owner && before.term === lease.term && before.beat === lease.beat) {
      return nowMs - before.sinceMs > leaseMs + requestDeadlineMs;
    }
    seen.set(gate, { owner: lease.owner, term: lease.term, beat: lease.beat, sinceMs: nowMs });
    return false;
  }

  /** Takes what is free, and lets go of what nobody wants any more. */
  async function acquire(): Promise<void> {
    const all = new Set(await wanted());
    await letGo([...held].filter(([gate]) => !all.has(gate)));
    const missing = [...all].filter((gate) => !held.has(gate));
    const leases = await gates.read(missing);
    const nowMs = clock.monotonicMs();
    const free = missing.filter((gate) => {
      const lease = leases.get(gate);
      return !lease || looksDead(gate, lease, nowMs);
    });
    for (let from = 0; from < free.length && running; from += takenAtOnce) {
      await Promise.all(free.slice(from, from + takenAtOnce).map((gate) => take(gate, leases.get(gate) ?? null)));
    }
  }

  /** With what was spent until now: once it is dropped nobody knows. */
  const asGiven = (gate: string, { term }: Pick<Lease, 'term'>) => ({ id: gate, term, quotas: holder.quotas(gate) });

  async function letGo(unwanted: readonly (readonly [gate: string, Held])[]): Promise<void> {
    const leases = unwanted.map(([gate, { lease }]) => asGiven(gate, lease));
    for (const [gate, entry] of unwanted) drop(gate, entry, 'nobody');
    await gates.release(leases, owner);
  }

  async function take(gate: string, lease: GateLease | null): Promise<void> {
    const askedAtMs = clock.monotonicMs();
    const taken = await gates.take(gate, owner, lease);
    if (!taken || !running) return;
    seen.delete(gate);
    hold(gate, taken, askedAtMs);
  }

  function hold(gate: string, { term, quotas }: GateLease, askedAtMs: number): void {
    const abort = new AbortController();
    const entry: Held = {
      renewedAtMs: askedAtMs,
      abort,
      lease: {
        gate,
        term,
        quotas,
        signal: abort.signal,
        valid: () => held.get(gate) === entry && clock.monotonicMs() - entry.renewedAtMs < (soleOwner ? alone.leaseMs : leaseMs),
      },
    };
    held.set(gate, entry);
    log.info({ gate, term }, 'gate taken');
    holder.taken(entry.lease);
  }

  /** One at a time; a call during a round waits for that round. */
  function round(): Promise<void> {
    underWay ??= (async () => {
      try {
        await renew();
        await acquire();
      } catch (err) {
        log.warn({ err }, 'leases could not be renewed');
        failed(err);
      } finally {
        underWay = null;
      }
    })();
    return underWay;
  }

  function schedule(): void {
    if (running) cancelTimer = timers.after(beatMs, () => void round().then(schedule));
  }

  return {
    start() {
      running = true;
      void round().then(schedule);
    },
    async stop() {
      running = false;
      cancelTimer?.();
      await underWay;
      const leases = [...held.values()].map(({ lease }) => asGiven(lease.gate, lease));
      for (const [gate, entry] of held) drop(gate, entry, 'nobody');
      await gates.release(leases, owner);
    },
    refresh: round,
    owned: () => [...held.values()].map(({ lease }) => lease),
  };
}
