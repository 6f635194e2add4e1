import { createHash } from 'node:crypto';
import type { DeliveryId } from '../../src/core/ids.ts';
import type { ReceiptMark } from '../../src/core/thread.ts';

/** What our posts carry so that they are found again, and our buttons so that they are told from others'. */

/** Of buttons, shortcuts, forms and their fields. */
export const actionIdPrefix = 'threadmart.';
/** What people type where they write. */
export const slashCommand = '/tm';
export const metadataType = 'threadmart_delivery';

/** Short and without meaning; stands where the delivery's id is too long or would be seen. */
const markOf = (id: DeliveryId): string => createHash('sha256').update(id).digest('hex').slice(0, 16);

/** Of the first block of part `part`. It comes back with a message's blocks whether or not the app may read metadata. */
export const blockIdOf = (id: DeliveryId, part: number): string => `tm-${markOf(id)}-${part}`;

/** Uploads take no metadata, so their file names say whose they are. */
export const filePrefixOf = (id: DeliveryId): string => `tm-${markOf(id)}-`;

export const reactionOf: Readonly<Record<ReceiptMark, string>> = {
  sent: 'white_check_mark',
  noted: 'memo',
  waiting: 'hourglass_flowing_sand',
};
