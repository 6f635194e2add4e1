import { describe, expect, it } from 'vitest';
import type { OutgoingReply, ShopAccess } from '../../../adapters/adapter.ts';
import { toRawEvent } from '../../../adapters/practice/events.ts';
import { practice } from '../../../adapters/practice/index.ts';
import { slaPolicyNames, slaPresets } from '../../../adapters/presets.ts';
import { conversationId, deliveryId } from '../../../src/core/ids.ts';
import { bytesOfOwn } from '../../../src/core/own-picture.ts';
import { practiceBuyers } from '../../../src/core/practice/buyers.ts';
import { practiceConversation } from '../../../src/core/practice/marks.ts';
import { declaring } from '../../contract/marketplace-declaring.ts';
import { textReply } from '../../contract/marketplace-kit.ts';
import { failureOf } from '../../contract/marketplace-sending.ts';

const now = new Date('2026-11-27T08:00:00.000Z');
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const adapter = practice.create({}, { fetch: globalThis.fetch, now: () => now, random: () => 0.5, log: silent });
const shop: ShopAccess = { externalId: 'a1b2c3d4', accessToken: 'practice', extra: {}, signal: new AbortController().signal };
const talkOf = (number: number) => practiceConversation(shop.externalId, number);
const numberWhere = (is: (buyer: (typeof practiceBuyers)[number]) => boolean): number => practiceBuyers.findIndex(is);
const said = (number: number, line: number, sentAt = now) => {
  const raw = toRawEvent({ conversation: talkOf(number), number, line, sentAt });
  return adapter.toEvents({ ...raw, receivedAt: now });
};

describe('the practice marketplace', () => {
  declaring({ kit: { adapter } });

  it('takes nothing from outside', () => {
    const request = { method: 'POST', path: '/hooks/practice', query: {}, headers: {}, body: new Uint8Array(), receivedAt: now };
    expect(() => adapter.receive(request)).toThrow(expect.objectContaining({ name: 'PlatformError', kind: 'rejected' }));
  });

  it('tells what each buyer says, line by line, each under a name of its own', () => {
    const names = new Set<string>();
    for (const [number, buyer] of practiceBuyers.entries()) {
      for (const line of buyer.lines.keys()) {
        const { key, lane } = toRawEvent({ conversation: talkOf(number), number, line, sentAt: now });
        names.add(key);
        expect(lane).toBe(talkOf(number));
        const messages = said(number, line).filter((event) => event.kind === 'message');
        expect(messages).toMatchObject([
          { conversation: talkOf(number), message: { externalId: key, author: 'buyer', visible: true, sentAt: now } },
        ]);
        expect(messages[0]?.message.parts).toHaveLength(buyer.lines[line]?.length ?? 0);
      }
    }
    expect(names.size).toBe(practiceBuyers.reduce((sum, { lines }) => sum + lines.length, 0));
    expect(said(0, 99)).toEqual([{ kind: 'unknown', type: 'line' }]);
  });

  it('orders lines as they were said', () => {
    const orders = [0, 1, 2]
      .flatMap((line) => said(0, line, new Date(now.getTime() + line * 1_000)))
      .flatMap((event) => ('message' in event ? event.message.order : []));
    expect(orders).toEqual(orders.toSorted());
    expect(new Set(orders).size).toBe(3);
  });

  it('has a picture in it that is a picture', () => {
    const pictures = practiceBuyers
      .flatMap((buyer, number) => buyer.lines.flatMap((_, line) => said(number, line)))
      .flatMap((event) => ('message' in event ? event.message.parts : []))
      .flatMap((part) => (part.kind === 'image' ? part.media : []));
    expect(pictures.length).toBeGreaterThan(0);
    for (const media of pictures)
      expect(
        Buffer.from(bytesOfOwn(media) ?? [])
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
  });

  it('takes replies, and the same one again as the same', async () => {
    const reply = textReply('It ships today.');
    const { messageId } = await adapter.sendReply(shop, talkOf(0), reply);
    expect(await adapter.sendReply(shop, talkOf(0), reply)).toEqual({ messageId });
    const part: OutgoingReply = { ...reply, body: { kind: 'text', text: 'And the rest of it.' } };
    expect((await adapter.sendReply(shop, talkOf(0), part)).messageId).not.toBe(messageId);
    const picture = { kind: 'image', bytes: Uint8Array.of(1, 2, 3), mimeType: 'image/png', name: 'lamp.png' } as const;
    expect((await adapter.sendReply(shop, talkOf(0), { deliveryId: deliveryId('d'), body: picture })).messageId).toMatch(/\S/);
  });

  it('refuses a reply to who has closed the chat, or to nobody, and sends none once it is called off', async () => {
    const closed = talkOf(numberWhere((buyer) => buyer.closed === true));
    expect(await failureOf(adapter.sendReply(shop, closed, textReply('hello')))).toMatchObject({
      kind: 'rejected',
      code: 'chat-closed',
      reason: 'practice.chat-closed',
    });
    expect(await failureOf(adapter.sendReply(shop, conversationId('7494560109732399999'), textReply('hello')))).toMatchObject({
      kind: 'rejected',
    });
    const late = { ...shop, signal: AbortSignal.abort() };
    expect(await failureOf(adapter.sendReply(late, talkOf(0), textReply('hello')))).toMatchObject({ kind: 'transient' });
  });

  it("tells buyers' names and languages", async () => {
    for (const [number, { name, language, closed }] of practiceBuyers.entries())
      expect(await adapter.conversation?.(shop, talkOf(number))).toMatchObject({ buyer: { name, language }, canSend: closed !== true });
    expect(await failureOf(adapter.conversation?.(shop, conversationId('nobody')) ?? Promise.resolve())).toMatchObject({
      kind: 'rejected',
    });
  });

  it("tells of a buyer's order, by its number and by its buyer, and of no other", async () => {
    const number = numberWhere(({ order }) => order?.status === 'in-transit');
    const source = said(number, 0).find((event) => event.kind === 'source')?.source;
    const { buyer } = (await adapter.conversation?.(shop, talkOf(number))) ?? {};
    const found = await adapter.orders?.byIds(shop, [source?.id ?? '', 'PR1', 'PR099999', 'TH0123456789']);
    expect(found).toMatchObject([
      { id: source?.id, status: 'in-transit', buyerId: buyer?.externalId, items: [{ name: 'Paper lamp', quantity: 2 }] },
    ]);
    expect(found?.[0]?.total).toEqual({ amount: '258.00', currency: 'THB' });
    expect(await adapter.orders?.ofBuyer?.(shop, buyer?.externalId ?? '')).toEqual(found);
    const without = numberWhere(({ order }) => order === null);
    expect(await adapter.orders?.ofBuyer?.(shop, `practice-buyer-${without}`)).toEqual([]);
    expect(await adapter.orders?.ofBuyer?.(shop, 'somebody')).toEqual([]);
  });

  it('says of its shop what it is', async () => {
    for (const locale of ['en', 'zh-CN'] as const) {
      const [finding] = await adapter.checkShop(shop, locale);
      expect(finding).toMatchObject({ ok: true, problem: expect.stringContaining('threadmart practice --remove') });
    }
  });

  it('has a clock that anybody has the patience for, which a file may change', () => {
    expect(slaPresets('practice', null)).toMatchObject([{ name: 'practice/three-minutes', rule: { kind: 'turn', withinMs: 180_000 } }]);
    expect(slaPolicyNames).toContain('practice/three-minutes');
  });
});
