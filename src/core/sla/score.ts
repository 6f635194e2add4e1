import type { ClockOutcome } from './clock.ts';
import type { SlaPolicy } from './policy.ts';

/** What one inquiry adds to a policy's figures: so many of so many were in time. */
export interface Score {
  readonly met: number;
  readonly of: number;
}

/** @param outcomes of one policy in one inquiry, as they were reported */
export function scoreOf({ scoredBy }: Pick<SlaPolicy, 'scoredBy'>, outcomes: readonly ClockOutcome[]): Score {
  const turns = outcomes.filter(({ correction }) => !correction).length;
  const met = outcomes.filter((outcome) => outcome.met).length;
  if (scoredBy === 'turn') return { met, of: turns };
  return turns === 0 ? { met: 0, of: 0 } : { met: met === turns ? 1 : 0, of: 1 };
}
