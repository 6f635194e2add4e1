import { agents, type TestAgent } from '../team.ts';
import { isOpen } from './hours.ts';

const minuteMs = 60_000;
const lateMs = 12 * 3_600_000;
const goneAfterMs = 15 * minuteMs;

/** Somebody's shift begins or ends. */
export interface NaiveEdge {
  readonly agent: TestAgent;
  readonly begins: boolean;
  /** What is to be answered before is told. */
  readonly until: number;
}

/** The edges that are told of at each look, found by looking at every minute; looks at which there are none are left out. */
export function edgesByLook(looks: readonly number[]): ReadonlyMap<number, readonly NaiveEdge[]> {
  const found = new Map<number, NaiveEdge[]>();
  looks.forEach((look, index) => {
    const since = looks[index - 1] ?? look - lateMs;
    for (const agent of agents) {
      for (let at = (Math.floor(since / minuteMs) + 1) * minuteMs; at <= look; at += minuteMs) {
        const [before, now] = [works(agent, at - minuteMs), works(agent, at)];
        if (before === now) continue;
        const staleAt = now ? nextMinute(agent, at, false) : at + goneAfterMs;
        if (look >= staleAt) continue;
        const end = now ? staleAt : at;
        found.set(look, [...(found.get(look) ?? []), { agent, begins: now, until: nextMinute(agent, end, true) }]);
      }
    }
  });
  return found;
}

const works = ({ hours, zone }: TestAgent, at: number): boolean => isOpen(hours, zone, at);

/** The first minute from then on in which they work, or do not. */
function nextMinute(agent: TestAgent, from: number, working: boolean): number {
  for (let at = from; at < from + 9 * 24 * 60 * minuteMs; at += minuteMs) if (works(agent, at) === working) return at;
  throw new Error('every week has shifts');
}
