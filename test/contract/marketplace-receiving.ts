import { describe, expect, it } from 'vitest';
import type { MarketplaceAdapter, MarketplaceEvent } from '../../adapters/adapter.ts';
import type { RawRequest, Received } from '../../src/core/connector.ts';
import type { MessageAuthor } from '../../src/core/message.ts';
import { onePixelPng } from '../kits/pictures.ts';
import { type KitHolder, textReply } from './marketplace-kit.ts';

const hourMs = 3_600_000;

/** Stores nothing: `receive`, then `toEvents` of what it named. */
export function received(adapter: MarketplaceAdapter, request: RawRequest): Extract<Received, { kind: 'event' }> {
  const result = adapter.receive(request);
  if (result.kind !== 'event') throw new Error(`received as ${result.kind}`);
  return result;
}

export function eventsOf(adapter: MarketplaceAdapter, request: RawRequest): MarketplaceEvent[] {
  const { key } = received(adapter, request);
  const contentType = request.headers['content-type'] ?? '';
  // What is stored is read when its turn comes: that must not show in the times.
  return adapter.toEvents({ key, body: request.body, contentType, receivedAt: new Date(request.receivedAt.getTime() + hourMs) });
}

/** The message of a push that carries exactly one. */
export function messageOf(adapter: MarketplaceAdapter, request: RawRequest) {
  const messages = eventsOf(adapter, request).filter((event) => event.kind === 'message');
  const [first, ...more] = messages;
  if (!first || more.length > 0) throw new Error(`${messages.length} messages in one push`);
  return first;
}

export function receiving(held: KitHolder): void {
  describe('receive', () => {
    it('takes a genuine push and names shop, conversation and answer', () => {
      const { kit } = held;
      const first = received(kit.adapter, kit.writes('buyer', 'hello').request);
      const second = received(kit.adapter, kit.writes('buyer', 'are you there?').request);
      const elsewhere = received(kit.adapter, kit.writes('buyer', 'hello', { conversation: kit.openConversation() }).request);
      expect(first).toMatchObject({ shop: kit.shop.externalId, answer: { status: 200 } });
      expect(second.lane).toBe(first.lane);
      expect(elsewhere.lane).not.toBe(first.lane);
      expect(new Set([first.key, second.key, elsewhere.key]).size).toBe(3);
    });

    it('refuses every forgery', () => {
      const { kit } = held;
      const { request } = kit.writes('buyer', 'hello');
      for (const { name, request: forged } of kit.forgeries(request)) {
        expect(() => kit.adapter.receive(forged), name).toThrow(expect.objectContaining({ name: 'PlatformError', kind: 'rejected' }));
      }
    });

    it('refuses a body of which one byte was changed', () => {
      const { kit } = held;
      const { request } = kit.writes('buyer', 'hello');
      for (const at of [0, Math.floor(request.body.length / 2), request.body.length - 1]) {
        const body = Uint8Array.from(request.body);
        body[at] = (body[at] ?? 0) ^ 1;
        expect(() => kit.adapter.receive({ ...request, body })).toThrow(expect.objectContaining({ kind: 'rejected' }));
      }
      const longer = Uint8Array.from([...request.body, 0x20]);
      expect(() => kit.adapter.receive({ ...request, body: longer })).toThrow(expect.objectContaining({ kind: 'rejected' }));
    });

    it('names a redelivery as it named the first delivery', () => {
      const { kit } = held;
      const { request } = kit.writes('buyer', 'hello');
      const again = { ...request, receivedAt: new Date(request.receivedAt.getTime() + hourMs), body: Uint8Array.from(request.body) };
      expect(received(kit.adapter, again)).toEqual(received(kit.adapter, request));
    });

    it('calls what is signed and unreadable malformed', () => {
      const { kit } = held;
      const keys = kit.malformedBodies.map((body) => {
        const result = kit.adapter.receive(kit.signed(body));
        expect(result, body).toMatchObject({ kind: 'malformed', answer: { status: 200 } });
        expect(kit.adapter.receive(kit.signed(body))).toEqual(result);
        return result.kind === 'malformed' ? result.key : '';
      });
      expect(new Set(keys).size).toBe(keys.length);
    });
  });

  describe('toEvents', () => {
    it("gives a buyer's words, ids and times as the platform has them", () => {
      const { kit } = held;
      const { request, messageId } = kit.writes('buyer', 'Is "this" <b>in stock</b>?\n\\ 您好 😀');
      expect(messageOf(kit.adapter, request)).toMatchObject({
        conversation: kit.conversation,
        message: {
          externalId: messageId,
          author: 'buyer',
          visible: true,
          parts: [{ kind: 'text', text: 'Is "this" <b>in stock</b>?\n\\ 您好 😀' }],
          sentAt: new Date(Math.floor(kit.now().getTime() / 1000) * 1000),
        },
      });
      expect(eventsOf(kit.adapter, request)).toEqual(eventsOf(kit.adapter, request));
    });

    it('keeps neighbouring ids apart', () => {
      const { kit } = held;
      const pushed = Array.from({ length: 20 }, (_, at) => kit.writes('buyer', `message ${at}`));
      expect(pushed.map(({ request }) => messageOf(kit.adapter, request).message.externalId)).toEqual(
        pushed.map(({ messageId }) => messageId),
      );
      const lanes = Array.from({ length: 20 }, () => kit.writes('buyer', 'hello', { conversation: kit.openConversation() }));
      expect(new Set(lanes.map(({ request }) => messageOf(kit.adapter, request).conversation)).size).toBe(20);
    });

    it('tells who wrote by the role that the platform gives', () => {
      const { kit } = held;
      const authors: MessageAuthor[] = ['buyer', 'agent', 'automatic', 'automatic', 'system'];
      for (const author of authors) {
        expect(messageOf(kit.adapter, kit.writes(author, 'hello').request).message.author).toBe(author);
      }
    });

    it('knows the echo of its own send by the id that the send returned', async () => {
      const { kit } = held;
      const sent = await kit.adapter.sendReply(kit.shop, kit.conversation, textReply('It ships today.'));
      const echoes = kit.pushes().map((request) => messageOf(kit.adapter, request));
      expect(echoes.map(({ message }) => [message.externalId, message.author])).toEqual([[sent.messageId, 'agent']]);
    });

    it('marks what agents must not see', () => {
      const { kit } = held;
      expect(messageOf(kit.adapter, kit.writes('buyer', 'hidden', { visible: false }).request).message.visible).toBe(false);
    });

    it('orders messages as the platform does, by plain comparison', () => {
      const { kit } = held;
      const conversation = kit.openConversation();
      const orders: string[] = [];
      for (let at = 0; at < 30; at += 1) {
        if (at % 10 === 9) kit.passMs(1000);
        orders.push(messageOf(kit.adapter, kit.writes('buyer', `message ${at}`, { conversation }).request).message.order);
      }
      expect([...orders].sort((a, b) => (a < b ? -1 : 1))).toEqual(orders);
      expect(new Set(orders).size).toBe(orders.length);
    });

    it('gives a picture by its address', () => {
      const { kit } = held;
      const { request, url } = kit.buyerSendsPicture(onePixelPng);
      const { parts } = messageOf(kit.adapter, request).message;
      expect(parts).toMatchObject([{ kind: 'image', media: { url } }]);
    });

    it('says of a kind it does not know that it cannot be shown, and loses nothing', () => {
      const { kit } = held;
      const { request, messageId } = kit.buyerSendsSomethingNew();
      const { message } = messageOf(kit.adapter, request);
      expect(message).toMatchObject({ externalId: messageId, parts: [{ kind: 'unsupported' }] });
    });

    it('keeps what is not for us as unknown', () => {
      const { kit } = held;
      const pushes = kit.unrelatedPushes();
      for (const request of pushes) {
        const events = eventsOf(kit.adapter, request);
        expect(events.map(({ kind }) => kind)).toEqual(['unknown']);
      }
      expect(new Set(pushes.map((request) => received(kit.adapter, request).key)).size).toBe(pushes.length);
    });

    it('tells where the buyer came from', () => {
      const { kit } = held;
      for (const source of [
        { kind: 'product', id: '1729384756473829104' },
        { kind: 'order', id: '576653688135258178' },
      ] as const) {
        const request = kit.buyerEnters?.(source);
        if (!request) return;
        const found = eventsOf(kit.adapter, request).find(({ kind }) => kind === 'source');
        expect(found).toMatchObject({ conversation: kit.conversation, source });
      }
    });

    it('tells of changed members, of a withdrawn and of an ending authorisation', () => {
      const { kit } = held;
      const changed = kit.membersChange?.();
      if (changed) expect(eventsOf(kit.adapter, changed)).toMatchObject([{ kind: 'conversation-changed', conversation: kit.conversation }]);
      const expiresAt = new Date(Math.floor(kit.now().getTime() / 1000) * 1000 + 30 * 24 * hourMs);
      const ending = kit.authorizationEnds?.(expiresAt);
      if (ending) expect(eventsOf(kit.adapter, ending)).toEqual([{ kind: 'authorization-expiring', expiresAt }]);
      const withdrawn = kit.sellerWithdraws?.();
      if (withdrawn) {
        expect(received(kit.adapter, withdrawn).shop).toBe(kit.shop.externalId);
        expect(eventsOf(kit.adapter, withdrawn)).toEqual([{ kind: 'deauthorized' }]);
      }
    });
  });
}
