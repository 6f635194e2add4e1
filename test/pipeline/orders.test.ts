import { describe, expect, it } from 'vitest';
import type { MarketplaceAdapter, MarketplaceOrders } from '../../adapters/adapter.ts';
import { ordersNotAllowed } from '../../adapters/adapter.ts';
import type { RateLimit } from '../../src/core/connector.ts';
import { inquiryId, shopId } from '../../src/core/ids.ts';
import type { Order } from '../../src/core/order.ts';
import { PlatformError, type PlatformErrorOptions } from '../../src/errors.ts';
import { createLimiter } from '../../src/pipeline/limiter.ts';
import { createOrderLookUp, type OrdersOf } from '../../src/pipeline/orders.ts';
import { createHandTime } from './hand-time.ts';

const shop = shopId('stub:749');
const source = 'a test';
const limits: readonly RateLimit[] = [{ name: 'orders', per: 'connection', permits: 1, everyMs: 1_000, burst: 2, source }];
const order = (id: string, buyerId: string | null = 'b1'): Order => ({
  ...{ id, buyerId, status: 'to-ship', platformStatus: 'X', items: [], total: null, cashOnDelivery: false, shipments: [] },
  ...{ createdAt: null, paidAt: null, deliveredAt: null, cancelledAt: null },
});
const inquiry = (buyer?: string): OrdersOf => ({
  ...{ _id: inquiryId('i1'), shopId: shop, marketplace: 'stub', source: null },
  buyer: buyer === undefined ? {} : { externalId: buyer },
});

interface Setting {
  readonly named?: readonly string[];
  readonly said?: readonly string[];
  readonly orders?: readonly Order[];
  readonly owned?: boolean;
  readonly without?: 'orders' | 'ofBuyer';
  readonly fails?: () => Error | null;
}

function create({ named = [], said = [], orders = [], owned = true, without, fails = () => null }: Setting) {
  const time = createHandTime();
  const asked: string[][] = [];
  const warned: unknown[] = [];
  const answer = async (question: readonly string[], found: readonly Order[]) => {
    asked.push([...question]);
    const error = fails();
    if (error) throw error;
    return found;
  };
  const looks: MarketplaceOrders = {
    byIds: (_, ids) =>
      answer(
        ids,
        orders.filter(({ id }) => ids.includes(id)),
      ),
    ...(without === 'ofBuyer'
      ? {}
      : {
          ofBuyer: (_: unknown, buyer: string) =>
            answer(
              [`of ${buyer}`],
              orders.filter(({ buyerId }) => buyerId === buyer),
            ),
        }),
  };
  const adapter = {
    capabilities: { limits, costs: { orders: ['orders'], ordersOfBuyer: ['orders'] } },
    ...(without === 'orders' ? {} : { orders: looks }),
  } as unknown as MarketplaceAdapter;
  const limiter = createLimiter({
    limits,
    monotonicMs: () => time.clock.monotonicMs(),
    now: () => time.clock.now(),
    timeScale: 1,
    spent: [],
  });
  const lookUp = createOrderLookUp({
    inquiries: { orderIdsOf: async () => ({ named, said }) } as never,
    shops: { access: async () => ({}) } as never,
    marketplaces: new Map([['stub', adapter]]),
    clock: time.clock,
    timers: time.timers,
    paceScale: 1,
    log: { debug() {}, info() {}, error() {}, warn: (fields) => void warned.push(fields) },
    limiterOf: () => (owned ? limiter : null),
  });
  const idsFor = async (of: OrdersOf) => {
    const { orders: found, problem } = await lookUp.ordersFor(of);
    return [found.map(({ id }) => id), problem?.key ?? null];
  };
  return { ...lookUp, idsFor, asked, warned, time, limiter };
}

const refused = (options: Partial<PlatformErrorOptions>) => () =>
  new PlatformError('refused', { kind: 'transient', platform: 'stub', ...options });

describe('ordersFor', () => {
  it('finds what the inquiry names, in its order, and asks no more', async () => {
    const { idsFor, asked } = create({ named: ['2', '1', '2'], said: ['3'], orders: ['1', '2', '3'].map((id) => order(id)) });
    expect(await idsFor(inquiry('b1'))).toEqual([['2', '1'], null]);
    expect(asked).toEqual([['2', '1']]);
  });

  it('shows nobody the order of another buyer', async () => {
    const orders = [order('1', 'b2'), order('2', null), order('3', 'b1')];
    expect(await create({ named: ['1'], orders, without: 'ofBuyer' }).idsFor(inquiry('b1'))).toEqual([[], 'order.none']);
    // What somebody typed is no proof.
    expect(await create({ said: ['1', '2', '3'], orders }).idsFor(inquiry('b1'))).toEqual([['3'], null]);
    expect(await create({ said: ['1', '2', '3'], orders }).idsFor(inquiry())).toEqual([[], 'order.none']);
    // A card of the marketplace is, where it does not tell whose the order is.
    expect(await create({ named: ['2'], orders }).idsFor(inquiry('b1'))).toEqual([['2'], null]);
    expect(await create({ named: ['1'], orders }).idsFor(inquiry())).toEqual([['1'], null]);
  });

  it("lists the buyer's newest where the inquiry names none", async () => {
    const orders = Array.from({ length: 7 }, (_, at) => order(String(at)));
    const { idsFor, asked } = create({ said: ['99'], orders });
    expect(await idsFor(inquiry('b1'))).toEqual([['0', '1', '2', '3', '4'], null]);
    expect(asked).toEqual([['99'], ['of b1']]);
    expect(await create({ orders, without: 'ofBuyer' }).idsFor(inquiry('b1'))).toEqual([[], 'order.none']);
    expect(await create({ without: 'orders' }).idsFor(inquiry('b1'))).toEqual([[], 'order.not-supported']);
  });

  it('keeps an answer for a minute, also that there is none, and asks once for all who ask at the same time', async () => {
    const { idsFor, asked, time } = create({ named: ['1', '2'], orders: [order('1')] });
    await Promise.all([idsFor(inquiry('b1')), idsFor(inquiry('b1'))]);
    await time.pass(59_000);
    expect(await idsFor(inquiry('b1'))).toEqual([['1'], null]);
    expect(asked).toHaveLength(1);
    await time.pass(2_000);
    await idsFor(inquiry('b1'));
    expect(asked).toHaveLength(2);
  });

  it('remembers no failure', async () => {
    let error: Error | null = refused({ code: 'http-500' })();
    const { idsFor, warned } = create({ named: ['1'], orders: [order('1')], fails: () => error });
    expect(await idsFor(inquiry('b1'))).toEqual([[], 'order.failed']);
    expect(warned).toHaveLength(1);
    error = null;
    expect(await idsFor(inquiry('b1'))).toEqual([['1'], null]);
  });

  it.each([
    [{ kind: 'rejected', code: ordersNotAllowed }, 'order.scope-missing'],
    [{ kind: 'rate-limited', limit: 'method', retryAfterMs: 1_000 }, 'order.busy'],
    [{ kind: 'auth' }, 'order.failed'],
  ] as const)('says why there is none: %j', async (options, key) => {
    expect(await create({ named: ['1'], fails: refused(options) }).idsFor(inquiry('b1'))).toEqual([[], key]);
  });

  it('says so of a fault of ours, too', async () => {
    const { idsFor } = create({ named: ['1'], fails: () => new TypeError('a bug') });
    expect(await idsFor(inquiry('b1'))).toEqual([[], 'order.failed']);
  });

  it('goes on where the marketplace does not know what to do with what was typed', async () => {
    let calls = 0;
    const once = refused({ kind: 'rejected', code: '36009004' });
    const { idsFor } = create({ said: ['TH12345678'], orders: [order('1')], fails: () => (++calls === 1 ? once() : null) });
    expect(await idsFor(inquiry('b1'))).toEqual([['1'], null]);
  });

  it('draws on the pace of the gate as a read, waits a moment, and gives up rather than wait long', async () => {
    const { idsFor, time, limiter, asked } = create({ named: ['1'], orders: [order('1')] });
    limiter.take(['orders', 'orders'], null, 'send');
    const soon = idsFor(inquiry('b1'));
    await time.pass(999);
    expect(asked).toEqual([]);
    await time.pass(1);
    expect(await soon).toEqual([['1'], null]);
    const late = create({ named: ['1'], orders: [order('1')] });
    late.limiter.penalise('method', ['orders'], null, 60_000);
    expect(await late.idsFor(inquiry('b1'))).toEqual([[], 'order.busy']);
    expect(late.asked).toEqual([]);
  });

  it('has a pace of its own where another process owns the gate', async () => {
    const { idsFor, limiter, asked, time } = create({ named: ['1'], owned: false });
    limiter.penalise('method', ['orders'], null, 60_000);
    // One for the card, one for the buyer: as much as the bucket holds.
    await idsFor(inquiry('b1'));
    expect(asked).toEqual([['1'], ['of b1']]);
    await time.pass(60_000);
    await idsFor(inquiry('b1'));
    const third = idsFor({ ...inquiry('b2') });
    await time.pass(0);
    expect(asked).toHaveLength(4);
    await time.pass(1_000);
    await third;
    expect(asked).toHaveLength(5);
  });

  it('slows down when the marketplace says so', async () => {
    const { idsFor, limiter } = create({ named: ['1'], fails: refused({ kind: 'rate-limited', limit: 'method', retryAfterMs: 30_000 }) });
    await idsFor(inquiry('b1'));
    expect(limiter.take(['orders'], null, 'read')).toBe(30_000);
  });
});

describe('statusesOf', () => {
  const opening = (numbers: { readonly named?: readonly string[]; readonly said?: readonly string[] }) => ({
    ...{ shopId: shop, marketplace: 'stub', buyer: { externalId: 'b1' }, named: numbers.named ?? [], said: numbers.said ?? [] },
  });

  it("tells how the orders stand that are asked about, in the platform's words and in ours, and looks for no others", async () => {
    const { statusesOf, asked } = create({ orders: [order('1'), order('2', 'b2')] });
    expect(await statusesOf(opening({ named: ['1', '2'] }))).toEqual(['X', 'to-ship']);
    expect(await statusesOf(opening({ said: ['2', '3'] }))).toEqual([]);
    expect(await statusesOf(opening({}))).toEqual([]);
    expect(asked).toEqual([['1', '2'], ['3']]);
  });

  it('costs a status and no more where the marketplace fails, is slow or has no orders', async () => {
    expect(await create({ fails: refused({}) }).statusesOf(opening({ named: ['1'] }))).toEqual([]);
    expect(await create({ without: 'orders' }).statusesOf(opening({ named: ['1'] }))).toEqual([]);
    const slow = create({ orders: [order('1')] });
    slow.limiter.penalise('method', ['orders'], null, 2_000);
    const statuses = slow.statusesOf(opening({ named: ['1'] }));
    await slow.time.pass(1_500);
    expect(await statuses).toEqual([]);
    expect(slow.asked).toEqual([]);
  });
});
