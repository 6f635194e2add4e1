import type { Document } from 'bson';
import type { Connection } from 'mongoose';
import type { Finding } from '../../core/connector.ts';
import { checkStore, readCollection, type StoreProblem } from '../../embedded/offline.ts';
import type { IndexSpec } from '../../store/index-spec.ts';
import { createMetaStore } from '../../store/meta.ts';
import { schemaVersion } from '../../store/migrations.ts';
import { allIndexes, defaultDatabase } from '../../store/open-database.ts';
import { collectionNames } from '../../transfer/export.ts';
import type { Context } from '../command.ts';
import { missingKeys } from './place.ts';

type Say = Context['say'];

/** What the data says about itself, whatever it lies in. */
export interface DataFacts {
  /** Null: there is none. */
  readonly schemaVersion: number | null;
  readonly importUnfinished: boolean;
  readonly secretKeyIds: readonly string[] | null;
  readonly collections: readonly { readonly name: string; readonly documents: number; readonly indexes: readonly Document[] }[];
}

/** A store file, read through. Nobody may be writing it. */
export function examineFile(file: string): { readonly problems: readonly StoreProblem[]; readonly facts: DataFacts | null } {
  const { problems, collections } = checkStore(file);
  // What is read by its place in the file can be read while indexes are wrong; where documents are, nothing that is said counts.
  const readable = problems.every(({ kind }) => kind.startsWith('entry') || kind === 'multikey-unmarked' || kind === 'not-unique');
  if (!readable) return { problems, facts: null };
  const meta = new Map(readCollection(file, { database: defaultDatabase, name: 'meta' }).map((document) => [document['_id'], document]));
  const facts = {
    schemaVersion: meta.has('schema') ? Number(meta.get('schema')?.['version']) : null,
    importUnfinished: meta.has('import'),
    secretKeyIds: (meta.get('secret-key')?.['keyIds'] as readonly string[] | undefined) ?? null,
    collections: collections.filter(({ database }) => database === defaultDatabase),
  };
  return { problems, facts };
}

export async function examineServer(connection: Connection): Promise<DataFacts> {
  const { db: database } = connection;
  if (!database) throw new Error('the database is not connected');
  const meta = createMetaStore(connection);
  const names = await collectionNames(database);
  const collections = await Promise.all(
    names.map(async (name) => ({
      name,
      documents: await database.collection(name).estimatedDocumentCount(),
      indexes: await database.collection(name).indexes(),
    })),
  );
  return {
    schemaVersion: await meta.schemaVersion(),
    importUnfinished: await meta.importUnfinished(),
    secretKeyIds: await meta.keyIds(),
    collections,
  };
}

/** Of a store file's own structure. */
export function problemFindings(say: Say, problems: readonly StoreProblem[]): Finding[] {
  if (problems.length === 0) return [{ check: 'store', ok: true }];
  return problems.map(({ kind, collection, index, count, examples }) => ({
    check: [collection, index].filter((part) => part !== null).join(' ') || 'store',
    ok: false,
    problem: say(`cli.db.problem.${kind}`, { count, examples: examples.join(', ') }),
    effect: say(`cli.db.remedy.${remedyOf(kind)}`),
  }));
}

function remedyOf(kind: StoreProblem['kind']): 'restore' | 'rebuild' | 'other-version' {
  switch (kind) {
    case 'file-damaged':
    case 'catalog-damaged':
    case 'document-damaged':
    case 'document-stray':
    case 'not-unique':
      return 'restore';
    case 'entry-missing':
    case 'entry-stray':
    case 'multikey-unmarked':
      return 'rebuild';
    case 'unknown-format':
      return 'other-version';
  }
}

/** Of what the product expects in it. @param keys fingerprints of the keys at hand */
export function factFindings(say: Say, facts: DataFacts, keys: readonly string[]): Finding[] {
  return [...schemaFindings(say, facts), ...indexFindings(say, facts), ...keyFindings(say, facts, keys)];
}

export function schemaFindings(say: Say, { schemaVersion: stored, importUnfinished }: DataFacts): Finding[] {
  const bad = (problem: string, effect: string): Finding[] => [{ check: 'schema', ok: false, problem, effect }];
  if (importUnfinished) return bad(say('start.import-unfinished'), say('cli.db.effect.no-start'));
  if (stored === null) return bad(say('cli.db.schema-none'), say('cli.db.schema-none.effect'));
  if (stored > schemaVersion) return bad(say('start.newer-data', { stored, known: schemaVersion }), say('cli.db.effect.no-start'));
  return [{ check: 'schema', ok: true }];
}

function indexFindings(say: Say, { collections, schemaVersion: stored }: DataFacts): Finding[] {
  // Older data is brought to today's indexes by the migrations of the next start.
  if (stored === null || stored < schemaVersion) return [];
  const byName = new Map(collections.map((collection) => [collection.name, collection.indexes]));
  const wrong = allIndexes.flatMap((wanted): Finding[] => {
    const found = (byName.get(wanted.collection) ?? []).filter(({ key }) => keyName(key) === keyName(wanted.key));
    if (found.some((index) => isAlike(index, wanted.options))) return [];
    const check = `${wanted.collection} ${indexName(wanted)}`;
    const [problem, effect] =
      found.length > 0 ? (['index-other', 'index-other.effect'] as const) : (['index-missing', 'index-missing.effect'] as const);
    return [{ check, ok: false, problem: say(`cli.db.${problem}`), effect: say(`cli.db.${effect}`) }];
  });
  return wrong.length > 0 ? wrong : [{ check: 'indexes', ok: true }];
}

const isAlike = (index: Document, wanted: IndexSpec['options']): boolean =>
  Boolean(index['unique']) === Boolean(wanted.unique) &&
  Boolean(index['partialFilterExpression']) === Boolean(wanted.partialFilterExpression);
const keyName = (key: object): string => JSON.stringify(Object.entries(key).map(([field, direction]) => [field, Number(direction)]));
const indexName = ({ key }: IndexSpec): string =>
  Object.entries(key)
    .map(([field, direction]) => `${field}_${direction}`)
    .join('_');

export function keyFindings(say: Say, { secretKeyIds }: Pick<DataFacts, 'secretKeyIds'>, keys: readonly string[]): Finding[] {
  const missing = missingKeys(secretKeyIds, keys);
  if (missing.length === 0) return [{ check: 'secret-key', ok: true }];
  const problem = say('cli.db.key-missing', { missing: missing.join(', '), present: keys.join(', ') || '-' });
  return [{ check: 'secret-key', ok: false, problem, effect: say('doctor.key.other.effect') }];
}
