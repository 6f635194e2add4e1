import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../../src/core/connector.ts';
import { createLimiter, type LimiterOptions } from '../../src/pipeline/limiter.ts';

const source = 'a test';
const limits: readonly RateLimit[] = [
  { name: 'post', per: 'channel', permits: 1, everyMs: 1_000, source },
  { name: 'workspace', per: 'connection', permits: 60, everyMs: 60_000, burst: 3, source },
  { name: 'mark', per: 'connection', permits: 50, everyMs: 60_000, burst: 5, source },
  { name: 'day', per: 'connection', permits: 100, everyMs: 86_400_000, burst: 100, quota: true, source },
];
const dayMs = 86_400_000;

function create(more: Partial<LimiterOptions> = {}) {
  let ms = 0;
  const limiter = createLimiter({
    limits,
    monotonicMs: () => ms,
    now: () => new Date(1_000 * dayMs + ms),
    timeScale: 1,
    spent: [],
    ...more,
  });
  return {
    limiter,
    pass(by: number) {
      ms += by;
    },
  };
}

describe('the paces of a gate', () => {
  it('keeps one second between posts of a channel, and mixes up no channels', () => {
    const { limiter, pass } = create();
    expect(limiter.take(['post'], 'C1', 'send')).toBe(0);
    expect(limiter.take(['post'], 'C1', 'send')).toBe(1_000);
    expect(limiter.take(['post'], 'C2', 'send')).toBe(0);
    pass(999);
    expect(limiter.take(['post'], 'C1', 'send')).toBeGreaterThan(0);
    pass(1);
    expect(limiter.take(['post'], 'C1', 'send')).toBe(0);
  });

  it('takes all or nothing', () => {
    const { limiter } = create();
    expect(limiter.take(['post'], 'C1', 'send')).toBe(0);
    expect(limiter.take(['post', 'workspace'], 'C1', 'send')).toBeGreaterThan(0);
    for (const channel of ['C2', 'C3', 'C4']) expect(limiter.take(['post', 'workspace'], channel, 'send')).toBe(0);
    expect(limiter.take(['post', 'workspace'], 'C5', 'send')).toBeGreaterThan(0);
    expect(limiter.take(['post'], 'C5', 'send')).toBe(0);
  });

  it('takes on credit what is more than a bucket holds', () => {
    const { limiter, pass } = create();
    expect(limiter.take(['post', 'post', 'post'], 'C1', 'send')).toBe(0);
    expect(limiter.take(['post'], 'C1', 'send')).toBe(3_000);
    pass(3_000);
    expect(limiter.take(['post'], 'C1', 'send')).toBe(0);
  });

  it('never lets more through than burst and refill, whatever is asked when', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 100 }), (pauses) => {
        const { limiter, pass } = create();
        let [taken, passed] = [0, 0];
        for (const pause of pauses) {
          pass(pause);
          passed += pause;
          if (limiter.take(['mark'], null, 'send') === 0) taken += 1;
        }
        return taken <= 5 + (passed * 50) / 60_000 + 1e-6;
      }),
    );
  });

  it.each([
    ['channel', { C1: true, C2: false, mark: false }],
    ['method', { C1: false, C2: false, mark: true }],
    ['connection', { C1: true, C2: true, mark: true }],
  ] as const)('waits where a refusal speaks of the %s, and nowhere else', (scope, waits) => {
    const { limiter } = create();
    limiter.penalise(scope, scope === 'channel' ? ['post'] : ['mark'], scope === 'channel' ? 'C1' : null, 7_000);
    expect({
      C1: limiter.take(['post'], 'C1', 'send') > 0,
      C2: limiter.take(['post'], 'C2', 'send') > 0,
      mark: limiter.take(['mark'], null, 'send') > 0,
    }).toEqual(waits);
  });

  it('has an empty bucket after a refusal, so that what waits is told together', () => {
    const { limiter, pass } = create();
    limiter.penalise('method', ['mark'], null, 7_000);
    expect(limiter.saturated(['mark'], null)).toBe(true);
    pass(7_000);
    expect(limiter.take(['mark'], null, 'send')).toBeGreaterThan(0);
    expect(limiter.saturated(['mark'], null)).toBe(true);
    pass(1_200);
    expect(limiter.take(['mark'], null, 'send')).toBe(0);
  });

  it('is saturated only while something had to wait', () => {
    const { limiter, pass } = create();
    expect(limiter.saturated(['post'], 'C1')).toBe(false);
    limiter.take(['post'], 'C1', 'send');
    expect(limiter.saturated(['post'], 'C1')).toBe(false);
    limiter.take(['post'], 'C1', 'send');
    expect(limiter.saturated(['post'], 'C1')).toBe(true);
    expect(limiter.saturated(['post'], 'C2')).toBe(false);
    pass(2_000);
    expect(limiter.saturated(['post'], 'C1')).toBe(false);
  });

  it('keeps a reserve of a daily quota for sends, and begins anew with the day', () => {
    const { limiter, pass } = create();
    for (let call = 0; call < 70; call += 1) expect(limiter.take(['day'], null, 'read')).toBe(0);
    expect(limiter.take(['day'], null, 'read')).toBe(dayMs);
    for (let call = 0; call < 30; call += 1) expect(limiter.take(['day'], null, 'send')).toBe(0);
    expect(limiter.take(['day'], null, 'send')).toBe(dayMs);
    expect(limiter.quotas()).toEqual([{ name: 'day', window: new Date(1_000 * dayMs), spent: 100, permits: 100 }]);
    pass(dayMs);
    expect(limiter.take(['day'], null, 'read')).toBe(0);
  });

  it('counts a month by the calendar, refuses nothing because of it, and knows when calls are scarce', () => {
    const start = Date.parse('2026-11-30T15:00:00Z');
    let ms = 0;
    const spent = [{ name: 'month', window: new Date('2026-10-31T16:00:00Z'), spent: 79 }];
    const plan: readonly RateLimit[] = [{ name: 'month', per: 'connection', permits: 100, everyMs: 30 * dayMs, quota: 'month', source }];
    const limiter = createLimiter({ limits: plan, monotonicMs: () => ms, now: () => new Date(start + ms), timeScale: 50, spent });
    expect(limiter.scarce()).toBe(false);
    expect(limiter.take(['month'], null, 'read')).toBe(0);
    expect(limiter.scarce()).toBe(true);
    for (let call = 0; call < 200; call += 1) expect(limiter.take(['month', 'month'], null, 'send')).toBe(0);
    expect(limiter.quotas()).toEqual([{ ...spent[0], spent: 480, permits: 100, every: 'month' }]);
    limiter.spent(['month', 'month']);
    expect(limiter.quotas()).toMatchObject([{ spent: 482 }]);
    // The platform says itself that it is used up.
    limiter.penalise('day', ['month'], null, 60_000);
    expect(limiter.take(['month'], null, 'send')).toBe(60_000);
    ms = 3_600_000;
    expect([limiter.scarce(), limiter.take(['month'], null, 'send')]).toEqual([false, 0]);
    expect(limiter.quotas()).toMatchObject([{ window: new Date('2026-11-30T16:00:00Z'), spent: 1 }]);
  });

  it('remembers over a restart what was spent of this day, and of no other', () => {
    const today = create({ spent: [{ name: 'day', window: new Date(1_000 * dayMs), spent: 99 }] }).limiter;
    expect(today.take(['day'], null, 'send')).toBe(0);
    expect(today.take(['day'], null, 'send')).toBeGreaterThan(0);
    const yesterday = create({ spent: [{ name: 'day', window: new Date(999 * dayMs), spent: 99 }] }).limiter;
    expect(yesterday.take(['day'], null, 'read')).toBe(0);
  });

  it('refuses a cost that no limit declares', () => {
    expect(() => create().limiter.take(['nothing'], null, 'send')).toThrow(/not declared/);
  });
});
