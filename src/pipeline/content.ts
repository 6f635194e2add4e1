import type { Delivery } from '../core/delivery.ts';
import { inquiryId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { isOver, isPractice } from '../core/practice/marks.ts';
import type { Settings } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import type { ActivePolicy } from '../core/sla/policy.ts';
import { heldReply } from '../core/sla/presets.ts';
import { toldClock } from '../core/sla/title.ts';
import type { Locale } from '../core/texts/index.ts';
import type { CardClock, InquiryCard, ShownMessage, ThreadActionName, ThreadContent, ThreadState } from '../core/thread.ts';

/** What cards show besides the inquiry. */
export interface CardView {
  readonly rootMessages: readonly ShownMessage[];
  readonly masksBuyer: boolean;
  /** By which its clocks run. */
  readonly policies: readonly ActivePolicy[];
}

/** What a delivery shows in chat, as the inquiry stands now. Null: its thread is not there yet, so it waits. Pure. */
export function threadContent(
  lead: Delivery,
  members: readonly Delivery[],
  inquiry: Inquiry | null,
  shop: Shop | null,
  { rootMessages, masksBuyer, policies }: CardView,
): ThreadContent | null {
  const { content } = lead;
  const card = (opened: Inquiry, of: Shop): InquiryCard => cardOf(opened, of, { masksBuyer, policies });
  switch (content.kind) {
    case 'announcement':
      return content;
    case 'receipt':
      return content;
    case 'answer':
      return lead.inquiryId === null || inquiry?.thread?.rootId ? content : null;
    case 'message': {
      if (!inquiry || !shop) return null;
      const messages = [lead, ...members].flatMap((delivery) => shown(delivery, inquiry));
      return inquiry.thread?.rootId
        ? { kind: 'messages', messages, surface: inquiry.surfaceNext }
        : { kind: 'opening', card: card(inquiry, shop), messages };
    }
    case 'notice':
      return inquiry?.thread?.rootId ? { ...content, visibleTo: content.visibleTo ?? null } : null;
    case 'card':
      return inquiry?.thread?.rootId && shop ? { kind: 'card', card: card(inquiry, shop), messages: rootMessages } : null;
    // What stands in it is looked up: see `reminders.ts` and `shift-digests.ts`.
    case 'ping':
    case 'shift':
    case 'reply':
    case 'read-mark':
      return null;
  }
}

/** Late is what comes before something that the thread shows already. */
function shown({ content, order }: Delivery, { shownOrder }: Inquiry): ShownMessage[] {
  return content.kind === 'message' ? [{ ...content.message, late: order < shownOrder }] : [];
}

/** Those that run, what is due first on top. What was met, or missed and answered, is history; so are clocks of rules that hold no more. */
const clocksOf = ({ clocks }: Inquiry, policies: readonly ActivePolicy[]): readonly CardClock[] =>
  clocks
    .flatMap(({ policy: name, dueAt, missed }): CardClock[] => {
      const owner = policies.find((policy) => policy.name === name)?.owner;
      if (dueAt === null || owner === undefined || name === heldReply.name) return [];
      return [{ ...toldClock(name, owner, policies), dueAt, state: missed === null ? 'running' : 'missed' }];
    })
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());

/** What a person would want to do next. */
function actionsOn({ open, status, assignee, noAnswerNeeded }: Inquiry): readonly ThreadActionName[] {
  if (!open) return ['reopen'];
  const waits = status === 'waiting' && !noAnswerNeeded;
  const hand = assignee === null ? 'claim' : 'release-claim';
  return [hand, 'template', 'assign', 'snooze', 'resolve', ...(waits ? (['no-answer-needed'] as const) : [])];
}

export function cardOf(inquiry: Inquiry, shop: Shop, { masksBuyer, policies }: Pick<CardView, 'masksBuyer' | 'policies'>): InquiryCard {
  const { _id, marketplace, buyer, status, assignee, source, previous, openedAt, excerpt } = inquiry;
  const { language, priority, tags, group, snoozedUntil, order = null } = inquiry;
  return {
    inquiryId: _id,
    marketplace,
    shopName: shop.name,
    shopTimezone: shop.timezone,
    buyerName: buyer.name ?? null,
    status,
    assignee,
    source,
    previous: previous && { url: null, post: previous.post },
    openedAt,
    excerpt,
    ...{ order, language, priority, tags, group, snoozedUntil, clocks: clocksOf(inquiry, policies), actions: actionsOn(inquiry) },
    masksBuyer,
    ...(isPractice(shop) ? { practice: isOver(shop) ? 'over' : 'open' } : {}),
    ...(isOver(shop) ? { clocks: [], actions: [] } : {}),
  };
}

/** The language of a channel: its own, else the shop's, else English. */
export function localeOf(settings: Pick<Settings, 'channels'>, bot: string, channelId: string, shop: Pick<Shop, 'locale'> | null): Locale {
  const channel = settings.channels.find(({ platform, connection, id }) => id === channelId && bot === `${platform}/${connection}`);
  return channel?.locale ?? shop?.locale ?? 'en';
}

/** Where a delivery goes in chat; null while no route takes its inquiry. */
export function threadState(lead: Delivery, inquiry: Inquiry | null, locale: Locale): ThreadState | null {
  const channelId = lead.channelId ?? inquiry?.thread?.channelId;
  if (!channelId) return null;
  return { inquiryId: inquiry?._id ?? inquiryId(''), channelId, rootId: inquiry?.thread?.rootId ?? null, locale };
}
