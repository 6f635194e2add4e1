import fc from 'fast-check';
import { slotMs } from '../../src/core/figures/spans.ts';
import { inquiryId, type ShopId, shopId } from '../../src/core/ids.ts';
import type { HistoryEvent } from '../../src/core/inquiry.ts';

/** Histories as random as they can be, around the end of a month. */
export const shops: readonly ShopId[] = ['market:1', 'market:2', 'other:3'].map(shopId);
export const channels = ['slack/default/C1', 'slack/default/C2', null] as const;
export const agents = ['Nok', 'Ana', 'U.42', '7'] as const;
export const begins = new Date('2026-10-29T00:00:00Z');
/** Days that histories are about. */
export const mostDays = 6;

const agent = fc.constantFrom(...agents, null);
const ms = fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 3_000_000_000 }));
const some = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });

const data: Readonly<Record<string, fc.Arbitrary<HistoryEvent['data']>>> = {
  opened: fc.record({ marketplace: fc.constant('market'), returning: fc.boolean() }),
  reopened: fc.constant({}),
  routed: fc.record({ keywords: some(fc.constantFrom('refund', 'refund,broken', 'a.b, $c', 'broken')) }),
  'buyer-wrote': fc.record({ message: fc.constant('m') }),
  replied: fc.record({ agent, first: fc.boolean(), waitedMs: some(ms), businessMs: some(ms) }),
  'answered-outside': fc.record({ agent, first: fc.boolean(), waitedMs: some(ms), businessMs: some(ms) }),
  'auto-replied': fc.constant({}),
  held: fc.record({ agent, why: fc.constant('screening.phone') }),
  failed: fc.record({ agent, why: fc.constant('gone') }),
  resolved: fc.record({
    ...{ by: fc.constantFrom('agent', 'policy'), openMs: ms, automatic: fc.boolean() },
    ...{ buyerMessages: fc.integer({ min: 0, max: 9 }), replies: fc.integer({ min: 0, max: 9 }) },
  }),
  'clock-met': fc.record({
    ...{ policy: fc.constantFrom('market-12h', 'team'), owner: fc.constantFrom('marketplace', 'team'), elapsedMs: ms },
    correction: fc.boolean(),
  }),
  'clock-missed': fc.record({
    policy: fc.constantFrom('market-12h', 'team'),
    owner: fc.constantFrom('marketplace', 'team'),
    elapsedMs: ms,
  }),
  tagged: fc.record({ tag: fc.constantFrom('vip', 'lost parcel', '1') }),
  // Not counted at all.
  noted: fc.constant({ message: 'm' }),
};

const line = fc.constantFrom(...Object.keys(data)).chain((kind) =>
  fc.record({
    ...{
      kind: fc.constant(kind),
      data: data[kind] ?? fc.constant({}),
      shopId: fc.constantFrom(...shops),
      channel: fc.constantFrom(...channels),
    },
    // Most fall into few slots, so that there is something to add up.
    offset: fc.oneof(fc.integer({ min: 0, max: 3 * slotMs }), fc.integer({ min: 0, max: mostDays * 86_400_000 - 1 })),
  }),
);

/** Lines of history without order, as inquiries of several shops write them. */
export const history = (maxLength: number): fc.Arbitrary<readonly HistoryEvent[]> =>
  fc.array(line, { maxLength, size: 'max' }).map((lines) =>
    lines.map(({ kind, data: of, shopId: shop, channel, offset }, index) => ({
      ...{ _id: `i${index % 7}#${index}`, inquiryId: inquiryId(`i${index % 7}`), sequence: index, kind: kind as HistoryEvent['kind'] },
      ...{ at: new Date(begins.getTime() + offset), by: null, data: of, shopId: shop, channel },
    })),
  );
