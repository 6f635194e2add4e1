import { z } from 'zod';
import type { ListedEvent, RawEvent } from '../../src/core/connector.ts';
import { type ConversationId, conversationId, externalMessageId } from '../../src/core/ids.ts';
import type { MessagePart } from '../../src/core/message.ts';
import { ownPicture } from '../../src/core/own-picture.ts';
import { planningOrder } from '../../src/core/plan.ts';
import { buyerOf, type PracticePart } from '../../src/core/practice/buyers.ts';
import { numberOf } from '../../src/core/practice/marks.ts';
import { picture } from '../../src/core/practice/picture.ts';
import type { PracticeLine } from '../../src/core/practice/play.ts';
import type { MarketplaceEvent } from '../adapter.ts';
import { orderIdOf } from './orders.ts';

const body = z.object({ conversation: z.string(), line: z.int().min(0), sentAt: z.iso.datetime().transform((time) => new Date(time)) });

/** A line that a buyer says, as an event for the inbox: one a line, however often it is said. */
export function toRawEvent({ conversation, line, sentAt }: PracticeLine): ListedEvent {
  return {
    key: `${conversation}:${line}`,
    lane: conversation,
    body: new TextEncoder().encode(JSON.stringify({ conversation, line, sentAt })),
    contentType: 'application/json',
  };
}

export function toEvents(raw: RawEvent): MarketplaceEvent[] {
  const { conversation: named, line, sentAt } = body.parse(JSON.parse(new TextDecoder().decode(raw.body)));
  const conversation = conversationId(named);
  const number = numberOf(conversation);
  const parts = number === null ? undefined : buyerOf(number).lines[line];
  // An older version's buyer may have had more to say.
  if (number === null || parts === undefined) return [{ kind: 'unknown', type: 'line' }];
  const message = {
    externalId: externalMessageId(`${conversation}:${line}`),
    author: 'buyer' as const,
    parts: parts.map((part) => toPart(part, number)),
    ...{ sentAt, order: planningOrder(sentAt), visible: true },
  };
  return [...sourceOf(conversation, number, line, sentAt), { kind: 'message', conversation, message }];
}

/** Who asks about an order comes from it. */
function sourceOf(conversation: ConversationId, number: number, line: number, at: Date): MarketplaceEvent[] {
  const comes = line === 0 && buyerOf(number).order !== null;
  return comes ? [{ kind: 'source', conversation, source: { kind: 'order', id: orderIdOf(number) }, at }] : [];
}

function toPart(part: PracticePart, number: number): MessagePart {
  switch (part.kind) {
    case 'text':
      return part;
    case 'order':
      return { kind: 'order', orderId: orderIdOf(number) };
    case 'picture':
      return { kind: 'image', media: ownPicture(Buffer.from(picture, 'base64'), 'lamp.png') };
  }
}
