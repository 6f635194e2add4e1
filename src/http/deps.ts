import type { Backups } from '../backups.ts';
import type { Ask } from '../core/ask.ts';
import type { Answer, Finding, RawRequest, Received } from '../core/connector.ts';
import type { ShopId } from '../core/ids.ts';
import type { Settings } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import type { Locale, TextKey, TextParams } from '../core/texts/index.ts';
import type { Clock, Timers } from '../core/time.ts';
import type { Desk } from '../figures/desk.ts';
import type { Rebuild } from '../figures/rebuild.ts';
import type { Stats } from '../figures/stats.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Practice } from '../practice.ts';
import type { Routing } from '../routing.ts';
import type { DeadLetterStore } from '../store/dead-letters.ts';
import type { PageStore } from '../store/pages.ts';
import type { TraceScope, TraceStore } from '../store/trace.ts';
import type { Templates } from '../templates.ts';

/** The half of a connector that the network speaks to. */
export interface Receiver {
  receive(request: RawRequest): Received;
}

/** What is stored: everything but a handshake. */
export type Storable = Exclude<Received, { kind: 'handshake' }>;

export interface Readiness {
  /** True: what arrives can be stored now. Nothing else counts: a dead platform is no reason to refuse the others' events. */
  readonly ready: boolean;
  /** For who asks; with a thousand gates they cost more than to take an event. `problem`: why, in a word or a code. */
  checks(): readonly { readonly name: string; readonly ok: boolean; readonly problem?: string }[];
}

export interface Sentence {
  readonly key: TextKey;
  readonly params: TextParams;
}

export interface OAuthPort {
  /** Takes the one-time ticket. */
  start(
    marketplace: string,
    ticket: string,
  ): Promise<{ readonly ok: true; readonly url: string } | { readonly ok: false; readonly problem: Sentence }>;
  /** Takes the query with which the marketplace sends the seller back. */
  finish(
    marketplace: string,
    query: Readonly<Record<string, string>>,
  ): Promise<
    { readonly ok: true; readonly shops: readonly Pick<Shop, 'name' | 'externalId'>[] } | { readonly ok: false; readonly problem: Sentence }
  >;
}

export interface AppliedConfig {
  /** One a part of the file that changed (or, on a dry run, would change); in the reader's language. */
  readonly changes: readonly string[];
  /** What it says that has no effect, or may not be meant so. */
  readonly warnings: readonly string[];
}

export interface StatisticsPort {
  readonly stats: Stats;
  readonly desk: Pick<Desk, 'queue' | 'agents' | 'mine'>;
  /** `begin` lets it start at once. */
  readonly rebuild: Pick<Rebuild, 'state' | 'begin'>;
}

/** What the administration API asks of the service. */
export interface AdminPort {
  readonly shops: {
    list(): Promise<readonly Shop[]>;
    byId(id: ShopId): Promise<Shop | null>;
    /** Asks the marketplace for real. */
    test(id: ShopId, locale: Locale): Promise<readonly Finding[]>;
  };
  /** Null: this marketplace is connected by credentials in the configuration alone. */
  createTicket(marketplace: string): Promise<{ readonly url: string; readonly expiresAt: Date } | null>;
  /** The text of a `threadmart.yaml`. `problems`: nothing was applied. */
  apply(
    yaml: string,
    options: { readonly dryRun: boolean; readonly locale: Locale },
  ): Promise<AppliedConfig | { readonly problems: readonly string[] }>;
  settings(): Settings;
  readonly routing: Routing;
  /** Null: the store is a MongoDB, which is backed up by its own means. */
  readonly backups: Pick<Backups, 'make' | 'status'> | null;
  doctor(locale: Locale): Promise<readonly Finding[]>;
  readonly templates: Pick<Templates, 'list' | 'named' | 'remarks' | 'save' | 'remove'>;
  readonly statistics: StatisticsPort;
  readonly practice: Pick<Practice, 'state' | 'open' | 'remove'>;
  readonly pages: PageStore;
  readonly deadLetters: DeadLetterStore;
  readonly traces: TraceStore;
  traceScope(): Promise<TraceScope>;
  /** Something is due again. */
  wake(): void;
}

export interface HttpDeps {
  readonly marketplaces: ReadonlyMap<string, Receiver>;
  /** By platform and connection: `slack/default`. */
  readonly bots: ReadonlyMap<string, Receiver>;
  /** As people call a marketplace. */
  readonly labelOf: (marketplace: string) => string;
  /** Durable when it resolves. `source` is a key of `marketplaces` or `bots`. A duplicate is no error; an unknown shop is stored as a dead letter. */
  readonly store: (source: string, received: Storable, request: RawRequest) => Promise<void>;
  /** The acknowledgement of an event that asks something; null: the usual one. Never fails. `spentMs`: since the event came. */
  readonly answer: (source: string, ask: Ask, spentMs: number) => Promise<Answer | null>;
  readonly probe: (step: 'received' | 'stored' | 'acknowledged') => void | Promise<void>;
  readonly readiness: () => Readiness;
  readonly oauth: OAuthPort;
  readonly admin: AdminPort;
  readonly adminToken: string;
  readonly metrics: Pick<Metrics, 'acknowledged' | 'render'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly newId: () => string;
  readonly log: Log;
}
