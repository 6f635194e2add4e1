import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clockWords } from '../../src/core/sla/title.ts';
import { text } from '../../src/core/texts/index.ts';
import { type CardClock, type InquiryCard, threadActionNames } from '../../src/core/thread.ts';
import { card, isCard, legible, message, only, opened, opening, readable, showing, single, take, thread } from './bot-helpers.ts';
import type { BotKit, CreateBotKit } from './bot-kit.ts';

/** 15:30 in Bangkok. */
const at = new Date('2026-11-20T08:30:00Z');

const full: Partial<InquiryCard> = {
  language: 'th',
  priority: 'urgent',
  tags: ['vip', 'refund'],
  group: 'night-shift',
  clocks: [
    { owner: 'marketplace', title: null, asks: 'answer', dueAt: at, state: 'running' },
    { owner: 'team', title: 'Team 2 min', asks: 'answer', dueAt: at, state: 'missed' },
    { owner: 'team', title: 'Resolution', asks: 'resolve', dueAt: at, state: 'met' },
  ],
  snoozedUntil: at,
  lastWords: { author: 'agent', excerpt: 'It ships tomorrow', at },
  changedAt: at,
};

/** The root card is the live state. */
export function botCards(createKit: CreateBotKit): void {
  describe('the root card', () => {
    let kit: BotKit;
    beforeEach(async () => {
      kit = await createKit();
    });
    afterEach(() => kit.close());

    async function shown(options: Partial<InquiryCard>, locale: 'en' | 'zh-CN' = 'en') {
      const root = await opened(kit);
      const content = { kind: 'card', card: card(options), messages: [message('is the lamp in stock')] } as const;
      await kit.bot.show({ ...thread(kit, root), locale }, showing(content), kit.access);
      return single(kit.posts().filter(({ ref }) => ref.messageId === root));
    }

    it('says what it stands at, times in the zone of the shop', async () => {
      const words = legible((await shown(full)).text);
      for (const part of [
        'Thai',
        'vip, refund',
        'night-shift',
        'Marketplace: answer by',
        '"Team 2 min": overdue since',
        ...(isCard(kit) ? [] : ['It ships tomorrow']), // among all that was said
      ])
        expect(words).toContain(part);
      expect(words).toContain(text('en', 'card.priority.urgent'));
      expect(words).toContain(clockWords({ owner: 'team', title: 'Resolution', asks: 'resolve', state: 'met' }, '', 'en'));
      expect(words.match(/3:30/g)?.length).toBeGreaterThanOrEqual(5);
    });

    it('tells how the order stands that it is about, and when it stood so, in place of its number alone', async () => {
      const shipments = [{ carrier: 'J&T', trackingNumber: '8200012345678' }];
      const order = { id: '576653688', status: 'in-transit', platformStatus: 'IN_TRANSIT', shipments, at } as const;
      const source = { kind: 'order', id: order.id } as const;
      const words = legible((await shown({ source, order })).text);
      expect(words).toContain(text('en', 'order.line', { id: order.id, status: text('en', 'order.status.in-transit') }));
      expect(words).toContain('J&T 8200012345678');
      expect(words).toMatch(/as of .*3:30/);
      expect(words).not.toContain(text('en', 'card.from-order', { id: order.id }));
      const another = legible((await shown({ source: { kind: 'order', id: '111' }, order }, 'zh-CN')).text);
      expect(another).toContain(text('zh-CN', 'card.from-order', { id: '111' }));
      expect(another).toContain(text('zh-CN', 'order.status.in-transit'));
    });

    it('says it in the language of the reader', async () => {
      const words = legible((await shown(full, 'zh-CN')).text);
      expect(words).toContain('泰语');
      expect(words).toContain(text('zh-CN', 'card.priority.urgent'));
      expect(words).toContain(text('zh-CN', 'sla.who.team-titled', { title: 'Team 2 min' }));
    });

    it('says nothing of what there is not', async () => {
      const empty = { language: null, priority: 'normal', tags: [], group: null, clocks: [], snoozedUntil: null, lastWords: null } as const;
      expect((await shown(empty)).text).toBe((await shown({})).text);
    });

    it('masks the buyer where the policy says so, wherever the name would stand', async () => {
      const { text: words } = await shown({ buyerName: 'Somchai', masksBuyer: true });
      expect(words).toContain('S***');
      const before = kit.posts().length;
      await kit.bot.show(thread(kit), showing(opening('hello', { buyerName: 'Wattana', masksBuyer: true })), kit.access);
      expect(readable(kit.posts().slice(before))).toContain('W***');
      expect(kit.everything()).not.toContain('Wattana');
    });

    it('is marked where it is practice', async () => {
      expect((await shown({ practice: 'open' })).text).toContain(text('en', 'card.title-practice', { shop: 'Lamp House TH' }));
      const over = (await shown({ practice: 'over', actions: [] })).text;
      for (const key of ['card.title-practice-over', 'card.practice-over'] as const)
        expect(over).toContain(text('en', key, { shop: 'Lamp House TH' }));
      expect(over).not.toContain(text('en', 'card.hint'));
    });

    it('offers what it is told to, and carries every press', async () => {
      const post = await shown({ actions: threadActionNames });
      expect(post.buttons).toEqual(threadActionNames.map((action) => text('en', `action.${action}`)));
      await kit.pushed();
      for (const action of threadActionNames) {
        await kit.press(kit.users.member, post.ref, action, 'en');
        const requests = await kit.pushed();
        expect(single(only(single(await take(kit, requests)).events, 'action'))).toMatchObject({ action, value: 'q-1' });
        const wantsForm = action === 'template' || action === 'assign' || action === 'snooze';
        const received = kit.received(single(requests));
        if (kit.bot.openForm && wantsForm) expect(received).toMatchObject({ ask: { kind: 'form', form: action, value: 'q-1' } });
        else expect(received).not.toHaveProperty('ask');
      }
      expect((await shown({ actions: [] })).buttons).toEqual([]);
    });

    it('fits, however much there is', async () => {
      const long = 'word '.repeat(400);
      const clocks = Array.from({ length: 15 }, (_, index): CardClock => {
        return { owner: 'team', title: `${index} ${long}`, asks: 'answer', dueAt: at, state: 'running' };
      });
      const most = { ...full, clocks, tags: Array.from({ length: 50 }, () => long), group: long, buyerName: long, shopName: long };
      const lastWords = { author: 'buyer', excerpt: long, at } as const;
      const post = await shown({ ...most, lastWords, source: { kind: 'order', id: long }, excerpt: long, practice: 'open' });
      expect(legible(post.text)).toContain('is the lamp in stock');
    });
  });
}
