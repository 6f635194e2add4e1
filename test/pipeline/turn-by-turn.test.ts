import { expect, it } from 'vitest';
import { turnByTurn } from '../../src/pipeline/turn-by-turn.ts';

it('few are all looked at every time', () => {
  const next = turnByTurn<number>(3);
  expect([next([1, 2, 3]), next([1, 2, 3]), next([])]).toEqual([[1, 2, 3], [1, 2, 3], []]);
});

it('many are looked at in turns, none of them twice before all were', () => {
  const next = turnByTurn<number>(2);
  const all = [1, 2, 3, 4, 5];
  expect([next(all), next(all), next(all), next(all)]).toEqual([
    [1, 2],
    [3, 4],
    [5, 1],
    [2, 3],
  ]);
});

it('goes on where there are fewer by now', () => {
  const next = turnByTurn<number>(2);
  next([1, 2, 3, 4, 5]);
  next([1, 2, 3, 4, 5]);
  expect(next([1, 2, 3])).toEqual([2, 3]);
});
