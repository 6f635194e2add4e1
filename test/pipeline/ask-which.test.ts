import { expect, it } from 'vitest';
import type { ChatBot, ChatEvent, MessageAbout } from '../../bots/bot.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import { type Inquiry, postLinkId } from '../../src/core/inquiry.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { text } from '../../src/core/texts/index.ts';
import type { AnswerPart } from '../../src/core/thread.ts';
import type { PipelineDeps } from '../../src/pipeline/deps.ts';
import type { OwnedGate } from '../../src/pipeline/gate.ts';
import { decideThreadLanes } from '../../src/pipeline/thread-lanes.ts';
import { inquiry, member, now, shop } from '../core/fixtures.ts';

const bot = 'chat/default';
const known = (id: string, channelId = 'C1'): Inquiry => ({
  ...{ ...inquiry, _id: id as Inquiry['_id'], excerpt: `about ${id}` },
  thread: { bot, channelId, rootId: `root-${id}` },
});
const [first, second, elsewhere] = [known('aaaaaa111111'), known('bbbbbb222222'), known('cccccc333333', 'C2')];

/** What becomes of words that an agent wrote outside of threads. */
async function writes(
  about: MessageAbout,
  options: { channelId?: string; inHand?: readonly Inquiry[]; mayAnswer?: boolean; inFlight?: boolean; ageMs?: number } = {},
) {
  const { channelId = 'C1', inHand = [], mayAnswer = true, inFlight = false, ageMs = 0 } = options;
  const event: ChatEvent = {
    ...{ kind: 'message', post: { channelId, messageId: 'w1' }, rootId: null, author: { userId: 'U1', kind: 'person' }, fromSelf: false },
    ...{ text: 'It ships tomorrow', mentions: [], files: [], sentAt: now, order: '1', about },
  };
  const all = [first, second, elsewhere];
  const posts = new Map(all.map((one) => [postLinkId(bot, { channelId: one.thread?.channelId ?? '', messageId: `root-${one._id}` }), one]));
  const told: Delivery[] = [];
  const deps = {
    inquiries: {
      linksById: async (ids: readonly string[]) =>
        new Map(ids.flatMap((id) => (posts.has(id) ? [[id, { inquiryId: posts.get(id)?._id, role: 'root' }] as const] : []))),
      byIds: async (ids: readonly string[]) => new Map(all.filter(({ _id }) => ids.includes(_id)).map((one) => [one._id, one])),
      beginningWith: async (beginning: string) => all.filter(({ _id }) => _id.startsWith(beginning)),
    },
    outbox: { byIds: async () => [], channelInFlight: async () => inFlight },
    queue: {
      inHand: async () => inHand,
      waitingIn: async () => all.filter((one) => one.thread?.channelId === channelId).map(({ _id }) => _id),
    },
    // Whatever is certain stops at this: it is the inquiry that was found.
    marketplaces: new Map(),
    shops: { byId: async () => shop },
    settings: () => ({
      ...defaultSettings,
      channels: ['C1', 'C2'].map((id) => ({ platform: 'chat', connection: 'default', id, name: id, mode: 'reply' })),
    }),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    clock: { now: () => now, monotonicMs: () => 0 },
    timeScale: 1,
  } as unknown as PipelineDeps;
  const chat = { toEvents: () => [event], capabilities: { receiptEmoji: [] } } as unknown as ChatBot;
  const hooks = {
    ...{ channelLost: async () => {}, channelBack: async () => {}, connectionLost: async () => {} },
    post: async (delivery: Delivery) => void told.push(delivery),
  };
  const gate = { lease: { gate: `bot:${bot}` } } as unknown as OwnedGate;
  const lanes = [
    { lane: channelId, events: [{ _id: 'e1', lane: channelId, attempts: 0, receivedAt: new Date(now.getTime() - ageMs) } as never] },
  ];
  const [decision] = await decideThreadLanes(
    gate,
    { name: bot, bot: chat },
    lanes,
    { member: async () => ({ ...member, mayAnswer }) },
    deps,
    hooks,
  );
  const content = told[0]?.content;
  const parts: readonly AnswerPart[] = content?.kind === 'answer' ? content.parts : [];
  return {
    /** The words reached an inquiry. */
    found: decision?.stop?.reason === 'its marketplace is not switched on',
    outcome: decision?.outcomes.get('e1'),
    waits: decision?.stop?.reason,
    told,
    asked: parts.flatMap((part) => (part.kind === 'notice' ? part.notice.key : [])),
    lines: parts.flatMap((part) => (part.kind === 'lines' ? part.lines : [])),
  };
}

it('takes words to the inquiry whose post they quote, or whose number they begin with', async () => {
  expect(await writes({ posts: ['unknown', 'root-aaaaaa111111'], ticket: null })).toMatchObject({ found: true, told: [] });
  expect(await writes({ posts: [], ticket: 'bbbbbb' })).toMatchObject({ found: true, told: [] });
  expect(await writes({ posts: ['root-aaaaaa111111'], ticket: 'aaaaaa' })).toMatchObject({ found: true, told: [] });
});

it('never guesses: where nothing is said, or two things, it asks with what they have in hand', async () => {
  for (const about of [
    { posts: [], ticket: null },
    { posts: ['unknown'], ticket: null },
    { posts: ['root-aaaaaa111111'], ticket: 'bbbbbb' },
    { posts: [], ticket: 'dddddd' },
  ]) {
    const asked = await writes(about, { inHand: [second] });
    expect(asked).toMatchObject({ found: false, outcome: 'asked-which' });
    expect(asked.asked).toEqual([about.ticket === null ? 'which.asked' : 'which.unknown']);
    expect(asked.lines).toEqual([text('en', 'which.line', { id: 'bbbbbb', shop: shop.name, excerpt: second.excerpt })]);
    expect(asked.told).toMatchObject([{ channelId: 'C1', content: { visibleTo: 'U1' } }]);
  }
});

it('waits for a post that may be under way, but holds up all else that is said in the channel for no longer than a while', async () => {
  const about = { posts: ['unknown'], ticket: null };
  expect(await writes(about, { inFlight: true })).toMatchObject({ waits: 'waits for the thread that may be opening', told: [] });
  expect(await writes(about, { inFlight: true, ageMs: 30_000 })).toMatchObject({ outcome: 'asked-which' });
});

it('asks with what waits in the channel where they have nothing in hand', async () => {
  expect((await writes({ posts: [], ticket: null })).lines).toHaveLength(2);
});

it('answers no inquiry of another channel by its number, but from a talk with the bot alone it does', async () => {
  expect(await writes({ posts: [], ticket: 'cccccc' })).toMatchObject({ found: false, outcome: 'asked-which' });
  expect(await writes({ posts: [], ticket: 'cccccc' }, { channelId: 'D1' })).toMatchObject({ found: true });
});

it('tells who may not answer that they may not, and names no inquiry', async () => {
  expect(await writes({ posts: [], ticket: null }, { mayAnswer: false })).toMatchObject({
    outcome: 'refused',
    asked: ['reply.not-allowed'],
    lines: [],
  });
});
