import { createHash } from 'node:crypto';
import type { DeliveryId, InquiryId } from '../../src/core/ids.ts';

/** Names that we give to cards, so that each is found again and none is delivered twice. A card is known to the platform by its `outTrackId`, which is ours to choose. */

/** Of our buttons. */
export const actionIdPrefix = 'threadmart.';
/** Of the field that a reply is written in; what follows tells one reply from the next. */
export const replyFieldPrefix = 'reply_';
/** Of the field that nobody sees, which says where the card stands. */
export const placeField = 'at';
/** Before anybody has answered on a card. */
export const firstDraft = '0';

const digest = (of: string, chars: number): string => createHash('sha256').update(of).digest('hex').slice(0, chars);

/**
 * The card that a delivery makes, and with `part` the ones that belong to it. At most 64 characters, the longest that are known to be taken (the official SDK's are
 * digests of that length: open-dingtalk/dingtalk-stream-sdk-python, card_replier.py, 2026-11-28).
 */
export const cardIdOf = (inquiryId: InquiryId, deliveryId: DeliveryId, part = 0): string =>
  `tm-${inquiryId || 'channel'}-${digest(deliveryId, 12)}${part === 0 ? '' : `-${part}`}`;

/** `question`: whatever tells it from all others; `answer`: what is said to it. */
export const answerCardIdOf = (question: string, answer: object): string => `tm-answer-${digest(JSON.stringify([question, answer]), 24)}`;

const formCardPrefix = 'tm-form-';
export const formCardIdOf = (trigger: string): string => `${formCardPrefix}${digest(trigger, 16)}`;
export const isFormCard = (outTrackId: string): boolean => outTrackId.startsWith(formCardPrefix);

/** What somebody wrote on a card: pressed twice it is the same one, until they were given the next draft. */
export const replyIdOf = (outTrackId: string, userId: string, field: string, words: string): string =>
  `reply-${digest(JSON.stringify([outTrackId, userId, field, words]), 32)}`;

/** The draft after a reply. */
export const draftAfter = (replyId: string): string => digest(replyId, 8);
