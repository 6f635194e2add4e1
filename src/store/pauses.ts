import type { Connection } from 'mongoose';
import { collectionOf } from './collection.ts';
import type { IndexSpec } from './index-spec.ts';
import { together } from './together.ts';

/** A chat connection or one of its channels that takes nothing at the moment. Its queue is kept. */
export interface Pause {
  readonly _id: string;
  readonly gate: string;
  /** Null: the whole connection. */
  readonly channelId: string | null;
  /** The platform's code: `token_revoked`, `is_archived` ... */
  readonly reason: string;
  readonly since: Date;
}

export const pauseIndexes: readonly IndexSpec[] = [{ collection: 'pauses', key: { gate: 1 }, options: {} }];

export type PauseStore = ReturnType<typeof createPauseStore>;

export function createPauseStore(connection: Connection) {
  const pauses = collectionOf<Pause>(connection, 'pauses');
  const idOf = (gate: string, channelId: string | null): string => `${gate}|${channelId ?? ''}`;
  const ofAll = together(async (gates: readonly string[]): Promise<readonly (readonly Pause[])[]> => {
    const found = (await pauses.find({ gate: { $in: [...gates] } }).toArray()) as Pause[];
    const byGate = Map.groupBy(found, ({ gate }) => gate);
    return gates.map((gate) => byGate.get(gate) ?? []);
  });
  return {
    /** Asked of many gates at the same time, it is one round trip. */
    of: async (gate: string): Promise<readonly Pause[]> => (await ofAll([gate])).flat(),

    /** False: it stood already. */
    async set(gate: string, channelId: string | null, reason: string, since: Date): Promise<boolean> {
      const { upsertedCount } = await pauses.updateOne(
        { _id: idOf(gate, channelId) },
        { $setOnInsert: { gate, channelId, reason, since } },
        { upsert: true },
      );
      return upsertedCount > 0;
    },

    async clear(gate: string, channelId: string | null): Promise<boolean> {
      const { deletedCount } = await pauses.deleteOne({ _id: idOf(gate, channelId) });
      return deletedCount > 0;
    },
  };
}
