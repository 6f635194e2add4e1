import { assign } from '../desk/claims.ts';
import type { Draft } from '../draft.ts';
import { change, note } from '../draft.ts';
import type { Assignee } from '../inquiry.ts';
import { planRuleCall } from '../plan.ts';
import { botOf } from '../settings.ts';
import type { RouteMatch } from './evaluate.ts';

/** Gives an inquiry what the rule says that takes it, and tells its history. `assignee`: who of its group gets it; null: whoever claims it. */
export function takeRoute(draft: Draft, { index, name, why, outcome }: RouteMatch, assignee: Assignee | null, now: Date): void {
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
}
