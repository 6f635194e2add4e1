import type { Connection } from 'mongoose';
import { collectionOf, isDuplicateKey } from './collection.ts';
import type { IndexSpec } from './index-spec.ts';

export const grantIndexes: readonly IndexSpec[] = [
  // What must be refreshed.
  { collection: 'grants', key: { refreshDueAt: 1 }, options: {} },
  // What a person must renew.
  { collection: 'grants', key: { endsAt: 1 }, options: {} },
];

/**
 * One set of tokens, as a seller granted it. Several shops of one seller share it, so it is stored once:
 * a refresh token that may be used once only would else be used once for each shop.
 */
export interface StoredGrant {
  /** Id of the first of its shops. */
  readonly _id: string;
  readonly marketplace: string;
  /** Rises at each change of tokens; whoever writes names the version that it read. */
  readonly version: number;
  /** Access token, refresh token and extra; encrypted. */
  readonly secrets: string;
  readonly accessTokenExpiresAt: Date | null;
  readonly refreshTokenExpiresAt: Date | null;
  /** Half way to the access token's end; null: it cannot be refreshed. */
  readonly refreshDueAt: Date | null;
  /** The platform refuses the refresh token: a person must authorise again. */
  readonly refused: boolean;
  /** When the tokens came from the platform; null: from the configuration file, so they may be of any age. */
  readonly obtainedAt: Date | null;
  /** When no refresh helps any more and a person must authorise again; null: never, as far as is known. */
  readonly endsAt: Date | null;
  /** How long before `endsAt` that moment was first known; null: not known. A warning further ahead than this would come with every token. */
  readonly endKnownAheadMs: number | null;
  /** Days before the authorisation's end of which its people have been told. */
  readonly warnedDays: readonly number[];
}

export type GrantStore = ReturnType<typeof createGrantStore>;

export function createGrantStore(connection: Connection) {
  const grants = collectionOf<StoredGrant>(connection, 'grants');
  const find = (filter: object, sort: Record<string, 1>, limit: number) =>
    grants
      .find(filter as never)
      .sort(sort)
      .limit(limit)
      .toArray() as Promise<StoredGrant[]>;

  return {
    async byId(id: string): Promise<StoredGrant | null> {
      return grants.findOne({ _id: id } as never) as Promise<StoredGrant | null>;
    },

    /** Whose `secrets` sort outside of this range: all are looked at, few or none found. */
    async withSecretsOutside({ from, to }: { readonly from: string; readonly to: string }): Promise<readonly StoredGrant[]> {
      return grants.find({ $or: [{ secrets: { $lt: from } }, { secrets: { $gte: to } }] } as never).toArray() as Promise<StoredGrant[]>;
    },

    /** Tokens past their half life, the oldest first. */
    dueBefore: (now: Date, limit: number): Promise<readonly StoredGrant[]> =>
      find({ refreshDueAt: { $lte: now }, refused: false }, { refreshDueAt: 1 }, limit),

    /** Authorisations that end in this time, the next one first. */
    endingBetween: (from: Date, to: Date, limit: number): Promise<readonly StoredGrant[]> =>
      find({ endsAt: { $gt: from, $lte: to } }, { endsAt: 1 }, limit),

    /** False: somebody changed it since `version` was read (0: it must not exist yet); nothing was written. */
    async replace(grant: StoredGrant, version: number): Promise<boolean> {
      if (version === 0) {
        try {
          await grants.insertOne(grant as never);
          return true;
        } catch (error) {
          if (isDuplicateKey(error)) return false;
          throw error;
        }
      }
      const { matchedCount } = await grants.replaceOne({ _id: grant._id, version } as never, grant as never);
      return matchedCount > 0;
    },

    /** The rest of the grant stays as it is; false: the tokens have changed meanwhile. */
    async patch(
      { _id, version }: Pick<StoredGrant, '_id' | 'version'>,
      set: Partial<Pick<StoredGrant, 'refused' | 'warnedDays' | 'refreshDueAt' | 'secrets'>>,
    ): Promise<boolean> {
      const { matchedCount } = await grants.updateOne({ _id, version } as never, { $set: set } as never);
      return matchedCount > 0;
    },

    async remove(id: string): Promise<void> {
      await grants.deleteOne({ _id: id } as never);
    },
  };
}
