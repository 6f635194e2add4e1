import { createHash } from 'node:crypto';
import type { ConversationId } from '../../src/core/ids.ts';
import { externalMessageId } from '../../src/core/ids.ts';
import { PlatformError } from '../../src/errors.ts';
import type { OutgoingReply, SentReply, ShopAccess } from '../adapter.ts';
import type { ApiMessage, UploadedImage } from './api-types.ts';
import { sentMessage, uploadedImage } from './api-types.ts';
import { imageTypes, maxImageBytes, maxReplyChars } from './capabilities.ts';
import type { TiktokShopClient } from './client.ts';
import { saysText, showsPicture } from './match.ts';
import { paths } from './paths.ts';
import { listMessages } from './read.ts';

type Picture = Extract<OutgoingReply['body'], { kind: 'image' }>;

/** Their clock against ours, and their whole seconds. A guess. */
const clockSkewMs = 5_000;
/** Fifty messages since the attempt began: more than any conversation gets in that time. */
const maxLookupPages = 5;
/** Pictures whose send is still open; the oldest is forgotten first. */
const maxUploads = 500;

export function createSender(client: TiktokShopClient) {
  // Until it is known what became of the send: the same picture is not uploaded twice, and is recognised by its address.
  const uploads = new Map<string, UploadedImage>();

  async function uploaded(shop: ShopAccess, key: string, picture: Picture): Promise<UploadedImage> {
    const before = uploads.get(key);
    if (before) return before;
    const form = new FormData();
    form.append('data', new Blob([Uint8Array.from(picture.bytes)], { type: picture.mimeType }), picture.name);
    const { data } = await client.shop(shop, {
      operation: 'upload image',
      method: 'POST',
      path: paths.imageUpload,
      body: form,
      // The buyer sees nothing of it.
      effect: 'none',
      data: uploadedImage,
    });
    if (uploads.size >= maxUploads) uploads.delete([...uploads.keys()][0] ?? key);
    uploads.set(key, data);
    return data;
  }

  async function send(shop: ShopAccess, conversation: ConversationId, type: 'TEXT' | 'IMAGE', content: object): Promise<SentReply> {
    const { data, requestId } = await client.shop(shop, {
      operation: 'send message',
      method: 'POST',
      path: paths.messages(conversation),
      body: JSON.stringify({ type, content: JSON.stringify(content) }),
      effect: 'message',
      data: sentMessage,
    });
    return { messageId: externalMessageId(data.message_id), ...(requestId ? { requestId } : {}) };
  }

  return {
    /** @see https://partner.tiktokshop.com/docv2/page/send-message-202309 read 2026-11-22 */
    async sendReply(shop: ShopAccess, conversation: ConversationId, reply: OutgoingReply): Promise<SentReply> {
      const { body } = reply;
      checkLimits(body);
      if (body.kind === 'text') return send(shop, conversation, 'TEXT', { content: body.text.toWellFormed() });
      const key = uploadKey(reply, body);
      const image = await uploaded(shop, key, body);
      try {
        const sent = await send(shop, conversation, 'IMAGE', image);
        uploads.delete(key);
        return sent;
      } catch (error) {
        // Perhaps it is the address that was refused: a person's retry uploads again.
        if (error instanceof PlatformError && error.kind === 'rejected') uploads.delete(key);
        throw error;
      }
    },

    /**
     * The oldest message that an agent sent since, that says the same and belongs to no other reply: so two equal texts pair up in order.
     * A picture whose upload another process made is any picture that fits: its address was lost with that process.
     */
    async findSent(
      shop: ShopAccess,
      conversation: ConversationId,
      reply: OutgoingReply,
      { since, alreadyLinked }: { readonly since: Date; readonly alreadyLinked: ReadonlySet<string> },
    ): Promise<SentReply | null> {
      const notBefore = Math.floor((since.getTime() - clockSkewMs) / 1000) * 1000;
      const { body } = reply;
      const says = body.kind === 'text' ? saysText(body.text) : showsPicture(uploads.get(uploadKey(reply, body))?.url);
      let found: ApiMessage | null = null;
      let page: string | null = null;
      for (let pages = 0; pages < maxLookupPages; pages += 1) {
        const { messages, next_page_token: next } = await listMessages(client, shop, conversation, page);
        const recent = (messages ?? []).filter((message) => message.create_time.getTime() >= notBefore);
        // Newest first, so the last match is the oldest.
        const isOurs = (message: ApiMessage) =>
          message.sender?.role === 'CUSTOMER_SERVICE' && !alreadyLinked.has(message.id) && says(message);
        found = recent.findLast(isOurs) ?? found;
        if (!next || recent.length < (messages ?? []).length) break;
        page = next;
      }
      return found && { messageId: externalMessageId(found.id) };
    },
  };
}

/** One reply may carry several pictures, all under its one id. */
function uploadKey({ deliveryId }: OutgoingReply, { bytes }: Picture): string {
  return `${deliveryId}|${createHash('sha256').update(bytes).digest('hex')}`;
}

function checkLimits(body: OutgoingReply['body']): void {
  const refuse = (what: string, code: string) =>
    new PlatformError(`TikTok Shop takes no ${what}`, { kind: 'rejected', platform: 'tiktok-shop', code });
  if (body.kind === 'text') {
    if (body.text.length > maxReplyChars) throw refuse(`text over ${maxReplyChars} characters`, 'text-too-long');
    return;
  }
  if (body.bytes.length > maxImageBytes) throw refuse(`picture over ${maxImageBytes} bytes`, 'image-too-large');
  if (!imageTypes.includes(body.mimeType)) throw refuse('picture of this type', 'image-type');
}
