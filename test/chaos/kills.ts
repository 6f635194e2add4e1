import type { ServiceProcess } from '../e2e/service-process.ts';

export interface KillPlan {
  readonly processes: readonly ServiceProcess[];
  /** How long it goes on, all being well. A machine that starts slowly gets up to twice as long, so that it does not kill only what is starting. */
  readonly forMs: number;
  readonly kills: number;
  readonly random: () => number;
}

/** A killed process stays away for this long at most. */
const longestRestMs = 800;
/** This share is killed while it is starting. */
const unbornShare = 0.2;
const startingMs = 1_500;

/**
 * Kills one of the processes again and again, each at a moment of chance, and starts it again soon after. Resolves to how often, once all are ready again.
 * @throws where one cannot start
 */
export async function killAtRandom({ processes, forMs, kills, random }: KillPlan): Promise<number> {
  const startedAt = performance.now();
  const starts = new Map<ServiceProcess, Promise<void>>();
  const passedMs = () => performance.now() - startedAt;
  let killed = 0;
  for (; killed < kills && passedMs() < 2 * forMs; killed += 1) {
    const victim = processes[Math.floor(random() * processes.length)];
    if (!victim) throw new Error('nobody to kill');
    const meanMs = Math.max(0, forMs - passedMs()) / (kills - killed);
    if (random() < unbornShare) await pause(random() * startingMs);
    else {
      await starts.get(victim);
      await pause(random() * 2 * meanMs);
    }
    await victim.kill();
    await pause(random() * longestRestMs);
    const start = victim.start();
    // Looked at when it is this one's turn again, or in the end; until then its failure must not end this process.
    start.catch(() => {});
    starts.set(victim, start);
  }
  await pause(forMs - passedMs());
  await Promise.all(starts.values());
  return killed;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
