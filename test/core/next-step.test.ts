import { describe, expect, it } from 'vitest';
import { backoffMs, maxAttempts, nextStep } from '../../src/core/next-step.ts';

describe('what follows a failure', () => {
  it.each([
    ['rate-limited', 7_000, 1, { do: 'slow-down', afterMs: 7_000 }],
    ['rate-limited', null, 99, { do: 'slow-down', afterMs: 300_000 }],
    ['transient', null, 1, { do: 'retry', afterMs: 1_000 }],
    ['transient', 5_000, 1, { do: 'retry', afterMs: 5_000 }],
    ['transient', null, maxAttempts - 1, { do: 'retry', afterMs: 300_000 }],
    ['transient', null, maxAttempts, { do: 'give-up' }],
    ['auth', null, 99, { do: 'pause' }],
    ['rejected', null, 1, { do: 'refuse' }],
    ['uncertain', null, 99, { do: 'look-up' }],
  ] as const)('%s, asked to wait %s, attempt %i', (kind, retryAfterMs, attempt, expected) => {
    expect(nextStep({ kind, retryAfterMs }, attempt, 1)).toEqual(expected);
  });

  it('doubles the pause up to five minutes, half of it by chance', () => {
    expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, 0))).toEqual([500, 1_000, 2_000, 4_000]);
    expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, 1))).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(backoffMs(60, 1)).toBe(300_000);
  });
});
