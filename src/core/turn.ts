import type { Delivery } from './delivery.ts';
import type { DeliveryId, InquiryId } from './ids.ts';
import type { HistoryEvent, Inquiry, Link, Message } from './inquiry.ts';

/**
 * A decision, ready to be applied. It is stored whole before any of it takes hold; applying it again changes nothing.
 * The inquiry is replaced only while its version is still `base` (0: it must not exist yet); everything else is inserted under its own key.
 */
export interface Turn {
  readonly id: string;
  /** The lane that decided it; `inquiry.applied` remembers its `id`. */
  readonly lane: string;
  readonly inquiryId: InquiryId;
  readonly base: number;
  readonly inquiry: Inquiry;
  readonly messages: readonly Message[];
  readonly history: readonly HistoryEvent[];
  readonly links: readonly Link[];
  readonly deliveries: readonly Delivery[];
  readonly patches: readonly DeliveryPatch[];
}

/** A change to a delivery that may be too late. Exactly one of the two follow-ups is planned. */
export interface DeliveryPatch {
  readonly id: DeliveryId;
  /** The event that asks for it. */
  readonly by: string;
  readonly onlyIn: readonly Delivery['state'][];
  /** Only while nothing of it has been sent. */
  readonly set: Partial<Pick<Delivery, 'state' | 'content' | 'dueAt' | 'releasedAt' | 'doneAt' | 'reason' | 'order' | 'rank' | 'attempts'>>;
  readonly whenApplied: readonly Delivery[];
  readonly whenTooLate: readonly Delivery[];
}
