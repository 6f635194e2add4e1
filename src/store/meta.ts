import type { Connection } from 'mongoose';
import type { FileMark } from '../config/same-file.ts';
import type { ShopId } from '../core/ids.ts';
import { collectionOf, isDuplicateKey } from './collection.ts';

interface MetaDocument {
  readonly _id: 'schema' | 'secret-key' | 'applied-config' | 'import' | 'figures-rebuild' | `looked:${string}`;
  readonly version?: number;
  readonly keyIds?: readonly string[];
  /** Pairs, not a mapping: names of parts hold dots. */
  readonly parts?: readonly (readonly [part: string, fingerprint: string])[];
  readonly mark?: FileMark;
  readonly rebuild?: RebuildState;
  readonly looked?: string;
}

/** How far all figures have been counted anew: history that names no shop first, then day by day of each shop. */
export interface RebuildState {
  readonly startedAt: Date;
  /** Null while it goes on. */
  readonly finishedAt: Date | null;
  /** Id of the last line of history that was given its shop; null: all have theirs. */
  readonly history: { readonly after: string } | null;
  /** The shop whose days are being counted, and the next of them; null: the first shop's turn comes. */
  readonly at: { readonly shopId: ShopId; readonly day: Date; readonly last: Date } | null;
  /** Days of shops counted so far. */
  readonly days: number;
  /** Figures that were not as they should be. */
  readonly changed: number;
}

export type MetaStore = ReturnType<typeof createMetaStore>;

/** What the data says about itself. */
export function createMetaStore(connection: Connection) {
  const meta = collectionOf<MetaDocument>(connection, 'meta');
  const read = (_id: MetaDocument['_id']) => meta.findOne({ _id }) as Promise<MetaDocument | null>;
  const write = (_id: MetaDocument['_id'], set: object) => meta.updateOne({ _id } as never, { $set: set } as never, { upsert: true });

  return {
    /** Null: the database is new. */
    async schemaVersion(): Promise<number | null> {
      return (await read('schema'))?.version ?? null;
    },

    /** False: somebody else was there first. */
    async raiseSchemaVersion(from: number | null, to: number): Promise<boolean> {
      if (from !== null) {
        const { matchedCount } = await meta.updateOne({ _id: 'schema', version: from } as never, { $set: { version: to } } as never);
        return matchedCount > 0;
      }
      try {
        await meta.insertOne({ _id: 'schema', version: to } as never);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    /** True while the database is being filled from an export, or since that was cut off. */
    async importUnfinished(): Promise<boolean> {
      return (await read('import')) !== null;
    },

    async markImport(unfinished: boolean): Promise<void> {
      if (unfinished) await write('import', { unfinished: true });
      else await meta.deleteOne({ _id: 'import' } as never);
    },

    /** Ids of the keys under which secrets may lie here; null: there never was one. */
    async keyIds(): Promise<readonly string[] | null> {
      return (await read('secret-key'))?.keyIds ?? null;
    },

    async setKeyIds(keyIds: readonly string[]): Promise<void> {
      await write('secret-key', { keyIds });
    },

    /** Null: figures were never counted anew. */
    async rebuild(): Promise<RebuildState | null> {
      return (await read('figures-rebuild'))?.rebuild ?? null;
    },

    async setRebuild(rebuild: RebuildState): Promise<void> {
      await write('figures-rebuild', { rebuild });
    },

    /** With which channels a bot was last found to be allowed all that it needs; null: never. */
    async looked(bot: string): Promise<string | null> {
      return (await read(`looked:${bot}`))?.looked ?? null;
    },

    async setLooked(bot: string, looked: string): Promise<void> {
      await write(`looked:${bot}`, { looked });
    },

    /** What of `threadmart.yaml` was applied last: a fingerprint for each part. */
    async appliedConfig(): Promise<ReadonlyMap<string, string>> {
      return new Map((await read('applied-config'))?.parts ?? []);
    },

    /** The file that was applied last; null: none was. */
    async appliedFile(): Promise<FileMark | null> {
      const found = (await meta.findOne({ _id: 'applied-config' }, { projection: { mark: 1 } })) as MetaDocument | null;
      return found?.mark ?? null;
    },

    async setAppliedConfig(parts: ReadonlyMap<string, string>, mark: FileMark): Promise<void> {
      await write('applied-config', { parts: [...parts], mark });
    },
  };
}
