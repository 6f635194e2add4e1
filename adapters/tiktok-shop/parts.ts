import { z } from 'zod';
import type { InquirySource, MediaRef, MessagePart } from '../../src/core/message.ts';
import { filled, id, parseJson, unixSeconds } from './json.ts';

const text = z.object({ content: z.string() });
const image = z.object({ url: filled });
const video = z.object({
  url: filled,
  duration: z.coerce.number().nonnegative().nullish().catch(null),
  size: z.coerce.number().int().positive().nullish().catch(null),
  format: z.string().nullish().catch(null),
  expire_time: unixSeconds.nullish().catch(null),
});
const product = z.object({ product_id: id });
const order = z.object({ order_id: id });

/**
 * What a message shows, from its `type` and its `content` (JSON inside a string). Content of another shape than documented, and types
 * that nobody has heard of, become `unsupported` with the platform's own hint: the agent then looks in Seller Center.
 * @see https://partner.tiktokshop.com/docv2/page/get-conversation-messages-202309 read 2026-11-22
 */
export function toParts(type: string, content: unknown, hint?: string): MessagePart[] {
  const unsupported: MessagePart = { kind: 'unsupported', type, ...(hint ? { hint } : {}) };
  const as = <Content>(schema: z.ZodType<Content>, toPart: (content: Content) => MessagePart): MessagePart => {
    const parsed = schema.safeParse(content);
    return parsed.success ? toPart(parsed.data) : unsupported;
  };
  const orderPart = () => as(order, ({ order_id }) => ({ kind: 'order', orderId: order_id }));
  switch (type) {
    case 'TEXT':
      return [as(text, ({ content: words }) => ({ kind: 'text', text: words.toWellFormed() }))];
    case 'IMAGE':
      return [as(image, ({ url }) => ({ kind: 'image', media: { url } }))];
    case 'VIDEO':
      return [as(video, toVideo)];
    // Undocumented; plain emoji come as TEXT.
    case 'EMOTICONS':
      return [as(text, ({ content: label }) => ({ kind: 'sticker', label: label.toWellFormed() }))];
    case 'PRODUCT_CARD':
    case 'BUYER_ENTER_FROM_PRODUCT':
      return [as(product, ({ product_id }) => ({ kind: 'product', productId: product_id }))];
    case 'ORDER_CARD':
    case 'BUYER_ENTER_FROM_ORDER':
      return [orderPart()];
    // The order is told, and that there is more to the card than that.
    case 'RETURN_REFUND_CARD':
    case 'LOGISTICS_CARD': {
      const part = orderPart();
      return part.kind === 'order' ? [part, unsupported] : [unsupported];
    }
    case 'ALLOCATED_SERVICE':
    case 'NOTIFICATION':
    case 'BUYER_ENTER_FROM_TRANSFER':
      return [as(text, ({ content: words }) => ({ kind: 'system', text: words.toWellFormed() }))];
    // A message that the API cannot express; its words are the platform's.
    case 'OTHER':
      return [as(text, ({ content: words }) => ({ kind: 'unsupported', type, hint: words.toWellFormed() }))];
    default:
      return [unsupported];
  }
}

/** The product or order from which the buyer came to the chat; null for every other message. */
export function toSource(type: string, content: unknown): InquirySource | null {
  if (type !== 'BUYER_ENTER_FROM_PRODUCT' && type !== 'BUYER_ENTER_FROM_ORDER') return null;
  const [part] = toParts(type, content);
  if (part?.kind === 'product') return { kind: 'product', id: part.productId };
  return part?.kind === 'order' ? { kind: 'order', id: part.orderId } : null;
}

/** `content` as an object; null when it is no JSON. */
export function readContent(content: string | null | undefined): unknown {
  try {
    return parseJson(content ?? '');
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

function toVideo({ url, duration, size, format, expire_time: expiresAt }: z.infer<typeof video>): MessagePart {
  const media: MediaRef = {
    url,
    ...(size ? { bytes: size } : {}),
    ...(format ? { mimeType: `video/${format.toLowerCase()}` } : {}),
    ...(expiresAt ? { expiresAt } : {}),
  };
  return { kind: 'video', media, ...(duration ? { durationSeconds: duration } : {}) };
}
