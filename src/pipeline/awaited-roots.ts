import type { Delivery } from '../core/delivery.ts';
import { isRuleCall } from '../core/desk/pings.ts';
import type { InquiryId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import type { LaneWork } from './select.ts';

/** A root that cannot be posted is trouble of its own: its reminder goes without a link then. */
const longestMs = 2 * 60_000;
/** However fast the tests' time is, opening a thread takes a machine its own time. */
const leastMs = 30_000;

/** Inquiries that it has to be known of whether their threads are there. */
export const awaitedOf = (work: LaneWork): readonly InquiryId[] =>
  work.do === 'send' && work.lead.content.kind === 'ping' ? work.members.flatMap(({ inquiryId }) => inquiryId ?? []) : [];

/**
 * Reminders lead to their threads: those of which the thread is only being opened, as after a downtime, stay in their lane and hold up no others. What is tried
 * again goes as it was. Null: none of them can go yet. Pure.
 */
export function withRoots<Work extends LaneWork>(
  work: Work,
  inquiries: ReadonlyMap<InquiryId, Inquiry>,
  { now, timeScale }: { readonly now: Date; readonly timeScale: number },
): Work | null {
  if (work.do !== 'send' || work.lead.content.kind !== 'ping' || work.lead.members.length > 0) return work;
  const goes = ({ inquiryId, content, createdAt }: Delivery): boolean => {
    const inquiry = inquiryId === null ? undefined : inquiries.get(inquiryId);
    if (!inquiry || inquiry.thread?.rootId) return true;
    // What a rule wants known is nothing without its thread.
    const isCall = content.kind === 'ping' && isRuleCall(content.reminder);
    return !isCall && now.getTime() - createdAt.getTime() >= Math.max(longestMs / timeScale, leastMs);
  };
  const [lead, ...members] = [work.lead, ...work.members].filter(goes);
  return lead ? { ...work, lead, members } : null;
}
