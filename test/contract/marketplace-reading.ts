import { describe, expect, it } from 'vitest';
import type { ListedMessage } from '../../adapters/adapter.ts';
import { conversationId } from '../../src/core/ids.ts';
import type { Fault } from '../kits/fake-server.ts';
import { onePixelPng } from '../kits/pictures.ts';
import { type KitHolder, type KitOperation, type MarketplaceKit, textReply } from './marketplace-kit.ts';
import { eventsOf, messageOf, received } from './marketplace-receiving.ts';
import { failureOf } from './marketplace-sending.ts';

async function allMessages(kit: MarketplaceKit): Promise<ListedMessage[]> {
  const { history } = kit.adapter;
  if (!history) return [];
  const found: ListedMessage[] = [];
  let page: string | null = null;
  for (let pages = 0; pages < 100; pages += 1) {
    const { items, next }: Awaited<ReturnType<typeof history.messages>> = await history.messages(kit.shop, kit.conversation, page);
    found.push(...items);
    if (next === null) return found;
    page = next;
  }
  throw new Error('the pages do not end');
}

/** Everything that can be read, as calls. */
function reads(kit: MarketplaceKit): { readonly operation: KitOperation; readonly call: () => Promise<unknown> }[] {
  const { history, conversation, markRead, orders } = kit.adapter;
  return [
    ...(history
      ? [
          { operation: 'conversations' as const, call: () => history.conversations(kit.shop, null) },
          { operation: 'messages' as const, call: () => history.messages(kit.shop, kit.conversation, null) },
        ]
      : []),
    ...(conversation
      ? [{ operation: 'conversation' as const, call: () => conversation.call(kit.adapter, kit.shop, kit.conversation) }]
      : []),
    ...(markRead ? [{ operation: 'read-mark' as const, call: () => markRead.call(kit.adapter, kit.shop, kit.conversation) }] : []),
    ...(orders && kit.orders ? [{ operation: 'orders' as const, call: () => orders.byIds(kit.shop, [kit.orders?.unknownId ?? '']) }] : []),
    ...(orders?.ofBuyer
      ? [{ operation: 'order-search' as const, call: async () => orders.ofBuyer?.(kit.shop, kit.orders?.buyer ?? '') }]
      : []),
  ];
}

export function reading(held: KitHolder): void {
  describe('history', () => {
    it('lists messages newest first to the last page, each under the key of its push', async () => {
      const { kit } = held;
      if (!kit.adapter.history) return;
      const requests = [];
      for (let at = 0; at < 23; at += 1) {
        if (at % 5 === 4) kit.passMs(1000);
        requests.push(kit.writes(at % 4 === 3 ? 'agent' : 'buyer', `message ${at}`, { visible: at !== 7 }).request);
      }
      requests.push(kit.buyerSendsPicture(onePixelPng).request);
      const listed = await allMessages(kit);
      const oldestFirst = [...listed].reverse();
      expect(oldestFirst.map(({ event }) => event.key)).toEqual(requests.map((request) => received(kit.adapter, request).key));
      expect(oldestFirst.map(({ event }) => event.lane)).toEqual(requests.map((request) => received(kit.adapter, request).lane));
      expect(oldestFirst.map(({ message }) => message)).toEqual(requests.map((request) => messageOf(kit.adapter, request).message));
    });

    it('makes events that read like pushed ones', async () => {
      const { kit } = held;
      if (!kit.adapter.history) return;
      const { request } = kit.writes('buyer', 'hello 您好');
      await kit.adapter.sendReply(kit.shop, kit.conversation, textReply('It ships today.'));
      const [own, buyers] = await allMessages(kit);
      if (!own || !buyers) throw new Error('messages are missing');
      const events = (listed: ListedMessage) => kit.adapter.toEvents({ ...listed.event, receivedAt: kit.now() });
      expect(events(buyers)).toEqual(eventsOf(kit.adapter, request));
      expect(events(own)).toMatchObject([{ kind: 'message', message: { author: 'agent', externalId: kit.reached()[0]?.messageId } }]);
    });

    it('keeps its place while new messages arrive', async () => {
      const { kit } = held;
      const { history } = kit.adapter;
      if (!history) return;
      const ids = Array.from({ length: 25 }, (_, at) => kit.writes('buyer', `message ${at}`).messageId);
      const first = await history.messages(kit.shop, kit.conversation, null);
      kit.writes('buyer', 'meanwhile');
      const second = await history.messages(kit.shop, kit.conversation, first.next);
      const seen = [...first.items, ...second.items].map(({ message }) => message.externalId);
      expect(seen).toEqual(ids.reverse().slice(0, seen.length));
    });

    it('lists conversations, the most recently active first', async () => {
      const { kit } = held;
      const { history } = kit.adapter;
      if (!history) return;
      const opened = Array.from({ length: 24 }, (_, at) => {
        kit.passMs(1000);
        const conversation = kit.openConversation();
        return { conversation, pushed: kit.writes('buyer', `hello ${at}`, { conversation }) };
      });
      kit.passMs(1000);
      const newest = kit.writes('agent', 'hello', { conversation: opened[3]?.conversation ?? kit.conversation });
      const found = [];
      let page: string | null = null;
      do {
        const { items, next }: Awaited<ReturnType<typeof history.conversations>> = await history.conversations(kit.shop, page);
        found.push(...items);
        page = next;
      } while (page !== null && found.length < 100);
      const expected = opened.map(({ conversation }) => conversation).reverse();
      expected.unshift(...expected.splice(20, 1));
      expect(found.slice(0, 24).map(({ conversation }) => conversation)).toEqual(expected);
      expect(found).toHaveLength(25);
      expect(found[0]?.latest).toMatchObject({ externalId: newest.messageId, author: 'agent' });
      expect(found[1]?.latest).toMatchObject({ externalId: opened[23]?.pushed.messageId, author: 'buyer' });
      expect(found.at(-1)).toMatchObject({ conversation: kit.conversation, latest: null });
    });
  });

  describe('one conversation', () => {
    it("tells the buyer's name, whether a reply is possible, and the latest message", async () => {
      const { kit } = held;
      if (!kit.adapter.conversation) return;
      const { messageId } = kit.writes('buyer', 'hello');
      const info = await kit.adapter.conversation(kit.shop, kit.conversation);
      expect(info).toMatchObject({ conversation: kit.conversation, canSend: true, latest: { externalId: messageId, author: 'buyer' } });
      expect(info.latest?.sentAt.getTime()).toBe(Math.floor(kit.now().getTime() / 1000) * 1000);
      expect(info.buyer.name).toBeTruthy();
    });

    it('tells that a reply is not possible', async () => {
      const { kit } = held;
      if (!kit.adapter.conversation) return;
      kit.closeReplyWindow();
      expect(await kit.adapter.conversation(kit.shop, kit.conversation)).toMatchObject({ canSend: false, latest: null });
    });

    it('says that one which does not exist is refused', async () => {
      const { kit } = held;
      const unknown = conversationId('7494560109732399999');
      if (kit.adapter.conversation)
        expect(await failureOf(kit.adapter.conversation(kit.shop, unknown))).toMatchObject({ kind: 'rejected' });
    });

    it('is marked read', async () => {
      const { kit } = held;
      if (!kit.adapter.markRead) return;
      kit.writes('buyer', 'hello');
      expect(kit.unread()).toBe(1);
      await kit.adapter.markRead(kit.shop, kit.conversation);
      expect(kit.unread()).toBe(0);
    });
  });

  describe('reading', () => {
    it('costs one call each', async () => {
      const { kit } = held;
      for (const { operation, call } of reads(kit)) {
        await call();
        expect([operation, kit.calls(operation)]).toEqual([operation, 1]);
      }
    });

    it.each<{ name: string; fault: Fault }>([
      { name: '500', fault: { kind: 'status', status: 500 } },
      { name: '503 with a page', fault: { kind: 'status', status: 503, headers: { 'content-type': 'text/html' }, body: '<html></html>' } },
      {
        name: 'a page with status 200',
        fault: { kind: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' },
      },
      { name: 'a cut', fault: { kind: 'cut-before' } },
    ])('may be tried again after $name', async ({ fault }) => {
      const { kit } = held;
      for (const { operation, call } of reads(kit)) {
        kit.fail(operation, fault);
        expect([operation, (await failureOf(call())).kind]).toEqual([operation, 'transient']);
      }
    });

    it('waits as long as it is told', async () => {
      const { kit } = held;
      for (const { operation, call } of reads(kit)) {
        kit.fail(operation, kit.tooFast(7));
        const error = await failureOf(call());
        expect([operation, error.kind, error.retryAfterMs, error.limit]).toEqual([operation, 'rate-limited', 7000, kit.tooFastLimit]);
      }
    });

    it('says so when the token has ended', async () => {
      const { kit } = held;
      const { history } = kit.adapter;
      if (history) expect(await failureOf(history.conversations(kit.endedAccess(), null))).toMatchObject({ kind: 'auth' });
    });

    it('stops when its signal is aborted', async () => {
      const { kit } = held;
      const { history } = kit.adapter;
      if (!history) return;
      const deadline = new AbortController();
      kit.fail('conversations', { kind: 'slow', ms: 600_000 }, () => deadline.abort());
      const error = await failureOf(history.conversations({ ...kit.shop, signal: deadline.signal }, null));
      expect(error).toMatchObject({ kind: 'transient' });
    });
  });
}
