import { describe, expect, it } from 'vitest';
import { meetsAim, toFigure, worsening } from '../bench/figure.ts';
import { markOf, marksIn } from '../bench/marks.ts';
import { median, percentile } from '../bench/stats.ts';
import { tableOf } from '../bench/table.ts';

const pairs = (...ratios: readonly number[]) => ratios.map((ratio) => ({ product: ratio * 100, against: 100 }));

describe('the arithmetic of the bench', () => {
  it('takes percentiles that were seen, and medians', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100]);
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), percentile([], 0.5)]).toEqual([2, 2.5, Number.NaN]);
  });

  it('takes the median ratio, and its spread for noise', () => {
    expect(toFigure('ack.peak', 'per-second', 'higher', pairs(0.75, 1.25, 1))).toMatchObject({
      ratio: 1,
      product: 100,
      against: 100,
      noise: 0.5,
    });
  });

  it.each([
    ['higher', [0.8], [0.6], true],
    ['higher', [0.6], [0.8], false],
    ['lower', [1.0], [1.2], true],
    ['lower', [1.2], [1.0], false],
    ['lower', [1.0], [1.04], false],
    ['lower', [0.9, 1.0, 1.2], [1.2], false],
    ['lower', [1.0], [1.0, 1.2, 1.5], false],
    ['lower', [1.0], [], true],
  ] as const)('where %s is better, calls %j to %j worse: %s', (better, before, now, isWorse) => {
    const [last, figure] = [before, now].map((ratios) => toFigure('x', 'ms', better, pairs(...ratios)));
    if (!last || !figure) throw new Error('two figures');
    expect(worsening(figure, last) !== null).toBe(isWorse);
  });

  it('knows whether an aim is met, of a ratio or of a value', () => {
    expect(meetsAim(toFigure('x', 'ms', 'lower', pairs(0.4), { of: 'value', atMost: 50 }))).toBe(true);
    expect(meetsAim(toFigure('x', 'ms', 'lower', pairs(0.6), { of: 'value', atMost: 50 }))).toBe(false);
    expect(meetsAim(toFigure('x', 'ms', 'higher', pairs(0.8), { of: 'ratio', atLeast: 0.8 }))).toBe(true);
    expect(meetsAim(toFigure('x', 'ms', 'lower', [], { of: 'ratio', atMost: 1.2 }))).toBe(false);
  });

  it('shows what could not be measured as a dash, and says in words what each row is', () => {
    const table = tableOf([toFigure('in.200.p95', 'ms', 'lower', []), toFigure('shops.ack.p99', 'ms', 'lower', pairs(0.5))], 'en');
    expect(table).toContain('| buyer to chat, p95 at 200 a second | — | — | — | — |');
    expect(table).toContain('| 1,000 shops: acknowledgement, p99 at 500 a second | 50 ms | 100 ms | 0.50 |');
  });

  it('knows a message again in words, JSON and forms', () => {
    const text = `Is it there? ${markOf(42)}`;
    expect([text, JSON.stringify({ text }), new URLSearchParams({ text, blocks: `${markOf(7)}&` }).toString()].map(marksIn)).toEqual([
      [42],
      [42],
      [42, 7],
    ]);
  });
});
