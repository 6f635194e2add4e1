import { describe, expect, it } from 'vitest';
import type { ConnectorLog } from '../../src/core/connector.ts';
import { createLeases, type Lease, leaseMs, requestDeadlineMs } from '../../src/pipeline/leases.ts';
import type { GateLease, GateStore } from '../../src/store/gates.ts';
import { createHandTime, type HandTime } from './hand-time.ts';

const silent: ConnectorLog = { debug() {}, info() {}, warn() {}, error() {} };

/** One document a gate, changed only as the store would. */
function createStore() {
  const leases = new Map<string, GateLease>();
  const beats: number[] = [];
  let away = false;
  const there = () => {
    if (away) throw new Error('the store is away');
  };
  const store: Pick<GateStore, 'read' | 'take' | 'beat' | 'release'> = {
    async read(ids) {
      there();
      return new Map(ids.flatMap((id) => (leases.has(id) ? [[id, leases.get(id) as GateLease]] : [])));
    },
    async take(id, owner, seen) {
      there();
      const stands = leases.get(id);
      if (seen ? stands?.term !== seen.term || stands.beat !== seen.beat : stands !== undefined) return null;
      const lease = { _id: id, owner, term: (seen?.term ?? 0) + 1, beat: 0, quotas: [] };
      leases.set(id, lease);
      return lease;
    },
    async beat(wanted, owner) {
      there();
      beats.push(wanted.length);
      const ours = wanted.filter(({ id, term }) => leases.get(id)?.owner === owner && leases.get(id)?.term === term);
      for (const { id } of ours) leases.set(id, { ...(leases.get(id) as GateLease), beat: (leases.get(id)?.beat ?? 0) + 1 });
      return new Set(ours.map(({ id }) => id));
    },
    async release(given, owner) {
      there();
      for (const { id, term } of given) {
        const lease = leases.get(id);
        if (lease?.owner === owner && lease.term === term) leases.set(id, { ...lease, owner: '' });
      }
    },
  };
  return {
    /** How many leases each renewal concerned. */
    beats,
    store: store as GateStore,
    goesAway(is: boolean) {
      away = is;
    },
  };
}

function createProcess(
  owner: string,
  store: GateStore,
  { clock, timers }: HandTime,
  soleOwner = false,
  wanted: readonly string[] = ['gate'],
) {
  const taken: Lease[] = [];
  const lost: Lease[] = [];
  const leases = createLeases({
    gates: store,
    clock,
    timers,
    log: silent,
    owner,
    soleOwner,
    wanted: async () => wanted,
    holder: { taken: (lease) => taken.push(lease), lost: (lease) => lost.push(lease), quotas: () => [] },
    failed: () => {},
  });
  return { ...leases, taken, lost };
}

describe('leases', () => {
  it('give a gate to one process, and keep it there while it beats', async () => {
    const [time, { store }] = [createHandTime(), createStore()];
    const [one, two] = [createProcess('one', store, time), createProcess('two', store, time)];
    one.start();
    await time.pass(100);
    two.start();
    await time.pass(120_000);
    expect(one.taken).toHaveLength(1);
    expect(one.taken[0]?.valid()).toBe(true);
    expect(two.taken).toEqual([]);
  });

  it('go to another once it has itself seen no beat for lease and request, under a higher term', async () => {
    const [first, second, { store }] = [createHandTime(), createHandTime(), createStore()];
    const [one, two] = [createProcess('one', store, first), createProcess('two', store, second)];
    one.start();
    await first.pass(100);
    // From here on the first one is frozen: its time stands still.
    two.start();
    await second.pass(leaseMs + requestDeadlineMs);
    expect(two.taken).toEqual([]);
    await second.pass(5_000);
    expect(two.taken.map(({ term }) => term)).toEqual([2]);
    await first.pass(2_000);
    expect(one.lost).toHaveLength(1);
    expect(one.taken[0]?.signal.aborted).toBe(true);
    expect(one.taken[0]?.valid()).toBe(false);
  });

  it('are no longer valid by the own clock before anybody may take them', async () => {
    const [time, { store, goesAway }] = [createHandTime(), createStore()];
    const one = createProcess('one', store, time);
    one.start();
    await time.pass(100);
    goesAway(true);
    await time.pass(leaseMs);
    expect(one.taken[0]?.valid()).toBe(false);
    goesAway(false);
    await time.pass(2_000);
    expect(one.taken).toHaveLength(1);
    expect(one.taken[0]?.valid()).toBe(true);
  });

  it('are given up at a stop, so that a successor need not wait', async () => {
    const [time, { store }] = [createHandTime(), createStore()];
    const [one, two] = [createProcess('one', store, time), createProcess('two', store, time)];
    one.start();
    await time.pass(100);
    await one.stop();
    expect(one.lost).toHaveLength(1);
    two.start();
    await time.pass(100);
    expect(two.taken.map(({ term }) => term)).toEqual([2]);
  });

  it('are let go of once nobody wants them, so that others may be', async () => {
    const [time, { store }] = [createHandTime(), createStore()];
    const wanted = ['gate', 'another'];
    const one = createProcess('one', store, time, false, wanted);
    one.start();
    await time.pass(100);
    expect(one.taken.map(({ gate }) => gate)).toEqual(['gate', 'another']);
    wanted.pop();
    await time.pass(2_000);
    expect(one.lost.map(({ gate }) => gate)).toEqual(['another']);
    expect(one.taken.map((lease) => lease.valid())).toEqual([true, false]);
    expect((await store.read(['another'])).get('another')?.owner).toBe('');
    await time.pass(10_000);
    expect(one.taken).toHaveLength(2);
  });

  it('are taken at once where no other process can live', async () => {
    const [time, { store }] = [createHandTime(), createStore()];
    createProcess('dead', store, time).start();
    await time.pass(100);
    const next = createProcess('next', store, createHandTime(), true);
    next.start();
    await time.pass(0);
    expect(next.taken.map(({ term }) => term)).toEqual([2]);
  });

  it('of a process that is alone are renewed a few at a time, each of them in time', async () => {
    const [time, { store, beats }] = [createHandTime(), createStore()];
    const gates = Array.from({ length: 1_000 }, (_, index) => `gate ${index}`);
    const one = createProcess('one', store, time, true, gates);
    one.start();
    for (let seconds = 0; seconds < 120; seconds += 1) {
      await time.pass(1_000);
      expect(one.taken.every((lease) => lease.valid())).toBe(true);
    }
    expect(one.taken).toHaveLength(1_000);
    expect(Math.max(...beats)).toBe(100);
    const stands = await store.read(gates);
    expect(Math.min(...[...stands.values()].map(({ beat }) => beat))).toBeGreaterThanOrEqual(3);
  });
});
