import { describe, expect, it } from 'vitest';
import type { InboxEvent } from '../../src/core/inbox.ts';
import { createArrivals } from '../../src/pipeline/arrivals.ts';

const event = (id: string, lane = 'l') => ({ _id: id, lane }) as InboxEvent;
const idsOf = (events: readonly InboxEvent[] | null) => events?.map(({ _id }) => _id) ?? null;

/** As if the store had been asked, and had nothing. */
function emptied(alone = true) {
  const arrivals = createArrivals(alone);
  arrivals.trust(arrivals.mark());
  return arrivals;
}

describe('what came in at a gate', () => {
  it('has to be read from the store until nothing waits there', () => {
    const arrivals = createArrivals(true);
    arrivals.came([event('1')]);
    expect(arrivals.take(9)).toBeNull();
    arrivals.trust(arrivals.mark());
    expect(arrivals.take(9)).toEqual([]);
  });

  it('is at hand then, in order, some at a time', () => {
    const arrivals = emptied();
    arrivals.came([event('1'), event('2')]);
    arrivals.came([event('3')]);
    expect([idsOf(arrivals.take(2)), idsOf(arrivals.take(2)), idsOf(arrivals.take(2))]).toEqual([['1', '2'], ['3'], []]);
  });

  it('is not complete when something came while the store was asked', () => {
    const arrivals = createArrivals(true);
    const mark = arrivals.mark();
    arrivals.came([event('1')]);
    arrivals.trust(mark);
    expect(arrivals.take(9)).toBeNull();
  });

  it('is read from the store again after anything but a clean round, and where it is too much', () => {
    const arrivals = emptied();
    arrivals.came([event('1')]);
    arrivals.distrust();
    expect(arrivals.take(9)).toBeNull();
    const flooded = emptied();
    flooded.came(Array.from({ length: 4_001 }, (_, index) => event(String(index))));
    expect(flooded.take(9)).toBeNull();
  });

  it('is never at hand where others store events, too', () => {
    const arrivals = emptied(false);
    arrivals.came([event('1')]);
    expect(arrivals.take(9)).toBeNull();
  });

  it('tells of a lane whether all of it is through, while that is known', () => {
    const arrivals = emptied();
    expect(arrivals.undecided('a')).toBe(false);
    arrivals.came([event('1', 'a'), event('2', 'b'), event('3', 'a')]);
    const taken = arrivals.take(2) ?? [];
    expect([arrivals.undecided('a'), arrivals.undecided('b'), arrivals.undecided('c')]).toEqual([true, true, false]);
    arrivals.through(taken);
    expect([arrivals.undecided('a'), arrivals.undecided('b')]).toEqual([true, false]);
    arrivals.through(arrivals.take(2) ?? []);
    expect(arrivals.undecided('a')).toBe(false);
    arrivals.distrust();
    expect(arrivals.undecided('a')).toBeNull();
    arrivals.came([event('4', 'a')]);
    expect(arrivals.undecided('a')).toBeNull();
  });
});
