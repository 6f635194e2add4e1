import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ConversationId, externalMessageId } from '../../src/core/ids.ts';
import { buyerOf, type PracticeBuyer } from '../../src/core/practice/buyers.ts';
import { numberOf, practiceMarketplace } from '../../src/core/practice/marks.ts';
import { text } from '../../src/core/texts/index.ts';
import { PlatformError, type PlatformErrorOptions } from '../../src/errors.ts';
import { defineMarketplace } from '../adapter.ts';
import { capabilities } from './capabilities.ts';
import { toEvents } from './events.ts';
import { buyerIdOf, createOrders } from './orders.ts';
import { slaPolicies } from './sla.ts';

const failure = (message: string, options: Omit<PlatformErrorOptions, 'platform'>): PlatformError =>
  new PlatformError(message, { ...options, platform: practiceMarketplace });

function partner(conversation: ConversationId): PracticeBuyer & { readonly number: number } {
  const number = numberOf(conversation);
  if (number === null) throw failure('no such practice conversation', { kind: 'rejected', code: 'unknown-conversation' });
  return { ...buyerOf(number), number };
}

/**
 * A marketplace that is not there: its platform is the service itself, so nothing is asked of anybody, and its buyers are `src/core/practice/buyers.ts`. It
 * keeps nothing: buyers go by the inquiries as they stand.
 */
export const practice = defineMarketplace({
  name: practiceMarketplace,
  label: 'Practice',
  environment: z.object({}),
  required: [],
  slaPolicies,
  create: (_settings, { now }) => ({
    capabilities,
    receive() {
      // Its buyers are played within the service: whoever comes from outside is none of them.
      throw failure('practice takes nothing from outside', { kind: 'rejected' });
    },
    toEvents,
    async sendReply(shop, conversation, { deliveryId, body }) {
      if (shop.signal.aborted) throw failure('called off before it was sent', { kind: 'transient' });
      if (partner(conversation).closed)
        throw failure('the buyer has closed the chat', { kind: 'rejected', code: 'chat-closed', reason: 'practice.chat-closed' });
      // All parts of a reply have its id, so what is in them tells them apart.
      const part = createHash('sha256')
        .update(deliveryId)
        .update(body.kind === 'text' ? body.text : body.bytes);
      return { messageId: externalMessageId(`${conversation}:reply:${part.digest('hex').slice(0, 24)}`) };
    },
    // It keeps no messages: what is not known to have arrived is sent again, which doubles nothing.
    findSent: async () => null,
    async conversation(_shop, conversation) {
      const { name, language, number, closed } = partner(conversation);
      return { conversation, buyer: { externalId: buyerIdOf(number), name, language }, canSend: closed !== true, latest: null };
    },
    orders: createOrders(now),
    checkShop: async (_shop, locale) => [{ check: 'practice', ok: true, problem: text(locale, 'practice.found') }],
  }),
});
