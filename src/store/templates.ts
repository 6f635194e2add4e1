import type { Connection } from 'mongoose';
import { type Template, templateId } from '../core/templates/template.ts';
import { collectionOf, isDuplicateKey } from './collection.ts';

/** `_id`: see `templateId`. */
export interface StoredTemplate extends Template {
  readonly _id: string;
  readonly changedAt: Date;
  /** Who wrote it in chat; null: the configuration or an administrator. */
  readonly changedBy: string | null;
}

interface Change {
  readonly at: Date;
  readonly by: string | null;
}

export type TemplateStore = ReturnType<typeof createTemplateStore>;

/** Quick replies. They are few, and asked for when somebody uses one, so all of a list is read at once. */
export function createTemplateStore(connection: Connection) {
  const templates = collectionOf<StoredTemplate>(connection, 'templates');
  const toStored = ({ name, marketplace, language, text }: Template, { at, by }: Change): StoredTemplate => ({
    ...{ _id: templateId({ name, marketplace, language }), name, marketplace, language, text },
    ...{ changedAt: at, changedBy: by },
  });

  return {
    /** By name, then by marketplace and language. */
    async list(): Promise<readonly StoredTemplate[]> {
      return templates.find().sort({ _id: 1 }).toArray() as Promise<StoredTemplate[]>;
    },

    /** The variants under one name. */
    async named(name: string): Promise<readonly StoredTemplate[]> {
      // What follows `/`, which no name has.
      return templates
        .find({ _id: { $gte: `${name}/`, $lt: `${name}0` } })
        .sort({ _id: 1 })
        .toArray() as Promise<StoredTemplate[]>;
    },

    async get(id: string): Promise<StoredTemplate | null> {
      return templates.findOne({ _id: id }) as Promise<StoredTemplate | null>;
    },

    /** Makes it, or takes the place of the one that is there. */
    async save(template: Template, change: Change): Promise<StoredTemplate> {
      const stored = toStored(template, change);
      await templates.replaceOne({ _id: stored._id }, stored as never, { upsert: true });
      return stored;
    },

    /** Null: there is one already. */
    async create(template: Template, change: Change): Promise<StoredTemplate | null> {
      const stored = toStored(template, change);
      try {
        await templates.insertOne(stored as never);
        return stored;
      } catch (error) {
        if (isDuplicateKey(error)) return null;
        throw error;
      }
    },

    /** False: there was none. */
    async remove(id: string): Promise<boolean> {
      return (await templates.deleteOne({ _id: id })).deletedCount > 0;
    },
  };
}
