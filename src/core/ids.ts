declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

/** A buyer's chat with a shop, as the marketplace names it. Made and taken apart only by the adapter that owns it. */
export type ConversationId = Brand<'ConversationId'>;
/** A message as the marketplace names it. */
export type ExternalMessageId = Brand<'ExternalMessageId'>;
/** One entry of the outbox. Opaque; safe to show to a chat platform as metadata. */
export type DeliveryId = Brand<'DeliveryId'>;
/** Our own id of an inquiry. */
export type InquiryId = Brand<'InquiryId'>;
/** Our own id of a shop. */
export type ShopId = Brand<'ShopId'>;

// The one place where a plain string becomes an id.
export const conversationId = (value: string): ConversationId => value as ConversationId;
export const externalMessageId = (value: string): ExternalMessageId => value as ExternalMessageId;
export const deliveryId = (value: string): DeliveryId => value as DeliveryId;
export const inquiryId = (value: string): InquiryId => value as InquiryId;
export const shopId = (value: string): ShopId => value as ShopId;

/** Ids of inquiries are random: the beginning of one is enough to name it among those that are open. */
export const shortIdOf = (id: InquiryId): string => id.slice(0, 6);
