import type { Document } from 'bson';
import { indexNamed } from '../catalog.ts';
import { CommandError, needFields, onlyFields } from '../errors.ts';
import { idIndex, printIndexSpec, readIndexSpec } from '../indexes.ts';
import { compileFilter } from '../matcher.ts';
import { encode, type Reply } from '../wire.ts';
import { type Command, type Context, collectionName, ensureCollection, listIn, namedCollection, objectIn, ok } from './command.ts';
import { cursorReply } from './read.ts';

export const create: Command = {
  fields: [],
  store: 'writes',
  run(command, context) {
    const name = collectionName(command['create']);
    if (namedCollection(name, context)) throw new CommandError(48, `Collection ${context.database}.${name} already exists.`);
    context.catalog.create(context.database, name);
    return ok();
  },
};

export const drop: Command = {
  fields: [],
  store: 'writes',
  run(command, context) {
    const collection = namedCollection(command['drop'], context);
    if (collection) context.catalog.drop(collection);
    return ok();
  },
};

export const dropDatabase: Command = {
  fields: [],
  store: 'writes',
  run(_, { catalog, database }) {
    for (const collection of catalog.list(database)) catalog.drop(collection);
    return ok({ dropped: database });
  },
};

export const listDatabases: Command = {
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  store: 'reads',
  run(command, { catalog }) {
    const matches = compileFilter(objectIn(command['filter'], 'filter'));
    const databases = catalog
      .databases()
      .map((name) => ({ name, ...(command['nameOnly'] === true ? {} : { sizeOnDisk: 0, empty: false }) }));
    return ok({ databases: databases.filter(matches) });
  },
};

export const listCollections: Command = {
  fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  store: 'reads',
  run(command, context) {
    const matches = compileFilter(objectIn(command['filter'], 'filter'));
    const nameOnly = command['nameOnly'] === true;
    const entries = context.catalog.list(context.database).map(({ name }) => ({
      name,
      type: 'collection',
      ...(nameOnly ? {} : { options: {}, info: { readOnly: false }, idIndex: printIndexSpec(idIndex) }),
    }));
    return listed(`${context.database}.$cmd.listCollections`, entries.filter(matches));
  },
};

/** These lists are short: they go out whole, whatever batch size is asked for. */
function listed(namespace: string, documents: readonly Document[]): Reply {
  return cursorReply('firstBatch', namespace, { documents: documents.map(encode), cursorId: 0n });
}

export const createIndexes: Command = {
  fields: ['indexes'],
  store: 'writes',
  run(command, context) {
    const specs = listIn(command['indexes'], 'indexes').map(readIndexSpec);
    if (specs.length === 0) throw new CommandError(2, 'Must specify at least one index to create');
    const createdCollectionAutomatically = namedCollection(command['createIndexes'], context) === null;
    const collection = ensureCollection(command['createIndexes'], context);
    const numIndexesBefore = collection.indexes.length;
    for (const spec of specs) context.catalog.createIndex(collection, spec, (index) => context.writes.fill(collection, index));
    return ok({ numIndexesBefore, numIndexesAfter: collection.indexes.length, createdCollectionAutomatically });
  },
};

const missing = (name: unknown, { database }: Context) => new CommandError(26, `ns does not exist: ${database}.${String(name)}`);

export const listIndexes: Command = {
  fields: ['cursor'],
  store: 'reads',
  run(command, context) {
    onlyFields(objectIn(command['cursor'], 'cursor'), 'cursor', ['batchSize']);
    const collection = namedCollection(command['listIndexes'], context);
    if (!collection) throw missing(command['listIndexes'], context);
    return listed(
      `${context.database}.${collection.name}`,
      collection.indexes.map(({ spec }) => printIndexSpec(spec)),
    );
  },
};

export const dropIndexes: Command = {
  fields: ['index'],
  store: 'writes',
  run(command, context) {
    const collection = namedCollection(command['dropIndexes'], context);
    if (!collection) throw missing(command['dropIndexes'], context);
    needFields(command, 'dropIndexes', ['index']);
    const wanted: unknown = command['index'];
    const nIndexesWas = collection.indexes.length;
    const own = collection.indexes.filter(({ spec }) => spec !== idIndex);
    const chosen = wanted === '*' ? own : (Array.isArray(wanted) ? wanted : [wanted]).map((one: unknown) => indexNamed(collection, one));
    if (chosen.some(({ spec }) => spec === idIndex)) throw new CommandError(72, 'cannot drop _id index');
    for (const index of chosen) context.catalog.dropIndex(collection, index);
    return ok({ nIndexesWas });
  },
};
