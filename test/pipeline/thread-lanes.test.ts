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
  const hooks = { channelLost: async () => {}, channelBack: async () => {}, connectionLost: async () => {}, post: async () => {} };
  const event = { _id: 'e1', lane: 'l1', attempts: 0 } as never;
  const gate = { lease: { gate: 'bot:chat/default' } } as unknown as OwnedGate;
  const [decision] = await decideThreadLanes(gate, { name: 'chat/default', bot }, [{ lane: 'l1', events: [event] }], people, deps, hooks);
  expect(decision).toMatchObject({ turn: null, stop: { reason: 'its marketplace is not switched on', countsAsAttempt: false } });
});

it('finds a message that was taken back by itself, where the platform does not say in which thread it was, and holds up no channel', async () => {
  const post = { channelId: 'C1', messageId: '2' };
  const recalled: ChatEvent = { kind: 'delete', post, rootId: null, fromSelf: false, deletedAt: now };
  const bot = { toEvents: () => [recalled], capabilities: { receiptEmoji: [] } } as unknown as ChatBot;
  const decide = (links: ReadonlyMap<string, unknown>, lane = 'bot:chat/default|C1', ageMs = 0) => {
    const deps = {
      inquiries: { linksById: async () => links, byIds: async () => new Map([['i1', { _id: 'i1', marketplace: 'gone' }]]) },
      outbox: { byIds: async () => [], unmerge: async () => [], channelInFlight: async () => true },
      marketplaces: new Map(),
      settings: () => defaultSettings,
      log: quiet,
      clock: { now: () => now, monotonicMs: () => 0 },
      timeScale: 1,
    } as unknown as PipelineDeps;
    const people = { member: () => Promise.reject(new Error('nobody is asked for')) };
    const hooks = { channelLost: async () => {}, channelBack: async () => {}, connectionLost: async () => {}, post: async () => {} };
    const event = { _id: 'e1', lane, attempts: 0, receivedAt: new Date(now.getTime() - ageMs) } as never;
    const gate = { lease: { gate: 'bot:chat/default' } } as unknown as OwnedGate;
    return decideThreadLanes(gate, { name: 'chat/default', bot }, [{ lane, events: [event] }], people, deps, hooks);
  };
  const [known] = await decide(new Map([['chat/default|C1|2', { inquiryId: 'i1', role: 'agent' }]]));
  expect(known?.stop).toMatchObject({ reason: 'its marketplace is not switched on' });
  const [unknown] = await decide(new Map());
  expect(unknown).toMatchObject({ turn: null, stop: null });
  expect(unknown?.outcomes.get('e1')).toBe('not-an-inquiry');
  // Filed by itself it may have overtaken what it takes back, and holds up nobody.
  const [early] = await decide(new Map(), 'bot:chat/default|C1:2');
  expect(early).toMatchObject({ stop: { reason: 'waits for the message that it takes back', countsAsAttempt: false } });
  const [late] = await decide(new Map(), 'bot:chat/default|C1:2', 60_000);
  expect(late?.outcomes.get('e1')).toBe('not-an-inquiry');
});

it('keeps what people say of themselves outside of threads, with their own clock; from who may answer alone', async () => {
  const kept: unknown[] = [];
  const said: ChatEvent = {
    ...{ kind: 'command', text: 'away until 21:00', mentions: [], userId: 'U1', channelId: 'C1', at: now, answerTo: null },
  };
  const bot = { toEvents: () => [said], capabilities: { receiptEmoji: [] } } as unknown as ChatBot;
  const agents = [{ name: 'Ann', role: 'agent', accounts: [{ platform: 'chat', userId: 'U1' }], zone: 'Asia/Bangkok' }] as const;
  const deps = {
    inquiries: { linksById: async () => new Map(), byIds: async () => new Map() },
    outbox: { byIds: async () => [] },
    marketplaces: new Map(),
    presence: { set: async (presence: readonly unknown[]) => void kept.push(...presence) },
    settings: () => ({ ...defaultSettings, agents }),
    log: quiet,
    clock: { now: () => now, monotonicMs: () => 0 },
    timeScale: 1,
  } as unknown as PipelineDeps;
  const hooks = { channelLost: async () => {}, channelBack: async () => {}, connectionLost: async () => {}, post: async () => {} };
  const gate = { lease: { gate: 'bot:chat/default' } } as unknown as OwnedGate;
  const lanes = [{ lane: 'C1', events: [{ _id: 'e1', lane: 'C1', attempts: 0 } as never] }];
  const decide = (mayAnswer: boolean) => {
    const people = { member: async () => ({ userId: 'U1', name: 'Ann', agent: 'Ann', locale: null, mayAnswer, mayRelease: false }) };
    return decideThreadLanes(gate, { name: 'chat/default', bot }, lanes, people, deps, hooks);
  };
  expect((await decide(true))[0]).toMatchObject({ turn: null, outcomes: new Map([['e1', 'command']]) });
  expect(kept).toEqual([{ person: 'Ann', state: 'away', until: new Date('2026-11-24T14:00:00Z'), at: now }]);
  expect((await decide(false))[0]?.outcomes).toEqual(new Map([['e1', 'refused']]));
  expect(kept).toHaveLength(1);
});
