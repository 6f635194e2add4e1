import type { Connection } from 'mongoose';
import { type PackedFigures, packFigures, unpackFigures } from '../core/figures/figures.ts';
import { type ChannelFigures, type CountedEvent, countedKinds, isCounted } from '../core/figures/fold.ts';
import { type Run, type Span, startOf } from '../core/figures/spans.ts';
import type { ShopId } from '../core/ids.ts';
import type { HistoryEvent, Inquiry } from '../core/inquiry.ts';
import { isPracticeShop } from '../core/practice/marks.ts';
import type { Clock } from '../core/time.ts';
import { bulkWriter, collectionOf, idReader, missingInserter, type WriteOptions } from './collection.ts';
import type { IndexSpec } from './index-spec.ts';
import { maxQueryMs } from './pages.ts';

export const figureIndexes: readonly IndexSpec[] = [
  // The spans of shops within a time.
  { collection: 'figures', key: { span: 1, shopId: 1, from: 1 }, options: {} },
  { collection: 'figuresDue', key: { dueAt: 1 }, options: {} },
  // What a slot is counted from, and the inquiries behind a figure.
  { collection: 'events', key: { shopId: 1, kind: 1, at: 1, _id: 1 }, options: {} },
];

/** A shop's figures of one span. */
export interface SpanFigures {
  readonly span: Span;
  readonly shopId: ShopId;
  readonly from: Date;
  /** 0: it is not stored yet. Rises with every change. */
  readonly version: number;
  readonly channels: readonly ChannelFigures[];
}

export interface SpanKey {
  readonly span: Span;
  readonly shopId: ShopId;
  readonly from: Date;
}

export const spanId = ({ span, shopId, from }: SpanKey): string => `${span}|${shopId}|${from.toISOString().slice(0, 16)}`;

interface StoredFigures extends Omit<SpanFigures, 'channels'> {
  readonly _id: string;
  /** JSON: nobody asks the store for what is in it, and a year of it is read three times as fast as documents within documents. */
  readonly channels: string;
}

type PackedChannel = readonly [channel: string | null, figures: PackedFigures];

/** History was added to this slot. Never changed: what comes later in the same epoch is covered by it, since nobody acts on it before `dueAt`. */
export interface FigureMark {
  readonly _id: string;
  readonly shopId: ShopId;
  readonly slot: Date;
  readonly dueAt: Date;
}

const historyPerPortion = 200;

/** One mark for a slot is enough for so long. */
const epochMs = 5_000;
/** By how much the clocks of two processes may differ, and more: see `shared-clock.ts`. */
const skewMs = 5_000;
/** Slots whose mark is remembered; of two thousand shops in one epoch. */
const mostRemembered = 2_000;

export type FigureMarks = Pick<FigureStore, 'touched'>;
export type FigureStore = ReturnType<typeof createFigureStore>;

/**
 * Figures, and marks on the slots that have to be counted anew.
 * @param step how a step of a message is written: see `onTheWay`
 */
export function createFigureStore(connection: Connection, clock: Clock, step: WriteOptions = {}) {
  const figures = collectionOf<StoredFigures>(connection, 'figures');
  const marks = collectionOf<FigureMark>(connection, 'figuresDue');
  const events = collectionOf<HistoryEvent>(connection, 'events');
  const inquiries = collectionOf<Inquiry>(connection, 'inquiries');
  const insertMarks = missingInserter(marks, step);
  const nameEvents = bulkWriter(events);
  const readFigures = idReader<StoredFigures>(figures);
  const insertFigures = missingInserter(figures);
  const writeFigures = bulkWriter(figures);
  /** When this process marked a slot last. */
  const marked = new Map<string, { readonly epoch: number; readonly atMs: number }>();

  /** True while nobody can have acted yet on the mark that this process made. Both clocks are asked, since the one on the wall may be set back. */
  function isCovered(slot: string): boolean {
    const known = marked.get(slot);
    return known?.epoch === epochOf(clock.now()) && clock.monotonicMs() - known.atMs < epochMs;
  }

  return {
    /**
     * History is stored: its slots are to be counted anew. Durable as the history is when it resolves, and called before the event or delivery that the
     * history came from is finished; so a crash before it leads to the same history, and here, again.
     */
    async touched(history: readonly HistoryEvent[]): Promise<void> {
      const slots = new Map<string, { readonly shopId: ShopId; readonly slot: Date }>();
      for (const event of history) {
        // A turn that an older version decided names no shop; a rebuild counts it. Practice is counted nowhere.
        if (!isCounted(event) || event.shopId === undefined || isPracticeShop(event.shopId)) continue;
        const slot = startOf('slot', event.at);
        const key = spanId({ span: 'slot', shopId: event.shopId, from: slot });
        if (!isCovered(key)) slots.set(key, { shopId: event.shopId, slot });
      }
      if (slots.size === 0) return;
      const [epoch, atMs] = [epochOf(clock.now()), clock.monotonicMs()];
      const dueAt = new Date((epoch + 1) * epochMs + skewMs);
      await insertMarks([...slots].map(([key, slot]) => ({ _id: `${key}|${epoch}`, ...slot, dueAt })));
      for (const key of slots.keys()) {
        marked.delete(key);
        marked.set(key, { epoch, atMs });
      }
      for (const key of marked.keys()) {
        if (marked.size <= mostRemembered) break;
        marked.delete(key);
      }
    },

    /** Marks that may be acted on, the oldest first. */
    async due(now: Date, limit: number): Promise<readonly FigureMark[]> {
      return (await marks
        .find({ dueAt: { $lte: now } } as never)
        .sort({ dueAt: 1 })
        .limit(limit)
        .toArray()) as unknown as FigureMark[];
    },

    async unmark(done: readonly FigureMark[]): Promise<void> {
      if (done.length > 0) await marks.deleteMany({ _id: { $in: done.map(({ _id }) => _id) } } as never);
    },

    /** Since when some history is not in the figures; null: all of it is. */
    async behindSince(): Promise<Date | null> {
      const oldest = (await marks.findOne({}, { sort: { dueAt: 1 }, projection: { dueAt: 1 } })) as Pick<FigureMark, 'dueAt'> | null;
      return oldest && new Date(oldest.dueAt.getTime() - skewMs - epochMs);
    },

    /** As they are stored, by id; those that are not stored yet are empty, of version 0. */
    async read(keys: readonly SpanKey[]): Promise<readonly SpanFigures[]> {
      const found = await readFigures(keys.map(spanId));
      return keys.map((key) => {
        const stored = found.get(spanId(key));
        return stored ? toSpanFigures(stored) : { ...key, version: 0, channels: [] };
      });
    },

    /** Of some shops within runs of spans. Spans without figures are left out. */
    async within(shopIds: readonly ShopId[], runs: readonly Run[]): Promise<readonly SpanFigures[]> {
      const found = await Promise.all(
        runs.map(({ span, from, to }) =>
          figures
            .find({ span, shopId: { $in: [...shopIds] }, from: { $gte: from, $lt: to } } as never, {
              maxTimeMS: maxQueryMs,
              batchSize: 1_000,
            })
            .toArray(),
        ),
      );
      return (found.flat() as unknown as StoredFigures[]).map(toSpanFigures);
    },

    /** Replaces figures whose stored version is still the one given. False: at least one is not, and some may be replaced. */
    async replace(changed: readonly SpanFigures[]): Promise<boolean> {
      const documents = changed.map((one): StoredFigures => {
        const channels = packChannels(one.channels);
        return { _id: spanId(one), span: one.span, shopId: one.shopId, from: one.from, version: one.version + 1, channels };
      });
      const [fresh, next] = [documents.filter(({ version }) => version === 1), documents.filter(({ version }) => version > 1)];
      const [known, replaced] = await Promise.all([
        insertFigures(fresh),
        writeFigures(next.map((one) => ({ replaceOne: { filter: { _id: one._id, version: one.version - 1 }, replacement: one } }))),
      ]);
      return known.size === 0 && replaced;
    },

    /** What is counted of a shop in a time, in no order, in small portions. */
    async *history(shopId: ShopId, from: Date, to: Date): AsyncGenerator<readonly CountedEvent[]> {
      const cursor = events.find({ shopId, kind: { $in: [...countedKinds] }, at: { $gte: from, $lt: to } } as never, {
        projection: { _id: 0, kind: 1, at: 1, channel: 1, data: 1 },
        batchSize: historyPerPortion,
      });
      for await (const first of cursor) yield [first, ...cursor.readBufferedDocuments()] as unknown as readonly CountedEvent[];
    },

    /**
     * Gives lines of history that an older version wrote their shop, and the channel of their inquiry as it stands; in portions, by id.
     * Resolves to the last id of the portion; null: there are no more.
     */
    async nameShops(after: string, limit: number): Promise<string | null> {
      const portion = (await events
        .find({ _id: { $gt: after } } as never, { projection: { inquiryId: 1, shopId: 1 } })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray()) as unknown as Pick<HistoryEvent, '_id' | 'inquiryId' | 'shopId'>[];
      const nameless = portion.filter(({ shopId }) => shopId === undefined);
      const ids = [...new Set(nameless.map(({ inquiryId }) => inquiryId))];
      const found = ids.length === 0 ? [] : await inquiries.find({ _id: { $in: ids } }, { projection: { shopId: 1, thread: 1 } }).toArray();
      const byId = new Map((found as unknown as Pick<Inquiry, '_id' | 'shopId' | 'thread'>[]).map((one) => [one._id, one]));
      await nameEvents(
        nameless.flatMap(({ _id, inquiryId }) => {
          const inquiry = byId.get(inquiryId);
          if (!inquiry) return [];
          const channel = inquiry.thread && `${inquiry.thread.bot}/${inquiry.thread.channelId}`;
          return [{ updateOne: { filter: { _id }, update: { $set: { shopId: inquiry.shopId, channel } } } }];
        }),
      );
      return portion.at(-1)?._id ?? null;
    },

    /** When the first and the last day begin of which a shop has figures; null: it has none. */
    async days(shopId: ShopId): Promise<{ readonly first: Date; readonly last: Date } | null> {
      const [[first], [last]] = (await Promise.all(
        ([1, -1] as const).map((direction) =>
          figures
            .find({ span: 'day', shopId } as never, { projection: { from: 1 } })
            .sort({ from: direction })
            .limit(1)
            .toArray(),
        ),
      )) as unknown as [Pick<SpanFigures, 'from'>[], Pick<SpanFigures, 'from'>[]];
      return first && last ? { first: first.from, last: last.from } : null;
    },

    /** When the first and the last of what is counted of a shop happened; null: nothing did. */
    async extent(shopId: ShopId): Promise<{ readonly first: Date; readonly last: Date } | null> {
      const end = async (direction: 1 | -1) => {
        const found = await Promise.all(
          countedKinds.map((kind) =>
            events
              .find({ shopId, kind } as never, { projection: { _id: 0, at: 1 } })
              .sort({ at: direction })
              .limit(1)
              .toArray(),
          ),
        );
        return (found.flat() as unknown as Pick<HistoryEvent, 'at'>[]).map(({ at }) => at.getTime());
      };
      const [firsts, lasts] = await Promise.all([end(1), end(-1)]);
      return firsts.length === 0 ? null : { first: new Date(Math.min(...firsts)), last: new Date(Math.max(...lasts)) };
    },
  };
}

const epochOf = (at: Date): number => Math.floor(at.getTime() / epochMs);

function toSpanFigures({ span, shopId, from, version, channels }: StoredFigures): SpanFigures {
  const packed: readonly PackedChannel[] = JSON.parse(channels);
  return { span, shopId, from, version, channels: packed.map(([channel, figures]) => ({ channel, figures: unpackFigures(figures) })) };
}

export const packChannels = (channels: readonly ChannelFigures[]): string =>
  JSON.stringify(channels.map(({ channel, figures }): PackedChannel => [channel, packFigures(figures)]));
