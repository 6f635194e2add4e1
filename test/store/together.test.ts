import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bulkWriter, collectionOf, idReader, missingInserter } from '../../src/store/collection.ts';
import { together } from '../../src/store/together.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

/** A run that waits to be answered by hand. */
function create() {
  const runs: { readonly inputs: readonly number[]; readonly answer: (error?: Error) => void }[] = [];
  const call = together(
    (inputs: readonly number[]) =>
      new Promise<readonly string[]>((resolve, reject) => {
        runs.push({ inputs, answer: (error) => (error ? reject(error) : resolve(inputs.map((input) => `${input}!`))) });
      }),
  );
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { call, runs, settle };
}

describe('calls together', () => {
  it('lets a call that comes alone go at once, and gathers the others', async () => {
    const { call, runs, settle } = create();
    const first = call([1]);
    await settle();
    const others = [call([2, 3]), call([4])];
    await settle();
    expect(runs.map(({ inputs }) => inputs)).toEqual([[1]]);
    runs[0]?.answer();
    expect(await first).toEqual(['1!']);
    await settle();
    expect(runs.map(({ inputs }) => inputs)).toEqual([[1], [2, 3, 4]]);
    runs[1]?.answer();
    expect(await Promise.all(others)).toEqual([['2!', '3!'], ['4!']]);
  });

  it('fails every call of a run that fails, and goes on with the next', async () => {
    const { call, runs, settle } = create();
    const failing = Promise.allSettled([call([1]), call([2])]);
    await settle();
    const next = call([3]);
    runs[0]?.answer(new Error('the store is away'));
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await settle();
    runs[1]?.answer();
    expect(await next).toEqual(['3!']);
  });

  it('goes on without a run that gets no answer', async () => {
    const { call, runs, settle } = create();
    let answered = false;
    void call([1]).then(() => {
      answered = true;
    });
    await settle();
    const next = call([2]);
    while (runs.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    runs[1]?.answer();
    expect(await next).toEqual(['2!']);
    expect(answered).toBe(false);
  });

  it('takes no more than some hundred in one run, and never divides a call', async () => {
    const { call, runs, settle } = create();
    const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
    const all = [call(numbers(300)), call(numbers(300)), call(numbers(900)), call([])];
    await settle();
    for (let run = 0; run < 3; run += 1) {
      runs[run]?.answer();
      await settle();
    }
    expect((await Promise.all(all)).map((outputs) => outputs.length)).toEqual([300, 300, 900, 0]);
    expect(runs.map(({ inputs }) => inputs.length)).toEqual([300, 300, 900]);
  });
});

interface Row {
  readonly _id: string;
  readonly tag: string;
}

describe('documents together', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
    await store.connection.collection('rows').createIndex({ tag: 1 }, { unique: true });
  });
  afterAll(() => store.close());

  it('are told apart when they share a round trip: new, known, changed, refused', async () => {
    const rows = collectionOf<Row>(store.connection, 'rows');
    const insert = missingInserter(rows);
    const write = bulkWriter(rows);
    const read = idReader<Row>(rows);
    const row = (id: string, tag = id): Row => ({ _id: id, tag });
    expect(await Promise.all([insert([row('a'), row('b')]), insert([row('a'), row('c')])])).toEqual([new Set(), new Set([0])]);
    const set = (id: string, tag: string) => ({ updateOne: { filter: { _id: id }, update: { $set: { tag } } } });
    expect(await Promise.all([write([set('a', 'x')]), write([set('b', 'y')])])).toEqual([true, true]);
    expect(await Promise.all([write([set('a', 'z')]), write([set('nobody', 'w')])])).toEqual([false, false]);
    const [refused, other] = await Promise.allSettled([write([set('a', 'y')]), write([set('c', 'v')])]);
    expect([refused.status, other.status]).toEqual(['rejected', 'fulfilled']);
    const [first, second] = await Promise.all([read(['a', 'nobody']), read(['b', 'c', 'b'])]);
    expect([...first.values()]).toEqual([row('a', 'z')]);
    expect([...second.values()].map(({ tag }) => tag)).toEqual(['y', 'v']);
  });
});
