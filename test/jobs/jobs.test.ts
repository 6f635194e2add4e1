import { describe, expect, it } from 'vitest';
import { prune } from '../../jobs/prune.ts';
import { quotaWatch, type SpentQuota } from '../../jobs/quota-watch.ts';

const now = new Date('2026-11-24T12:00:00Z');
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const dayMs = 86_400_000;

describe('quota-watch', () => {
  const told = async (spent: number) => {
    const ids: string[] = [];
    const quota: SpentQuota = { gate: 'shop:a', name: 'day', window: new Date('2026-11-24T00:00:00Z'), spent, permits: 10_000 };
    const job = quotaWatch({
      quotas: async () => [quota],
      announce: async (id, what) => {
        ids.push(`${id} ${what.params['percent']}`);
      },
    });
    await job.run({ now, log: quiet });
    return ids;
  };

  it.each([
    [4_999, []],
    [5_000, ['50 50']],
    [7_999, ['50 50']],
    [8_000, ['80 80']],
    [9_500, ['95 95']],
    [12_000, ['95 95']],
  ])('after %i of 10,000 calls tells %j, under a name of its own for each step and day', async (spent, expected) => {
    const start = new Date('2026-11-24T00:00:00Z').getTime();
    expect(await told(spent)).toEqual(expected.map((step) => `quota:shop:a:day:${start}:${step}`));
  });
});

describe('quota-watch of a month', () => {
  it.each([
    [799, null],
    [800, 'quota:bot:one/default:month:1793462400000:80 80 800 1007'],
    [951, 'quota:bot:one/default:month:1793462400000:95 95 951 1197'],
  ])('after %i of 1,000 calls tells %s', async (spent, expected) => {
    const told: string[] = [];
    const quota: SpentQuota = {
      ...{ gate: 'bot:one/default', name: 'month', window: new Date('2026-10-31T16:00:00Z'), spent, permits: 1_000, every: 'month' },
    };
    await quotaWatch({
      quotas: async () => [quota],
      async announce(id, { key, params }) {
        expect([key, params['name'], params['permits']]).toEqual(['trouble.quota-month', 'one/default', 1_000]);
        told.push(`${id} ${params['percent']} ${spent} ${params['estimate']}`);
      },
    }).run({ now, log: quiet });
    expect(told).toEqual(expected === null ? [] : [expected]);
  });
});

describe('prune', () => {
  it.each([
    [15.5 * 3_600_000, 7 * dayMs],
    [6 * dayMs, 12 * dayMs],
  ])('keeps de-duplication keys longer than events may come again in (%i ms)', async (redeliveryWindowMs, keptMs) => {
    const before: Date[] = [];
    const take = async (date: Date) => {
      before.push(date);
      return 0;
    };
    await prune({ pruneInbox: take, pruneOutbox: take, redeliveryWindowMs }).run({ now, log: quiet });
    expect(before.map((date) => now.getTime() - date.getTime())).toEqual([keptMs, keptMs]);
  });
});
