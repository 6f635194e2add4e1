import type { AssignStrategy } from '../settings.ts';

/** Somebody of the group that is to answer. */
export interface Candidate {
  /** The agent's name in the file. */
  readonly agent: string;
  /** Open inquiries that they have. */
  readonly load: number;
  /** Null: no limit. */
  readonly capacity: number | null;
  /** Null: never. */
  readonly lastAssignedAt: Date | null;
  readonly onDuty: boolean;
}

export type Pick =
  | { readonly agent: string }
  /** Nobody: there is nobody in the group, or nobody of them on duty, or those have all they can take. */
  | { readonly agent: null; readonly why: 'nobody-in-group' | 'nobody-on-duty' | 'nobody-free' };

/**
 * Who gets an inquiry. Only people on duty, and never above what they can take. Equals are told apart by who waited longest for one, then by their order. Pure.
 * @param sticky who answered this buyer last; null: nobody
 */
export function pick(strategy: AssignStrategy, candidates: readonly Candidate[], sticky: string | null): Pick {
  if (candidates.length === 0) return { agent: null, why: 'nobody-in-group' };
  const onDuty = candidates.filter((candidate) => candidate.onDuty);
  if (onDuty.length === 0) return { agent: null, why: 'nobody-on-duty' };
  const free = onDuty.filter(({ load, capacity }) => capacity === null || load < capacity);
  const [longest] = free.toSorted(byWait);
  if (!longest) return { agent: null, why: 'nobody-free' };
  const [idlest = longest] = free.toSorted((a, b) => a.load - b.load || byWait(a, b));
  switch (strategy) {
    case 'round-robin':
      return { agent: longest.agent };
    case 'least-busy':
      return { agent: idlest.agent };
    case 'sticky':
      return { agent: (free.find(({ agent }) => agent === sticky) ?? idlest).agent };
  }
}

const byWait = (a: Candidate, b: Candidate): number => assignedMs(a) - assignedMs(b);
const assignedMs = ({ lastAssignedAt }: Candidate): number => lastAssignedAt?.getTime() ?? 0;
