import type { Connection } from 'mongoose';
import type { Presence } from '../core/desk/presence.ts';
import { collectionOf, isDuplicateKey } from './collection.ts';

type StoredPresence = Omit<Presence, 'person'> & { readonly _id: string };

export type PresenceStore = ReturnType<typeof createPresenceStore>;

/** Who said that they are away, or back. One document a person. */
export function createPresenceStore(connection: Connection) {
  const presence = collectionOf<StoredPresence>(connection, 'presence');
  return {
    /** The newest word counts, in whatever order they come, and saying it twice changes nothing. */
    async set(changes: readonly Presence[]): Promise<void> {
      for (const { person, ...said } of changes) {
        try {
          await presence.updateOne({ _id: person, at: { $lte: said.at } }, { $set: said }, { upsert: true });
        } catch (error) {
          // There is a newer one.
          if (!isDuplicateKey(error)) throw error;
        }
      }
    },

    /** Of everybody who ever said so: as many as there are agents. */
    async all(): Promise<readonly Presence[]> {
      const found = (await presence.find({}).toArray()) as StoredPresence[];
      return found.map(({ _id, ...said }) => ({ person: _id, ...said }));
    },
  };
}
