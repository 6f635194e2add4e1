import type { Delivery } from '../core/delivery.ts';
import { calledBy, isRuleCall, isStanding, type RuleCall } from '../core/desk/pings.ts';
import { localTime } from '../core/desk/when.ts';
import { shortIdOf } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { shownBuyerName } from '../core/mask.ts';
import type { DeskPolicy } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import type { ActivePolicy } from '../core/sla/policy.ts';
import { heldReply } from '../core/sla/presets.ts';
import type { Reminder } from '../core/sla/reminders.ts';
import { clockWords, toldClock } from '../core/sla/title.ts';
import { type Locale, type TextParams, text } from '../core/texts/index.ts';
import type { AnswerPart, ThreadContent } from '../core/thread.ts';
import { clockingOf, noClocking } from './clocking.ts';
import type { PipelineDeps } from './deps.ts';
import type { Staff } from './staff.ts';

/** Who is called by one post; the others of a large group see it all the same. */
export const mostCalled = 20;

export type Line = Extract<AnswerPart, { kind: 'lines' }>['lines'][number];

/**
 * What stands in a channel's reminder, and whom it calls, as things are at this moment: what breaches first stands first. Null: there is nothing to say any more.
 */
export async function remindersIn(
  pings: readonly Delivery[],
  { bot, locale, staff }: { readonly bot: string; readonly locale: Locale; readonly staff: Staff },
  deps: Pick<PipelineDeps, 'inquiries' | 'shops' | 'settings' | 'slaPresets' | 'clock'>,
): Promise<Extract<ThreadContent, { kind: 'answer' }> | null> {
  const { inquiries, shops, settings, clock } = deps;
  const [found, colleagues] = await Promise.all([inquiries.byIds(pings.flatMap(({ inquiryId }) => inquiryId ?? [])), staff.on(bot)]);
  const called = new Set<string>();
  let here = false;
  const told: { readonly dueAt: Date; readonly line: Line }[] = [];
  for (const { inquiryId, content, createdAt } of pings) {
    const inquiry = inquiryId === null ? undefined : found.get(inquiryId);
    if (!inquiry?.thread || content.kind !== 'ping' || !isStanding(content.reminder, inquiry)) continue;
    const { reminder } = content;
    const calls = calledBy(reminder, inquiry, colleagues);
    // What a rule wants known is read in the morning where nobody may be called now.
    if (!calls && !isRuleCall(reminder)) continue;
    for (const userId of calls?.userIds ?? []) called.add(userId);
    here ||= calls?.here ?? false;
    const shop = await shops.byId(inquiry.shopId);
    const dueAt = isRuleCall(reminder) ? createdAt : reminder.dueAt;
    const { policies } = shop ? clockingOf(shop, inquiry.slaPolicies, deps).sla : noClocking.sla;
    told.push({ dueAt, line: reminderLine(inquiry, reminder, { locale, shop, policies, desk: settings().desk, now: clock.now() }) });
  }
  if (told.length === 0) return null;
  const lines = told.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime()).map(({ line }) => line);
  return {
    kind: 'answer',
    parts: [{ kind: 'lines', lines }],
    actions: [],
    visibleTo: null,
    calls: { userIds: [...called].slice(0, mostCalled), here },
  };
}

/** A clock that runs. */
export type Waits = Pick<Reminder, 'policy' | 'owner' | 'dueAt'>;

interface ReminderView {
  readonly locale: Locale;
  readonly shop: Shop | null;
  /** By which its clocks run. */
  readonly policies: readonly ActivePolicy[];
  readonly desk: DeskPolicy;
  readonly now: Date;
}

/** One who waits, in a line that leads to the thread. */
export function reminderLine({ _id, buyer, shopId, thread }: Inquiry, waits: Waits | RuleCall, view: ReminderView): Line {
  const { locale, shop, desk } = view;
  const buyerName = buyer.name ?? null;
  const shown = shownBuyerName({ buyerName, masksBuyer: desk.maskBuyers === true }) ?? text(locale, 'card.buyer-unknown');
  const words = wordsOf(waits, { shop: shop?.name ?? shopId, buyer: shown }, view);
  return thread?.rootId ? { words, post: { channelId: thread.channelId, messageId: thread.rootId }, number: shortIdOf(_id) } : words;
}

function wordsOf(waits: Waits | RuleCall, who: TextParams, { locale, shop, policies, now }: ReminderView): string {
  if ('rule' in waits) return text(locale, 'reminder.rule', { ...who, rule: waits.rule });
  const { policy, owner, dueAt } = waits;
  if (policy === heldReply.name) return text(locale, 'reminder.held', who);
  const state = dueAt <= now ? 'missed' : 'running';
  const time = localTime(dueAt, shop?.timezone ?? 'UTC');
  return text(locale, `reminder.${state}`, { ...who, clock: clockWords({ ...toldClock(policy, owner, policies), state }, time, locale) });
}
