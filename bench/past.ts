import { toEvents } from '../adapters/tiktok-shop/webhook.ts';
import { decideDelivery } from '../src/core/decide-delivery.ts';
import { decideMessages } from '../src/core/decide-marketplace.ts';
import type { Delivery } from '../src/core/delivery.ts';
import { conversationId, inquiryId } from '../src/core/ids.ts';
import type { InboxEvent } from '../src/core/inbox.ts';
import { externalLinkId, type HistoryEvent, type Inquiry, type Link, type Message } from '../src/core/inquiry.ts';
import { evaluate, type RouteMatch } from '../src/core/routing/evaluate.ts';
import { defaultSettings, type Settings } from '../src/core/settings.ts';
import { type Shop, shopGate, shopIdOf } from '../src/core/shop.ts';
import type { Turn } from '../src/core/turn.ts';
import { noClocking } from '../src/pipeline/clocking.ts';
import type { Conversation } from '../src/store/conversations.ts';
import { channelName, shopName, webhookBody, wordsFor } from './messages.ts';

// What talk of the past leaves in the store. The product's own decisions are asked what each message leads to, so that what is stored has its true shape.

/** What one conversation left, by collection. */
export interface Left {
  readonly inquiries: readonly Inquiry[];
  readonly messages: readonly Message[];
  readonly events: readonly HistoryEvent[];
  readonly links: readonly Link[];
  readonly conversations: readonly Conversation[];
  /** Empty where the product would have pruned it. */
  readonly inbox: readonly InboxEvent[];
  readonly outbox: readonly Delivery[];
}

export const messagesPerTalk = 5;
const minuteMs = 60_000;
/** Ids of the past: far from those of what the bench sends. */
const firstId = 7_100_000_000_000_000_000n;
const maxPostChars = 4_000;

export interface PastOptions {
  /** Tells conversations apart; the same number makes the same documents. */
  readonly index: number;
  /** When its first message came. */
  readonly at: Date;
  readonly shops: number;
  readonly channels: number;
  /** True: within the week for which inbox and outbox are kept. */
  readonly recent: boolean;
}

/** Under which a message of the past is stored. */
export function pastMessageId(number: number, shops: number): string {
  const shop = shopIdOf('tiktok-shop', shopName(Math.floor(number / messagesPerTalk) % shops));
  return externalLinkId(shop, String(firstId + BigInt(number)));
}

/** A buyer who wrote five times, was shown in a thread, and whose inquiry was resolved. */
export function pastTalk({ index, at, shops, channels, recent }: PastOptions): Left {
  const external = shopName(index % shops);
  const shop = shopOf(external, at);
  const talk = {
    shopId: external,
    conversationId: `71${String(index).padStart(17, '0')}`,
    channelId: channelName((index % shops) % channels),
  };
  const conversation = conversationId(talk.conversationId);
  const settings = settingsOf(talk.channelId);
  const lane = `${shopGate(shop._id)}|${talk.conversationId}`;
  const inbox = Array.from({ length: messagesPerTalk }, (_, number) => {
    const id = String(firstId + BigInt(index * messagesPerTalk + number));
    const receivedAt = new Date(at.getTime() + number * minuteMs);
    const body = webhookBody(talk, id, `${wordsFor(index + number)} ${index}/${number}`, Math.floor(receivedAt.getTime() / 1_000));
    return doneEvent({ shop, key: id, lane, body: Buffer.from(body), receivedAt });
  });
  const messages = inbox.flatMap((event) => toEvents(event)).flatMap((event) => (event.kind === 'message' ? [event.message] : []));
  const now = inbox.at(-1)?.receivedAt ?? at;
  const buyer = { externalId: talk.conversationId, name: `buyer ${index}` };
  const first = decideMessages(
    {
      shop,
      settings,
      conversationId: conversation,
      inquiry: null,
      lane,
      buyer,
      language: 'en',
      routed: matchFor(settings, shop, conversation, now),
      source: null,
      known: new Set(),
      newInquiryId: inquiryId(`past${String(index).padStart(20, '0')}`),
      turnId: `turn${index}`,
      clocking: () => noClocking,
      assignee: null,
      words: null,
      assigneeAbsent: false,
      maxPostChars,
      now,
    },
    messages,
  ).turn;
  if (!first) throw new Error('five messages of a buyer led to nothing');
  const turns: Turn[] = [first];
  const outbox: Delivery[] = [];
  let inquiry = first.inquiry;
  for (const [position, delivery] of first.deliveries.entries()) {
    const ts = `${Math.floor(now.getTime() / 1_000)}.${String((index * messagesPerTalk + position) % 1_000_000).padStart(6, '0')}`;
    const outcome = { final: 'sent' as const, at: now, posts: [{ channelId: talk.channelId, messageId: `${ts}` }], reason: null };
    const sent = { ...delivery, attemptedAt: now, term: 1, outcome };
    const turn = decideDelivery({
      ...noClocking,
      lead: sent,
      members: [],
      outcome,
      inquiry,
      settings,
      readMarks: true,
      drawsCard: false,
      turnId: `sent${index}-${position}`,
      now,
    });
    if (turn) {
      turns.push(turn);
      inquiry = turn.inquiry;
    }
    outbox.push({ ...sent, state: 'sent', doneAt: now, trace: [{ at: now, outcome: 'sent', code: null, requestId: `r${index}` }] });
  }
  return {
    inquiries: [{ ...inquiry, open: false, status: 'resolved', waitingSince: null, resolvedAt: now }],
    messages: turns.flatMap((turn) => turn.messages),
    events: turns.flatMap((turn) => turn.history),
    links: turns.flatMap((turn) => turn.links),
    conversations: [
      {
        _id: `${shop._id}|${conversation}`,
        shopId: shop._id,
        conversationId: conversation,
        buyer,
        buyerReadAt: at,
        source: null,
        sourceAt: null,
        reconciledTo: null,
        reconciledAt: null,
      },
    ],
    inbox: recent ? inbox : [],
    outbox: recent ? outbox : [],
  };
}

function doneEvent(event: Pick<InboxEvent, 'key' | 'lane' | 'body' | 'receivedAt'> & { readonly shop: Shop }): InboxEvent {
  const { shop, key, lane, body, receivedAt } = event;
  return {
    _id: `${shop.marketplace}|${key}`,
    source: shop.marketplace,
    key,
    gate: shopGate(shop._id),
    lane,
    body,
    contentType: 'application/json',
    receivedAt,
    sequence: receivedAt.getTime() * 1_000,
    state: 'done',
    dueAt: receivedAt,
    attempts: 0,
    outcome: 'appended',
    reason: null,
    doneAt: receivedAt,
    turn: null,
  };
}

function shopOf(externalId: string, at: Date): Shop {
  return {
    _id: shopIdOf('tiktok-shop', externalId),
    marketplace: 'tiktok-shop',
    externalId,
    name: `Shop ${externalId.slice(-4)}`,
    timezone: 'Asia/Bangkok',
    locale: 'en',
    region: 'TH',
    alias: null,
    state: 'active',
    stateReason: null,
    stateSince: at,
    accessTokenExpiresAt: null,
    refreshTokenExpiresAt: null,
    createdAt: at,
  };
}

function matchFor({ routes }: Settings, shop: Shop, conversation: string, now: Date): RouteMatch | null {
  const nothing = { words: '', language: 'en', returning: false, buyerTags: [], products: [], categories: [], orderStatuses: [] };
  return evaluate(routes, { shop, conversation, ...nothing, now }, () => false).match;
}

const settingsOf = (channelId: string): Settings => ({
  ...defaultSettings,
  routes: [{ when: {}, channel: { platform: 'slack', connection: 'default', id: channelId } }],
});
