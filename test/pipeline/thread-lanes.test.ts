import { expect, it } from 'vitest';
import type { ChatBot, ChatEvent } from '../../bots/bot.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { PipelineDeps } from '../../src/pipeline/deps.ts';
import type { OwnedGate } from '../../src/pipeline/gate.ts';
import { decideThreadLanes } from '../../src/pipeline/thread-lanes.ts';

const now = new Date('2026-11-24T12:00:00Z');
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

it('lets words for a marketplace that is switched off wait, and stops nothing else', async () => {
  const post = { channelId: 'C1', messageId: '2' };
  const written: ChatEvent = {
    kind: 'message',
    post,
    rootId: '1',
    author: { userId: 'U1', kind: 'person' },
    fromSelf: false,
    text: 'a reply',
    mentions: [],
    files: [],
    sentAt: now,
    order: '2',
  };
  const bot = { toEvents: () => [written], capabilities: { receiptEmoji: [] } } as unknown as ChatBot;
  const deps = {
    inquiries: {
      linksById: async () => new Map([['chat/default|C1|1', { inquiryId: 'i1' }]]),
      byIds: async () =>
        new Map([['i1', { _id: 'i1', marketplace: 'gone', thread: { bot: 'chat/default', channelId: 'C1', rootId: '1' } }]]),
    },
    outbox: { byIds: async () => [] },
    marketplaces: new Map(),
    settings: () => defaultSettings,
    log: quiet,
    clock: { now: () => now, monotonicMs: () => 0 },
    timeScale: 1,
  } as unknown as PipelineDeps;
  const people = { member: () => Promise.reject(new Error('nobody is asked for')) };
  const hooks = { channelLost: async () => {}, channelBack: async () => {}, connectionLost: async () => {} };
  const event = { _id: 'e1', lane: 'l1', attempts: 0 } as never;
  const gate = { lease: { gate: 'bot:chat/default' } } as unknown as OwnedGate;
  const [decision] = await decideThreadLanes(gate, { name: 'chat/default', bot }, [{ lane: 'l1', events: [event] }], people, deps, hooks);
  expect(decision).toMatchObject({ turn: null, stop: { reason: 'its marketplace is not switched on', countsAsAttempt: false } });
});
