import type { RawRequest, Received } from '../core/connector.ts';
import type { ShopId } from '../core/ids.ts';
import { clockSource, type InboxEvent, laneAt } from '../core/inbox.ts';
import { botGate, shopGate, shopIdOf } from '../core/shop.ts';
import type { PipelineDeps } from './deps.ts';

/** Where a raw event came from. */
export type EventSource =
  | { readonly kind: 'marketplace'; readonly name: string }
  /** `bot` names platform and connection: `slack/default`. */
  | { readonly kind: 'bot'; readonly bot: string }
  /** Time itself: see `due-timers.ts`. */
  | { readonly kind: 'clock'; readonly gate: string };

/** A raw event that is to be stored. */
export interface Incoming {
  readonly source: EventSource;
  readonly key: string;
  /** The shop's external id; null for a chat platform. */
  readonly shop: string | null;
  readonly lane: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly receivedAt: Date;
  /** It cannot be worked on: stored as a dead letter, with the reason. */
  readonly malformed?: string;
}

export interface Ingest {
  /** Durable when it resolves: only then may the caller acknowledge. A duplicate is no error. */
  store(event: Incoming): Promise<void>;
  /** The same for many at once; resolves to how many were new. */
  storeAll(events: readonly Incoming[]): Promise<number>;
  /** True while many requests come and wait for their acknowledgement, and until a moment after: those who had theirs are about to send the next. */
  crowded(): boolean;
}

type Deps = Pick<PipelineDeps, 'inbox' | 'clock' | 'shops' | 'storeFailed'> & {
  /** These were stored just now, all for one gate. */
  readonly came: (gate: string, events: readonly InboxEvent[]) => void;
  /** An event went straight to the dead letters: a person must hear of it. */
  readonly buried: (event: InboxEvent) => void;
};

/** More requests than this that wait at once are a crowd, if they come fast: a store that is slow makes few requests wait, too, and nobody helps them by stepping back. */
const fewWaiting = 4;
const fast = { requests: 40, withinMs: 100 };
const afterCrowdMs = 10;

/** Requests that arrive together share one insert: see `inbox.insert`. */
export function createIngest({ inbox, clock, shops, storeFailed, came, buried }: Deps): Ingest {
  let lastSequence = 0;
  let unacknowledged = 0;
  let crowdedUntilMs = Number.NEGATIVE_INFINITY;
  /** When the last requests came, the oldest first. */
  const lastMs = Array<number>(fast.requests).fill(Number.NEGATIVE_INFINITY);

  /** Rises with every event of this process, and roughly with time between processes. */
  function nextSequence(): number {
    lastSequence = Math.max(lastSequence + 1, clock.now().getTime() * 1_000);
    return lastSequence;
  }

  /** Returns how many were new. */
  async function put(incoming: readonly Incoming[]): Promise<number> {
    const events = await Promise.all(incoming.map(toInboxEvent));
    const known = await inbox.insert(events).catch((error: unknown) => {
      storeFailed(error);
      throw error;
    });
    const fresh = events.filter((_, index) => !known.has(index));
    for (const event of fresh) if (event.state === 'dead') buried(event);
    const received = fresh.filter(({ state }) => state === 'received');
    for (const [gate, ofGate] of Map.groupBy(received, (event) => event.gate)) came(gate, ofGate);
    return fresh.length;
  }

  async function toInboxEvent({ source, key, shop, lane, body, contentType, receivedAt, malformed }: Incoming): Promise<InboxEvent> {
    const name = nameOf(source);
    const id = source.kind === 'marketplace' && shop !== null ? shopIdOf(name, shop) : null;
    const reason =
      malformed ?? (id !== null && !(await shops.known(id)) ? 'the shop is not connected; connect it, then replay this event' : null);
    const gate = gateOf(source, id);
    return {
      _id: `${name}|${key}`,
      source: name,
      key,
      gate,
      lane: laneAt(gate, lane),
      body,
      contentType,
      receivedAt,
      sequence: nextSequence(),
      state: reason === null ? 'received' : 'dead',
      dueAt: receivedAt,
      attempts: 0,
      outcome: null,
      reason,
      doneAt: reason === null ? null : receivedAt,
      turn: null,
    };
  }

  return {
    store: async (event) => {
      unacknowledged += 1;
      lastMs.shift();
      lastMs.push(clock.monotonicMs());
      try {
        await put([event]);
      } finally {
        if (unacknowledged > fewWaiting) crowdedUntilMs = clock.monotonicMs() + afterCrowdMs;
        unacknowledged -= 1;
      }
    },
    crowded() {
      const nowMs = clock.monotonicMs();
      return nowMs - (lastMs[0] ?? 0) < fast.withinMs && (unacknowledged > fewWaiting || nowMs < crowdedUntilMs);
    },
    storeAll: put,
  };
}

function nameOf(source: EventSource): string {
  switch (source.kind) {
    case 'marketplace':
      return source.name;
    case 'bot':
      return source.bot;
    case 'clock':
      return clockSource;
  }
}

function gateOf(source: EventSource, shop: ShopId | null): string {
  switch (source.kind) {
    case 'marketplace':
      return shop ? shopGate(shop) : `malformed:${source.name}`;
    case 'bot':
      return botGate(source.bot);
    case 'clock':
      return source.gate;
  }
}

/** What a connector's `receive` found, as an event to store; null for a handshake, which leaves nothing. */
export function toIncoming(source: EventSource, received: Received, request: RawRequest): Incoming | null {
  const common = {
    source,
    body: request.body,
    contentType: request.headers['content-type'] ?? '',
    receivedAt: request.receivedAt,
  };
  switch (received.kind) {
    case 'event':
      return { ...common, ...received.stored, key: received.key, shop: received.shop, lane: received.lane };
    case 'malformed':
      return { ...common, key: received.key, shop: null, lane: 'malformed', malformed: received.reason };
    case 'handshake':
      return null;
  }
}
