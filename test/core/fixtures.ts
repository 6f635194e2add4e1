import type { ConversationView } from '../../src/core/decide-marketplace.ts';
import type { Clocking } from '../../src/core/desk/clocks.ts';
import { conversationId, externalMessageId, inquiryId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { untouched } from '../../src/core/inquiry.ts';
import type { IncomingMessage } from '../../src/core/message.ts';
import { noOrders } from '../../src/core/order.ts';
import type { RouteMatch } from '../../src/core/routing/evaluate.ts';
import type { Settings } from '../../src/core/settings.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { Shop } from '../../src/core/shop.ts';
import { shopIdOf } from '../../src/core/shop.ts';
import { defaultWords } from '../../src/core/sla/words.ts';
import type { Member, ThreadView } from '../../src/core/thread-view.ts';
import { addMs } from '../../src/core/time.ts';

export const now = new Date('2026-11-24T12:00:00Z');
export const at = (seconds: number): Date => addMs(now, seconds * 1_000);

export const shop: Shop = {
  _id: shopIdOf('tiktok-shop', '749'),
  marketplace: 'tiktok-shop',
  externalId: '749',
  name: 'Lamp House TH',
  timezone: 'Asia/Bangkok',
  locale: 'en',
  region: 'TH',
  alias: null,
  state: 'active',
  stateReason: null,
  stateSince: now,
  accessTokenExpiresAt: null,
  refreshTokenExpiresAt: null,
  createdAt: now,
};

export const settings: Settings = {
  ...defaultSettings,
  routes: [{ when: {}, channel: { platform: 'slack', connection: 'default', id: 'C1' } }],
};

/** The rule of these settings that takes everything. */
export const routed: RouteMatch = {
  index: 0,
  name: null,
  why: [],
  outcome: {
    channel: { platform: 'slack', connection: 'default', id: 'C1' },
    ...{
      group: null,
      assign: null,
      priority: 'normal',
      tags: [],
      slaPolicies: null,
      autoReply: null,
      suggest: null,
      notifySupervisor: false,
    },
  },
};

/** Opened, shown in its thread, waiting for an answer. */
export const inquiry: Inquiry = {
  _id: inquiryId('i1'),
  shopId: shop._id,
  marketplace: 'tiktok-shop',
  conversationId: conversationId('c1'),
  status: 'waiting',
  open: true,
  version: 3,
  applied: [],
  lastEvent: 2,
  openedAt: now,
  reopenedAt: null,
  resolvedAt: null,
  waitingSince: now,
  lastBuyerAt: now,
  firstReplyAt: null,
  lastReplyAt: null,
  lastOutsideReplyAt: null,
  buyer: {},
  source: null,
  previous: null,
  thread: { bot: 'slack/default', channelId: 'C1', rootId: '1.0' },
  ...untouched,
  shownOrder: '',
  surfaceNext: false,
  lastThreadMessage: null,
  excerpt: '',
  counters: { buyerMessages: 1, replies: 0, notes: 0, late: 0 },
};

/** No clock runs, nothing is filler; closing words are the usual ones. */
export const clocking: Clocking = { sla: { policies: [], words: defaultWords }, business: { zone: 'UTC', week: null, holidays: [] } };

export const conversationView = (changes: Partial<ConversationView> = {}): ConversationView => ({
  shop,
  settings,
  conversationId: inquiry.conversationId,
  inquiry: null,
  lane: 'conversation',
  buyer: { name: 'Nok' },
  language: 'en',
  routed,
  source: null,
  known: new Set(),
  newInquiryId: inquiryId('i2'),
  clocking: () => clocking,
  assignee: null,
  words: null,
  assigneeAbsent: false,
  turnId: 't1',
  maxPostChars: 3_000,
  now,
  ...changes,
});

/** A message of the marketplace, written `seconds` after `now`. */
export const incoming = (id: string, seconds = 0, changes: Partial<IncomingMessage> = {}): IncomingMessage => ({
  externalId: externalMessageId(id),
  author: 'buyer',
  parts: [{ kind: 'text', text: `words of ${id}` }],
  sentAt: at(seconds),
  order: String(1_000_000 + seconds),
  visible: true,
  ...changes,
});

export const member: Member = { userId: 'U1', name: 'Ann', agent: null, locale: null, mayAnswer: true, mayRelease: false };

export const threadView = (changes: Partial<ThreadView> = {}): ThreadView => ({
  ...clocking,
  inquiry,
  settings,
  channelMode: 'reply',
  bot: 'slack/default',
  opensForms: true,
  drawsCard: false,
  compose: {
    limits: { maxReplyChars: 100, images: 'native', maxImageBytes: 1_000, imageTypes: ['image/png'], ownHosts: ['.tiktok.com'] },
    screening: settings.screening,
    knownIds: [],
    signature: null,
  },
  lane: 'thread',
  turnId: 't1',
  now,
  zone: 'Asia/Bangkok',
  people: new Map(),
  asked: { openElsewhere: false, history: [], templates: new Map(), orders: noOrders, groups: new Map(), found: new Map() },
  locale: 'en',
  known: new Set(),
  replies: new Map(),
  latestReplies: [],
  ...changes,
});
