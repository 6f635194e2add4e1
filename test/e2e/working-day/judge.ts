import { wrongAssignments } from './naive/assignments.ts';
import type { NaiveDay, NaiveDigest, NaivePing, NaiveTold } from './naive/day.ts';
import { naiveFigures } from './naive/figures.ts';
import { day } from './plan.ts';
import type { ChannelPost, DayFigures, HistoryLine, PlayedDay } from './record.ts';
import { type ShopName, shopNames, shops } from './team.ts';

/** What time brings comes within so much of its moment. */
const lateMs = 200;
/** In one post; more is a list that nobody reads. */
const mostLines = 30;
const mostCalled = 20;

/** Where a day that was played differs from the naive one: a sentence each; none where all is as it should be. */
export function judge(played: PlayedDay, naive: NaiveDay): readonly string[] {
  const { lines, wrong } = matched(naive.lines, played.history);
  return [...played.errors, ...wrong, ...wrongAssignments(naive), ...wrongPosts(played, naive), ...wrongFigures(lines, played)];
}

/** Reminders and digests in the channels. */
export function wrongPosts({ posts }: Pick<PlayedDay, 'posts'>, naive: NaiveDay): readonly string[] {
  const reminders = posts.filter(({ title }) => title === null);
  const isRuleCall = ({ lines }: ChannelPost) => lines.some(({ words }) => words.startsWith('🔔'));
  return [
    ...pingFaults(
      naive.pings,
      reminders.filter((post) => !isRuleCall(post)),
    ),
    ...ruleCallFaults(naive.ruleCalls, reminders.filter(isRuleCall)),
    ...digestFaults(
      naive.digests,
      posts.filter(({ title }) => title !== null),
    ),
  ];
}

/** Breaches and everything else that is noted. */
export const wrongHistory = ({ history }: Pick<PlayedDay, 'history'>, naive: NaiveDay): readonly string[] =>
  matched(naive.lines, history).wrong;

/** @param lines naive ones */
export const wrongFigures = (lines: readonly HistoryLine[], played: PlayedDay): readonly string[] => [
  ...shopNames.flatMap((shop) => figureFaults(shop, lines, played)),
  ...toldFaults(lines, played),
  ...(played.recounted === 0 ? [] : [`${played.recounted} figures were not as they should have been when they were counted anew`]),
];

const shopOf = ({ conversation }: HistoryLine): ShopName => conversation.slice(0, 2) as ShopName;

/** Fields of a line that the naive day knows. */
const fields: Readonly<Record<string, readonly string[]>> = {
  opened: ['marketplace', 'returning', 'language'],
  routed: ['channel', 'rule', 'keywords'],
  replied: ['agent', 'first', 'waitedMs', 'businessMs'],
  'answered-outside': ['first', 'waitedMs', 'businessMs'],
  ...{ held: ['agent'], failed: ['agent'], assigned: ['to'], snoozed: ['until'], tagged: ['tag'] },
  'clock-met': ['policy', 'owner', 'kind', 'elapsedMs', 'correction', 'startedAt'],
  'clock-missed': ['policy', 'owner', 'kind', 'elapsedMs', 'correction', 'startedAt'],
  resolved: ['by', 'buyerMessages', 'replies', 'automatic'],
};

/** Done by time alone, so a moment late. */
const isOfTime = ({ kind, by }: HistoryLine): boolean => by === null && ['released-claim', 'resolved', 'snoozed'].includes(kind);

const agentName = (value: unknown): unknown => (typeof value === 'string' && value.startsWith('U-') ? value.slice(2).toLowerCase() : value);

function textOf(line: HistoryLine): string {
  const { conversation, inquiry, kind, at, by, data } = line;
  const known = (fields[kind] ?? []).map((field) => `${field}=${agentName(data[field])}`);
  const opened = kind === 'resolved' && by !== null ? [`openMs=${data['openMs']}`] : [];
  const when = isOfTime(line) ? [] : [new Date(at).toISOString()];
  return [conversation, inquiry, kind, by, ...when, ...known, ...opened].join(' ');
}

/** Holds every line of history against the naive one. Where time alone made a line, its figures go by the moment at which it did. */
function matched(
  expected: readonly HistoryLine[],
  found: readonly HistoryLine[],
): { lines: readonly HistoryLine[]; wrong: readonly string[] } {
  const [wanted, there] = [Map.groupBy(expected, textOf), Map.groupBy(found, textOf)];
  const wrong: string[] = [];
  const lines: HistoryLine[] = [];
  for (const text of new Set([...wanted.keys(), ...there.keys()])) {
    const byTime = (a: HistoryLine, b: HistoryLine) => a.at - b.at;
    const [mine, theirs] = [(wanted.get(text) ?? []).toSorted(byTime), (there.get(text) ?? []).toSorted(byTime)];
    if (mine.length > theirs.length) wrong.push(`not in the history: ${text}`);
    if (mine.length < theirs.length) wrong.push(`in the history, and should not be: ${text}`);
    for (const [index, line] of mine.entries()) {
      const other = theirs[index];
      const lateBy = other && isOfTime(line) ? other.at - line.at : 0;
      if (lateBy < -lateMs || lateBy > lateMs) wrong.push(`by ${lateBy} ms at another time: ${text}`);
      lines.push({ ...line, at: line.at + lateBy, data: { ...line.data, ...(lateBy === 0 ? {} : laterBy(line, lateBy)) } });
    }
  }
  return { lines, wrong };
}

const laterBy = ({ data }: HistoryLine, ms: number): HistoryLine['data'] =>
  typeof data['openMs'] === 'number' ? { openMs: data['openMs'] + ms } : {};

/** Every reminder stands in the first post of its channel at or after its moment, which comes at once; and nothing else does. */
function pingFaults(expected: readonly NaivePing[], posts: readonly ChannelPost[]): readonly string[] {
  const channels = new Set([...expected, ...posts].map(({ channel }) => channel));
  return [...channels].flatMap((channel) => {
    const moments = [...Map.groupBy(ofChannel(posts, channel), ({ at }) => at)].toSorted(([a], [b]) => a - b);
    const wanted = ofChannel(expected, channel).toSorted((a, b) => a.at - b.at);
    const faults: string[] = [];
    for (const [at, together] of moments) {
      const next = wanted.findIndex((ping) => ping.at > at);
      const due = wanted.splice(0, next === -1 ? wanted.length : next);
      // Where somebody has just gone or come, it may be told or not.
      const lines = new Set(together.flatMap((post) => post.lines.map(lineText)));
      const told = due.filter(
        (ping) => ping.called.every((who) => who !== null) || (ping.called.some((who) => who !== null) && lines.has(lineText(ping))),
      );
      for (const ping of told) if (at - ping.at > lateMs) faults.push(`told ${at - ping.at} ms late, or not at all: ${textOfTold(ping)}`);
      // Those that say nothing by then have taken their place in a post.
      if (together.length > Math.ceil(due.length / mostLines))
        faults.push(`several posts instead of one: ${channel} ${new Date(at).toISOString()}`);
      faults.push(...postFaults(together, told));
      faults.push(...callFaults(together, told));
    }
    return [
      ...faults,
      ...wanted.filter(({ called }) => called.every((who) => who !== null)).map((ping) => `not told: ${textOfTold(ping)}`),
    ];
  });
}

const textOfTold = ({ words, due }: NaiveTold): string => `${words} (${new Date(due).toISOString()})`;
const ofChannel = <T extends { readonly channel: string }>(all: readonly T[], channel: string): T[] =>
  all.filter((one) => one.channel === channel);

/** What is told in one moment: full posts, and one with the rest; in each what breaches first comes first. */
function postFaults(posts: readonly ChannelPost[], told: readonly NaivePing[]): readonly string[] {
  const faults = [
    ...difference(
      told.map(lineText),
      posts.flatMap(({ lines }) => lines.map(lineText)),
    ),
  ];
  const where = posts[0] ? `${posts[0].channel} ${new Date(posts[0].at).toISOString()}` : '';
  const dueOf = new Map(told.map((one) => [lineText(one), one.due]));
  for (const { lines } of posts) {
    const dues = lines.map((line) => dueOf.get(lineText(line)) ?? 0);
    if (dues.some((due, index) => due < (dues[index - 1] ?? 0))) faults.push(`not in order of what breaches first: ${where}`);
  }
  return faults;
}

const lineText = ({ words, root }: { readonly words: string; readonly root: string | null }): string => `${words} -> ${root}`;

function callFaults(posts: readonly ChannelPost[], told: readonly NaivePing[]): readonly string[] {
  return posts.flatMap(({ lines, calls, here, at }) => {
    const own = told.filter((one) => lines.some((line) => lineText(line) === lineText(one)));
    const everybody = (pick: (called: NaivePing['called']) => readonly string[] | null | undefined) =>
      [...new Set(own.flatMap(({ called }) => pick(called) ?? []))].toSorted().slice(0, mostCalled).join();
    const allowed = new Set([everybody((called) => called.at(-1)), everybody((called) => called[0])]);
    const wrong = here || !allowed.has(calls.join());
    return wrong ? [`called ${calls.join()} and not ${[...allowed].join(' or ')}: ${new Date(at).toISOString()} ${lines[0]?.words}`] : [];
  });
}

/** A rule's call leads to the thread, so it comes right after it. */
const ruleCallLateMs = 2_000;

function ruleCallFaults(expected: readonly NaivePing[], posts: readonly ChannelPost[]): readonly string[] {
  const lines = (post: ChannelPost) => post.lines.map(lineText);
  return [
    ...difference(expected.map(lineText), posts.flatMap(lines)),
    ...posts.flatMap((post) => {
      const own = expected.find((one) => lines(post).includes(lineText(one)));
      const onTime = own && post.at >= own.at && post.at - own.at <= ruleCallLateMs;
      const right = onTime && post.lines.length === 1 && own.called.some((who) => who?.join() === post.calls.join());
      return own && !right ? [`a rule's call at ${new Date(post.at).toISOString()} to ${post.calls.join()}: ${lineText(own)}`] : [];
    }),
  ];
}

function digestFaults(expected: readonly NaiveDigest[], posts: readonly ChannelPost[]): readonly string[] {
  const name = ({ at, channel, title }: { at: number; channel: string; title: string | null }) =>
    `${channel} ${new Date(at).toISOString()} ${title}`;
  return [
    ...difference(expected.map(name), posts.map(name)),
    ...posts.flatMap((post) => {
      const own = expected.find((one) => name(one) === name(post));
      if (!own) return [];
      const more = own.told.length > mostLines ? [`and ${own.told.length - mostLines} more`] : [];
      const shown = post.lines.slice(0, mostLines);
      // Which of those that breach in the same moment are shown is all one.
      const all = new Map(own.told.map((one) => [lineText(one), one.due]));
      const dues = shown.map((line) => all.get(lineText(line)) ?? Number.NaN);
      const right =
        dues.join() ===
          own.told
            .slice(0, mostLines)
            .map(({ due }) => due)
            .join() &&
        new Set(shown.map(lineText)).size === shown.length &&
        post.lines
          .slice(mostLines)
          .map(({ words }) => words)
          .join() === more.join() &&
        own.called.some((who) => who.slice(0, mostCalled).join() === post.calls.join());
      return right ? [] : [`the digest is another: ${name(post)}`];
    }),
  ];
}

function figureFaults(shop: ShopName, lines: readonly HistoryLine[], { figures, roots }: PlayedDay): readonly string[] {
  const own = lines.filter((line) => shopOf(line) === shop);
  const { zone } = shops[shop];
  const openedIn = (channel: string) =>
    own.filter(({ conversation, inquiry }) => roots.get(`${conversation} ${inquiry}`)?.channel === channel);
  const channels = shops[shop].channels.map((channel) => ({ channel, opened: naiveFigures(openedIn(channel), zone, day).total.opened }));
  const expected: DayFigures = { ...naiveFigures(own, zone, day), channels: channels.toSorted(byChannel) };
  const found: DayFigures = { ...figures[shop], channels: figures[shop].channels.toSorted(byChannel) };
  return figureDifferences(shop, expected, found);
}

const byChannel = (a: { readonly channel: string }, b: { readonly channel: string }): number => (a.channel < b.channel ? -1 : 1);

/** Leaf by leaf. */
function figureDifferences(path: string, expected: unknown, found: unknown): readonly string[] {
  if (typeof expected !== 'object' || expected === null || typeof found !== 'object' || found === null)
    return expected === found ? [] : [`${path} is ${JSON.stringify(found)}, and not ${JSON.stringify(expected)}`];
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...names].flatMap((name) => figureDifferences(`${path}.${name}`, Reflect.get(expected, name), Reflect.get(found, name)));
}

/** The counts of what `/tm stats` said, which goes by days of UTC where shops have several zones. */
function toldFaults(lines: readonly HistoryLine[], { told }: PlayedDay): readonly string[] {
  const { total } = naiveFigures(lines, 'UTC', day);
  const first = [total.opened, total.returning, total.answered, total.resolved, total.reopened];
  const last = [total.buyerMessages, total.replies, total.held, total.failed];
  const values = told.map((row) => row[1]);
  const wrong = values.slice(0, 5).join() !== first.join() || values.slice(-4).join() !== last.join();
  return wrong ? [`/tm stats told ${values.join()} and not ${first.join()} ... ${last.join()}`] : [];
}

/** What is missing, and what is too much. */
function difference(expected: readonly string[], found: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const one of found) counts.set(one, (counts.get(one) ?? 0) + 1);
  for (const one of expected) counts.set(one, (counts.get(one) ?? 0) - 1);
  return [...counts].flatMap(([text, count]) => (count === 0 ? [] : [`${count > 0 ? 'told too often' : 'not told'}: ${text}`]));
}
