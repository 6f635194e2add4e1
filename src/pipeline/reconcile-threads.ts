import type { Inquiry, Link } from '../core/inquiry.ts';
import type { PostRef } from '../core/thread.ts';
import { localeOf } from './content.ts';
import type { PipelineDeps } from './deps.ts';
import { type BotGate, callSignal } from './gate.ts';
import type { Ingest } from './ingest.ts';
import { requestDeadlineMs } from './leases.ts';

const inquiriesPerPage = 100;

/** Between two reads at least, so that look-ups of uncertain posts find their pace free. */
const spacingMs = 2_000;
/** How far behind the last read one begins: Slack redelivers for about six minutes, and a lost reply can lie before a known one. */
const overlapReads = 3;

/** Where each thread was read to, by inquiry; the last few reads of it, oldest first. Lives with the gate's owner: a new one reads from the root. */
export type ThreadMarks = Map<string, readonly PostRef[]>;

/**
 * Finds replies in open threads that no event told of. Each look draws on the connection's paces as a read; where they are used up it waits its turn.
 * Resolves to how many threads were read; each is a call or more.
 */
export async function reconcileThreads(gate: BotGate, marks: ThreadMarks, ingest: Ingest, deps: PipelineDeps): Promise<number> {
  const { bot, name } = gate.connector;
  if (!bot.listReplies) return 0;
  let [found, read] = [0, 0];
  const open = new Set<string>();
  let after: Inquiry | null = null;
  for (;;) {
    const page: readonly Inquiry[] = await deps.inquiries.openPage(after, inquiriesPerPage);
    for (const inquiry of page) {
      if (gate.lease.signal.aborted || gate.paused !== null) return read;
      if (inquiry.thread?.bot !== name || inquiry.thread.rootId === null || gate.parked.has(inquiry.thread.channelId)) continue;
      open.add(inquiry._id);
      read += 1;
      found += await readThread(gate, inquiry, marks, ingest, deps).catch((err: unknown) => {
        deps.log.warn({ err, inquiryId: inquiry._id }, 'a thread could not be read back; it is tried again next time');
        return 0;
      });
    }
    after = page.at(-1) ?? null;
    if (page.length < inquiriesPerPage || !after) break;
  }
  for (const id of marks.keys()) if (!open.has(id)) marks.delete(id);
  if (found > 0) deps.log.warn({ bot: name, found }, 'replies found that no event had told of');
  return read;
}

async function readThread(gate: BotGate, inquiry: Inquiry, marks: ThreadMarks, ingest: Ingest, deps: PipelineDeps): Promise<number> {
  const { bot, name } = gate.connector;
  const { thread } = inquiry;
  if (!thread?.rootId) return 0;
  await paced(gate, bot.capabilities.lookupCosts.listReplies, deps);
  const root = { channelId: thread.channelId, messageId: thread.rootId };
  const before = marks.get(inquiry._id) ?? [root];
  const newest = await deps.inquiries.newestAgentLink(inquiry._id);
  const { signal, done } = callSignal(gate.lease, requestDeadlineMs, deps);
  try {
    const locale = localeOf(deps.settings(), name, thread.channelId, null);
    const state = { inquiryId: inquiry._id, channelId: thread.channelId, rootId: thread.rootId, locale };
    const access = { signal, loadMedia: () => Promise.resolve(null) };
    const events = (await bot.listReplies?.(state, before[0] ?? root, access)) ?? [];
    const stored = await ingest.storeAll(
      events.map((event) => ({ source: { kind: 'bot', bot: name }, shop: null, receivedAt: deps.clock.now(), ...event })),
    );
    if (newest) marks.set(inquiry._id, [...before, postOf(newest)].slice(-overlapReads));
    return stored;
  } finally {
    done();
  }
}

/** Waits until the paces allow one more read; gives up with the lease. */
async function paced(gate: BotGate, costs: readonly string[], { timers, timeScale }: PipelineDeps): Promise<void> {
  await sleep(spacingMs / timeScale, timers);
  for (;;) {
    const waitMs = gate.limiter.take(costs, null, 'read');
    if (waitMs <= 0 || gate.lease.signal.aborted) return;
    await sleep(waitMs, timers);
  }
}

const sleep = (ms: number, timers: PipelineDeps['timers']): Promise<void> =>
  new Promise((resolve) => {
    timers.after(ms, resolve);
  });

/** `slack/default|C1|1700.1` -> where it is. */
function postOf({ _id }: Link): { readonly channelId: string; readonly messageId: string } {
  const [, channelId = '', messageId = ''] = _id.split('|');
  return { channelId, messageId };
}
