import { describe, expect, it } from 'vitest';
import { fewAtOnce } from '../../src/pipeline/few-at-once.ts';

describe('few at once', () => {
  it('lets no more than so many run, the others in the order in which they came, whatever becomes of those before them', async () => {
    const limited = fewAtOnce(2);
    const begun: number[] = [];
    const ends: ((error?: Error) => void)[] = [];
    const work = (id: number) => () =>
      new Promise<number>((resolve, reject) => {
        begun.push(id);
        ends[id] = (error) => (error ? reject(error) : resolve(id));
      });
    const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
    const all = Promise.allSettled([0, 1, 2, 3].map((id) => limited(work(id))));
    await settle();
    expect(begun).toEqual([0, 1]);
    ends[1]?.(new Error('the store is away'));
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    await settle();
    expect(begun).toEqual([0, 1, 2, 3]);
    ends[2]?.();
    ends[3]?.();
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    // The places are free again.
    void limited(work(4));
    void limited(work(5));
    void limited(work(6));
    await settle();
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('goes on without one that does not end', async () => {
    const limited = fewAtOnce(1);
    let ended = false;
    void limited(() => new Promise<void>(() => {})).then(() => {
      ended = true;
    });
    expect(await limited(async () => 'went on')).toBe('went on');
    expect(await limited(async () => 'and on')).toBe('and on');
    expect(ended).toBe(false);
  });
});
