import type { ExternalMessageId } from './ids.ts';

/** A picture, video or file that lives at a platform. `url` may need the platform's own credentials and may expire. */
export interface MediaRef {
  readonly url: string;
  readonly name?: string;
  readonly mimeType?: string;
  readonly bytes?: number;
  readonly expiresAt?: Date;
}

/** One piece of a message. Text is plain: no platform's markup survives the connector that received it. */
export type MessagePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly media: MediaRef }
  | { readonly kind: 'video'; readonly media: MediaRef; readonly durationSeconds?: number }
  | { readonly kind: 'file'; readonly media: MediaRef }
  | { readonly kind: 'sticker'; readonly label: string; readonly media?: MediaRef }
  | { readonly kind: 'product'; readonly productId: string }
  | { readonly kind: 'order'; readonly orderId: string; readonly note?: string }
  /** Words of the marketplace itself (a notification, a transfer). */
  | { readonly kind: 'system'; readonly text: string }
  /** What we cannot show: the platform's name of its type, and the platform's own hint if it gave one. */
  | { readonly kind: 'unsupported'; readonly type: string; readonly hint?: string };

/** `agent`: a person who answered outside Threadmart (Seller Center). `automatic`: FAQ, chatbot. `system`: the marketplace. */
export type MessageAuthor = 'buyer' | 'agent' | 'automatic' | 'system';

/** A message as an adapter read it from a marketplace. */
export interface IncomingMessage {
  readonly externalId: ExternalMessageId;
  readonly author: MessageAuthor;
  /** Of an `agent`: the marketplace's id of who wrote it. Absent: it does not tell. */
  readonly writer?: string;
  readonly parts: readonly MessagePart[];
  /** The platform's own time. */
  readonly sentAt: Date;
  /** Sorts as the platform orders the conversation: compare as plain strings. */
  readonly order: string;
  /** False: the platform asks not to show it to agents. */
  readonly visible: boolean;
}

/** What the marketplace tells about the person; every field may be missing. */
export interface BuyerProfile {
  readonly externalId?: string;
  readonly name?: string;
  readonly language?: string;
}

/** Where the buyer came from. */
export interface InquirySource {
  readonly kind: 'product' | 'order';
  readonly id: string;
}

/** Order and product numbers among these parts, and numbers in the words that are too long for a telephone. */
export function idsIn(parts: readonly MessagePart[]): string[] {
  return parts.flatMap((part): string[] => {
    if (part.kind === 'product') return [part.productId];
    if (part.kind === 'order') return [part.orderId];
    if (part.kind === 'text' || part.kind === 'system') return part.text.match(/[A-Za-z]{1,4}\d{6,24}[A-Za-z]{0,4}|\d{13,24}/g) ?? [];
    return [];
  });
}

/** Orders that these parts name for certain (`named`), and what in their words may be the number of one (`said`). */
export function orderIdsIn(parts: readonly MessagePart[]): { readonly named: readonly string[]; readonly said: readonly string[] } {
  return {
    named: parts.flatMap((part) => (part.kind === 'order' ? part.orderId : [])),
    said: idsIn(parts.filter(({ kind }) => kind === 'text')),
  };
}
