import type { AgentSetting } from '../settings.ts';
import { addMs } from '../time.ts';
import { currentShift, nextShift } from './duty.ts';

/** The beginning or the end of somebody's shift. */
export interface ShiftEdge {
  /** The name in `agents`. */
  readonly agent: string;
  readonly kind: 'begins' | 'ends';
  readonly at: Date;
  /** When their next shift begins: what breaches before is for this one to see to, or for somebody else to take over. */
  readonly until: Date;
  /** From then on nobody is told of it any more. */
  readonly staleAt: Date;
}

/** Who has gone home may be called for so long. */
const goneAfterMs = 15 * 60_000;

/** What begins and ends by their hours after `since`, up to and with `until`, which are less than a week apart. Pure. */
export function shiftEdges(agent: Pick<AgentSetting, 'name' | 'hours' | 'zone'>, since: Date, until: Date): readonly ShiftEdge[] {
  const edges: ShiftEdge[] = [];
  for (let shift = currentShift(agent, since) ?? nextShift(agent, since); shift && shift.from <= until; ) {
    const next = nextShift(agent, shift.from);
    const both = { agent: agent.name, until: next?.from ?? shift.to };
    edges.push({ ...both, kind: 'begins', at: shift.from, staleAt: shift.to });
    edges.push({ ...both, kind: 'ends', at: shift.to, staleAt: addMs(shift.to, goneAfterMs) });
    shift = next;
  }
  return edges.filter(({ at }) => since < at && at <= until);
}
