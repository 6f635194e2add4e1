import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import { deliveryId, inquiryId } from '../../src/core/ids.ts';
import type { InboxEvent } from '../../src/core/inbox.ts';
import type { Inquiry, Link, Message } from '../../src/core/inquiry.ts';
import { planMessage } from '../../src/core/plan.ts';
import { addMs } from '../../src/core/time.ts';
import { collectionOf } from '../../src/store/collection.ts';
import { createDeadLetterStore } from '../../src/store/dead-letters.ts';
import { createPageStore, type PagePosition } from '../../src/store/pages.ts';
import { createTraceStore } from '../../src/store/trace.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';
import { lampHouse, now } from './stand.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const insert = async (collection: string, ...documents: readonly { readonly _id: string }[]) => {
  await collectionOf(store.connection, collection).insertMany(documents as never);
};

const event = (key: string, more: Partial<InboxEvent> = {}): InboxEvent => ({
  ...{
    _id: `stub|${key}`,
    source: 'stub',
    key,
    gate: 'shop:stub:1',
    lane: 'l1',
    body: Buffer.from('{"a":1}'),
    contentType: 'application/json',
  },
  ...{ receivedAt: now, sequence: 1, state: 'dead', dueAt: now, attempts: 8, outcome: null, reason: 'poison', doneAt: now, turn: null },
  ...more,
});

const inquiry = (id: string, openedAt: Date, more: Partial<Inquiry> = {}) =>
  ({
    _id: inquiryId(id),
    shopId: lampHouse._id,
    conversationId: `c-${id}`,
    status: 'waiting',
    open: true,
    openedAt,
    thread: null,
    ...more,
  }) as Inquiry;

function delivery(id: string, more: Partial<Delivery> = {}): Delivery {
  const shown = { author: 'buyer', parts: [{ kind: 'text', text: 'hush' }], sentAt: now, late: false } as const;
  return { ...planMessage(inquiry('i1', now), shown, { messageId: id, order: '1', opening: false, now }), _id: deliveryId(id), ...more };
}

describe('dead letters', () => {
  it('are listed page by page, both kinds together, without what they carry', async () => {
    const at = (minutes: number) => addMs(now, minutes * 60_000);
    await insert('inbox', event('a', { receivedAt: at(1) }), event('b', { receivedAt: at(3) }), event('done', { state: 'done' }));
    await insert(
      'outbox',
      delivery('x', { state: 'dead', createdAt: at(2) }),
      delivery('y', { state: 'failed', createdAt: at(3) }),
      delivery('z'),
    );
    const letters = createDeadLetterStore(store.connection);
    const ids: string[] = [];
    for (let after: PagePosition | null | undefined; after !== null; ) {
      const page = await letters.list({}, { after: after ?? null, limit: 1 });
      expect(JSON.stringify(page)).not.toContain('hush');
      ids.push(...page.items.map(({ _id }) => _id));
      after = page.next;
    }
    expect(ids).toEqual(['y', 'stub|b', 'x', 'stub|a']);
    expect((await letters.list({ box: 'outbox' }, { after: null, limit: 9 })).items.map(({ _id }) => _id)).toEqual(['y', 'x']);
  });

  it('of the inbox are shown as they came, and replayed once, at the end of their lane', async () => {
    await insert('inbox', event('r', { lane: 'l2' }), event('later', { lane: 'l2', state: 'received', sequence: 70 }));
    const letters = createDeadLetterStore(store.connection);
    expect(Buffer.from((await letters.show('stub|r'))?.raw?.body ?? []).toString()).toBe('{"a":1}');
    expect(await letters.replay('stub|r', now)).toMatchObject({ state: 'received', changed: true });
    expect(await letters.replay('stub|r', now)).toMatchObject({ state: 'received', changed: false });
    expect(await letters.discard('stub|r', now)).toMatchObject({ changed: false });
    expect(await letters.show('stub|r')).toBeNull();
    const replayed = await collectionOf<InboxEvent>(store.connection, 'inbox').findOne({ _id: 'stub|r' });
    expect(replayed).toMatchObject({ state: 'received', attempts: 0, sequence: 71, reason: null, doneAt: null });
  });

  it('that no connector could read are discarded, never replayed', async () => {
    await insert('inbox', event('m', { gate: 'malformed:stub' }));
    const letters = createDeadLetterStore(store.connection);
    expect(await letters.replay('stub|m', now)).toMatchObject({ state: 'dead', changed: false });
    expect(await letters.discard('stub|m', now)).toMatchObject({ state: 'done', changed: true });
    expect(await letters.replay('unknown', now)).toBeNull();
  });

  it('of the outbox are sent again only when they are known not to have arrived', async () => {
    const tried = (outcome: 'rejected' | 'uncertain') => ({ attemptedAt: now, trace: [{ at: now, outcome, code: null, requestId: 'r1' }] });
    await insert(
      'outbox',
      delivery('refused', { state: 'failed', ...tried('rejected') }),
      delivery('open', { state: 'dead', ...tried('uncertain') }),
      delivery('cut', { state: 'dead', attemptedAt: now, trace: [] }),
    );
    const letters = createDeadLetterStore(store.connection);
    expect(await letters.replay('refused', now)).toMatchObject({ state: 'queued', changed: true });
    expect(await letters.replay('open', now)).toMatchObject({ state: 'uncertain', changed: true });
    expect(await letters.replay('cut', now)).toMatchObject({ state: 'uncertain', changed: true });
    const again = await collectionOf<Delivery>(store.connection, 'outbox').findOne({ _id: deliveryId('refused') });
    expect(again).toMatchObject({ attempts: 0, releasedAt: now, doneAt: null, outcome: null });
  });
});

describe('pages', () => {
  it('of inquiries are stable while new ones come, and hold no names or words', async () => {
    const same = { buyer: { name: 'hush' }, excerpt: 'hush' };
    await insert('inquiries', inquiry('p1', now, same), inquiry('p2', now, same), inquiry('p3', addMs(now, 1), { ...same, open: false }));
    const pages = createPageStore(store.connection);
    const first = await pages.inquiries({}, { after: null, limit: 2 });
    await insert('inquiries', inquiry('p4', addMs(now, 2)));
    const second = await pages.inquiries({}, { after: first.next, limit: 2 });
    expect([...first.items, ...second.items].map(({ _id }) => _id)).toEqual(['p3', 'p2', 'p1']);
    expect(second.next).toBeNull();
    expect(JSON.stringify(first)).not.toContain('hush');
    expect((await pages.inquiries({ open: true, unrouted: true }, { after: null, limit: 9 })).items).toHaveLength(3);
    expect((await pages.deliveries({ states: ['queued'] }, { after: null, limit: 9 })).items.map(({ _id }) => _id)).toContain('z');
  });
});

describe('trace', () => {
  it('finds the hops of a message by any of its ids, and none of its words', async () => {
    const id = `${lampHouse._id}|m9`;
    const message = { _id: id, inquiryId: 'i9', shopId: lampHouse._id, author: { kind: 'buyer' }, parts: [{ kind: 'text', text: 'hush' }] };
    await insert('messages', { ...message, sentAt: addMs(now, -5_000), order: '1', externalId: 'm9', post: null } as unknown as Message);
    const link: Link = { _id: id, inquiryId: inquiryId('i9'), messageIds: [id], role: 'message' };
    await insert('links', link);
    await insert('inbox', event('m9', { state: 'done', outcome: 'applied', reason: null }));
    const trace = [{ at: addMs(now, 50), outcome: 'sent', code: null, requestId: 'req-1' }] as const;
    await insert(
      'outbox',
      delivery(`${id}:thread:0`, { messageId: id, state: 'sent', createdAt: addMs(now, 10), doneAt: addMs(now, 60), trace }),
    );
    const traces = createTraceStore(store.connection);
    const scope = { sources: ['stub'], shopIds: [lampHouse._id] };
    for (const asked of ['m9', id, `${id}:thread:0`, 'stub|m9']) {
      const found = await traces.trace(asked, scope);
      expect(found?.hops.map(({ where, step }) => `${where} ${step}`)).toEqual(
        expect.arrayContaining(['inbox received', 'marketplace written', 'outbox planned']),
      );
      expect(JSON.stringify(found)).not.toContain('hush');
    }
    const whole = await traces.trace('m9', scope);
    expect(whole?.inquiryId).toBe('i9');
    expect(whole?.hops.map(({ where, step, requestId }) => [where, step, requestId].filter(Boolean).join(' '))).toEqual([
      'marketplace written',
      'inbox received',
      'inbox done',
      'outbox planned',
      'outbox sent req-1',
      'outbox sent',
    ]);
    expect(await traces.trace('unheard-of', scope)).toBeNull();
  });
});
