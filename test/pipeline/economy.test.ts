import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { economy } from '../../src/core/economy.ts';
import { inquiryId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { planCard, planMessage, planReceipt } from '../../src/core/plan.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { shop, inquiry as someInquiry } from '../core/fixtures.ts';
import { type ChatStage, openChatStage } from './chat-stage.ts';

const permits = 100;
const plan = { name: 'month', per: 'connection', permits, everyMs: 30 * 24 * 3_600_000, quota: 'month', source: 'a test' } as const;
const bot = 'one/default';

let stage: ChatStage;
let written = 0;
beforeEach(async () => {
  stage = await openChatStage([bot], defaultSettings, Date.parse('2026-11-30T15:45:00Z'), [plan]);
  written = 0;
});
afterEach(() => stage.close());

const inquiries = () => stage.store.connection.collection('inquiries');
async function opened(): Promise<Inquiry> {
  const inquiry: Inquiry = {
    ...someInquiry,
    ...{ _id: inquiryId('4f2a1c'), shopId: shop._id, thread: { bot, channelId: 'C1', rootId: '1.0' }, version: 1 },
  };
  await inquiries().insertOne({ ...inquiry } as never);
  return inquiry;
}
const now = () => new Date(stage.time.nowMs());
/** The buyer writes, as soon as the one before can have been posted. */
async function writes(inquiry: Inquiry, words: string) {
  written += 1;
  const message = { author: 'buyer', parts: [{ kind: 'text', text: words }], sentAt: now(), late: false } as const;
  await stage.plan([planMessage(inquiry, message, { messageId: `m${written}`, order: `00${written}`, opening: false, now: now() })]);
  await stage.pass(2_000);
}
async function changed(inquiry: Inquiry, changes: Partial<Inquiry>): Promise<Inquiry> {
  const next = { ...inquiry, ...changes, version: inquiry.version + 1 };
  await inquiries().replaceOne({ _id: inquiry._id as never }, { ...next, _id: inquiry._id as never });
  await stage.plan([planCard(next, now())]);
  await stage.pass(2_000);
  return next;
}
const kinds = () => stage.shown.map(({ content }) => content.kind);
const posts = () => stage.shown.flatMap(({ content }) => (content.kind === 'messages' ? [content.messages.length] : []));
const month = () => stage.owned()[0]?.limiter.quotas()[0];
const spend = (calls: number) => {
  for (let call = 0; call < calls; call += 1) expect(stage.owned()[0]?.limiter.take(['month'], null, 'send')).toBe(0);
};

describe('a plan of so many calls a month', () => {
  it('is counted, over a restart too, and refuses nothing', async () => {
    const inquiry = await opened();
    for (const words of ['one', 'two', 'three']) await writes(inquiry, words);
    expect(month()).toMatchObject({ spent: 3, permits, every: 'month', window: new Date('2026-10-31T16:00:00Z') });
    // The lease that carries it is renewed meanwhile.
    await stage.pass(60_000);
    await stage.restart();
    expect(month()?.spent).toBe(3);
    spend(2 * permits);
    await writes(inquiry, 'four');
    await stage.pass(economy.holdMs);
    expect(posts()).toEqual([1, 1, 1, 1]);
  });

  it('saves calls once most of it is spent, and no more with the new month', async () => {
    const inquiry = await opened();
    for (const words of ['one', 'two']) await writes(inquiry, words);
    expect(posts()).toEqual([1, 1]);
    spend(0.8 * permits);
    for (const words of ['three', 'four', 'five']) await writes(inquiry, words);
    expect(posts()).toEqual([1, 1]);
    await stage.pass(economy.holdMs);
    expect(posts()).toEqual([1, 1, 3]);
    await stage.pass(Date.parse('2026-11-30T16:00:00Z') - stage.time.nowMs());
    expect(month()).toMatchObject({ spent: 0, window: new Date('2026-11-30T16:00:00Z') });
    for (const words of ['six', 'seven']) await writes(inquiry, words);
    expect(posts()).toEqual([1, 1, 3, 1, 1]);
  });

  it('draws a card again at once only where its status, or who has it, is another', async () => {
    let inquiry = await changed(await opened(), { priority: 'high' });
    inquiry = await changed(inquiry, { tags: ['vip'] });
    expect(kinds()).toEqual(['card', 'card']);
    spend(0.8 * permits);
    inquiry = await changed(inquiry, { tags: [] });
    inquiry = await changed(inquiry, { priority: 'low' });
    expect(kinds()).toHaveLength(2);
    inquiry = await changed(inquiry, { assignee: { userId: 'U1', name: 'Nok', agent: 'Nok' } });
    expect(kinds()).toHaveLength(3);
    inquiry = await changed(inquiry, { status: 'answered', waitingSince: null });
    expect(kinds()).toHaveLength(4);
    await changed(inquiry, { tags: ['late'] });
    expect(kinds()).toHaveLength(4);
    await stage.pass(economy.cardEveryMs);
    expect(kinds()).toHaveLength(5);
    const [last] = stage.shown.flatMap(({ content }) => (content.kind === 'card' ? [content.card.tags] : [])).slice(-1);
    expect(last).toEqual(['late']);
  });

  it('sets no marks that only say that something takes long', async () => {
    const inquiry = await opened();
    const marks = (id: string) =>
      stage.plan(
        (['waiting', 'sent'] as const).map((mark) =>
          planReceipt(inquiry, { channelId: 'C1', messageId: '2.0' }, mark, { messageId: id, now: now() }),
        ),
      );
    await marks('a1');
    await stage.pass(2_000);
    spend(0.8 * permits);
    const before = month()?.spent;
    await marks('a2');
    await stage.pass(2_000);
    expect(stage.shown.flatMap(({ content }) => (content.kind === 'receipt' ? content.mark : []))).toEqual(['waiting', 'sent', 'sent']);
    expect(month()?.spent).toBe((before ?? 0) + 1);
    expect(await stage.store.connection.collection('outbox').countDocuments({ state: { $nin: ['sent', 'cancelled'] } })).toBe(0);
  });
});
