import type { ComposeView } from '../compose.ts';
import { autoReply } from '../desk/auto-reply.ts';
import { assign } from '../desk/claims.ts';
import { showTemplate } from '../desk/show-template.ts';
import type { Draft } from '../draft.ts';
import { change, note } from '../draft.ts';
import type { Assignee } from '../inquiry.ts';
import { notice, planNotice, planRuleCall } from '../plan.ts';
import { botOf, type Settings } from '../settings.ts';
import type { TemplateAnswer } from '../templates/command.ts';
import type { RouteMatch } from './evaluate.ts';

/** What a rule gives to read, filled for the buyer at hand, or why it cannot be filled. */
export type RouteWord = Extract<TemplateAnswer, { kind: 'ready' | 'said' }>;

export interface RouteWords {
  readonly compose: ComposeView;
  /** Offered to the agents; null: nothing is. */
  readonly suggestion: RouteWord | null;
  /** Sent to the buyer at once; null: nothing is, or the marketplace forbids it. */
  readonly autoReply: RouteWord | null;
}

export interface Taking {
  /** Who of its group gets it; null: whoever claims it. */
  readonly assignee: Assignee | null;
  /** Null: the rule says nothing, to nobody. */
  readonly words: RouteWords | null;
  readonly settings: Settings;
  readonly now: Date;
}

/** Gives an inquiry what the rule says that takes it, and tells its history. */
export function takeRoute(draft: Draft, { index, name, why, outcome }: RouteMatch, { assignee, words, settings, now }: Taking): void {
  const { channel, group, priority, slaPolicies } = outcome;
  const before = draft.inquiry.tags;
  const tags = outcome.tags.filter((tag, at, all) => !before.includes(tag) && all.indexOf(tag) === at);
  change(draft, {
    ...{ group, priority, slaPolicies, tags: [...before, ...tags].toSorted() },
    thread: { bot: botOf(channel), channelId: channel.id, rootId: null },
  });
  const keywords = why.flatMap(({ condition, found }) => (condition === 'keyword' ? found : []));
  const rule = name ?? String(index + 1);
  note(draft, 'routed', now, null, {
    channel: `${botOf(channel)}/${channel.id}`,
    rule,
    keywords: keywords.length > 0 ? keywords.join(',') : null,
  });
  for (const tag of tags) note(draft, 'tagged', now, null, { tag });
  if (assignee) assign(draft, now, assignee, null);
  if (outcome.notifySupervisor) draft.deliveries.push(planRuleCall(draft.inquiry, rule, now));
  if (words?.autoReply) autoReply(draft, words.autoReply, { compose: words.compose, now });
  if (words?.suggestion) suggest(draft, words.suggestion, { compose: words.compose, settings, now });
}

/** A template that an agent may send by a press; where it cannot be filled, the thread is told why. */
function suggest(draft: Draft, suggestion: RouteWord, view: Parameters<typeof showTemplate>[1]): void {
  const id = `${draft.inquiry._id}:suggested`;
  if (suggestion.kind === 'ready') showTemplate(draft, view, suggestion, { id, member: null, post: null });
  else {
    const reasons = [suggestion.said, ...suggestion.lines];
    draft.deliveries.push(planNotice(draft.inquiry, notice('template.suggested-in-vain', {}, reasons), { id, now: view.now }));
  }
}
