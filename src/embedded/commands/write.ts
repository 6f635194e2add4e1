import type { Document } from 'bson';
import { decode, pick } from '../bytes.ts';
import type { Collection } from '../catalog.ts';
import { CommandError, needFields, onlyFields } from '../errors.ts';
import { hasOperators } from '../matcher.ts';
import type { Row } from '../query.ts';
import { compileUpdate, equalities } from '../update.ts';
import { updated } from '../writes.ts';
import { type Command, type Context, ensureCollection, listIn, namedCollection, objectIn, ok } from './command.ts';
import { projectionOf, readQuery, start } from './read.ts';

/** Runs the parts of a bulk one by one. What one is refused for is noted; an ordered bulk then stops. */
function eachPart<T>(command: Document, parts: readonly T[], run: (part: T, index: number) => void): Document[] {
  const errors: Document[] = [];
  if (parts.length === 0) throw new CommandError(2, 'a bulk must have at least one part');
  for (const [index, part] of parts.entries()) {
    try {
      run(part, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      errors.push({ index, code: error.code, errmsg: error.message, ...error.details });
      if (command['ordered'] !== false) break;
    }
  }
  return errors;
}

const withErrors = (fields: Document, errors: readonly Document[]) =>
  ok({ ...fields, ...(errors.length > 0 ? { writeErrors: errors } : {}) });

export const insert: Command = {
  fields: ['documents', 'ordered', 'bypassDocumentValidation'],
  store: 'writes',
  run(command, context) {
    const collection = ensureCollection(command['insert'], context);
    let n = 0;
    const errors = eachPart(command, listIn(command['documents'], 'documents'), (document) => {
      context.writes.insert(collection, document);
      n += 1;
    });
    return withErrors({ n }, errors);
  },
};

export const update: Command = {
  fields: ['updates', 'ordered', 'bypassDocumentValidation'],
  store: 'writes',
  run(command, context) {
    let n = 0;
    let nModified = 0;
    const upserted: Document[] = [];
    const errors = eachPart(command, listIn(command['updates'], 'updates'), (part, index) => {
      onlyFields(part, 'an update', ['q', 'u', 'multi', 'upsert', 'arrayFilters', 'hint', 'sort']);
      needFields(part, 'an update', ['q', 'u']);
      const result = runUpdate(command['update'], part, part['q'], part['u'], context);
      n += result.matched.length + (result.inserted ? 1 : 0);
      nModified += result.modified;
      if (result.inserted) upserted.push({ index, _id: idOf(result.inserted) });
    });
    return withErrors({ n, nModified, ...(upserted.length > 0 ? { upserted } : {}) }, errors);
  },
};

interface UpdateResult {
  /** Before and after, of each document that matched. */
  readonly matched: readonly { readonly before: Row; readonly after: Uint8Array }[];
  readonly modified: number;
  readonly inserted: Uint8Array | null;
}

const idOf = (stored: Uint8Array): unknown => pick(stored, ['_id'])['_id'];

function runUpdate(name: unknown, options: Document, filter: unknown, change: unknown, context: Context): UpdateResult {
  const multi = options['multi'] === true;
  const isReplacement = !Array.isArray(change) && !hasOperators(change);
  if (multi && isReplacement) throw new CommandError(9, 'multi update is not supported for replacement-style update');
  const query = { ...readQuery(options, filter, context), skip: 0, limit: multi ? Number.POSITIVE_INFINITY : 1 };
  const arrayFilters = options['arrayFilters'] === undefined ? [] : listIn(options['arrayFilters'], 'arrayFilters');
  const update = compileUpdate(change, { filter: query.filter, arrayFilters });
  const collection = namedCollection(name, context);
  // All are found before the first is changed: a change could move one to where it would be met again.
  const rows = [...start(collection, query, context).rows];
  const matched: { before: Row; after: Uint8Array }[] = [];
  let modified = 0;
  for (const before of rows) {
    const after = updated(before.bytes, update, context.now);
    if (context.writes.update(collection as Collection, before, after)) modified += 1;
    matched.push({ before, after });
  }
  if (rows.length > 0 || options['upsert'] !== true) return { matched, modified, inserted: null };
  const fresh = update.apply(equalities(query.filter), { now: context.now, inserting: true });
  return { matched, modified, inserted: context.writes.insert(ensureCollection(name, context), fresh) };
}

export const remove: Command = {
  fields: ['deletes', 'ordered'],
  store: 'writes',
  run(command, context) {
    let n = 0;
    const errors = eachPart(command, listIn(command['deletes'], 'deletes'), (part) => {
      onlyFields(part, 'a delete', ['q', 'limit', 'hint']);
      needFields(part, 'a delete', ['q', 'limit']);
      const rows = matching(command['delete'], { limit: part['limit'], hint: part['hint'] }, part['q'], context);
      for (const { collection, row } of rows) context.writes.delete(collection, row);
      n += rows.length;
    });
    return withErrors({ n }, errors);
  },
};

function matching(
  name: unknown,
  options: Document,
  filter: unknown,
  context: Context,
): { readonly collection: Collection; readonly row: Row }[] {
  const collection = namedCollection(name, context);
  const { rows } = start(collection, readQuery(options, filter, context), context);
  return collection ? [...rows].map((row) => ({ collection, row })) : [];
}

export const findAndModify: Command = {
  fields: ['query', 'sort', 'remove', 'update', 'new', 'upsert', 'fields', 'arrayFilters', 'hint', 'bypassDocumentValidation'],
  store: 'writes',
  run(command, context) {
    const name: unknown = command['findAndModify'] ?? command['findandmodify'];
    const filter = objectIn(command['query'], 'query');
    const project = projectionOf(command['fields'], filter);
    const shown = (document: Document | null) => (document && project ? project(document) : document);
    const { sort, hint } = command;
    if (command['remove'] === true) {
      if (command['update'] !== undefined || command['upsert'] === true || command['new'] === true) {
        throw new CommandError(9, 'Cannot specify update, upsert or new along with remove');
      }
      const [found] = matching(name, { sort, hint, limit: 1 }, filter, context);
      if (found) context.writes.delete(found.collection, found.row);
      return ok({ lastErrorObject: { n: found ? 1 : 0 }, value: shown(found?.row.document ?? null) });
    }
    if (command['update'] === undefined) throw new CommandError(9, 'Either an update or remove=true must be specified');
    const options = { sort, hint, upsert: command['upsert'], arrayFilters: command['arrayFilters'] };
    const { matched, inserted } = runUpdate(name, options, filter, command['update'], context);
    const [found] = matched;
    const after = found?.after ?? inserted;
    return ok({
      lastErrorObject: {
        n: found || inserted ? 1 : 0,
        updatedExisting: found !== undefined,
        ...(inserted ? { upserted: idOf(inserted) } : {}),
      },
      value: shown(command['new'] === true ? after && decode(after) : (found?.before.document ?? null)),
    });
  },
};
