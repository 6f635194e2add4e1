import type { Finding } from '../core/connector.ts';
import { monthEstimate, monthOf, type Quota } from '../core/economy.ts';
import type { Say } from './index.ts';

/** What a month takes at the present rate, against what the plan allows. Of quotas that run for a day nothing is to be planned. */
export function quotaFindings(quotas: readonly (Quota & { readonly gate: string })[], now: Date, say: Say): readonly Finding[] {
  return quotas
    .filter(({ every, window }) => every === 'month' && window.getTime() === monthOf(now).start.getTime())
    .map((quota): Finding => {
      const { gate, spent, permits } = quota;
      const estimate = monthEstimate(quota, now);
      const check = `${gate.replace(/^bot:/, '')} calls of the month (${spent} of ${permits}, ~${estimate} at this rate)`;
      if (estimate <= permits) return { check, ok: true };
      return { check, ok: false, problem: say('doctor.quota', { estimate, permits }), effect: say('doctor.quota.effect') };
    });
}
