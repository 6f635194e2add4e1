import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import { conversationId, deliveryId, inquiryId, shopId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { untouched } from '../../src/core/inquiry.ts';
import { planReply } from '../../src/core/plan.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { PipelineDeps } from '../../src/pipeline/deps.ts';
import type { OwnedGate } from '../../src/pipeline/gate.ts';
import { type Attempted, createSettle } from '../../src/pipeline/settle.ts';
import { createInquiryStore, type InquiryStore } from '../../src/store/inquiries.ts';
import { createOutboxStore, type OutboxStore } from '../../src/store/outbox.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

const now = new Date('2026-11-24T12:00:00Z');

const inquiry: Inquiry = {
  ...untouched,
  ...{ _id: inquiryId('i1'), shopId: shopId('market:1'), marketplace: 'market', conversationId: conversationId('c1') },
  ...{ status: 'waiting', open: true, version: 1, applied: [], lastEvent: 1, openedAt: now, reopenedAt: null, resolvedAt: null },
  ...{ waitingSince: now, lastBuyerAt: now, firstReplyAt: null, lastReplyAt: null, lastOutsideReplyAt: null, buyer: {}, source: null },
  ...{ previous: null, thread: { bot: 'chat/default', channelId: 'C1', rootId: '1.0' }, shownOrder: '1' },
  ...{ surfaceNext: false, lastThreadMessage: null, excerpt: '', counters: { buyerMessages: 1, replies: 0, notes: 0, late: 0 } },
};

const reply = (term: number): Delivery => ({
  ...planReply(
    inquiry,
    { kind: 'reply', parts: [], author: { userId: 'U1', post: { channelId: 'C1', messageId: '2.0' } }, warnings: [] },
    { id: deliveryId('r1'), messageId: 'm1', order: '1', writtenAt: now, dueAt: now, now },
  ),
  ...{ state: 'sending', term, attemptedAt: now },
});

const gate = { lease: { gate: 'shop:market:1', term: 1 }, connector: { kind: 'shop', adapter: {} } } as unknown as OwnedGate;

describe('what became of a send', () => {
  let store: TestStore;
  let outbox: OutboxStore;
  let inquiries: InquiryStore;
  let failAt: string | null = null;

  beforeAll(async () => {
    store = await openTestStore();
    outbox = createOutboxStore(store.connection);
    inquiries = createInquiryStore(store.connection);
  });
  beforeEach(async () => {
    failAt = null;
    for (const name of ['outbox', 'inquiries', 'events', 'links', 'messages']) await store.connection.collection(name).deleteMany({});
    await store.connection.collection<Inquiry>('inquiries').insertOne(inquiry);
  });
  afterAll(() => store.close());

  function settle() {
    let turns = 0;
    const deps = {
      bots: new Map(),
      figures: { touched: async () => {} },
      ...{ outbox, inquiries, timeScale: 1, random: () => 0.5, settings: () => defaultSettings, newId: () => `turn-${++turns}` },
      shops: { byId: async () => null },
      clock: { now: () => now, monotonicMs: () => 0 },
      meter: { delivered: () => {}, late: () => {} },
      log: { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} },
      probe: (step: string) => {
        if (step === failAt) throw new Error('the store is away');
      },
    };
    return createSettle(deps as unknown as PipelineDeps, () => 100);
  }

  const sent = (lead: Delivery): Attempted => ({
    parcel: { lead, members: [], inquiry, shop: null },
    mode: 'send',
    result: { kind: 'sent', messageId: 'x1', requestId: null },
    costs: [],
  });
  const counted = async () => (await inquiries.byIds([inquiry._id])).get(inquiry._id)?.counters.replies;
  const stateOf = async (id: string) => (await outbox.byIds([id]))[0]?.state;

  it.each(['result-stored', 'inquiry-replaced', 'effects-inserted', 'recorded'])(
    'is counted once when the store fails at "%s"',
    async (step) => {
      const lead = reply(1);
      await outbox.insert([lead]);
      const { record, recordAgain } = settle();
      failAt = step;
      await expect(record(gate, [sent(lead)])).rejects.toThrow('away');
      failAt = null;
      await recordAgain(gate, [sent(lead)]);
      expect(await counted()).toBe(1);
      expect(await stateOf('r1')).toBe('sent');
    },
  );

  it('that was not made after all ends there, and nothing follows', async () => {
    const lead = reply(1);
    await outbox.insert([lead]);
    const { done } = await settle().record(gate, [{ ...sent(lead), mode: 'hold', result: { kind: 'dropped' } }]);
    expect([...done]).toEqual(['r1']);
    expect(await stateOf('r1')).toBe('cancelled');
    expect((await inquiries.byIds([inquiry._id])).get(inquiry._id)?.version).toBe(1);
  });

  it('has no consequence once a successor has taken the delivery over', async () => {
    await outbox.insert([{ ...reply(2), state: 'uncertain' }]);
    await settle().record(gate, [sent(reply(1))]);
    expect(await counted()).toBe(0);
    expect(await stateOf('r1')).toBe('uncertain');
  });
});
