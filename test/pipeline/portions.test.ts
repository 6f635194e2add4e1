import { describe, expect, it } from 'vitest';
import { inPortions } from '../../src/pipeline/portions.ts';

/** Work that ends by hand. */
function create(most: number) {
  const run = inPortions(most);
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const start = (id: string, size: number): Promise<string> =>
    run(
      size,
      () =>
        new Promise<string>((resolve, reject) => {
          begun.push(id);
          ends.set(id, (error) => (error ? reject(error) : resolve(id)));
        }),
    );
  const end = async (id: string, error?: Error): Promise<void> => {
    ends.get(id)?.(error);
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { start, begun, end };
}

describe('work in portions', () => {
  it('lets all begin that is small, and the rest in the order in which it came, whatever becomes of what is before it', async () => {
    const { start, begun, end } = create(100);
    const all = Promise.allSettled([start('a', 1), start('b', 60), start('c', 39), start('d', 50), start('e', 1)]);
    await end('');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('a');
    expect(begun, 'nobody overtakes').toEqual(['a', 'b', 'c']);
    await end('b', new Error('the store is away'));
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const id of ['c', 'd', 'e']) await end(id);
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  });

  it('lets what is larger than a portion go alone', async () => {
    const { start, begun, end } = create(100);
    const all = Promise.all([start('large', 500), start('small', 1)]);
    await end('');
    expect(begun).toEqual(['large']);
    await end('large');
    expect(begun).toEqual(['large', 'small']);
    await end('small');
    expect(await all).toEqual(['large', 'small']);
  });

  it('goes on without what does not end', async () => {
    const run = inPortions(1);
    let ended = false;
    void run(1, () => new Promise<void>(() => {})).then(() => {
      ended = true;
    });
    expect(await run(1, async () => 'went on')).toBe('went on');
    expect(await run(1, async () => 'and on')).toBe('and on');
    expect(ended).toBe(false);
  });
});
