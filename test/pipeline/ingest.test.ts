import { describe, expect, it } from 'vitest';
import type { InboxEvent } from '../../src/core/inbox.ts';
import { createIngest, type Incoming, toIncoming } from '../../src/pipeline/ingest.ts';
import type { InboxStore } from '../../src/store/inbox.ts';
import { createHandTime } from './hand-time.ts';

function create({ knownShops = ['749'] }: { readonly knownShops?: readonly string[] } = {}) {
  const batches: (readonly InboxEvent[])[] = [];
  const keys = new Set<string>();
  const woken: string[] = [];
  const buried: string[] = [];
  const failures: unknown[] = [];
  const time = createHandTime();
  const asked: (() => void)[] = [];
  let fails = false;
  const inbox = {
    insert: async (events: readonly InboxEvent[]) => {
      batches.push(events);
      await new Promise<void>((resolve) => asked.push(resolve));
      if (fails) throw new Error('the store is away');
      const known = new Set<number>();
      for (const [index, { _id }] of events.entries()) {
        if (keys.has(_id)) known.add(index);
        keys.add(_id);
      }
      return known;
    },
  };
  const ingest = createIngest({
    inbox: inbox as unknown as InboxStore,
    clock: time.clock,
    shops: { known: async (id: string) => knownShops.some((shop) => id.endsWith(shop)) } as never,
    storeFailed: (error) => void failures.push(error),
    came: (gate) => woken.push(gate),
    buried: ({ _id }) => buried.push(_id),
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    ingest,
    batches,
    woken,
    buried,
    failures,
    settle,
    time,
    /** The store answers until nobody asks it any more. */
    async stored({ failing = false } = {}) {
      fails = failing;
      while (asked.length > 0) {
        for (const answer of asked.splice(0)) answer();
        await settle();
      }
    },
  };
}

const event = (key: string, more: Partial<Incoming> = {}): Incoming => ({
  source: { kind: 'marketplace', name: 'tiktok-shop' },
  key,
  shop: '749',
  lane: 'conversation',
  body: new Uint8Array(),
  contentType: 'application/json',
  receivedAt: new Date('2026-03-02T08:00:00Z'),
  ...more,
});

describe('ingest', () => {
  it('acknowledges nothing before it is stored', async () => {
    const { ingest, settle, stored } = create();
    let acknowledged = false;
    const done = ingest.store(event('1')).then(() => {
      acknowledged = true;
    });
    await settle();
    expect(acknowledged).toBe(false);
    await stored();
    await done;
    expect(acknowledged).toBe(true);
  });

  it('numbers events in the order of their arrival', async () => {
    const { ingest, batches, settle, stored } = create();
    const all = ['1', '2', '3', '4'].map((key) => ingest.store(event(key)));
    await settle();
    await stored();
    await Promise.all(all);
    const sequences = batches.flat().map(({ sequence }) => sequence);
    expect(sequences).toHaveLength(4);
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b));
  });

  it('takes a redelivered event for a success, and counts what was new', async () => {
    const { ingest, settle, stored } = create();
    const first = ingest.storeAll([event('1'), event('2')]);
    await settle();
    await stored();
    expect(await first).toBe(2);
    const again = ingest.storeAll([event('2'), event('3')]);
    await settle();
    await stored();
    expect(await again).toBe(1);
  });

  it('hands a failed write to every caller of it, and goes on with the next', async () => {
    const { ingest, settle, stored, failures } = create();
    const failing = Promise.allSettled([ingest.store(event('1')), ingest.store(event('2'))]);
    await settle();
    await stored({ failing: true });
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    // One was on its way when the other came.
    expect(failures).toHaveLength(2);
    const next = ingest.store(event('3'));
    await settle();
    await stored();
    await expect(next).resolves.toBeUndefined();
  });

  it('tells a crowd that waits for its acknowledgement, until a moment after; few who wait are none, nor are those who come slowly', async () => {
    const { ingest, settle, stored, time } = create();
    const come = (name: string, count: number) =>
      Promise.all(Array.from({ length: count }, (_, index) => ingest.store(event(`${name}-${index}`))));
    const slowly = [];
    for (let index = 0; index < 60; index += 1) {
      slowly.push(come(`slow ${index}`, 1));
      await time.pass(5);
      expect(ingest.crowded()).toBe(false);
    }
    await stored();
    await Promise.all(slowly);
    const many = come('fast', 40);
    await settle();
    expect(ingest.crowded()).toBe(true);
    await stored();
    await many;
    expect(ingest.crowded()).toBe(true);
    await time.pass(12);
    expect(ingest.crowded()).toBe(false);
  });

  it('keeps what is malformed or of an unknown shop as a dead letter, told once, waking nobody', async () => {
    const { ingest, batches, woken, buried, settle, stored } = create();
    const all = ['a', 'b', 'a'].map((key) =>
      ingest.store(key === 'a' ? event(key, { shop: null, malformed: 'the body is not JSON' }) : event(key, { shop: '750' })),
    );
    await settle();
    await stored();
    await Promise.all(all);
    expect(new Set(batches.flat().map(({ state }) => state))).toEqual(new Set(['dead']));
    expect(buried.toSorted()).toEqual(['tiktok-shop|a', 'tiktok-shop|b']);
    expect(woken).toEqual([]);
  });
});

it('stores what a connector has decrypted, and else the body as it came', () => {
  const request = {
    ...{ method: 'POST', path: '/', query: {}, headers: { 'content-type': 'text/plain' }, receivedAt: new Date(0) },
    body: Buffer.from('secret'),
  };
  const received = { kind: 'event', key: 'k', shop: null, lane: 'l', answer: { status: 200 } } as const;
  const source = { kind: 'bot', bot: 'chat/default' } as const;
  expect(toIncoming(source, received, request)).toMatchObject({ body: request.body, contentType: 'text/plain' });
  const stored = { body: Buffer.from('plain'), contentType: 'application/json' };
  expect(toIncoming(source, { ...received, stored }, request)).toMatchObject({ key: 'k', ...stored });
});
