import type { MarketplaceAdapter } from '../../adapters/adapter.ts';
import type { ChatBot } from '../../bots/bot.ts';
import type { RateLimit } from '../core/connector.ts';
import { economy } from '../core/economy.ts';
import type { ShopId } from '../core/ids.ts';
import { shopId } from '../core/ids.ts';
import { botGate, shopGate } from '../core/shop.ts';
import { type Arrivals, createArrivals } from './arrivals.ts';
import { type Backlog, createBacklog } from './backlog.ts';
import { createBehindWatch } from './behind.ts';
import { createCardThrift } from './card-thrift.ts';
import type { PipelineDeps } from './deps.ts';
import type { Lease } from './leases.ts';
import type { Limiter } from './limiter.ts';
import { createLimiter } from './limiter.ts';
import type { Outage } from './outage.ts';
import type { Signal } from './signal.ts';
import { createSignal } from './signal.ts';

/** What stands behind a gate. */
export type GateConnector =
  | { readonly kind: 'shop'; readonly shopId: ShopId; readonly marketplace: string; readonly adapter: MarketplaceAdapter }
  | { readonly kind: 'bot'; readonly name: string; readonly bot: ChatBot };

/** A gate while this process owns it: its lease, its paces, and what wakes its two loops. */
export interface OwnedGate {
  readonly lease: Lease;
  readonly connector: GateConnector;
  readonly limiter: Limiter;
  /** What came in and is at hand. */
  readonly arrivals: Arrivals;
  readonly inboxSignal: Signal;
  readonly outboxSignal: Signal;
  /** What waits to be sent. */
  readonly backlog: Backlog;
  readonly behind: ReturnType<typeof createBehindWatch>;
  readonly thrift: ReturnType<typeof createCardThrift>;
  /** Channels whose queue is parked. */
  readonly parked: Set<string>;
  /** Set while the connection itself takes nothing. */
  paused: string | null;
  /** Queues of a channel whose pace is used up, until then by the monotonic clock. */
  readonly pacedUntilMs: Map<string, number>;
  /** By channel; a shop has one, null. */
  readonly outages: Map<string | null, Outage>;
  /** Replies that wait until their thread is heard out, and since when, by the monotonic clock. */
  readonly unheardSinceMs: Map<string, number>;
  /** True while nothing is known to wait, so that the poll looks for it. */
  inboxRests: boolean;
  outboxRests: boolean;
}

export type ShopGate = OwnedGate & { readonly connector: Extract<GateConnector, { kind: 'shop' }> };
export type BotGate = OwnedGate & { readonly connector: Extract<GateConnector, { kind: 'bot' }> };
export const isShopGate = (gate: OwnedGate): gate is ShopGate => gate.connector.kind === 'shop';
export const isBotGate = (gate: OwnedGate): gate is BotGate => gate.connector.kind === 'bot';

/** Where the queue of a lost channel is kept: no process owns such a gate. */
export const parkedGate = (gate: string): string => `parked:${gate}`;

/** From a gate's name to what stands behind it; null where this process has no such connector (any more). */
export function connectorOf(gate: string, deps: Pick<PipelineDeps, 'bots' | 'marketplaces'>): GateConnector | null {
  if (gate.startsWith(botGate(''))) {
    const name = gate.slice(botGate('').length);
    const bot = deps.bots.get(name);
    return bot ? { kind: 'bot', name, bot } : null;
  }
  const id = shopId(gate.slice(shopGate(shopId('')).length));
  const marketplace = id.slice(0, id.indexOf(':'));
  const adapter = deps.marketplaces.get(marketplace);
  return adapter ? { kind: 'shop', shopId: id, marketplace, adapter } : null;
}

/** @param soleOwner no other process can plan for it */
export function openGate(lease: Lease, connector: GateConnector, soleOwner: boolean, deps: PipelineDeps): OwnedGate {
  const limits: readonly RateLimit[] = (connector.kind === 'bot' ? connector.bot : connector.adapter).capabilities.limits;
  const { clock, timers, paceScale, timeScale } = deps;
  const backlog = createBacklog(soleOwner);
  return {
    lease,
    connector,
    limiter: createLimiter({
      limits,
      monotonicMs: () => clock.monotonicMs(),
      now: () => clock.now(),
      timeScale: paceScale,
      spent: lease.quotas,
    }),
    arrivals: createArrivals(soleOwner),
    inboxSignal: createSignal(timers),
    outboxSignal: createSignal(timers),
    backlog,
    behind: createBehindWatch(backlog),
    thrift: createCardThrift({ monotonicMs: () => clock.monotonicMs(), everyMs: economy.cardEveryMs / timeScale }),
    parked: new Set(),
    paused: null,
    pacedUntilMs: new Map(),
    outages: new Map(),
    unheardSinceMs: new Map(),
    inboxRests: false,
    outboxRests: false,
  };
}

/** One call's time: ends with the lease or the deadline, whichever comes first. `done` frees the timer. */
export function callSignal(
  lease: Lease,
  deadlineMs: number,
  { timers }: Pick<PipelineDeps, 'timers'>,
): { readonly signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const onLost = () => controller.abort(lease.signal.reason);
  if (lease.signal.aborted) onLost();
  lease.signal.addEventListener('abort', onLost, { once: true });
  const cancel = timers.after(deadlineMs, () => controller.abort(new Error(`no answer within ${deadlineMs} ms`)));
  return {
    signal: controller.signal,
    done() {
      cancel();
      lease.signal.removeEventListener('abort', onLost);
    },
  };
}
