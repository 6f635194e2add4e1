import type { MarketplaceAdapter, ShopAccess } from '../../adapters/adapter.ts';
import type { ChatBot, ChatUser, FetchedMedia } from '../../bots/bot.ts';
import type { ConnectorLog } from '../core/connector.ts';
import type { DeliveryContent } from '../core/delivery.ts';
import type { ShopId } from '../core/ids.ts';
import type { MediaRef } from '../core/message.ts';
import type { Settings } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import type { SlaPolicy } from '../core/sla/policy.ts';
import type { Clock, Timers } from '../core/time.ts';
import type { FailureKind } from '../errors.ts';
import type { Find } from '../find.ts';
import type { Routing } from '../routing.ts';
import type { ConversationStore } from '../store/conversations.ts';
import type { FigureMarks } from '../store/figures.ts';
import type { GateStore } from '../store/gates.ts';
import type { InboxStore } from '../store/inbox.ts';
import type { InquiryStore } from '../store/inquiries.ts';
import type { OutboxStore } from '../store/outbox.ts';
import type { PauseStore } from '../store/pauses.ts';
import type { PresenceStore } from '../store/presence.ts';
import type { QueueStore } from '../store/queue.ts';
import type { SyncStore } from '../store/syncs.ts';
import type { Templates } from '../templates.ts';
import type { OrderLookUp } from './orders.ts';
import type { Staff } from './staff.ts';

/** The named steps at which a test may kill the process; the product hands in one that does nothing. */
export const steps = [
  'received',
  'stored',
  'acknowledged',
  'before-decide',
  'decided',
  'inquiry-replaced',
  'effects-inserted',
  'finished',
  // This and the next three: only of what may not be sent twice.
  'claimed',
  'before-send',
  // Between the last look at the lease and the first byte: what a freeze here does is not promised.
  'sending',
  'after-send',
  'result-stored',
  'recorded',
  'look-up',
] as const;
export type Step = (typeof steps)[number];
export type Probe = (step: Step) => void | Promise<void>;

/** Shops as the pipeline sees them: read often, so kept for some seconds. */
export interface ShopDirectory {
  /** Null: not connected. */
  byId(id: ShopId): Promise<Shop | null>;
  known(id: ShopId): Promise<boolean>;
  /** All that have a gate. */
  ids(): Promise<readonly ShopId[]>;
  /** Tokens for one call. Throws `PlatformError` of kind `auth` while the shop is paused. */
  access(id: ShopId, signal: AbortSignal): Promise<ShopAccess>;
  /** After an auth failure: false when the tokens are beyond help; the shop is paused then, and the ops channel told. */
  refresh(id: ShopId, failedToken: string): Promise<boolean>;
  /** The marketplace says that the seller took the authorisation back. */
  deauthorized(id: ShopId): Promise<void>;
}

/** What the pipeline counts; the metrics stand behind it. */
export interface PipelineMeter {
  delivered(
    outcome: 'sent' | 'held' | 'failed' | 'dead' | 'cancelled' | 'retried' | 'uncertain',
    kind: DeliveryContent['kind'],
    failure: FailureKind | null,
  ): void;
  leaseLost(gate: string): void;
  /** A well-formed event of a type that is not for us. */
  unknownEvent(source: string, type: string): void;
  /** A message was shown after its successors. */
  late(): void;
}

/** What every part of the pipeline stands on. */
export interface PipelineDeps {
  readonly inbox: InboxStore;
  readonly outbox: OutboxStore;
  readonly inquiries: InquiryStore;
  readonly conversations: ConversationStore;
  /** Told of the history that was stored. */
  readonly figures: FigureMarks;
  readonly gates: GateStore;
  readonly pauses: PauseStore;
  readonly presence: PresenceStore;
  readonly queue: Pick<QueueStore, 'waitingIn' | 'inHand'>;
  readonly staff: Staff;
  readonly syncs: SyncStore;
  readonly shops: ShopDirectory;
  readonly orders: OrderLookUp;
  readonly templates: Templates;
  readonly find: Find;
  readonly marketplaces: ReadonlyMap<string, MarketplaceAdapter>;
  /** By `slack/default`. */
  readonly bots: ReadonlyMap<string, ChatBot>;
  /** A buyer's picture or video under the service's own rules; null when it cannot be had. */
  readonly loadMedia: (shop: Shop, media: MediaRef, signal: AbortSignal) => Promise<FetchedMedia | null>;
  readonly settings: () => Settings;
  /** Somebody was looked up: remembers whose account it is, where their e-mail address tells. Fails on nothing. */
  readonly sawUser: (bot: string, user: ChatUser) => Promise<void>;
  readonly routing: Routing;
  /** The marketplace's own rules about how fast its sellers answer, where the shop sells. */
  readonly slaPresets: (shop: Shop) => readonly SlaPolicy[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: ConnectorLog;
  readonly meter: PipelineMeter;
  readonly probe: Probe;
  /** A write that everything stands on failed. */
  readonly storeFailed: (error: unknown) => void;
  /** Every time that a platform declares, and every back-off, is divided by it. 1 outside tests. */
  readonly timeScale: number;
  /** The same for the limits alone, so that a bench can take them away and leave every clock as it is. */
  readonly paceScale: number;
}
