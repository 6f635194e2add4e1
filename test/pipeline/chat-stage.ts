import type { BotCapabilities, ChatBot } from '../../bots/bot.ts';
import type { RateLimit } from '../../src/core/connector.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Settings } from '../../src/core/settings.ts';
import type { ThreadContent } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import type { PipelineDeps } from '../../src/pipeline/deps.ts';
import { createPipeline } from '../../src/pipeline/index.ts';
import { createConversationStore } from '../../src/store/conversations.ts';
import { createFigureStore } from '../../src/store/figures.ts';
import { createGateStore } from '../../src/store/gates.ts';
import { createInboxStore } from '../../src/store/inbox.ts';
import { createInquiryStore } from '../../src/store/inquiries.ts';
import { createOutboxStore } from '../../src/store/outbox.ts';
import { createPauseStore } from '../../src/store/pauses.ts';
import { createQueueStore } from '../../src/store/queue.ts';
import { createSyncStore } from '../../src/store/syncs.ts';
import { shop } from '../core/fixtures.ts';
import { createSimulatedTime, watchStore } from '../e2e/working-day/time.ts';
import { openTestStore } from '../store-helper.ts';

/** What a stub of a bot was asked to show. */
export interface Shown {
  readonly bot: string;
  readonly channelId: string;
  readonly content: ThreadContent;
  readonly atMs: number;
}

export type ChatStage = Awaited<ReturnType<typeof openChatStage>>;

/**
 * Outbox and gates of bots that only note what they are told to show, over a real store, in simulated time. No marketplace, and nothing comes in.
 * @param limits what showing anything at all draws on
 */
export async function openChatStage(bots: readonly string[], settings: Settings, startMs: number, limits: readonly RateLimit[] = []) {
  const store = await openTestStore();
  const time = createSimulatedTime(startMs, watchStore(store.connection.getClient()));
  const { clock, timers } = time;
  const shown: Shown[] = [];
  /** Whose credentials the platform refuses. */
  const refused = new Set<string>();
  const capabilities: BotCapabilities = {
    ...{ threads: 'native', maxPostChars: 10_000, reportsEdits: true, reportsDeletes: true, receiptEmoji: [], privateNotices: true },
    ...{ maxFormOptions: 0, maxFileBytes: 0, settleMs: 1_000, limits, redeliveryWindowMs: 0 },
    costs: () => limits.map(({ name }) => name),
    lookupCosts: { findPosted: [], listReplies: [], user: [] },
  };
  const stub = (bot: string): ChatBot => ({
    capabilities,
    receive: () => ({ kind: 'handshake', answer: { status: 200 } }),
    toEvents: () => [],
    async show({ channelId }, { content }) {
      if (refused.has(bot)) throw new PlatformError('refused', { kind: 'auth', platform: bot, code: 'token_revoked' });
      shown.push({ bot, channelId, content, atMs: time.nowMs() });
      return { posts: [{ channelId, messageId: `${shown.length}.0` }] };
    },
    fetchFile: () => Promise.reject(new Error('there are no files')),
    check: async () => [{ check: 'token', ok: !refused.has(bot), vital: true }],
  });
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const outbox = createOutboxStore(store.connection);
  let ids = 0;
  const deps = {
    ...{ outbox, clock, timers, log: quiet },
    inbox: createInboxStore(store.connection),
    inquiries: createInquiryStore(store.connection),
    conversations: createConversationStore(store.connection),
    figures: createFigureStore(store.connection, clock),
    gates: createGateStore(store.connection),
    pauses: createPauseStore(store.connection),
    queue: createQueueStore(store.connection),
    syncs: createSyncStore(store.connection),
    shops: { byId: async () => shop, known: async () => true, ids: async () => [] },
    marketplaces: new Map(),
    bots: new Map(bots.map((bot) => [bot, stub(bot)])),
    settings: () => settings,
    sawUser: async () => {},
    slaPresets: () => [],
    random: () => 0.5,
    newId() {
      ids += 1;
      return ids.toString(16).padStart(24, '0');
    },
    meter: { delivered() {}, leaseLost() {}, unknownEvent() {}, late() {} },
    probe() {},
    storeFailed(error: unknown) {
      throw error;
    },
    ...{ timeScale: 1, paceScale: 1 },
  } as unknown as PipelineDeps;
  const start = () => {
    const pipeline = createPipeline(deps, {
      // As one of several processes, so that what a test writes into the store is read.
      ...{ owner: deps.newId(), soleOwner: false, pollMs: 60_000, authorizationExpiring: async () => {} },
    });
    pipeline.start();
    return pipeline;
  };
  let pipeline = start();
  const pass = (ms: number) => time.passTo(time.nowMs() + ms);
  const stop = async () => {
    const stopped = pipeline.stop(1_000);
    await pass(2_000);
    await stopped;
  };
  await pass(1_000);
  return {
    ...{ store, time, shown, refused, pass },
    announce: (...given: Parameters<typeof pipeline.announce>) => pipeline.announce(...given),
    owned: () => pipeline.owned(),
    /** Plans these, as another process would. */
    async plan(deliveries: readonly Delivery[]) {
      await outbox.insert(deliveries);
      for (const gate of new Set(deliveries.map((one) => one.gate))) pipeline.wake(gate);
    },
    async restart() {
      await stop();
      pipeline = start();
      await pass(1_000);
    },
    async close() {
      await stop();
      await store.close();
    },
  };
}
