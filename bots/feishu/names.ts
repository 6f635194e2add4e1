import { createHash } from 'node:crypto';
import type { DeliveryId } from '../../src/core/ids.ts';
import type { ReceiptMark } from '../../src/core/thread.ts';

/**
 * A name for one message that we send: "with the same uuid at most one message succeeds within an hour", at most 50 characters.
 * @see https://open.feishu.cn/document/server-docs/im-v1/message/reply (2026-11-28)
 */
export const uuidOf = (id: DeliveryId | string, part: number | string): string =>
  `tm-${createHash('sha256').update(`${id}|${part}`).digest('hex').slice(0, 32)}`;

/** How long the platform remembers a name, less what clocks and slow calls may be apart. */
export const uuidMemoryMs = 50 * 60_000;

/** Names of emoji: https://open.feishu.cn/document/server-docs/im-v1/message-reaction/emojis-introduce (2026-11-28) */
export const reactionOf: Readonly<Record<ReceiptMark, string>> = {
  sent: 'DONE',
  noted: 'Pin',
  waiting: 'OneSecond',
};
