import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countPosts, toPosts } from '../../../bots/slack/posts.ts';
import { inquiryId } from '../../../src/core/ids.ts';
import type { InquiryCard, ShownMessage, ThreadContent } from '../../../src/core/thread.ts';

const now = new Date('2026-11-27T12:00:00Z');
const card: InquiryCard = {
  inquiryId: inquiryId('1'),
  marketplace: 'TikTok Shop',
  shopName: 'Lamps',
  shopTimezone: 'Asia/Bangkok',
  buyerName: null,
  status: 'waiting',
  assignee: null,
  source: null,
  previous: null,
  openedAt: now,
  excerpt: '',
};

const message: fc.Arbitrary<ShownMessage> = fc.record({
  author: fc.constantFrom('buyer' as const, 'agent' as const, 'automatic' as const, 'system' as const),
  parts: fc.array(
    fc.record({
      kind: fc.constant('text' as const),
      text: fc.integer({ min: 0, max: 6_000 }).map((length) => 'a word '.repeat(length / 7)),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  sentAt: fc.constant(now),
  late: fc.boolean(),
});

it('counts posts as it makes them', () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 25 }), fc.boolean(), (messages, opens) => {
      const content: ThreadContent = opens ? { kind: 'opening', card, messages } : { kind: 'messages', messages, surface: false };
      expect(countPosts(content, 'en')).toBe(toPosts(content, { locale: 'en', previousUrl: null }).posts.length);
    }),
  );
});
