import type { ConversationId, InquiryId, ShopId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import type { InquiryStore } from '../store/inquiries.ts';

/** Inquiries kept, the ones used last. */
const mostKept = 5_000;

/**
 * The store of inquiries for a process that is alone: what it wrote or read last need not be read again. The store stays the judge: a turn that stands on an
 * outdated version loses its race there, is forgotten here, and is decided anew.
 */
export function rememberInquiries(store: InquiryStore): InquiryStore {
  const kept = new Map<InquiryId, Inquiry>();
  const openIn = new Map<string, InquiryId>();
  const place = (shop: ShopId, conversation: ConversationId) => `${shop}|${conversation}`;

  function forget(id: InquiryId): void {
    const known = kept.get(id);
    if (!known) return;
    kept.delete(id);
    const where = place(known.shopId, known.conversationId);
    if (openIn.get(where) === id) openIn.delete(where);
  }

  /** A read that was overtaken by a write brings nothing new. */
  function keep(inquiry: Inquiry): void {
    const known = kept.get(inquiry._id);
    if (known && known.version > inquiry.version) return;
    forget(inquiry._id);
    kept.set(inquiry._id, inquiry);
    if (inquiry.open) openIn.set(place(inquiry.shopId, inquiry.conversationId), inquiry._id);
    if (kept.size <= mostKept) return;
    const [oldest] = kept.keys();
    if (oldest) forget(oldest);
  }

  return {
    ...store,

    async replace(turns) {
      const lost = new Set(await store.replace(turns));
      for (const turn of turns) {
        if (lost.has(turn)) forget(turn.inquiryId);
        else keep(turn.inquiry);
      }
      return [...lost];
    },

    async byIds(ids) {
      const found = new Map<InquiryId, Inquiry>();
      const unknown: InquiryId[] = [];
      for (const id of new Set(ids)) {
        const inquiry = kept.get(id);
        if (inquiry) found.set(id, inquiry);
        else unknown.push(id);
      }
      for (const inquiry of (await store.byIds(unknown)).values()) {
        keep(inquiry);
        found.set(inquiry._id, kept.get(inquiry._id) ?? inquiry);
      }
      return found;
    },

    async openIn(shop, conversations) {
      const found = new Map<ConversationId, Inquiry>();
      const unknown: ConversationId[] = [];
      for (const conversation of conversations) {
        const inquiry = kept.get(openIn.get(place(shop, conversation)) as InquiryId);
        if (inquiry) found.set(conversation, inquiry);
        else unknown.push(conversation);
      }
      for (const inquiry of (await store.openIn(shop, unknown)).values()) {
        keep(inquiry);
        found.set(inquiry.conversationId, kept.get(inquiry._id) ?? inquiry);
      }
      return found;
    },
  };
}
