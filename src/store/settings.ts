import type { Connection } from 'mongoose';
import type { Settings } from '../core/settings.ts';
import { defaultSettings } from '../core/settings.ts';
import { collectionOf, isDuplicateKey } from './collection.ts';

type StoredSettings = Settings & { readonly _id: string };
const id = 'current';

export type SettingsParts = Partial<Omit<Settings, 'revision'>>;
export type SettingsStore = ReturnType<typeof createSettingsStore>;

export function createSettingsStore(connection: Connection) {
  const settings = collectionOf<StoredSettings>(connection, 'settings');
  return {
    async read(): Promise<Settings> {
      const found = (await settings.findOne({ _id: id })) as StoredSettings | null;
      if (!found) return defaultSettings;
      const { _id, ...stored } = found;
      // A part that a newer version added is not in what an older one stored.
      return { ...defaultSettings, ...stored };
    },

    /** Rises at each change; cheap to ask again and again. */
    async revision(): Promise<number> {
      const found = (await settings.findOne({ _id: id }, { projection: { revision: 1 } })) as Pick<Settings, 'revision'> | null;
      return found?.revision ?? 0;
    },

    /** Replaces these parts if nobody changed anything since `revision`; null: somebody did, read again. */
    async replace(parts: SettingsParts, revision: number): Promise<Settings | null> {
      if (revision === 0) {
        const first: Settings = { ...defaultSettings, ...parts, revision: 1 };
        try {
          await settings.insertOne({ _id: id, ...first } as never);
          return first;
        } catch (error) {
          if (isDuplicateKey(error)) return null;
          throw error;
        }
      }
      const { matchedCount } = await settings.updateOne(
        { _id: id, revision } as never,
        { $set: { ...parts, revision: revision + 1 } } as never,
      );
      return matchedCount > 0 ? this.read() : null;
    },
  };
}
