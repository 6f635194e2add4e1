import type { PipelineDeps } from './deps.ts';
import type { OwnedGate } from './gate.ts';
import { type Attempted, type createSettle, type Recorded, type Trouble, troubleOf } from './settle.ts';
import type { Applied } from './turns.ts';

/** Stores the results of one gate's sends. */
export interface Recorder {
  add(attempted: Attempted): void;
  /** Resolves when all that was added is stored, or the lease is lost. */
  idle(): Promise<void>;
}

export interface RecorderHooks {
  readonly applied: (applied: Pick<Applied, 'planned' | 'patched'>) => void;
  readonly trouble: (gate: OwnedGate, trouble: Trouble) => Promise<void>;
}

const againMs = 500;

/** Results that come in while others are written are written together. A store that is away is asked again while the lease holds. */
export function createRecorder(
  gate: OwnedGate,
  settle: Pick<ReturnType<typeof createSettle>, 'record' | 'recordAgain'>,
  hooks: RecorderHooks,
  { timers, log }: Pick<PipelineDeps, 'timers' | 'log'>,
): Recorder {
  const waiting: Attempted[] = [];
  const { signal } = gate.lease;
  let running: Promise<void> | null = null;

  function start(): void {
    running ??= drain().finally(() => {
      running = null;
      // One may have come between the last look and here.
      if (waiting.length > 0 && !signal.aborted) start();
    });
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0 && !signal.aborted) {
      const batch = waiting.slice();
      const recorded = await stored(batch);
      if (recorded === null) return;
      waiting.splice(0, batch.length);
      hooks.applied(recorded);
      // A lane whose send told of trouble is served again once something has been done about it.
      for (const one of batch) if (!troubleOf(one)) release(one, recorded.done);
      for (const one of batch) await handleTrouble(one, recorded.done);
      gate.outboxSignal.notify();
    }
  }

  /** Null: the lease was lost before it could be done; a successor looks. */
  async function stored(batch: readonly Attempted[]): Promise<Recorded | null> {
    for (let again = false; !signal.aborted; again = true) {
      try {
        return again ? await settle.recordAgain(gate, batch) : await settle.record(gate, batch);
      } catch (err) {
        log.error({ err, gate: gate.lease.gate }, 'results of sends could not be stored; trying again');
        await new Promise<void>((resolve) => {
          timers.after(againMs, resolve);
        });
      }
    }
    return null;
  }

  function release({ parcel: { lead, members } }: Attempted, done: ReadonlySet<string>): void {
    gate.backlog.end(lead, done.has(lead._id) ? [lead, ...members].map(({ _id }) => _id) : null);
  }

  async function handleTrouble(one: Attempted, done: ReadonlySet<string>): Promise<void> {
    const trouble = troubleOf(one);
    if (!trouble) return;
    try {
      await hooks.trouble(gate, trouble);
    } catch (err) {
      log.error({ err, gate: gate.lease.gate }, 'trouble of a gate could not be dealt with; the next send tells again');
    } finally {
      release(one, done);
    }
  }

  return {
    add(attempted) {
      waiting.push(attempted);
      start();
    },
    idle: async () => {
      while (running !== null) await running;
    },
  };
}
