import type { Document } from 'bson';
import type { Collection } from '../catalog.ts';
import { type Batch, firstBatchSize } from '../cursors.ts';
import { CommandError, onlyFields, unsupported } from '../errors.ts';
import { encodeValue } from '../keys.ts';
import { compileFilter } from '../matcher.ts';
import { isNumber } from '../numbers.ts';
import { valuesAt } from '../paths.ts';
import { compileStages } from '../pipeline.ts';
import { compileProjection } from '../projection.ts';
import { type Query, type RunningQuery, runQuery } from '../query.ts';
import { readSort } from '../sort.ts';
import { isPlainObject } from '../values.ts';
import { encode, type Reply } from '../wire.ts';
import { type Command, type Context, collectionName, countIn, longIn, namedCollection, objectIn, ok } from './command.ts';

/** The query part of a command. Limit 0 is no limit. */
export function readQuery(command: Document, filter: unknown, { deadlineMs }: Context): Query {
  return {
    filter: objectIn(filter, 'a filter'),
    sort: readSort(command['sort']),
    skip: countIn(command['skip'], 'skip', 0),
    limit: countIn(command['limit'], 'limit', 0) || Number.POSITIVE_INFINITY,
    hint: command['hint'],
    deadlineMs,
  };
}

const nothing: RunningQuery = { plan: { kind: 'scan', reverse: false, sorted: true }, effort: { keys: 0, documents: 0 }, rows: [] };

/** A collection that is not there is empty; the filter must be right all the same. */
export function start(collection: Collection | null, query: Query, { records }: Context): RunningQuery {
  if (collection) return runQuery(records, collection, query);
  compileFilter(query.filter);
  return nothing;
}

export function cursorReply(name: 'firstBatch' | 'nextBatch', namespace: string, { documents, cursorId }: Batch): Reply {
  return { document: { ok: 1 }, batch: { name, documents, cursorId, namespace } };
}

export const find: Command = {
  fields: ['filter', 'sort', 'projection', 'hint', 'skip', 'limit', 'batchSize', 'singleBatch', 'allowDiskUse', 'noCursorTimeout'],
  store: 'reads',
  run(command, context) {
    const query = readQuery(command, command['filter'], context);
    const project = projectionOf(command['projection'], query.filter);
    const { rows } = start(namedCollection(command['find'], context), query, context);
    const batch = context.cursors.open(namespaceOf(command['find'], context), project ? projected(rows, project) : stored(rows), {
      batchSize: countIn(command['batchSize'], 'batchSize', firstBatchSize),
      singleBatch: command['singleBatch'] === true,
      noTimeout: command['noCursorTimeout'] === true,
    });
    return cursorReply('firstBatch', namespaceOf(command['find'], context), batch);
  },
};

export function projectionOf(projection: unknown, filter: Document): ((document: Document) => Document) | null {
  const fields = objectIn(projection, 'a projection');
  return Object.keys(fields).length === 0 ? null : compileProjection(fields, filter);
}

const namespaceOf = (name: unknown, { database }: Context): string => `${database}.${collectionName(name)}`;

function* stored(rows: RunningQuery['rows']): Generator<Uint8Array> {
  for (const { bytes } of rows) yield bytes;
}

function* projected(rows: RunningQuery['rows'], project: (document: Document) => Document): Generator<Uint8Array> {
  for (const { document } of rows) yield encode(project(document));
}

export const getMore: Command = {
  fields: ['collection', 'batchSize'],
  store: 'reads',
  run(command, context) {
    const namespace = namespaceOf(command['collection'], context);
    const size = countIn(command['batchSize'], 'batchSize', 0) || Number.POSITIVE_INFINITY;
    return cursorReply('nextBatch', namespace, context.cursors.more(longIn(command['getMore'], 'a cursor id'), namespace, size));
  },
};

export const killCursors: Command = {
  fields: ['cursors'],
  store: 'reads',
  run(command, { cursors }) {
    const ids: readonly unknown[] = Array.isArray(command['cursors']) ? command['cursors'] : [];
    const killed = ids.filter((id) => cursors.kill(longIn(id, 'a cursor id')));
    const cursorsNotFound = ids.filter((id) => !killed.includes(id));
    return ok({ cursorsKilled: killed, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] });
  },
};

export const count: Command = {
  fields: ['query', 'limit', 'skip', 'hint'],
  store: 'reads',
  run(command, context) {
    const query = readQuery(command, command['query'], context);
    return ok({ n: countRows(namedCollection(command['count'], context), query, context) });
  },
};

function countRows(collection: Collection | null, query: Query, context: Context): number {
  const everything = Object.keys(query.filter).length === 0 && query.skip === 0 && query.limit === Number.POSITIVE_INFINITY;
  if (collection && everything) return context.records.count(collection);
  let n = 0;
  for (const _ of start(collection, query, context).rows) n += 1;
  return n;
}

export const distinct: Command = {
  fields: ['key', 'query', 'hint'],
  store: 'reads',
  run(command, context) {
    const key: unknown = command['key'];
    if (typeof key !== 'string' || key === '') throw new CommandError(14, 'the key of distinct must be a path');
    const { rows } = start(namedCollection(command['distinct'], context), readQuery(command, command['query'], context), context);
    const values = new Map<string, unknown>();
    for (const { document } of rows) for (const value of valuesAt(document, key)) values.set(encodeValue(value).toString('latin1'), value);
    return ok({ values: [...values.values()] });
  },
};

export const aggregate: Command = {
  fields: ['pipeline', 'cursor', 'hint', 'allowDiskUse', 'bypassDocumentValidation'],
  store: 'reads',
  run(command, context) {
    if (isNumber(command['aggregate'])) throw unsupported('an aggregation over a whole database');
    const namespace = namespaceOf(command['aggregate'], context);
    const options = objectIn(command['cursor'], 'cursor');
    onlyFields(options, 'cursor', ['batchSize']);
    const { query, rest } = splitPipeline(command, context);
    const batch = context.cursors.open(namespace, results(namedCollection(command['aggregate'], context), query, rest, context), {
      batchSize: countIn(options['batchSize'], 'batchSize', firstBatchSize),
      singleBatch: false,
      noTimeout: false,
    });
    return cursorReply('firstBatch', namespace, batch);
  },
};

/** The leading stages that an index can serve, as a query; and what is left. */
export function splitPipeline(command: Document, context: Context): { readonly query: Query; readonly rest: readonly Document[] } {
  compileStages(command['pipeline']);
  const rest = [...(command['pipeline'] as Document[])];
  const takeAll = (name: string, most: number): unknown[] => {
    const taken: unknown[] = [];
    for (let first = rest[0]; first && name in first && taken.length < most; first = rest[0]) {
      taken.push(first[name]);
      rest.shift();
    }
    return taken;
  };
  const matches = takeAll('$match', Number.POSITIVE_INFINITY);
  const [sort] = takeAll('$sort', 1);
  const [skip] = takeAll('$skip', 1);
  const [limit] = takeAll('$limit', 1);
  const filter = matches.length === 1 ? matches[0] : matches.length === 0 ? {} : { $and: matches };
  return { query: readQuery({ sort, skip, limit, hint: command['hint'] }, filter, context), rest };
}

function* results(collection: Collection | null, query: Query, rest: readonly Document[], context: Context): Generator<Uint8Array> {
  const counter = countingGroup(rest);
  if (counter) {
    // What countDocuments sends: no document needs to be looked into for it.
    const n = countRows(collection, query, context);
    if (n > 0) yield encode({ _id: counter.key, [counter.field]: n });
    return;
  }
  const { rows } = start(collection, query, context);
  if (rest.length === 0) yield* stored(rows);
  else for (const document of compileStages(rest)(documentsOf(rows))) yield encode(document);
}

function* documentsOf(rows: RunningQuery['rows']): Generator<Document> {
  for (const { document } of rows) yield document;
}

/** `[{ $group: { _id: <constant>, <field>: { $sum: 1 } } }]` */
function countingGroup(stages: readonly Document[]): { readonly key: unknown; readonly field: string } | null {
  const group: unknown = stages.length === 1 ? stages[0]?.['$group'] : undefined;
  if (!isPlainObject(group)) return null;
  const { _id: key, ...fields } = group;
  const [entry, second] = Object.entries(fields);
  if (!entry || second || (!isNumber(key) && key !== null)) return null;
  const [field, output] = entry;
  const sums = isPlainObject(output) && Object.keys(output).length === 1 && isNumber(output['$sum']) && Number(output['$sum']) === 1;
  return sums ? { key, field } : null;
}
