import type { Delivery } from '../core/delivery.ts';
import { change, draftOf, toTurn } from '../core/draft.ts';
import type { InquiryId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { orderIdsIn } from '../core/message.ts';
import { type CardOrder, cardOrderOf, isSameOrder } from '../core/order.ts';
import { planCard } from '../core/plan.ts';
import type { PipelineDeps } from './deps.ts';
import { type Applied, applyTurns } from './turns.ts';

/** Look-ups that may be under way; what is shown meanwhile is looked up when its card is drawn again. */
const mostAtOnce = 50;
/** An order that is older is asked for anew when its card is drawn. */
const freshMs = 5 * 60_000;
/** An inquiry that moves on meanwhile is read again this often. */
const tries = 5;

/**
 * Fills an inquiry's order into its root card. Nothing waits for it: the look-up begins once something of the inquiry is shown, and what it brings goes into the
 * card by an edit of its own, which stands in the queue of cards like all others. A crash in between costs the line until the card is drawn again.
 * @param applied is told of the edit
 * @returns to be called with what was shown
 */
export function createOrderCards(
  deps: Pick<PipelineDeps, 'orders' | 'inquiries' | 'outbox' | 'figures' | 'probe' | 'settings' | 'clock' | 'newId' | 'log'>,
  applied: (of: Pick<Applied, 'planned' | 'patched'>) => void,
): (lead: Pick<Delivery, 'content'>, inquiry: Inquiry | null) => void {
  const { orders, inquiries, settings, clock, newId, log } = deps;
  const looking = new Set<InquiryId>();

  async function look(shown: Inquiry): Promise<void> {
    const found = await orders.namedBy(shown);
    if (!found) return;
    const order = cardOrderOf(found, clock.now());
    for (let left = tries; left > 0; left -= 1) {
      const inquiry = (await inquiries.byIds([shown._id])).get(shown._id);
      if (!inquiry || (inquiry.order && isSameOrder(inquiry.order, order))) return;
      if (await fillIn(inquiry, order)) return;
    }
  }

  /** False: the inquiry has moved on. */
  async function fillIn(inquiry: Inquiry, order: CardOrder): Promise<boolean> {
    const draft = draftOf(inquiry);
    change(draft, { order });
    draft.deliveries.push(planCard(draft.inquiry, clock.now()));
    const turn = toTurn(draft, { id: newId(), lane: 'order', desk: settings().desk });
    if (!turn) return true;
    const done = await applyTurns([turn], deps);
    applied(done);
    return done.lost.size === 0;
  }

  return ({ content }, inquiry) => {
    if (!inquiry || looking.has(inquiry._id) || looking.size >= mostAtOnce || !isWorthALook(content, inquiry, clock.now())) return;
    looking.add(inquiry._id);
    look(inquiry)
      .catch((err: unknown) => log.error({ err, inquiryId: inquiry._id }, 'the order of an inquiry could not be put on its card'))
      .finally(() => looking.delete(inquiry._id));
  };
}

/** Something names an order that the card does not tell of yet, or the card is drawn with one that may have moved on. */
function isWorthALook(content: Delivery['content'], { order, source, thread }: Inquiry, now: Date): boolean {
  if (content.kind === 'message') {
    const { named, said } = orderIdsIn(content.message.parts);
    return named.length + said.length > 0 || (source?.kind === 'order' && !thread?.rootId);
  }
  if (content.kind !== 'card') return false;
  return order ? now.getTime() - order.at.getTime() > freshMs : source?.kind === 'order';
}
