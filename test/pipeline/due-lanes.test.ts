import { describe, expect, it } from 'vitest';
import { clockSource, type InboxEvent, laneAt } from '../../src/core/inbox.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { shopGate } from '../../src/core/shop.ts';
import { decideDueLanes } from '../../src/pipeline/due-lanes.ts';
import { at, inquiry, now, settings, shop } from '../core/fixtures.ts';

const claimed: Inquiry = { ...inquiry, assignee: { userId: 'U1', name: 'Ann', agent: null }, claimedAt: now, dueAt: at(600) };
const lane = laneAt(shopGate(shop._id), `due:${claimed._id}`);

/** An event of time that was stored then. */
const eventAt = (receivedAt: Date): InboxEvent => ({
  ...{ _id: `clock|${claimed._id}:1`, source: clockSource, key: `${claimed._id}:1`, gate: shopGate(shop._id), lane },
  ...{ body: new Uint8Array(), contentType: '', receivedAt, sequence: 1, state: 'received', dueAt: receivedAt, attempts: 0 },
  ...{ outcome: null, reason: null, doneAt: null, turn: null },
});

async function decided(receivedAt: Date, decidedAt: Date) {
  const [decision] = await decideDueLanes(shop, [{ lane, events: [eventAt(receivedAt)] }], {
    inquiries: { byIds: async () => new Map([[claimed._id, claimed]]) },
    settings: () => settings,
    slaPresets: () => [],
    clock: { now: () => decidedAt, monotonicMs: () => 0 },
    newId: () => 't1',
    marketplaces: new Map(),
  } as never);
  return decision;
}

describe('what time has made due', () => {
  it('is done', async () => expect((await decided(at(600), at(601)))?.turn?.inquiry.assignee).toBeNull());
  it('is nothing where the inquiry has moved on', async () => expect((await decided(at(500), at(501)))?.turn).toBeNull());
  // Its event is known by then, so it would not be stored again.
  it('is done, though the clock was put back since', async () =>
    expect((await decided(at(600), at(599)))?.turn?.inquiry.assignee).toBeNull());
});
