import type { Connection } from 'mongoose';
import type { PerformanceDay } from '../core/figures/performance.ts';
import type { LocalDay } from '../core/figures/zone.ts';
import type { ShopId } from '../core/ids.ts';
import { collectionOf } from './collection.ts';
import type { IndexSpec } from './index-spec.ts';

type StoredDay = PerformanceDay & { readonly _id: string };

export const performanceIndexes: readonly IndexSpec[] = [{ collection: 'performance', key: { shopId: 1, day: 1 }, options: {} }];

export type PerformanceStore = ReturnType<typeof createPerformanceStore>;

/** What marketplaces themselves count of shops: one document a shop and day. */
export function createPerformanceStore(connection: Connection) {
  const performance = collectionOf<StoredDay>(connection, 'performance');
  return {
    /** Of a day that is there already the last word counts. */
    async save(days: readonly PerformanceDay[]): Promise<void> {
      if (days.length === 0) return;
      await performance.bulkWrite(
        days.map((day) => ({ updateOne: { filter: { _id: `${day.shopId}|${day.day}` }, update: { $set: day }, upsert: true } })) as never,
        { ordered: true },
      );
    },

    /** Both days included. */
    async within(shopIds: readonly ShopId[], firstDay: LocalDay, lastDay: LocalDay): Promise<readonly PerformanceDay[]> {
      if (shopIds.length === 0) return [];
      const found = (await performance
        .find({ shopId: { $in: [...shopIds] }, day: { $gte: firstDay, $lte: lastDay } })
        .toArray()) as StoredDay[];
      return found.map(({ _id, ...day }) => day);
    },
  };
}
