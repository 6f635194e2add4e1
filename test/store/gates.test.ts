import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGateStore, type GateLease, type GateStore } from '../../src/store/gates.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

const names = Array.from({ length: 300 }, (_, index) => `shop:market:${index}`);

describe('gates', () => {
  let store: TestStore;
  let gates: GateStore;
  let commands = 0;
  let close: () => Promise<void>;
  const takeAll = async (owner: string, seen: ReadonlyMap<string, GateLease>) =>
    Promise.all(names.map((name) => gates.take(name, owner, seen.get(name) ?? null)));

  beforeAll(async () => {
    store = await openTestStore();
    const observed = await openDatabase(store.uri, {
      onCommand: () => {
        commands += 1;
      },
    });
    gates = createGateStore(observed);
    close = () => observed.close();
  });
  beforeEach(async () => {
    await store.connection.collection('gates').deleteMany({});
    commands = 0;
  });
  afterAll(async () => {
    await close();
    await store.close();
  });

  it('are taken together in few commands, new ones and those of a former owner', async () => {
    const first = await takeAll('one', new Map());
    expect(first.map((lease) => [lease?.owner, lease?.term])).toEqual(names.map(() => ['one', 1]));
    const again = await takeAll('two', await gates.read(names));
    expect(again.map((lease) => [lease?.owner, lease?.term, lease?.beat])).toEqual(names.map(() => ['two', 2, 0]));
    expect(commands).toBeLessThan(10);
  });

  it('that another took meanwhile stay his, whatever is taken in the same breath', async () => {
    await takeAll('one', new Map());
    const seen = await gates.read(names);
    const [his = '', alsoHis = ''] = names;
    await gates.take(his, 'another', seen.get(his) ?? null);
    const mine = await takeAll('two', new Map([...seen].filter(([name]) => name !== alsoHis)));
    expect(mine.map((lease) => lease?.owner ?? null)).toEqual(names.map((name) => (name === his || name === alsoHis ? null : 'two')));
    const stands = await gates.read([his, alsoHis]);
    expect([stands.get(his)?.owner, stands.get(alsoHis)?.owner]).toEqual(['another', 'one']);
  });

  it('keep what was spent of daily quotas, and go to nobody who saw an earlier beat', async () => {
    const [name = ''] = names;
    await gates.take(name, 'one', null);
    const early = (await gates.read([name])).get(name) ?? null;
    const quotas = [{ name: 'calls', window: new Date(0), spent: 7, permits: 10 }];
    await gates.beat([{ id: name, term: 1, quotas }], 'one');
    expect(await gates.take(name, 'two', early)).toBeNull();
    expect(await gates.take(name, 'two', (await gates.read([name])).get(name) ?? null)).toMatchObject({ owner: 'two', term: 2, quotas });
  });
});
