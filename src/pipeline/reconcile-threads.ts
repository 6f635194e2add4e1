import type { Inquiry, Link } from '../core/inquiry.ts';
import { localeOf } from './content.ts';
import type { PipelineDeps } from './deps.ts';
import { type BotGate, callSignal } from './gate.ts';
import type { Ingest } from './ingest.ts';
import { requestDeadlineMs } from './leases.ts';

const inquiriesPerPage = 100;

/**
 * Finds replies in open threads that no event told of. Each look draws on the connection's paces as a read; where they are used up it waits its turn.
 * Resolves to how many events were new.
 */
export async function reconcileThreads(gate: BotGate, ingest: Ingest, deps: PipelineDeps): Promise<number> {
  const { bot, name } = gate.connector;
  if (!bot.listReplies) return 0;
  let found = 0;
  let after: Inquiry | null = null;
  for (;;) {
    const page: readonly Inquiry[] = await deps.inquiries.openPage(after, inquiriesPerPage);
    for (const inquiry of page) {
      if (gate.lease.signal.aborted || gate.paused !== null) return found;
      if (inquiry.thread?.bot === name && inquiry.thread.rootId !== null && !gate.parked.has(inquiry.thread.channelId))
        found += await readThread(gate, inquiry, ingest, deps);
    }
    after = page.at(-1) ?? null;
    if (page.length < inquiriesPerPage || !after) break;
  }
  if (found > 0) deps.log.warn({ bot: name, found }, 'replies found that no event had told of');
  return found;
}

async function readThread(gate: BotGate, inquiry: Inquiry, ingest: Ingest, deps: PipelineDeps): Promise<number> {
  const { bot, name } = gate.connector;
  const { thread } = inquiry;
  if (!thread?.rootId) return 0;
  await paced(gate, bot.capabilities.lookupCosts.listReplies, deps);
  const newest = await deps.inquiries.newestAgentLink(inquiry._id);
  const after = newest ? postOf(newest) : { channelId: thread.channelId, messageId: thread.rootId };
  const { signal, done } = callSignal(gate.lease, requestDeadlineMs, deps);
  try {
    const state = {
      inquiryId: inquiry._id,
      channelId: thread.channelId,
      rootId: thread.rootId,
      locale: localeOf(deps.settings(), name, thread.channelId, null),
    };
    const events = (await bot.listReplies?.(state, after, { signal, loadMedia: () => Promise.resolve(null) })) ?? [];
    return await ingest.storeAll(
      events.map((event) => ({ source: { kind: 'bot', bot: name }, shop: null, receivedAt: deps.clock.now(), ...event })),
    );
  } finally {
    done();
  }
}

/** Waits until the paces allow one more read; gives up with the lease. */
async function paced(gate: BotGate, costs: readonly string[], { timers }: PipelineDeps): Promise<void> {
  for (;;) {
    const waitMs = gate.limiter.take(costs, null, 'read');
    if (waitMs <= 0 || gate.lease.signal.aborted) return;
    await new Promise<void>((resolve) => {
      timers.after(waitMs, resolve);
    });
  }
}

/** `slack/default|C1|1700.1` -> where it is. */
function postOf({ _id }: Link): { readonly channelId: string; readonly messageId: string } {
  const [, channelId = '', messageId = ''] = _id.split('|');
  return { channelId, messageId };
}
