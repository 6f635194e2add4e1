import { describe, expect, it } from 'vitest';
import { decideThread } from '../../../src/core/decide-chat.ts';
import { decideMessages } from '../../../src/core/decide-marketplace.ts';
import { foundParts } from '../../../src/core/desk/found.ts';
import { nameKey, searchKeys, wantedIn } from '../../../src/core/desk/search.ts';
import { inquiryId } from '../../../src/core/ids.ts';
import type { ThreadEvent } from '../../../src/core/thread-view.ts';
import { agentMessageId } from '../../../src/core/thread-view.ts';
import { at, conversationView, incoming, inquiry, member, now, shop, threadView } from '../fixtures.ts';

describe('what an inquiry is found by', () => {
  it('is the order and the products that it names, numbers that were written, and the name', () => {
    const messages = [
      incoming('m1', 0, { parts: [{ kind: 'text', text: 'where is 576653688135250001? Call 0812345678' }] }),
      incoming('m2', 1, { parts: [{ kind: 'order', orderId: '576653688135250002' }] }),
      incoming('m3', 2, { author: 'system', parts: [{ kind: 'product', productId: '1729' }] }),
      incoming('m4', 3, { parts: [{ kind: 'order', orderId: '576653688135250002' }] }),
    ];
    const view = conversationView({ buyer: { name: 'Ｓomchai ดี' }, source: { kind: 'product', id: '1728' } });
    expect(decideMessages(view, messages).turn?.inquiry).toMatchObject({
      references: ['1728', '576653688135250001', '576653688135250002', '1729'],
      buyerKey: 'somchai ดี',
    });
  });

  it('comes to one of an earlier version with its next message, and keeps the newest of many', () => {
    const words = [{ kind: 'text', text: 'and?' }] as const;
    expect(searchKeys({ ...inquiry, buyer: { name: 'Nok' }, source: { kind: 'order', id: '7' } }, words)).toEqual({
      ...{ references: ['7'], buyerKey: 'nok' },
    });
    const many = { ...inquiry, references: Array.from({ length: 50 }, (_, index) => `o${index}`) };
    expect(searchKeys(many, [{ kind: 'order', orderId: 'new' }])?.references).toEqual([...many.references.slice(1), 'new']);
    expect(searchKeys(many, [{ kind: 'order', orderId: 'o7' }])).toBeNull();
    expect(searchKeys(inquiry, words)).toBeNull();
  });

  it.each([
    ['SOMCHAI', 'somchai'],
    [' Li\u200b \u202eNa ', 'li na'],
    ['😀', '😀'],
    ['x'.repeat(100), 'x'.repeat(64)],
  ])('compares the name %j', (name, key) => expect(nameKey(name)).toBe(key));

  it.each([
    ['５76653688135250001', '576653688135250001'],
    ['# 57665', '57665'],
    [' Som Chai ', 'Som Chai'],
    ['张*', '张*'],
    ['a', null],
    ['', null],
    ['\u200b\u200b', null],
    ['***', null],
    ['x'.repeat(101), null],
  ])('looks for %j', (words, id) => expect(wantedIn(words)?.id ?? null).toBe(id));
});

describe('what was found', () => {
  const { _id, shopId, openedAt, thread } = { ...inquiry, _id: inquiryId('4f2a1c0000') };
  const view = { locale: 'en', shopNames: new Map([[shop._id, 'Lamp House TH']]), masksBuyer: false, now: at(3_600) } as const;
  const found = { _id, shopId, openedAt, thread, status: 'answered', buyer: { name: 'Somchai' } } as const;
  const words = '4f2a1c · Answered · Lamp House TH · Somchai · opened 1 h 0 min ago';

  it('leads to its thread', () => {
    expect(foundParts({ inquiries: [found, { ...found, thread: null }], more: 'none' }, view)).toEqual([
      { kind: 'lines', lines: [{ words, post: { channelId: 'C1', messageId: '1.0' } }, words] },
    ]);
  });

  it('hides names where the team hides them', () => {
    const [first] = foundParts({ inquiries: [found], more: 'none' }, { ...view, masksBuyer: true });
    expect(JSON.stringify(first)).toContain('S***');
    expect(JSON.stringify(first)).not.toContain('Somchai');
    expect(foundParts({ inquiries: [], more: 'none' }, { ...view, masksBuyer: true })).toMatchObject([
      { notice: { key: 'find.none-masked' } },
    ]);
  });

  it.each([
    ['some', 'find.more-some'],
    ['many', 'find.more-many'],
  ] as const)('says where there are %s more', (more, key) => {
    expect(foundParts({ inquiries: [found], more }, view).at(-1)).toEqual({
      kind: 'notice',
      notice: { key, params: { count: 1 }, reasons: [] },
    });
  });

  it('is shown in the thread to whoever asked, and to nobody else', () => {
    const post = { channelId: 'C1', messageId: '2.0' };
    const asked: ThreadEvent = {
      ...{ kind: 'message', post, member, text: '!查找 som', mentions: [], files: [], sentAt: now, order: '2.0' },
    };
    const parts = foundParts({ inquiries: [found], more: 'none' }, view);
    const known = new Map([[agentMessageId('slack/default', post), parts]]);
    const { turn } = decideThread(threadView({ asked: { ...threadView().asked, found: known } }), [asked]);
    expect(turn?.deliveries.map(({ content }) => content)).toEqual([{ kind: 'answer', parts, actions: [], visibleTo: 'U1' }]);
    expect(turn?.messages).toEqual([]);
  });
});
