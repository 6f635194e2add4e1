import type { Connection } from 'mongoose';
import { collectionOf } from './collection.ts';

/** How far a gate's history has been read. `_id` is the gate. */
export interface Sync {
  readonly _id: string;
  /** When the first reading was complete: from then on everything is mirrored. */
  readonly firstDoneAt: Date | null;
  /** Start of the last complete reading. */
  readonly lastAt: Date | null;
}

export type SyncStore = ReturnType<typeof createSyncStore>;

export function createSyncStore(connection: Connection) {
  const syncs = collectionOf<Sync>(connection, 'syncs');
  return {
    read: async (gate: string): Promise<Sync> =>
      ((await syncs.findOne({ _id: gate })) as Sync | null) ?? { _id: gate, firstDoneAt: null, lastAt: null },

    async complete(gate: string, startedAt: Date, first: boolean): Promise<void> {
      await syncs.updateOne({ _id: gate }, { $set: { lastAt: startedAt, ...(first ? { firstDoneAt: startedAt } : {}) } }, { upsert: true });
    },
  };
}
