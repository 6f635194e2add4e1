import type { MarketplaceAdapter } from '../../../adapters/adapter.ts';
import type { ConnectorLog, RawRequest } from '../../../src/core/connector.ts';
import type { StatsAnswer } from '../../../src/core/figures/answer.ts';
import { daysFrom } from '../../../src/core/figures/range.ts';
import type { HistoryEvent, Inquiry } from '../../../src/core/inquiry.ts';
import type { AnswerContent } from '../../../src/core/thread.ts';
import { type Incoming, toIncoming } from '../../../src/pipeline/ingest.ts';
import { openTestStore } from '../../store-helper.ts';
import { bot, type Desk, openDesk } from './desk.ts';
import { type ChatMessage, createChat, createMarketplace, type MarketplaceMessage, type Shown } from './far-ends.ts';
import { isOpen } from './naive/hours.ts';
import { beginsMs, closesMs, day, type Planned, type Who } from './plan.ts';
import { type ChannelPost, type DayFigures, type Done, type HistoryLine, inquiryKey, type PlayedDay } from './record.ts';
import { agents, type ShopName, shopNames, shops, type TestAgent } from './team.ts';
import { createSimulatedTime, watchStore } from './time.ts';

const agentOf = (userId: string): string => agents.find((one) => one.userId === userId)?.name ?? userId;
const shopOf = (conversation: string) => shops[conversation.slice(0, 2) as ShopName];

/** Plays a day from its first moment to its last, and tells what was done and what came of it. */
export async function playDay(planned: readonly Planned[], random: () => number): Promise<PlayedDay> {
  const store = await openTestStore({ patient: true });
  try {
    const errors: string[] = [];
    const time = createSimulatedTime(beginsMs, watchStore(store.connection.getClient()));
    const chat = createChat(time.nowMs, agentOf);
    const marketplaces = new Map(
      Object.values(shops).map(({ marketplace, name }) => [marketplace, createMarketplace(name === 'in' ? 'allowed' : 'forbidden')]),
    );
    const desk = openDesk({ connection: store.connection, time, marketplaces, chat: chat.bot, random, log: logInto(errors) });
    desk.begin();
    const done = await act(planned, { time, desk, chat, marketplaces });
    await time.passTo(closesMs);
    const stopped = desk.pipeline.stop(1_000);
    // What came last is counted a few seconds later.
    await time.passTo(closesMs + 20_000);
    await stopped;
    await desk.statistics.work();
    const { inquiries, history } = await readHistory(store.connection);
    const figures = await readFigures(desk);
    const told = await readTold(desk);
    await desk.statistics.rebuild.begin();
    await time.passTo(closesMs + 21_000);
    const recounted = (await desk.statistics.rebuild.state())?.changed ?? Number.NaN;
    return { done, looks: desk.looks, roots: rootsOf(inquiries), posts: postsOf(chat.shown), history, figures, told, recounted, errors };
  } finally {
    await store.close();
  }
}

interface Stage {
  readonly time: ReturnType<typeof createSimulatedTime>;
  readonly desk: Desk;
  readonly chat: ReturnType<typeof createChat>;
  readonly marketplaces: ReadonlyMap<string, MarketplaceAdapter>;
}

/** Everybody does what is planned, as far as what they see in the chat lets them. */
async function act(planned: readonly Planned[], { time, desk, chat, marketplaces }: Stage): Promise<readonly Done[]> {
  const done: Done[] = [];
  const pressed = new Set<string>();
  let numbers = 0;

  const request = (message: object): RawRequest => ({
    ...{ method: 'POST', path: '', query: {}, headers: { 'content-type': 'application/json' } },
    ...{ body: Buffer.from(JSON.stringify(message)), receivedAt: time.clock.now() },
  });
  /** What is told in one moment, in its order. */
  const events: Incoming[] = [];
  function tell(name: string, message: object): void {
    const told = request(message);
    const adapter = marketplaces.get(name);
    const source = adapter ? ({ kind: 'marketplace', name } as const) : ({ kind: 'bot', bot } as const);
    const incoming = toIncoming(source, (adapter ?? chat.bot).receive(told), told);
    if (incoming) events.push(incoming);
  }
  function inChat(message: Omit<ChatMessage, 'key' | 'at' | 'lane'>): void {
    numbers += 1;
    const lane = message.rootId === '' ? message.channelId : `${message.channelId}:${message.rootId}`;
    tell(bot, { ...message, key: `e${numbers}`, at: time.nowMs(), lane } satisfies ChatMessage);
  }

  function one(action: Planned): void {
    switch (action.kind) {
      case 'buyer':
      case 'outside': {
        const { kind, at, conversation, sentAt, words, times } = action;
        const { marketplace, externalId } = shopOf(conversation);
        numbers += 1;
        const author = kind === 'buyer' ? 'buyer' : 'agent';
        const message: MarketplaceMessage = { id: `m${numbers}`, shop: externalId, conversation, author, words, sentAt };
        for (let told = 0; told < times; told += 1) tell(marketplace, message);
        done.push({ kind, at, conversation, sentAt, words });
        return;
      }
      case 'presence': {
        const { at, agent, words } = action;
        const userId = agents.find(({ name }) => name === agent)?.userId ?? '';
        inChat({ does: 'command', userId, channelId: 'C-CN', rootId: '', messageId: '', words, value: '' });
        done.push({ kind: 'presence', at, by: agent, words });
        return;
      }
      case 'write':
      case 'press': {
        const { at, conversation, who } = action;
        const thread = chat.threads.get(`Buyer ${conversation}`);
        if (!thread) return;
        const { assignee } = thread.card;
        const by = chosen(who, conversation, assignee && 'userId' in assignee ? assignee.userId : null, at);
        const where = { userId: by.userId, channelId: thread.root.channelId, rootId: thread.root.messageId };
        if (action.kind === 'write') {
          const post = chat.post();
          inChat({ ...where, does: 'write', messageId: post, words: action.words, value: '' });
          done.push({ kind: 'write', at, conversation, by: by.name, words: action.words, post });
          return;
        }
        const value = buttonIn(chat.shown, thread.root.messageId, action.action);
        if (value === null || pressed.has(value)) return;
        pressed.add(value);
        inChat({ ...where, does: 'press', messageId: '', words: action.action, value });
        // Of the message whose reply waits, as its place in the chat names it.
        const post = /\|(p\d+):/.exec(value)?.[1] ?? '';
        done.push({ kind: 'press', at, conversation, by: by.name, action: action.action, post });
      }
    }
  }

  for (const [at, together] of Map.groupBy(planned, (action) => action.at)) {
    await time.passTo(at);
    for (const action of together) one(action);
    await desk.pipeline.ingest.storeAll(events.splice(0));
  }
  return done;
}

/** People who are there do it, where there are any. */
function chosen({ is, pick }: Who, conversation: string, holder: string | null, at: number): TestAgent {
  const team = agents.filter(({ group }) => group === shopOf(conversation).group);
  const holding = agents.find(({ userId }) => userId === holder);
  if (is === 'holder' && holding) return holding;
  const all = is === 'supervisor' ? agents.filter(({ supervisor }) => supervisor) : team.filter((one) => one !== holding);
  const there = all.filter(({ hours, zone }) => isOpen(hours, zone, at));
  const among = there.length > 0 ? there : all;
  const found = among[pick % among.length];
  if (!found) throw new Error('a team has people');
  return found;
}

/** What the button stands for that was shown last in a thread; null: there is none. */
function buttonIn(shown: readonly Shown[], root: string, action: string): string | null {
  const notice = shown.findLast(
    ({ rootId, content }) => rootId === root && content.kind === 'notice' && content.actions.some((one) => one.action === action),
  );
  return notice?.content.kind === 'notice' ? (notice.content.actions.find((one) => one.action === action)?.value ?? null) : null;
}

function postsOf(shown: readonly Shown[]): readonly ChannelPost[] {
  return shown.flatMap(({ at, channelId, rootId, content }): ChannelPost[] => {
    if (rootId !== null || content.kind !== 'answer' || content.visibleTo !== null) return [];
    const { userIds = [], here = false } = content.calls ?? {};
    return [{ at, channel: channelId, title: titleOf(content), lines: linesOf(content), calls: userIds.toSorted(), here }];
  });
}

const titleOf = ({ parts }: AnswerContent): string | null => {
  const [first] = parts;
  return first?.kind === 'title' ? first.words : null;
};

const linesOf = ({ parts }: AnswerContent): ChannelPost['lines'] =>
  parts.flatMap((part) =>
    part.kind === 'lines'
      ? part.lines.map((line) =>
          typeof line === 'string' ? { words: line, root: null } : { words: line.words, root: line.post.messageId },
        )
      : [],
  );

type Named = Inquiry & { readonly key: string };

async function readHistory(connection: Awaited<ReturnType<typeof openTestStore>>['connection']) {
  const found = (await connection.collection('inquiries').find({}).toArray()) as unknown as Inquiry[];
  const numbers = new Map<string, number>();
  const inquiries = found
    .toSorted((a, b) => a.openedAt.getTime() - b.openedAt.getTime() || (a._id < b._id ? -1 : 1))
    .map((inquiry): Named => {
      const number = numbers.get(inquiry.conversationId) ?? 0;
      numbers.set(inquiry.conversationId, number + 1);
      return { ...inquiry, key: inquiryKey(inquiry.conversationId, number) };
    });
  const byId = new Map<string, Named>(inquiries.map((inquiry) => [inquiry._id, inquiry]));
  const events = (await connection
    .collection('events')
    .find({})
    .sort({ inquiryId: 1, sequence: 1 })
    .toArray()) as unknown as HistoryEvent[];
  const history = events.map(({ inquiryId, kind, at, by, data }): HistoryLine => {
    const [conversation = '', number = '0'] = byId.get(inquiryId)?.key.split(' ') ?? [];
    return { conversation, inquiry: Number(number), kind, at: at.getTime(), by: by === null ? null : agentOf(by), data };
  });
  return { inquiries, history };
}

const rootsOf = (inquiries: readonly Named[]): PlayedDay['roots'] =>
  new Map(
    inquiries.flatMap(({ key, thread }) => (thread?.rootId ? [[key, { root: thread.rootId, channel: thread.channelId }] as const] : [])),
  );

async function readFigures(desk: Desk): Promise<PlayedDay['figures']> {
  const found = await Promise.all(
    shopNames.map(async (name) => {
      const range = daysFrom(shops[name].zone, day, day);
      if (!range) throw new Error('a day is a range');
      return [name, toFigures(await desk.statistics.stats.answer({ range, scope: { shop: desk.shopIdOf(name) }, by: 'channel' }))] as const;
    }),
  );
  return Object.fromEntries(found) as Record<ShopName, DayFigures>;
}

const toFigures = ({ total, agents: byAgent, hours, tags, keywords, groups }: StatsAnswer): DayFigures => ({
  ...{ total, agents: byAgent, hours, tags, keywords },
  channels: groups.map(({ key, opened }) => ({ channel: key.split('/').at(-1) ?? '', opened })),
});

async function readTold({ verbs }: Desk): Promise<PlayedDay['told']> {
  const stats = verbs.get('stats');
  if (!stats) throw new Error('there is a verb for figures');
  const { parts } = await stats({ words: day, locale: 'en', userId: agents[0]?.userId ?? '' } as never);
  const table = parts.find((part) => part.kind === 'table');
  return table?.kind === 'table' ? table.rows : [];
}

function logInto(errors: string[]): ConnectorLog {
  return {
    ...{ debug() {}, info() {}, warn() {} },
    error(fields, sentence) {
      const { err } = fields as { readonly err?: unknown };
      errors.push(`${sentence}${err instanceof Error ? `: ${err.stack}` : ''}`);
    },
  };
}
