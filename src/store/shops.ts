import type { Connection } from 'mongoose';
import type { ShopId } from '../core/ids.ts';
import type { Shop } from '../core/shop.ts';
import { shopIdOf } from '../core/shop.ts';
import { collectionOf, isDuplicateKey } from './collection.ts';
import type { IndexSpec } from './index-spec.ts';

export const shopIndexes: readonly IndexSpec[] = [
  { collection: 'shops', key: { marketplace: 1, externalId: 1 }, options: { unique: true } },
  // The shops that share one set of tokens.
  { collection: 'shops', key: { grantId: 1 }, options: {} },
];

/** A shop as it is stored. */
export interface StoredShop extends Shop {
  /** The set of tokens it uses (`grants`); null: never connected. */
  readonly grantId: string | null;
  /** What the platform wants with each call of this shop besides the tokens; encrypted. */
  readonly extra: string | null;
}

/** What people may settle about a shop; the rest comes from the marketplace. */
export type ShopProfile = Pick<Shop, 'name' | 'timezone' | 'locale' | 'region' | 'alias'>;

export type ShopStore = ReturnType<typeof createShopStore>;

export function createShopStore(connection: Connection) {
  const shops = collectionOf<StoredShop>(connection, 'shops');
  let changes = 0;
  /** Also where it fails: what became of it is not known then. */
  async function changing<T>(write: Promise<T>): Promise<T> {
    try {
      return await write;
    } finally {
      changes += 1;
    }
  }

  return {
    /** How often shops were changed through here, so that who keeps them knows when to look again. When their tokens end is not counted. */
    changes: (): number => changes,

    /** All of them, by id. */
    async list(): Promise<readonly Shop[]> {
      return (await shops.find({}).sort({ _id: 1 }).toArray()).map(toShop);
    },

    /** By id, after the id `after`. */
    async page(after: string | null, limit: number): Promise<readonly Shop[]> {
      const found = await shops
        .find((after === null ? {} : { _id: { $gt: after } }) as never)
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      return found.map(toShop);
    },

    async byId(id: ShopId): Promise<Shop | null> {
      const found = await this.stored(id);
      return found && toShop(found);
    },

    async byIds(ids: readonly ShopId[]): Promise<ReadonlyMap<ShopId, Shop>> {
      if (ids.length === 0) return new Map();
      const found = await shops.find({ _id: { $in: [...new Set(ids)] } } as never).toArray();
      return new Map(found.map((shop) => [shop._id, toShop(shop)]));
    },

    byExternal(marketplace: string, externalId: string): Promise<Shop | null> {
      return this.byId(shopIdOf(marketplace, externalId));
    },

    /** With its secrets, still encrypted. */
    async stored(id: ShopId): Promise<StoredShop | null> {
      return shops.findOne({ _id: id } as never) as Promise<StoredShop | null>;
    },

    /** The shops that share one set of tokens. */
    async withGrant(grantId: string): Promise<readonly StoredShop[]> {
      return shops.find({ grantId } as never).toArray() as Promise<StoredShop[]>;
    },

    /** Whose `extra` sorts outside of this range: all are looked at, few or none found. */
    async withExtraOutside({ from, to }: { readonly from: string; readonly to: string }): Promise<readonly StoredShop[]> {
      return shops.find({ $or: [{ extra: { $lt: from } }, { extra: { $gte: to } }] } as never).toArray() as Promise<StoredShop[]>;
    },

    /** Makes the shop if it is not there. True: it was made now. A shop without tokens is paused until it is connected. */
    async create(marketplace: string, externalId: string, profile: ShopProfile, now: Date): Promise<boolean> {
      const shop: StoredShop = {
        _id: shopIdOf(marketplace, externalId),
        marketplace,
        externalId,
        ...profile,
        state: 'paused',
        stateReason: notConnected,
        stateSince: now,
        accessTokenExpiresAt: null,
        refreshTokenExpiresAt: null,
        createdAt: now,
        grantId: null,
        extra: null,
      };
      try {
        await changing(shops.insertOne(shop as never));
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    /** One that is whole from the beginning. */
    async add(shop: StoredShop): Promise<void> {
      await changing(shops.insertOne(shop as never));
    },

    /** Its tokens stay: see `grants`. */
    async remove(id: ShopId): Promise<void> {
      await changing(shops.deleteOne({ _id: id } as never));
    },

    async setProfile(id: ShopId, profile: Partial<ShopProfile>): Promise<void> {
      if (Object.keys(profile).length === 0) return;
      await changing(shops.updateOne({ _id: id } as never, { $set: profile } as never));
    },

    /** The shop uses this set of tokens from now on, and takes part again if it was paused or de-authorised. */
    async connect(id: ShopId, grantId: string, extra: string, now: Date): Promise<void> {
      await changing(shops.updateOne({ _id: id } as never, { $set: { grantId, extra } } as never));
      await this.setState(id, 'active', null, now);
    },

    async setExtra(id: ShopId, extra: string, was: string): Promise<void> {
      await shops.updateOne({ _id: id, extra: was } as never, { $set: { extra } } as never);
    },

    /** So that a list of shops need not open the tokens. Takes these two fields only: what is handed in may hold the tokens themselves. */
    async setExpiry(
      grantId: string,
      { accessTokenExpiresAt, refreshTokenExpiresAt }: Pick<Shop, 'accessTokenExpiresAt' | 'refreshTokenExpiresAt'>,
    ): Promise<void> {
      await shops.updateMany({ grantId } as never, { $set: { accessTokenExpiresAt, refreshTokenExpiresAt } } as never);
    },

    /** False: it was in this state already, `since` stays as it was. */
    async setState(id: ShopId, state: Shop['state'], reason: string | null, now: Date): Promise<boolean> {
      const { matchedCount } = await changing(
        shops.updateOne({ _id: id, state: { $ne: state } } as never, { $set: { state, stateReason: reason, stateSince: now } } as never),
      );
      return matchedCount > 0;
    },
  };
}

/** Reason of a shop that never had tokens. */
export const notConnected = 'not-connected';

function toShop({ grantId, extra, ...shop }: StoredShop): Shop {
  return shop;
}
