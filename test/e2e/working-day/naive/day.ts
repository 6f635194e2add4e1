import { closesMs } from '../plan.ts';
import { type Done, type HistoryLine, inquiryKey, type PlayedDay } from '../record.ts';
import { agents, closings, type ShopName, shops } from '../team.ts';
import type { NaiveReminder } from './clock.ts';
import { shownTime } from './hours.ts';
import { NaiveInquiry } from './inquiry.ts';
import { edgesByLook, type NaiveEdge } from './shifts.ts';
import { type NaiveStaff, naiveStaff } from './staff.ts';

/** A line of a post: which thread it leads to, in which words, and what it is sorted by. */
export interface NaiveTold {
  readonly root: string;
  readonly words: string;
  readonly due: number;
}

/** A reminder that is to be told. `called`: user ids, by each state of knowledge about who is there; null: nobody may be called, and nothing is told. */
export interface NaivePing extends NaiveTold {
  readonly at: number;
  readonly channel: string;
  readonly called: readonly (readonly string[] | null)[];
}

export interface NaiveDigest {
  readonly at: number;
  readonly channel: string;
  readonly title: string;
  readonly told: readonly NaiveTold[];
  readonly called: readonly (readonly string[])[];
}

/** An inquiry that a rule gives to a group. */
export interface NaiveOpening {
  readonly at: number;
  readonly key: string;
  readonly shop: ShopName;
  readonly how: 'round-robin' | 'least-busy' | 'sticky';
  /** Who got it, as the history has it. */
  readonly given: string | null;
  /** Who had the conversation's last inquiry. */
  readonly last: string | null;
}

export interface NaiveDay {
  readonly lines: readonly HistoryLine[];
  readonly pings: readonly NaivePing[];
  /** A rule wants supervisors to know. */
  readonly ruleCalls: readonly NaivePing[];
  readonly digests: readonly NaiveDigest[];
  readonly openings: readonly NaiveOpening[];
  /** Somebody has one open inquiry more, or less. */
  readonly loads: readonly {
    readonly at: number;
    readonly agent: string;
    readonly by: number;
    readonly because: 'time' | 'people' | 'rule';
  }[];
  readonly staff: NaiveStaff;
}

/** What ought to have come of all that was done; of the product it is told only where threads are, and whom rules picked. */
export function naiveDay({ done, looks, roots, history }: Pick<PlayedDay, 'done' | 'looks' | 'roots' | 'history'>): NaiveDay {
  const staff = naiveStaff(done);
  const given = new Map(
    history.flatMap(({ kind, by, conversation, inquiry, data }) =>
      kind === 'assigned' && by === null ? [[inquiryKey(conversation, inquiry), String(data['to'])] as const] : [],
    ),
  );
  const edges = edgesByLook(looks);
  const waiting = new Map<string, Waiting[]>();
  const day = { lines: [], pings: [], ruleCalls: [], openings: [], loads: [] } as {
    readonly [Kind in 'lines' | 'pings' | 'ruleCalls' | 'openings' | 'loads']: NaiveDay[Kind][number][];
  };
  const byConversation = Map.groupBy(
    done.filter((one) => one.kind !== 'presence'),
    ({ conversation }) => conversation,
  );
  for (const [conversation, happened] of byConversation) {
    live(conversation, happened, [...edges.keys()], { staff, given, roots, day, waiting });
  }
  const digests = [...edges].flatMap(([look, ofLook]) =>
    Object.values(shops)
      .flatMap(({ channels }) => channels)
      .flatMap((channel) => digestOf(look, channel, ofLook, waiting.get(`${look} ${channel}`) ?? [], staff)),
  );
  return { ...day, digests, staff };
}

/** One whose buyer waits, as it stands when a shift begins or ends. */
interface Waiting {
  readonly inquiry: NaiveInquiry;
  readonly assignee: string | null;
  readonly first: NaiveTold;
}

interface World {
  readonly staff: NaiveStaff;
  readonly given: ReadonlyMap<string, string>;
  readonly roots: PlayedDay['roots'];
  readonly day: { readonly [Kind in 'lines' | 'pings' | 'ruleCalls' | 'openings' | 'loads']: NaiveDay[Kind][number][] };
  readonly waiting: Map<string, Waiting[]>;
}

type Happened = Exclude<Done, { kind: 'presence' }>;

/** A conversation from its first message to the end of the day. */
function live(conversation: string, happened: readonly Happened[], looks: readonly number[], world: World): void {
  const { staff, day, waiting } = world;
  const shop = conversation.slice(0, 2) as ShopName;
  const inquiries: NaiveInquiry[] = [];
  const last = (): NaiveInquiry | undefined => inquiries.at(-1);
  const holders = new Map<NaiveInquiry, string>();

  /** Who has how much in hand. */
  function weigh(now: number, because: NaiveDay['loads'][number]['because']): void {
    for (const inquiry of inquiries) {
      const [before, after] = [holders.get(inquiry), inquiry.open ? (inquiry.assignee ?? undefined) : undefined];
      if (before === after) continue;
      if (before !== undefined) day.loads.push({ at: now, agent: before, by: -1, because });
      if (after !== undefined) day.loads.push({ at: now, agent: after, by: 1, because });
      if (after === undefined) holders.delete(inquiry);
      else holders.set(inquiry, after);
    }
  }

  function passTo(until: number): void {
    for (;;) {
      const now = Math.min(...inquiries.map((inquiry) => inquiry.next() ?? Number.POSITIVE_INFINITY));
      if (now > until) return;
      for (const inquiry of inquiries) {
        for (const reminder of inquiry.passes(now)) day.pings.push(pingOf(reminder, inquiry, now, staff));
      }
      weigh(now, 'time');
    }
  }

  function opens(now: number, sentAt: number, words: string): NaiveInquiry {
    const before = last();
    const key = inquiryKey(conversation, inquiries.length);
    const place = world.roots.get(key);
    if (!place) throw new Error(`${key} has no thread`);
    const rule = ruleOf(shop, words);
    const inquiry = new NaiveInquiry({ shop, conversation, number: inquiries.length, place, sentAt, vip: rule.name === 'vip' });
    inquiries.push(inquiry);
    inquiry.note('opened', sentAt, null, { marketplace: shops[shop].marketplace, returning: before !== undefined, language: 'en' });
    inquiry.note('routed', now, null, { channel: `slack/default/${place.channel}`, rule: rule.name, keywords: rule.keyword });
    if (rule.tag !== null) inquiry.tag(now, rule.tag, null);
    if (rule.how !== null) {
      const given = world.given.get(key) ?? null;
      if (given !== null) inquiry.assign(now, given, null);
      day.openings.push({ at: now, key, shop, how: rule.how, given, last: before?.assignee ?? null });
    }
    if (rule.name === 'vip') {
      const call = `🔔 ${shops[shop].title} · Buyer ${conversation}: for a supervisor (rule vip)`;
      const called = staff.knowledge(now).map((knowing) => staff.called('supervisor', { assignee: null, group: null }, now, knowing) ?? []);
      day.ruleCalls.push({ at: now, channel: place.channel, root: place.root, words: call, due: now, called });
    }
    if (rule.name === 'delivery') {
      inquiry.note('auto-replied', now, null);
      inquiry.autoRepliedAt = now;
    }
    return inquiry;
  }

  function buyerWrites({ at, sentAt, words }: Extract<Done, { kind: 'buyer' | 'outside' }>): void {
    const current = last();
    const closing = closings.includes(words);
    const goesOn = current && (current.open || current.reopensFor(sentAt) || closing);
    const holder = agents.find(({ name }) => name === current?.assignee);
    const absent = goesOn === true && holder !== undefined && !staff.isThere(holder, at, at);
    const inquiry = goesOn ? current : opens(at, sentAt, words);
    inquiry.buyerWrites(at, sentAt, { closing, opens: inquiry !== current, absent });
  }

  function act(one: Happened): void {
    const current = last();
    if (one.kind === 'press') {
      const { at, by, action, post } = one;
      inquiries.find(({ replies }) => replies.some((reply) => reply.post === post))?.presses(at, by, action, post);
    } else if (one.kind === 'write') {
      if (current) writes(current, one);
    } else if (one.kind === 'buyer') buyerWrites(one);
    else if (current?.open) current.answeredOutside(one.at, one.sentAt, one.words);
  }

  const moments = [...happened.map((one) => ({ at: one.at, one })), ...looks.map((at) => ({ at, one: null }))].toSorted(
    (a, b) => a.at - b.at,
  );
  for (const { at, one } of moments) {
    passTo(at);
    const before = inquiries.length;
    if (one) act(one);
    else for (const inquiry of inquiries) see(inquiry, at, waiting);
    weigh(at, inquiries.length > before ? 'rule' : 'people');
  }
  passTo(closesMs);
  day.lines.push(...inquiries.flatMap(({ lines }) => lines));
}

function ruleOf(shop: ShopName, words: string) {
  const has = (word: string) => words.split(' ').includes(word);
  if (shop === 'cn') {
    const refund = has('refund');
    return {
      name: refund ? 'refund' : 'china',
      keyword: refund ? 'refund' : null,
      tag: refund ? 'refund' : null,
      how: 'round-robin',
    } as const;
  }
  if (shop === 'th') {
    const vip = has('vip');
    return { name: vip ? 'vip' : 'thailand', keyword: vip ? 'vip' : null, tag: vip ? 'vip' : null, how: vip ? 'sticky' : null } as const;
  }
  const delivery = has('delivery');
  return { name: delivery ? 'delivery' : 'india', keyword: delivery ? 'delivery' : null, tag: null, how: 'least-busy' } as const;
}

/** What somebody wrote in the thread. */
function writes(inquiry: NaiveInquiry, { at, by, words, post }: Extract<Done, { kind: 'write' }>): void {
  const [first = '', second = ''] = words.split(' ');
  const ms = Number.parseInt(second, 10) * (second.endsWith('h') ? 3_600_000 : 60_000);
  const always: Readonly<Record<string, () => void>> = {
    '//': () => inquiry.remark(at, by),
    '!tag': () => inquiry.tag(at, second, by),
    '!reopen': () => inquiry.reopen(at, by),
    '!undo': () => inquiry.undo(at),
  };
  const whileOpen: Readonly<Record<string, () => void>> = {
    '!claim': () => inquiry.claim(at, by),
    '!assign': () => inquiry.assign(at, second, by),
    '!release': () => inquiry.release(at, by),
    '!resolve': () => inquiry.close(at, by),
    '!no-answer-needed': () => inquiry.needsNoAnswer(at, by),
    '!snooze': () => inquiry.snooze(at, ms, by),
  };
  const command = always[first] ?? whileOpen[first];
  if (!command) inquiry.writes(at, by, words, post);
  else if (inquiry.open || first in always) command();
}

/** The marketplace's clock is told of though the team has put the inquiry off; where no answer is needed nothing is. */
const stands = ({ policy: { owner } }: Pick<NaiveReminder, 'policy'>, { noAnswerNeeded, snoozedUntil }: NaiveInquiry): boolean =>
  !noAnswerNeeded && (snoozedUntil === null || owner === 'marketplace');

function pingOf(reminder: NaiveReminder, inquiry: NaiveInquiry, at: number, staff: NaiveStaff): NaivePing {
  const { channel, root } = inquiry;
  // Time may have done more in this moment: closed it, say.
  const goesOn = inquiry.clocks.some((clock) => clock.policy === reminder.policy && clock.start() !== null);
  const isTold = goesOn && stands(reminder, inquiry);
  const called = staff.knowledge(at).map((knowing) => (isTold ? staff.called(reminder.to, inquiry, at, knowing) : null));
  return { at, channel, root, words: wordsOf(reminder, inquiry, at), due: reminder.due, called };
}

function wordsOf({ policy, due }: Pick<NaiveReminder, 'policy' | 'due'>, { shop, conversation }: NaiveInquiry, at: number): string {
  const { title, zone } = shops[shop];
  const [buyer, time] = [`${title} · Buyer ${conversation}`, shownTime(zone, due)];
  if (policy.kind === 'held-reply') return `⏸️ ${buyer}: a reply waits for a decision in the thread`;
  const whose = policy.owner === 'team' ? `Team target "${policy.name}"` : 'Marketplace';
  if (due <= at) return `🔴 ${buyer} still waits. ${whose}: overdue since ${time} (shop time)`;
  return `⏰ ${buyer} waits. ${whose}: ${policy.kind === 'resolution' ? 'resolve' : 'answer'} by ${time} (shop time)`;
}

/** Notes which of its clocks breaches first, for the digests of that moment. */
function see(inquiry: NaiveInquiry, at: number, waiting: Map<string, Waiting[]>): void {
  if (inquiry.status !== 'waiting') return;
  const [first] = inquiry.clocks
    .flatMap((clock) => {
      const due = clock.due();
      return due !== null && stands(clock, inquiry) ? [{ policy: clock.policy, due }] : [];
    })
    .toSorted((a, b) => a.due - b.due);
  if (!first) return;
  const key = `${at} ${inquiry.channel}`;
  const told = { root: inquiry.root, words: wordsOf(first, inquiry, at), due: first.due };
  waiting.set(key, [...(waiting.get(key) ?? []), { inquiry, assignee: inquiry.assignee, first: told }]);
}

/** What waits in a channel for those whose shifts begin or end. */
function digestOf(at: number, channel: string, edges: readonly NaiveEdge[], waiting: readonly Waiting[], staff: NaiveStaff): NaiveDigest[] {
  const until = Math.max(...edges.map((edge) => edge.until));
  const kinds = new Set(edges.map(({ begins }) => begins));
  const title =
    kinds.size > 1
      ? 'Shifts change. To be answered before the next ones begin:'
      : kinds.has(true)
        ? 'Your shift begins. To be answered before your next one:'
        : 'Your shift ends. To be answered before your next one begins:';
  const people = new Set(edges.map(({ agent }) => agent));
  const known = staff.knowledge(at).map((knowing) => {
    const here = [...people].filter((agent) => !staff.isAway(agent, at, knowing));
    const theirs = waiting
      .filter(({ first }) => first.due < until)
      .map(({ inquiry, assignee, first }) => ({
        first,
        who: here.filter(({ supervisor, name, group }) => supervisor || name === assignee || group === inquiry.group),
      }))
      .filter(({ who }) => who.length > 0);
    return {
      told: theirs.map(({ first }) => first).toSorted((a, b) => a.due - b.due),
      called: [...new Set(theirs.flatMap(({ who }) => who.map(({ userId }) => userId)))].toSorted(),
    };
  });
  const now = known.at(-1);
  return now && now.told.length > 0 ? [{ at, channel, title, told: now.told, called: known.map(({ called }) => called) }] : [];
}
