import type { ConnectorLog } from '../core/connector.ts';
import { type ChannelFigures, mergeParts, SlotFold } from '../core/figures/fold.ts';
import { endOf, partOf, type Span, startOf, startsWithin } from '../core/figures/spans.ts';
import type { ShopId } from '../core/ids.ts';
import type { Clock } from '../core/time.ts';
import { type FigureMark, type FigureStore, packChannels, type SpanFigures, type SpanKey, spanId } from '../store/figures.ts';
import type { Pace } from './pace.ts';

/** Some time of a shop, from the start of one slot to the start of another. */
export interface Stale {
  readonly shopId: ShopId;
  readonly from: Date;
  readonly to: Date;
}

export interface FigureKeeper {
  /** Counts anew what is marked and due by now; resolves to how many slots. Safe to run at any time, by any process, and to be cut off anywhere. */
  drain(): Promise<number>;
  /** Counts these times anew, whatever stands there; resolves to how many figures were not as they should be. */
  recount(stale: readonly Stale[]): Promise<number>;
}

interface KeeperDeps {
  readonly store: Pick<FigureStore, 'due' | 'unmark' | 'read' | 'replace' | 'history'>;
  readonly pace: Pick<Pace, 'begin' | 'rest'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: ConnectorLog;
}

/** A slot's day and month are added up anew with it, which takes some sixty documents: few at a time, so that a round is short. */
const marksPerRound = 8;
/** Another process that counts the same at the same time wins at most a few times in a row. */
const mostTries = 20;

/**
 * Brings figures up to date. A slot is counted from its history, what is longer from its parts; each is replaced only while its version is the one that was
 * read before what it is made of. So the last to write has seen all that the others have, and a mark goes only when everything above its slot is right.
 */
export function createFigureKeeper({ store, pace, clock, log }: KeeperDeps): FigureKeeper {
  /** Null: somebody else changed one of them meanwhile. Else how many were changed. */
  async function settle(
    keys: readonly SpanKey[],
    made: (known: readonly SpanFigures[]) => Promise<readonly (readonly ChannelFigures[])[]>,
  ) {
    const known = await store.read(keys);
    const channels = await made(known);
    const changed = known.flatMap((one, index) => {
      const now = channels[index] ?? [];
      return isSame(one.channels, now) ? [] : [{ ...one, channels: now }];
    });
    return (await store.replace(changed)) ? changed.length : null;
  }

  async function countSlots(slots: readonly SpanKey[]): Promise<number | null> {
    return settle(slots, async () => {
      const counted = new Map(slots.map((slot) => [spanId(slot), new SlotFold()]));
      for (const { shopId, from, to } of stretches(slots)) {
        for await (const portion of store.history(shopId, from, to)) {
          for (const event of portion) counted.get(spanId({ span: 'slot', shopId, from: startOf('slot', event.at) }))?.add(event);
          await pace.rest();
        }
      }
      return slots.map((slot) => counted.get(spanId(slot))?.result() ?? []);
    });
  }

  async function addUp(span: Span, part: Span, keys: readonly SpanKey[]): Promise<number | null> {
    return settle(keys, async () => {
      const parts = keys.map(({ shopId, from }) =>
        startsWithin(part, from, endOf(span, from)).map((start) => ({ span: part, shopId, from: start })),
      );
      const found = new Map((await store.read(parts.flat())).map((one) => [spanId(one), one.channels]));
      return parts.map((ofOne) => mergeParts(ofOne.map((one) => found.get(spanId(one)) ?? [])));
    });
  }

  async function untilSettled(what: () => Promise<number | null>): Promise<number> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const changed = await what();
      if (changed !== null) return changed;
    }
    throw new Error('figures were changed by others again and again; they are counted at the next run');
  }

  async function recount(slots: readonly SpanKey[]): Promise<number> {
    pace.begin();
    let changed = await untilSettled(() => countSlots(slots));
    for (const span of ['hour', 'day', 'month'] as const) {
      const part = partOf(span) ?? 'slot';
      const keys = distinct(slots.map(({ shopId, from }) => ({ span, shopId, from: startOf(span, from) })));
      changed += await untilSettled(() => addUp(span, part, keys));
      await pace.rest();
    }
    return changed;
  }

  return {
    recount: (stale) =>
      recount(
        distinct(
          stale.flatMap(({ shopId, from, to }) =>
            startsWithin('slot', from, to).map((start) => ({ span: 'slot' as const, shopId, from: start })),
          ),
        ),
      ),

    async drain() {
      let counted = 0;
      // What becomes due meanwhile is the next run's: in a flood there would be no end.
      const now = clock.now();
      for (;;) {
        const marks = await store.due(now, marksPerRound);
        if (marks.length === 0) break;
        const slots = distinct(marks.map(slotOf));
        await recount(slots);
        await store.unmark(marks);
        counted += slots.length;
      }
      if (counted > 0) log.debug({ slots: counted }, 'figures counted');
      return counted;
    },
  };
}

const slotOf = ({ shopId, slot }: FigureMark): SpanKey => ({ span: 'slot', shopId, from: slot });

const distinct = (keys: readonly SpanKey[]): readonly SpanKey[] => [...new Map(keys.map((key) => [spanId(key), key])).values()];

/** Slots of a shop that follow one another are read in one go. */
function stretches(slots: readonly SpanKey[]): readonly Stale[] {
  const found: { shopId: ShopId; from: Date; to: Date }[] = [];
  const inOrder = slots.toSorted((a, b) => (a.shopId === b.shopId ? a.from.getTime() - b.from.getTime() : a.shopId < b.shopId ? -1 : 1));
  for (const { shopId, from } of inOrder) {
    const last = found.at(-1);
    if (last?.shopId === shopId && last.to.getTime() === from.getTime()) last.to = endOf('slot', from);
    else found.push({ shopId, from, to: endOf('slot', from) });
  }
  return found;
}

/** Everything in figures is in an order of its own, so the text says it all. */
const isSame = (a: readonly ChannelFigures[], b: readonly ChannelFigures[]): boolean => packChannels(a) === packChannels(b);
