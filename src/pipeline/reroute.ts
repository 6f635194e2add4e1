import { draftOf, toTurn } from '../core/draft.ts';
import { type Inquiry, untouched } from '../core/inquiry.ts';
import { takeRoute } from '../core/routing/take-route.ts';
import { botOf } from '../core/settings.ts';
import { botGate } from '../core/shop.ts';
import type { PipelineDeps } from './deps.ts';
import { type Opened, openingOf } from './opening.ts';
import { applyTurns } from './turns.ts';

const inquiriesPerSweep = 200;
/** What the buyer wrote first is looked at, as when it opened. */
const messagesLookedAt = 20;

/** Inquiries that no route took open their thread as soon as one does. Safe to run at any time, by any process. Returns how many got a channel. */
export async function rerouteWaiting(deps: PipelineDeps): Promise<number> {
  const { outbox, inquiries, settings, staff, clock, newId } = deps;
  const waiting = await inquiries.byIds(await outbox.unroutedInquiries(inquiriesPerSweep));
  let routed = 0;
  for (const inquiry of waiting.values()) {
    const opened = inquiry.thread ? null : await openingAgain(inquiry, deps);
    const match = opened?.evaluation.match;
    if (match) {
      const draft = draftOf(inquiry);
      const assignee = await staff.assigneeFor(match.outcome, null);
      takeRoute(draft, match, { assignee, words: opened?.words ?? null, settings: settings(), now: clock.now() });
      const turn = toTurn(draft, { id: newId(), lane: 'reroute', desk: settings().desk });
      // One that lost its race is found again by the next sweep.
      if (!turn || (await applyTurns([turn], deps)).lost.size > 0) continue;
    }
    const thread = match ? { bot: botOf(match.outcome.channel), channelId: match.outcome.channel.id } : inquiry.thread;
    if (!thread) continue;
    await outbox.route(inquiry._id, { gate: botGate(thread.bot), channelId: thread.channelId });
    routed += 1;
  }
  return routed;
}

async function openingAgain(inquiry: Inquiry, deps: PipelineDeps): Promise<Opened | null> {
  const shop = await deps.shops.byId(inquiry.shopId);
  // Without rules nothing need be read.
  if (!shop || deps.settings().routes.length === 0) return null;
  const { conversationId: conversation, buyer, source, previous } = inquiry;
  const [messages, earlier] = await Promise.all([
    deps.inquiries.firstFromBuyer(inquiry._id, messagesLookedAt),
    deps.inquiries.byIds(previous ? [previous.inquiryId] : []),
  ]);
  const before = previous && (earlier.get(previous.inquiryId) ?? untouched);
  const parts = messages.flatMap((message) => message.parts);
  return openingOf({ id: inquiry._id, shop, conversation, buyer, source, parts, before }, deps);
}
