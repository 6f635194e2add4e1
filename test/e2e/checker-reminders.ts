import type { SlackMessage } from '../kits/slack/world.ts';
import { threadId } from './evidence.ts';
import { questionsIn, tagOf } from './words.ts';
import type { World } from './world.ts';

/** A reminder of the team's own policy: one step each, so that a line that names the policy names the step. */
export interface Step {
  readonly policy: string;
  readonly afterMs: number;
}

/** A buyer who waits, from the first words that nobody has answered. Times are milliseconds since 1970. */
export interface Waiting {
  /** `C01 1700.1`, as in `threadId`. */
  readonly thread: string;
  readonly writtenAt: number;
  /** When its clocks begin: the marketplace's time, which is cut to the second. */
  readonly startedAt: number;
  /** When somebody wrote an answer; null: nobody did. */
  readonly answeredAt: number | null;
  /** When the answer was marked as sent: from then on the service knows of it. */
  readonly markedAt: number | null;
  /** When the buyer began to wait anew. */
  readonly until: number;
}

/** One line of a post in a channel. */
interface Line {
  /** It leads there; where the thread was not there yet it names the buyer. */
  readonly thread: string;
  readonly leads: boolean;
  readonly policy: string;
  readonly at: number;
}

/** What one root card has shown, one after the other: who has the inquiry; null: nobody. Nothing stands there twice in a row. */
interface CardLog {
  readonly thread: string;
  readonly assignees: readonly (string | null)[];
  /** Somebody claimed it, or answered. */
  readonly taken: boolean;
}

/** From the fakes' logs alone. */
export interface ReminderEvidence {
  readonly steps: readonly Step[];
  readonly waiting: readonly Waiting[];
  readonly lines: readonly Line[];
  readonly cards: readonly CardLog[];
}

/** What is wrong; all empty: every promise was kept. */
export interface ReminderVerdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Told of what the service knew to be answered. */
  readonly needless: readonly string[];
  readonly early: readonly string[];
  /** Told of nothing that anybody waits for. */
  readonly stray: readonly string[];
  /** Cards that do not show who has the inquiry, or showed the end of a claim more than once. */
  readonly claims: readonly string[];
}

export const nothingWrong: ReminderVerdict = { lost: [], doubled: [], needless: [], early: [], stray: [], claims: [] };

/** Pure, and knows nothing of the service but what it promises. To be asked once every moment has come and every claim has run out. */
export function judgeReminders({ steps, waiting, lines, cards }: ReminderEvidence): ReminderVerdict {
  const faults = { lost: [], doubled: [], needless: [], early: [], stray: [], claims: [] } satisfies ReminderVerdict as {
    readonly [Kind in keyof ReminderVerdict]: string[];
  };
  const told = new Map(waiting.flatMap((turn) => steps.map((step) => [nameOf(turn, step.policy), [] as Line[]])));
  for (const line of lines) {
    const turn = waiting.find(({ thread, writtenAt, until }) => thread === line.thread && writtenAt <= line.at && line.at < until);
    const found = turn && told.get(nameOf(turn, line.policy));
    if (found) found.push(line);
    else faults.stray.push(`${line.policy} of ${line.thread}`);
  }
  for (const turn of waiting)
    for (const { policy, afterMs } of steps) {
      const name = nameOf(turn, policy);
      const moment = turn.startedAt + afterMs;
      const [first, ...more] = told.get(name) ?? [];
      // One that was answered may have been while nobody was there to tell of it.
      if (!first && turn.answeredAt === null) faults.lost.push(name);
      if (more.length > 0) faults.doubled.push(name);
      if (first && turn.markedAt !== null && turn.markedAt < moment) faults.needless.push(name);
      if (first && first.at < moment) faults.early.push(name);
    }
  for (const { thread, assignees, taken } of cards) {
    const waits = waiting.findLast((turn) => turn.thread === thread)?.answeredAt === null;
    const [first, taker, after, ...more] = assignees;
    const right = taken ? first === null && !!taker && after === (waits ? null : undefined) : first === null && taker === undefined;
    if (!right || more.length > 0) faults.claims.push(`${thread}: ${assignees.map((one) => one ?? 'nobody').join(', ')}`);
  }
  return faults;
}

const nameOf = ({ thread, startedAt }: Waiting, policy: string): string => `${policy} of ${thread}, waiting since ${startedAt}`;

interface MessageEvent {
  readonly type: string;
  readonly subtype?: string;
  readonly channel: string;
  readonly ts: string;
  readonly event_ts: string;
  readonly bot_id?: string;
  readonly thread_ts?: string;
  readonly message?: { readonly ts: string };
  readonly reaction?: string;
  readonly user?: string;
  readonly item?: { readonly channel: string; readonly ts: string };
}

const msOf = (ts: string): number => Number(ts) * 1_000;
const sentMark = 'white_check_mark';

/** @param conversations ids of those that are counted */
export function reminderEvidence(
  { tiktok, slack, pushes }: World,
  conversations: readonly string[],
  steps: readonly Step[],
): ReminderEvidence {
  const messages = [...slack.world.channels.values()].flatMap((channel) => channel.messages);
  const events = slack.events.map(({ payload }) => payload['event'] as MessageEvent);
  const marked = new Map<string, number>(
    events.flatMap(({ type, reaction, user, item, event_ts }) =>
      type === 'reaction_added' && reaction === sentMark && user === slack.world.app.userId && item
        ? [[`${item.channel} ${item.ts}`, msOf(event_ts)] as const]
        : [],
    ),
  );
  const ours = messages.filter(({ botId, threadTs }) => botId === slack.world.app.botId && threadTs === null);
  const roots = new Map(
    ours.flatMap((message) => {
      const words = questionsIn(JSON.stringify(message.blocks))[0]?.split(' ').at(-1);
      return words ? [[words, message] as const] : [];
    }),
  );
  const found = conversations.flatMap((id) => {
    const root = roots.get(tagOf(id));
    return root ? [{ id, root, thread: threadId(root.channel, root.ts) }] : [];
  });
  const byPeople = (thread: string) =>
    messages.filter(({ channel, threadTs, botId }) => threadTs !== null && botId === null && threadId(channel, threadTs) === thread);
  const waiting = found.flatMap(({ id, thread }) => {
    const answers = byPeople(thread).filter(({ text }) => text.startsWith('answer'));
    const turns: Waiting[] = [];
    const asked = tiktok.messages(id).filter(({ role }) => role === 'BUYER');
    for (const { id: messageId, createTime } of asked) {
      const writtenAt = pushes.get(messageId)?.at ?? createTime * 1_000;
      const before = turns.at(-1);
      // More words of one who waits already.
      if (before && (before.answeredAt === null || before.answeredAt > writtenAt)) continue;
      if (before) turns.splice(-1, 1, { ...before, until: writtenAt });
      const answer = answers.find(({ ts }) => msOf(ts) >= writtenAt);
      turns.push({
        ...{ thread, writtenAt, startedAt: createTime * 1_000, until: Number.POSITIVE_INFINITY },
        answeredAt: answer ? msOf(answer.ts) : null,
        markedAt: (answer && marked.get(threadId(answer.channel, answer.ts))) ?? null,
      });
    }
    return turns;
  });
  const buyers = new Map(found.map(({ root, thread }) => [/Buyer \d+/.exec(JSON.stringify(root.blocks))?.[0] ?? '', thread]));
  const cards = found.map(({ root, thread }): CardLog => {
    const versions = events.filter(
      ({ type, subtype, channel, ts, message }) =>
        type === 'message' && channel === root.channel && (subtype === 'message_changed' ? message?.ts : subtype ? null : ts) === root.ts,
    );
    const shown = versions.map((version) => assigneeIn(JSON.stringify(version.message ?? version)));
    return { thread, assignees: shown.filter((one, index) => one !== shown[index - 1]), taken: byPeople(thread).length > 0 };
  });
  return { steps, waiting, cards, lines: ours.flatMap((post) => linesIn(post, buyers)) };
}

const assigneeIn = (card: string): string | null => /With (agent-\d)/.exec(card)?.[1] ?? null;

/** Whose words name the policy, and the buyer. */
function linesIn({ ts, blocks }: SlackMessage, threadOfBuyer: ReadonlyMap<string, string>): Line[] {
  return blocks
    .flatMap((block) => elementsIn(block as Element))
    .flatMap(({ url = '', text = '' }) => {
      const [, buyer = '', policy] = /(Buyer \d+) .*(after-\d+)/.exec(text) ?? [];
      const [, channel = '', seconds, micros] = /\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(url) ?? [];
      if (policy === undefined) return [];
      const leads = channel !== '';
      return [
        { thread: leads ? threadId(channel, `${seconds}.${micros}`) : (threadOfBuyer.get(buyer) ?? ''), leads, policy, at: msOf(ts) },
      ];
    });
}

interface Element {
  readonly url?: string;
  readonly text?: string;
  readonly elements?: readonly Element[];
}
const elementsIn = ({ elements }: Element): readonly Element[] => (elements ?? []).flatMap((one) => (one.elements ? elementsIn(one) : one));
