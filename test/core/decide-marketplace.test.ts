import { describe, expect, it } from 'vitest';
import type { ConversationView } from '../../src/core/decide-marketplace.ts';
import { decideMessages, opensWith } from '../../src/core/decide-marketplace.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { externalLinkId } from '../../src/core/inquiry.ts';
import type { IncomingMessage } from '../../src/core/message.ts';
import { at, conversationView, incoming, inquiry, now, routed, settings, shop } from './fixtures.ts';

const hours = 3_600;
const resolved: Inquiry = { ...inquiry, status: 'resolved', open: false, resolvedAt: now, waitingSince: null };
const answered: Inquiry = { ...inquiry, status: 'answered', waitingSince: null, firstReplyAt: at(60), lastReplyAt: at(60) };

function decide(messages: readonly IncomingMessage[], changes: Partial<ConversationView> = {}) {
  const { turn, outcomes } = decideMessages(conversationView(changes), messages);
  return { turn, outcomes, deliveries: turn?.deliveries ?? [], kinds: turn?.history.map(({ kind }) => kind) ?? [] };
}

/** The inquiry afterwards, where there must be one. */
function inquiryAfter(messages: readonly IncomingMessage[], changes: Partial<ConversationView> = {}): Inquiry {
  const { turn } = decide(messages, changes);
  if (!turn) throw new Error('no turn was taken');
  return turn.inquiry;
}

const postsOf = (deliveries: readonly Delivery[]) => deliveries.filter(({ content }) => content.kind === 'message');
const kindsOf = (deliveries: readonly Delivery[]) => deliveries.map(({ content }) => content.kind);

describe("a buyer's first message", () => {
  it('opens an inquiry in the channel that the route names', () => {
    const { turn, outcomes, kinds, deliveries } = decide([incoming('m1', 5)], { source: { kind: 'product', id: '172' } });
    expect(outcomes).toEqual(['appended']);
    expect(turn).toMatchObject({
      base: 0,
      inquiryId: 'i2',
      messages: [{ direction: 'in', externalId: 'm1', sentAt: at(5), receivedAt: now }],
    });
    expect(turn?.inquiry).toMatchObject({
      status: 'waiting',
      open: true,
      version: 1,
      openedAt: at(5),
      waitingSince: at(5),
      buyer: { name: 'Nok' },
      source: { kind: 'product', id: '172' },
      previous: null,
      thread: { bot: 'slack/default', channelId: 'C1', rootId: null },
      excerpt: 'words of m1',
      counters: { buyerMessages: 1 },
    });
    expect(kinds).toEqual(['opened', 'routed', 'buyer-wrote']);
    expect(deliveries).toMatchObject([{ gate: 'bot:slack/default', lane: 'thread:i2', content: { kind: 'message' } }]);
    expect(turn?.links).toEqual([
      { _id: externalLinkId(shop._id, 'm1'), inquiryId: 'i2', messageIds: ['tiktok-shop:749|m1'], role: 'message' },
    ]);
  });

  it('opens one inquiry together with those that came at the same time; the first goes ahead of the others', () => {
    const { turn, outcomes, deliveries } = decide([incoming('m1'), incoming('m2', 1), incoming('m3', 2)]);
    expect(outcomes).toEqual(['appended', 'appended', 'appended']);
    expect(turn?.inquiry).toMatchObject({ _id: 'i2', version: 1, counters: { buyerMessages: 3 } });
    expect(turn?.history.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
    expect(deliveries.map(({ rank }) => rank)).toEqual([at(5), at(10), at(10)]);
  });

  it('begins as the rule says that takes it, and its history tells of it', () => {
    const outcome = { ...routed.outcome, group: 'thai', priority: 'high' as const, tags: ['vip', 'refund', 'vip'], slaPolicies: ['fast'] };
    const why = [{ condition: 'keyword' as const, holds: true, wanted: ['refund', '退款'], found: ['refund', '退款'] }];
    const { turn } = decide([incoming('m1')], { language: 'th', routed: { index: 2, name: 'refunds', outcome, why } });
    expect(turn?.inquiry).toMatchObject({
      ...{ language: 'th', group: 'thai', priority: 'high', tags: ['refund', 'vip'], slaPolicies: ['fast'] },
      thread: { bot: 'slack/default', channelId: 'C1', rootId: null },
    });
    expect(turn?.history.slice(0, 4).map(({ kind, data }) => [kind, data])).toEqual([
      ['opened', { marketplace: 'tiktok-shop', returning: false, language: 'th' }],
      ['routed', { channel: 'slack/default/C1', rule: 'refunds', keywords: 'refund,退款' }],
      ['tagged', { tag: 'vip' }],
      ['tagged', { tag: 'refund' }],
    ]);
    const returning = decide([incoming('m1', 100 * hours)], { inquiry: resolved, language: null, routed: { ...routed, index: 2 } });
    expect(returning.turn?.history.slice(0, 2).map(({ data }) => data)).toEqual([
      { marketplace: 'tiktok-shop', returning: true, language: null },
      { channel: 'slack/default/C1', rule: '3', keywords: null },
    ]);
  });

  it('waits where no route takes it, and ops hears of it once an hour', () => {
    const ops = { platform: 'slack', connection: 'default', id: 'COPS' };
    const { turn, kinds, deliveries } = decide([incoming('m1')], { routed: null, settings: { ...settings, ops } });
    expect(turn?.inquiry.thread).toBeNull();
    expect(kinds).toEqual(['opened', 'buyer-wrote']);
    expect(deliveries).toMatchObject([
      { _id: 'unrouted:tiktok-shop:749:2026-11-24T12:announcement', channelId: 'COPS', content: { notice: { key: 'trouble.unrouted' } } },
      { gate: 'unrouted', channelId: null, content: { kind: 'message' } },
    ]);
    expect(kindsOf(decide([incoming('m1')], { routed: null }).deliveries)).toEqual(['message']);
  });

  it.each(['agent', 'automatic', 'system'] as const)('is not one of the author %s', (author) => {
    expect(decide([incoming('m1', 0, { author })])).toMatchObject({ turn: null, outcomes: ['no-inquiry'] });
    expect(decide([incoming('m1', 0, { author })], { inquiry: resolved })).toMatchObject({ turn: null, outcomes: ['no-inquiry'] });
  });
});

describe('messages in an open inquiry', () => {
  it('are appended under their own keys, applied once per lane', () => {
    const before: Inquiry = {
      ...inquiry,
      applied: [
        { lane: 'conversation', turn: 't0' },
        { lane: 'thread', turn: 't9' },
      ],
    };
    const { turn } = decide([incoming('m2', 30)], { inquiry: before });
    expect(turn).toMatchObject({ id: 't1', lane: 'conversation', base: 3, inquiryId: 'i1' });
    expect(turn?.inquiry).toMatchObject({
      version: 4,
      applied: [
        { lane: 'thread', turn: 't9' },
        { lane: 'conversation', turn: 't1' },
      ],
      waitingSince: now,
      lastBuyerAt: at(30),
      counters: { buyerMessages: 2 },
    });
  });

  it('number their history without a gap', () => {
    const { turn } = decide([incoming('m2'), incoming('m3', 1, { author: 'agent' }), incoming('m4', 2)], { inquiry });
    expect(turn?.history.map(({ _id, kind }) => [_id, kind])).toEqual([
      ['i1#3', 'buyer-wrote'],
      ['i1#4', 'answered-outside'],
      ['i1#5', 'buyer-wrote'],
    ]);
    expect(turn?.inquiry.lastEvent).toBe(5);
  });

  it('that somebody typed there count for whose account it is; where that is not known, for nobody', () => {
    const accounts = [
      { platform: 'slack', userId: 'U1' },
      { platform: 'tiktok-shop', userId: '707' },
    ];
    const view = { inquiry, settings: { ...settings, agents: [{ name: 'Nok', role: 'agent' as const, accounts }] } };
    const answered = (changes: Partial<IncomingMessage>) => decide([incoming('m2', 5, { author: 'agent', ...changes })], view).turn;
    const known = answered({ writer: '707' });
    expect(known?.history).toMatchObject([{ kind: 'answered-outside', by: '707', data: { agent: 'Nok', first: true } }]);
    expect(known?.messages).toMatchObject([{ author: { kind: 'agent', userId: '707', name: null } }]);
    for (const changes of [{ writer: 'U1' }, { writer: '708' }, {}])
      expect(answered(changes)?.history).toMatchObject([{ kind: 'answered-outside', by: null, data: { agent: null } }]);
  });

  it('that are known, or not to be shown, change nothing', () => {
    const known = new Set([externalLinkId(shop._id, 'm1')]);
    expect(decide([incoming('m1')], { inquiry, known })).toMatchObject({ turn: null, outcomes: ['known'] });
    expect(decide([incoming('m1', 0, { visible: false })], { inquiry })).toMatchObject({ turn: null, outcomes: ['invisible'] });
    expect(decide([incoming('m1'), incoming('m1')], { inquiry })).toMatchObject({ outcomes: ['appended', 'known'], deliveries: [{}] });
  });

  it('that arrive out of order sort as the marketplace orders them, and move the beginning back', () => {
    const { turn, deliveries } = decide([incoming('late', 9), incoming('early', 2)]);
    expect([...deliveries].sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ messageId }) => messageId)).toEqual([
      'tiktok-shop:749|early',
      'tiktok-shop:749|late',
    ]);
    expect(turn?.inquiry).toMatchObject({ openedAt: at(2), waitingSince: at(2), lastBuyerAt: at(9) });
  });

  it('over the limit of one post are shown in several, in order, none lost', () => {
    const text = Array.from({ length: 300 }, (_, index) => `word${index}`).join(' ');
    const image = { kind: 'image' as const, media: { url: 'https://cdn.example/1' } };
    const posts = postsOf(
      decide([incoming('m2', 0, { parts: [{ kind: 'text', text }, image] })], { inquiry, maxPostChars: 1_000 }).deliveries,
    );
    expect(posts.length).toBeGreaterThan(4);
    expect(posts.map(({ order }) => order)).toEqual(posts.map((_, part) => `1000000.${String(part).padStart(3, '0')}`));
    expect(new Set(posts.map(({ _id }) => _id)).size).toBe(posts.length);
    const parts = posts.flatMap(({ content }) => (content.kind === 'message' ? content.message.parts : []));
    expect(parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join(' ')).toBe(text);
    expect(parts.at(-1)).toEqual(image);
  });
});

describe('a case of its own', () => {
  const resolved: Inquiry = { ...inquiry, status: 'resolved', open: false, resolvedAt: at(60) };
  const thanks = { parts: [{ kind: 'text', text: 'thanks' }] } as const;
  it.each<[string, Inquiry | null, IncomingMessage, boolean]>([
    ['begins where there was none', null, incoming('m'), true],
    ['begins with thanks, too, where there was none', null, incoming('m', 0, thanks), true],
    ['does not begin while one is open', inquiry, incoming('m', 90_000), false],
    ['does not begin soon after the last', resolved, incoming('m', 80_000), false],
    ['begins long after the last', resolved, incoming('m', 90_000), true],
    ['does not begin with thanks for the last', resolved, incoming('m', 90_000, thanks), false],
  ])('%s', (_, last, message, opens) => {
    expect(opensWith(conversationView({ inquiry: last }), message)).toBe(opens);
    expect(decide([message], { inquiry: last }).turn?.base === 0).toBe(opens);
  });
});

describe('the status', () => {
  it.each<[string, Inquiry, IncomingMessage, Inquiry['status'], Date | null]>([
    ['a buyer who writes after the answer waits again', answered, incoming('m', 61), 'waiting', at(61)],
    ['what was written before the answer changes nothing', answered, incoming('m', 30), 'answered', null],
    ['a buyer who waits waits since the first message', inquiry, incoming('m', 30), 'waiting', now],
    ['an earlier message that came late moves that back', inquiry, incoming('m', -30), 'waiting', at(-30)],
    ['an answer at the marketplace counts', inquiry, incoming('m', 30, { author: 'agent' }), 'answered', null],
    ['an answer to earlier words does not', { ...inquiry, lastBuyerAt: at(60) }, incoming('m', 30, { author: 'agent' }), 'waiting', now],
    ['an automatic reply answers nobody', inquiry, incoming('m', 30, { author: 'automatic' }), 'waiting', now],
    ['words of the marketplace answer nobody', inquiry, incoming('m', 30, { author: 'system' }), 'waiting', now],
  ])('%s', (_, before, message, status, waitingSince) => {
    expect(inquiryAfter([message], { inquiry: before })).toMatchObject({ status, waitingSince });
  });

  it('counts answers at the marketplace as replies, and what nobody wrote as none', () => {
    const written = (['agent', 'automatic', 'system'] as const).map((author, index) => incoming(`m${index}`, 30 + index, { author }));
    expect(inquiryAfter(written, { inquiry }).counters).toMatchObject({ buyerMessages: 1, replies: 1 });
  });

  it('is drawn on the card when it changes, and only then', () => {
    expect(kindsOf(decide([incoming('m', 61)], { inquiry: answered }).deliveries)).toEqual(['message', 'card']);
    expect(kindsOf(decide([incoming('m', 30)], { inquiry: answered }).deliveries)).toEqual(['message']);
  });

  it('keeps the time of the first and of the last answer at the marketplace', () => {
    const messages = [incoming('m2', 50, { author: 'agent' }), incoming('m3', 40, { author: 'agent' })];
    expect(inquiryAfter(messages, { inquiry })).toMatchObject({ firstReplyAt: at(40), lastOutsideReplyAt: at(50), lastReplyAt: null });
  });
});

describe.each(['agent', 'automatic', 'system'] as const)('a message of the author %s', (author) => {
  it('is shown as such, once, and is not counted as the buyer’s', () => {
    const { turn, outcomes, deliveries } = decide([incoming('m2', 30, { author })], { inquiry });
    expect(outcomes).toEqual([author]);
    expect(turn?.messages).toMatchObject([{ direction: 'out', author: { kind: author, userId: null } }]);
    expect(postsOf(deliveries)).toMatchObject([{ content: { message: { author } } }]);
    expect(turn?.inquiry.counters.buyerMessages).toBe(1);
  });
});

describe('after the resolution', () => {
  it('the same inquiry is opened again within the window, and shown in the channel', () => {
    const { turn, kinds, deliveries } = decide([incoming('m2', 23 * hours), incoming('m3', 23 * hours + 1)], { inquiry: resolved });
    expect(turn).toMatchObject({ base: 3, inquiryId: 'i1' });
    expect(turn?.inquiry).toMatchObject({
      status: 'waiting',
      open: true,
      resolvedAt: null,
      reopenedAt: at(23 * hours),
      waitingSince: at(23 * hours),
      surfaceNext: true,
      thread: inquiry.thread,
    });
    expect(kinds).toEqual(['reopened', 'buyer-wrote', 'buyer-wrote']);
    expect(kindsOf(deliveries)).toContain('card');
  });

  it('the window counts from when the buyer wrote, however late we hear of it', () => {
    expect(inquiryAfter([incoming('m2', 23 * hours)], { inquiry: resolved, now: at(72 * hours) })._id).toBe('i1');
  });

  it('without a window only what was written before it opens the same one again', () => {
    const never = { ...settings, reply: { ...settings.reply, reopenHours: 0 } };
    expect(inquiryAfter([incoming('m2', 0)], { inquiry: { ...resolved, resolvedAt: at(0.9) }, settings: never })._id).toBe('i2');
    expect(inquiryAfter([incoming('m2', -5)], { inquiry: resolved, settings: never })._id).toBe('i1');
  });

  it('a new inquiry begins behind the window, with a link to the old one', () => {
    expect(inquiryAfter([incoming('m2', 25 * hours)], { inquiry: resolved })).toMatchObject({
      _id: 'i2',
      previous: { inquiryId: 'i1', post: { channelId: 'C1', messageId: '1.0' } },
      thread: { rootId: null },
      counters: { buyerMessages: 1 },
    });
    const neverShown: Inquiry = { ...resolved, thread: null };
    expect(inquiryAfter([incoming('m2', 25 * hours)], { inquiry: neverShown }).previous).toEqual({ inquiryId: 'i1', post: null });
  });
});

describe('what is also shown in the channel', () => {
  const claimed: Inquiry = { ...inquiry, assignee: { userId: 'U1', name: 'Ann', agent: null } };
  it.each<[string, Inquiry, readonly IncomingMessage[], boolean]>([
    ['nothing of a burst', inquiry, [incoming('m2', 100), incoming('m3', 200)], false],
    ['a message after two quiet minutes that nobody has claimed', inquiry, [incoming('m2', 121)], true],
    ['nothing where somebody follows the thread', claimed, [incoming('m2', 121)], false],
    ['no message that only arrived late', { ...inquiry, lastBuyerAt: at(600) }, [incoming('m2', 121)], false],
    ['no automatic reply', inquiry, [incoming('m2', 121, { author: 'automatic' })], false],
  ])('is %s', (_, before, messages, surfaces) => {
    expect(inquiryAfter(messages, { inquiry: before }).surfaceNext).toBe(surfaces);
  });

  it('is what a buyer writes to somebody who is not there, and nobody has it any more', () => {
    expect(inquiryAfter([incoming('m2', 60)], { inquiry: claimed, assigneeAbsent: true })).toMatchObject({
      assignee: null,
      surfaceNext: true,
    });
    const thanks = incoming('m2', 60, { parts: [{ kind: 'text', text: 'thanks!' }] });
    const answered: Inquiry = { ...claimed, status: 'answered', waitingSince: null, lastReplyAt: at(30) };
    expect(inquiryAfter([thanks], { inquiry: answered, assigneeAbsent: true })).toMatchObject({
      assignee: { userId: 'U1' },
      status: 'answered',
    });
  });

  it('is not what opens an inquiry: it is there already', () => {
    expect(inquiryAfter([incoming('m1', 600)]).surfaceNext).toBe(false);
  });
});
