import type { Draft } from '../draft.ts';
import { change, note } from '../draft.ts';
import type { Assignee, HistoryEvent, Priority } from '../inquiry.ts';
import { orderLines } from '../order-lines.ts';
import { notice, planAnswer, planCard, planNotice } from '../plan.ts';
import { accountOn } from '../staff/accounts.ts';
import { excerpt } from '../text-plain.ts';
import type { TextKey, TextParams } from '../texts/index.ts';
import type { AnswerPart, PostRef } from '../thread.ts';
import type { Member, ThreadView } from '../thread-view.ts';
import { assign, assignGroup, claim, release } from './claims.ts';
import { nothingAsked } from './clocks.ts';
import { type CommandVerb, commandOf, commands, commandVerbs, wordOf } from './commands.ts';
import { groupsOf } from './groups.ts';
import { priorityOf, tagOf } from './parse.ts';
import { saidPresence } from './presence.ts';
import { reopen, resolve } from './resolve.ts';
import { showTemplate } from './show-template.ts';
import { momentOf, timeInBoth } from './when.ts';

/** A command as it was given, by whatever way. */
export interface Given {
  /** Unique: what it plans is named after it. */
  readonly id: string;
  readonly member: Member;
  readonly word: string;
  readonly rest: string;
  /** People who are mentioned in it. */
  readonly mentions: readonly string[];
  readonly messageId?: string;
  /** Where it was written; absent: in no message. */
  readonly post?: PostRef;
}

/**
 * A command that changes an inquiry, or is answered from it. `undo` and what else concerns a message stands with the messages.
 * Returns what became of it, for the record of the event.
 */
export function runCommand(draft: Draft, view: ThreadView, given: Given): string {
  const say = (key: TextKey, params: TextParams = {}, lines: readonly Line[] = []): string => {
    draft.deliveries.push(
      planNotice(draft.inquiry, notice(key, params, lines), {
        id: `${given.id}:command`,
        now: view.now,
        visibleTo: given.member.userId,
        ...(given.messageId === undefined ? {} : { messageId: given.messageId }),
      }),
    );
    return 'command';
  };
  const command = commandOf(given.word, given.rest);
  if (command.kind === 'unknown') {
    const word = excerpt(command.word, 40);
    if (command.meant === null) say('command.unknown', { word });
    else say('command.meant', { word, meant: command.meant });
    return 'unknown-command';
  }
  const { verb, rest } = command;
  if (commands[verb].takes === 'nothing' && rest !== '') return say('command.takes-nothing', { word: wordOf(verb) });
  if (!draft.inquiry.open && !whereResolved.has(verb)) return say('command.resolved', { word: wordOf(verb) });
  if (verb === 'undo' || verb === 'note') throw new Error(`"${verb}" is decided with the messages`);
  return run[verb](draft, view, { ...given, rest }, say);
}

/** They concern what is written in the thread: see `decide-message.ts`. */
type MessageCommand = 'undo' | 'note';

type Line = { readonly key: TextKey; readonly params: TextParams };
type Say = (key: TextKey, params?: TextParams, lines?: readonly Line[]) => string;
type Run = (draft: Draft, view: ThreadView, given: Given, say: Say) => string;

/** What can be asked of a case that is closed. */
const whereResolved: ReadonlySet<CommandVerb> = new Set([
  'reopen',
  'resolve',
  'history',
  'order',
  'template',
  'templates',
  'find',
  'help',
  'tag',
  'untag',
  'note',
  'away',
  'back',
]);

const run: Readonly<Record<Exclude<CommandVerb, MessageCommand>, Run>> = {
  claim(draft, { now }, { member }) {
    claim(draft, now, member);
    return 'command';
  },
  assign(draft, view, { id, member, rest, mentions }, say) {
    const turn = view.asked.groups.get(id);
    if (turn) {
      assignGroup(draft, view.now, turn, member);
      return turn.assignee ? 'command' : say('command.group-waits', { group: turn.group });
    }
    const to = colleagueOf(view, mentions, rest);
    if (to === null) {
      const { agents } = view.settings;
      const names = [...agents.map(({ name }) => name), ...groupsOf(agents).map((group) => `group:${group}`)];
      return say('command.assign-whom', { names: names.join(', ') || '—' });
    }
    assign(draft, view.now, to, member);
    return 'command';
  },
  release(draft, { now }, { member }, say) {
    if (draft.inquiry.assignee === null) return say('command.not-claimed');
    release(draft, now, member.userId);
    return 'command';
  },
  resolve(draft, view, { member }) {
    resolve(draft, view.now, member, view);
    return 'command';
  },
  reopen(draft, view, { member }, say) {
    if (draft.inquiry.open) return say('command.is-open');
    if (view.asked.openElsewhere) return say('command.open-elsewhere');
    reopen(draft, view.now, member.userId);
    return 'command';
  },
  snooze(draft, view, { member, rest }, say) {
    const until = momentOf(rest, view.now, view.zone);
    if (until === null) return say('command.snooze-until');
    change(draft, { snoozedUntil: until, surfaceNext: false });
    note(draft, 'snoozed', view.now, member.userId, { until: until.getTime() });
    draft.deliveries.push(planCard(draft.inquiry, view.now));
    return 'command';
  },
  tag: (draft, view, given, say) => label(draft, view, given, say, 'tagged'),
  untag: (draft, view, given, say) => label(draft, view, given, say, 'untagged'),
  priority(draft, view, { member, rest }, say) {
    const priority = priorityOf(rest);
    if (priority === null) return say('command.priority-which');
    prioritize(draft, view, member, priority);
    return 'command';
  },
  'no-answer-needed'(draft, view, { member }, say) {
    const { now } = view;
    if (draft.inquiry.status !== 'waiting') return say('command.nobody-waits');
    change(draft, { noAnswerNeeded: true, surfaceNext: false });
    note(draft, 'no-answer-needed', now, member.userId);
    nothingAsked(draft, now, view);
    draft.deliveries.push(planCard(draft.inquiry, now));
    return say('command.no-answer-needed');
  },
  away: (draft, view, given, say) => presence(draft, view, given, say, 'away'),
  back: (draft, view, given, say) => presence(draft, view, given, say, 'back'),
  template: answerTemplate,
  templates: answerTemplate,
  order(draft, view, { id, member }, say) {
    const { orders, problem } = view.asked.orders;
    if (orders.length === 0) return say(problem?.key ?? 'order.none', problem?.params);
    answer(draft, view, { id, member }, [
      {
        kind: 'lines',
        lines: orders.flatMap((order) => orderLines(order, member.locale ?? view.locale, view.zone, ownZone(view, member))),
      },
    ]);
    return 'command';
  },
  history: (_draft, view, { member }, say) =>
    say(
      'command.history',
      { count: view.asked.history.length },
      view.asked.history.map((event) => historyLine(event, view, member)),
    ),
  find(draft, view, given) {
    const parts = view.asked.found.get(given.id);
    if (!parts) throw new Error('nothing was looked for');
    answer(draft, view, given, parts);
    return 'command';
  },
  help: (_draft, _view, _given, say) =>
    say(
      'command.help',
      {},
      commandVerbs.map((verb) => ({ key: `command.help.${verb}`, params: { word: wordOf(verb) } })),
    ),
};

function answerTemplate(draft: Draft, view: ThreadView, given: Given, say: Say): string {
  const found = view.asked.templates.get(given.id);
  if (!found) throw new Error('a template was not looked up');
  switch (found.kind) {
    case 'said':
      return say(found.said.key, found.said.params, found.lines);
    case 'list':
      if (found.lines.length === 0) return say('template.none');
      answer(draft, view, given, [
        { kind: 'notice', notice: notice('template.list') },
        { kind: 'lines', lines: found.lines },
      ]);
      return 'command';
    case 'ready':
      if (view.channelMode !== 'reply') return say('template.note-channel');
      showTemplate(draft, view, found, { id: given.id, member: given.member, post: given.post ?? null });
      return 'command';
  }
}

/** For the eyes of whoever asked. */
function answer(draft: Draft, { now }: ThreadView, { id, member }: Pick<Given, 'id' | 'member'>, parts: readonly AnswerPart[]): void {
  draft.deliveries.push(
    planAnswer(draft.inquiry, { kind: 'answer', parts, actions: [] }, { id: `${id}:command`, now, visibleTo: member.userId }),
  );
}

function label(draft: Draft, view: ThreadView, { member, rest }: Given, say: Say, what: 'tagged' | 'untagged'): string {
  const tag = tagOf(rest);
  if (tag === null) return say('command.tag-which');
  const { tags } = draft.inquiry;
  const has = tags.includes(tag);
  if (has === (what === 'tagged')) return say(has ? 'command.has-tag' : 'command.no-such-tag', { tag, tags: tags.join(', ') || '—' });
  if (what === 'tagged' && tags.length >= mostTags) return say('command.too-many-tags', { most: mostTags });
  change(draft, { tags: has ? tags.filter((other) => other !== tag) : [...tags, tag].toSorted() });
  note(draft, what, view.now, member.userId, { tag });
  draft.deliveries.push(planCard(draft.inquiry, view.now));
  return 'command';
}

/** The card has no room for more. */
const mostTags = 20;

function prioritize(draft: Draft, { now }: ThreadView, { userId }: Member, priority: Priority): void {
  if (draft.inquiry.priority === priority) return;
  change(draft, { priority });
  note(draft, 'prioritized', now, userId, { priority });
  draft.deliveries.push(planCard(draft.inquiry, now));
}

/** Who is meant: a mention that the platform made of it, or a name of `agents`. Null: nobody who may answer here. */
function colleagueOf({ settings, bot, people }: ThreadView, mentions: readonly string[], words: string): Assignee | null {
  const [mentioned] = mentions;
  if (mentioned !== undefined) {
    const person = people.get(mentioned);
    return person?.mayAnswer ? { userId: person.userId, name: person.name, agent: person.agent } : null;
  }
  const name = words.replace(/^@/, '').toLowerCase();
  const agent = settings.agents.find((known) => known.name.toLowerCase() === name);
  const account = agent && accountOn(agent, bot);
  return agent && account ? { userId: account.userId, name: agent.name, agent: agent.name } : null;
}

function historyLine({ kind, at, by }: HistoryEvent, view: ThreadView, reader: Member): Line {
  const agent = view.settings.agents.find(({ accounts }) => accounts.some(({ userId }) => userId === by));
  const time = timeInBoth(at, view.zone, ownZone(view, reader), reader.locale ?? view.locale);
  return { key: `history.${kind}`, params: { time, name: by === null ? '' : (agent?.name ?? by) } };
}

/** Where the reader is, if `agents` says. */
const ownZone = ({ settings }: ThreadView, { agent }: Member): string | null =>
  settings.agents.find(({ name }) => name === agent)?.zone ?? null;

function presence(draft: Draft, view: ThreadView, { member, rest }: Given, say: Say, verb: 'away' | 'back'): string {
  const said = saidPresence(verb, rest, member, { ...view, agents: view.settings.agents });
  if (said.presence) draft.presence.push(said.presence);
  return say(said.told.key, said.told.params);
}
