import type { Connection } from 'mongoose';
import type { Quota } from '../core/economy.ts';
import { bulkWriter, collectionOf, idReader, missingInserter } from './collection.ts';

/** A lease on a gate. `term` rises with each new owner and fences its writes; `beat` rises while the owner lives. */
export interface GateLease {
  readonly _id: string;
  readonly owner: string;
  readonly term: number;
  readonly beat: number;
  /** Spent of each quota; kept here so that a restart does not forget it. */
  readonly quotas: readonly Quota[];
}

export type GateStore = ReturnType<typeof createGateStore>;

export function createGateStore(connection: Connection) {
  const gates = collectionOf<GateLease>(connection, 'gates');
  const [insert, write, byIds] = [missingInserter(gates), bulkWriter(gates), idReader<GateLease>(gates)];
  return {
    async read(ids: readonly string[]): Promise<ReadonlyMap<string, GateLease>> {
      if (ids.length === 0) return new Map();
      const found = (await gates.find({ _id: { $in: [...ids] } }).toArray()) as GateLease[];
      return new Map(found.map((lease) => [lease._id, lease]));
    },

    /** Becomes the owner if the lease still stands as it was `seen` (null: nobody ever had it). Those that are taken at the same time go together. */
    async take(id: string, owner: string, seen: GateLease | null): Promise<GateLease | null> {
      if (!seen) {
        const lease: GateLease = { _id: id, owner, term: 1, beat: 0, quotas: [] };
        return (await insert([lease])).size === 0 ? lease : null;
      }
      const taken = { owner, term: seen.term + 1, beat: 0 };
      const all = await write([{ updateOne: { filter: { _id: id, term: seen.term, beat: seen.beat }, update: { $set: taken } } }]);
      if (all) return { ...seen, ...taken };
      // Of those that went together, some were not free: no two owners have the same name, so who stands there under this term has it.
      const stands = (await byIds([id])).get(id) ?? null;
      return stands?.owner === owner && stands.term === taken.term ? stands : null;
    },

    /** Renews all leases of a process in one round trip. Returns those that are still its own. */
    async beat(
      leases: readonly { readonly id: string; readonly term: number; readonly quotas: readonly Quota[] }[],
      owner: string,
    ): Promise<ReadonlySet<string>> {
      if (leases.length === 0) return new Set();
      const result = await gates.bulkWrite(
        leases.map(({ id, term, quotas }) => ({
          updateOne: { filter: { _id: id, owner, term }, update: { $inc: { beat: 1 }, $set: { quotas } } },
        })) as never,
        { ordered: false },
      );
      if (result.matchedCount === leases.length) return new Set(leases.map(({ id }) => id));
      const now = await this.read(leases.map(({ id }) => id));
      return new Set(leases.filter(({ id, term }) => now.get(id)?.owner === owner && now.get(id)?.term === term).map(({ id }) => id));
    },

    /** What every gate has spent of its quotas. */
    async quotas(): Promise<readonly (Quota & { readonly gate: string })[]> {
      const leases = (await gates.find({ 'quotas.0': { $exists: true } }).toArray()) as GateLease[];
      return leases.flatMap(({ _id, quotas }) => quotas.map((quota) => ({ gate: _id, ...quota })));
    },

    /** What stood behind it is gone. */
    async remove(id: string): Promise<void> {
      await gates.deleteOne({ _id: id });
    },

    /** Given up in good order: the next owner need not wait, and knows all that was spent. Absent quotas stay as they are. */
    async release(
      leases: readonly { readonly id: string; readonly term: number; readonly quotas?: readonly Quota[] }[],
      owner: string,
    ): Promise<void> {
      if (leases.length === 0) return;
      await gates.bulkWrite(
        leases.map(({ id, term, quotas }) => ({
          updateOne: { filter: { _id: id, owner, term }, update: { $set: { owner: '', ...(quotas ? { quotas } : {}) } } },
        })) as never,
        { ordered: false },
      );
    },
  };
}
