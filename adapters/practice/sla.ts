import { marketplacePolicy, minuteMs, threeMinuteSteps } from '../../src/core/sla/presets.ts';
import type { RegionalPolicies } from '../adapter.ts';

/** So short that people see every reminder before they have lost patience. */
export const slaPolicies: readonly RegionalPolicies[] = [
  {
    regions: null,
    policies: [
      marketplacePolicy(
        'practice/three-minutes',
        { kind: 'turn', withinMs: 3 * minuteMs },
        { steps: threeMinuteSteps, source: { page: 'our own, like those of Douyin and Taobao', readOn: '2026-11-27', basis: 'guess' } },
      ),
    ],
  },
];
