import type { ConversationId, InquiryId } from '../ids.ts';
import { conversationId, inquiryId } from '../ids.ts';
import type { Shop } from '../shop.ts';

/** The marketplace of practice: nobody sells there, and nothing of it counts. */
export const practiceMarketplace = 'practice';
/** What its one shop is called, in both languages, so that it is marked wherever a shop is named. */
export const practiceShopName = '练习店 PRACTICE';

export const isPractice = ({ marketplace }: Pick<Shop, 'marketplace'>): boolean => marketplace === practiceMarketplace;
/** A shop whose buyers are people: only these have figures. */
export const isReal = (shop: Pick<Shop, 'marketplace'>): boolean => !isPractice(shop);
/** @param id of a shop, or what belongs to none */
export const isPracticeShop = (id: string | null): boolean => id?.startsWith(`${practiceMarketplace}:`) === true;

/** It is being removed: what is left of it is nobody's shop any more. */
export const isOver = (shop: Pick<Shop, 'marketplace' | 'state'>): boolean => isPractice(shop) && shop.state === 'deauthorized';

/**
 * Ids of inquiries are hexadecimal; those of practice have this before them. So all that hangs on one is found by how its inquiry's id begins, and a person
 * who names one sees what it is.
 */
export const practiceIdPrefix = 'p';
export const isPracticeInquiry = (id: string | null): boolean => id?.startsWith(practiceIdPrefix) === true;
export const inquiryIdIn = (shop: Pick<Shop, 'marketplace'>, id: string): InquiryId =>
  inquiryId(isPractice(shop) ? `${practiceIdPrefix}${id}` : id);

/** Conversations are numbered, from 0, in the order in which their buyers come. @param session tells one practice shop from the ones before: its external id */
export const practiceConversation = (session: string, number: number): ConversationId =>
  conversationId(`${practiceMarketplace}:${session}:${String(number).padStart(4, '0')}`);

/** Null: it is no conversation of practice. */
export function numberOf(conversation: ConversationId): number | null {
  const [, number] = /^practice:[^:]+:(\d{4,9})$/.exec(conversation) ?? [];
  return number === undefined ? null : Number(number);
}
