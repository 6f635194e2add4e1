import { change, draftOf, note, toTurn } from '../core/draft.ts';
import { route } from '../core/route.ts';
import { botOf } from '../core/settings.ts';
import { botGate } from '../core/shop.ts';
import type { PipelineDeps } from './deps.ts';
import { applyTurns } from './turns.ts';

const inquiriesPerSweep = 200;

/** Inquiries that no route took open their thread as soon as one does. Safe to run at any time, by any process. Returns how many got a channel. */
export async function rerouteWaiting(deps: PipelineDeps): Promise<number> {
  const { outbox, inquiries, shops, settings, clock, newId } = deps;
  const waiting = await inquiries.byIds(await outbox.unroutedInquiries(inquiriesPerSweep));
  let routed = 0;
  for (const inquiry of waiting.values()) {
    const shop = await shops.byId(inquiry.shopId);
    const channel = inquiry.thread ? null : shop && route(settings(), shop);
    if (channel) {
      const draft = draftOf(inquiry);
      change(draft, { thread: { bot: botOf(channel), channelId: channel.id, rootId: null } });
      note(draft, 'routed', clock.now(), null, { channel: `${botOf(channel)}/${channel.id}` });
      const turn = toTurn(draft, newId(), 'reroute');
      // One that lost its race is found again by the next sweep.
      if (!turn || (await applyTurns([turn], deps)).lost.size > 0) continue;
    }
    const thread = channel ? { bot: botOf(channel), channelId: channel.id } : inquiry.thread;
    if (!thread) continue;
    await outbox.route(inquiry._id, { gate: botGate(thread.bot), channelId: thread.channelId });
    routed += 1;
  }
  return routed;
}
