import type { Connection } from 'mongoose';
import type { DrillSource } from '../core/figures/drill.ts';
import { namesIn } from '../core/figures/fold.ts';
import type { InquiryId, ShopId } from '../core/ids.ts';
import type { HistoryEvent } from '../core/inquiry.ts';
import { collectionOf } from './collection.ts';
import { behind, maxQueryMs, type Page, type PageRequest, toPage } from './pages.ts';

/** One line of history behind a figure. */
export interface FigureSource {
  readonly _id: string;
  readonly inquiryId: InquiryId;
  readonly shopId: ShopId;
  readonly at: Date;
  readonly kind: string;
  /** Milliseconds, where the figure is a duration. */
  readonly valueMs: number | null;
}

export interface FigureScope {
  readonly shopIds: readonly ShopId[];
  readonly from: Date;
  readonly to: Date;
  /** Absent: every channel. */
  readonly channel?: string | null;
}

export type FigureSourceStore = ReturnType<typeof createFigureSourceStore>;

const shown = {
  ...{ inquiryId: 1, shopId: 1, at: 1, kind: 1 },
  ...{ 'data.waitedMs': 1, 'data.openMs': 1, 'data.elapsedMs': 1, 'data.keywords': 1 },
} as const;

/** One read of the index for each shop and kind, in order; a MongoDB merges no more than two hundred of them. */
const shopsPerRead = 60;

export function createFigureSourceStore(connection: Connection) {
  const events = collectionOf<HistoryEvent>(connection, 'events');
  return {
    /** The history behind a figure, newest first. */
    async page(
      { shopIds, from, to, channel }: FigureScope,
      source: DrillSource,
      { after, limit }: PageRequest,
    ): Promise<Page<FigureSource>> {
      const latest = after && after.at < to ? { $lte: after.at } : { $lt: to };
      const rest = { ...(channel === undefined ? {} : { channel }), ...conditionsOf(source), ...behind('at', after) };
      const portions = Array.from({ length: Math.ceil(shopIds.length / shopsPerRead) }, (_, index) =>
        shopIds.slice(index * shopsPerRead, (index + 1) * shopsPerRead),
      );
      const found = await Promise.all(
        portions.map(async (some) => {
          const lines = events
            .find({ shopId: { $in: some }, kind: { $in: [...source.kinds] }, at: { $gte: from, ...latest }, ...rest } as never, {
              projection: shown,
              maxTimeMS: maxQueryMs,
            })
            .sort({ at: -1, _id: -1 });
          return source.named ? firstOf(lines, (line) => isNamed(line, source.named), limit + 1) : lines.limit(limit + 1).toArray();
        }),
      );
      const newest = (found.flat() as unknown as HistoryEvent[])
        .toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a._id < b._id ? 1 : -1))
        .map(({ data, ...event }) => ({ ...event, valueMs: valueIn(data) }));
      return toPage(newest, limit, ({ at }) => at);
    },
  };
}

function conditionsOf({ data }: DrillSource): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([field, wanted]) => {
      const condition = wanted === 'measured' ? { $type: 'number' } : Array.isArray(wanted) ? { $in: [...wanted] } : wanted;
      return [`data.${field}`, condition];
    }),
  );
}

/** Names that stand in a list are looked for here: no question to the store holds a pattern. */
function isNamed({ data }: Pick<HistoryEvent, 'data'>, named: DrillSource['named']): boolean {
  return named === undefined || namesIn(data[named.field]).includes(named.name);
}

async function firstOf<T>(values: AsyncIterable<T>, wanted: (value: T) => boolean, most: number): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const value of values) {
    if (wanted(value)) found.push(value);
    if (found.length >= most) break;
  }
  return found;
}

function valueIn(data: HistoryEvent['data'] | undefined): number | null {
  const value = data?.['waitedMs'] ?? data?.['openMs'] ?? data?.['elapsedMs'];
  return typeof value === 'number' ? value : null;
}
