import type { Document } from 'bson';
import { dollarField, type Fields, fieldsNamed, pick, RawDocument, union, withIdOf } from './bytes.ts';
import { CommandError, unsupported } from './errors.ts';
import { compileFilter, fieldNames, fieldsAsked, hasOperators, type Matches, matchedPosition } from './matcher.ts';
import { fieldOf, firstPart, isPosition, setField, splitPath } from './paths.ts';
import { compileStages } from './pipeline.ts';
import { isRegex } from './regex.ts';
import { compileOperation, keep, remove } from './update-operators.ts';
import { equalValues, isPlainObject } from './values.ts';
import { encode } from './wire.ts';

export interface UpdateOptions {
  readonly filter: Document;
  readonly arrayFilters: readonly Document[];
}

export interface Update {
  /** The fields that it has to see of a stored document. */
  readonly reads: Fields;
  /** The fields that may be others afterwards; all others stay as they are stored. */
  readonly writes: Fields;
  /** What becomes of these fields, or of a whole document. It may be changed in place; the result counts. */
  readonly apply: Apply;
}

type Apply = (document: Document, moment: { readonly now: Date; readonly inserting: boolean }) => Document;

/** A replacement, a document of operators or a pipeline, as a function. */
export function compileUpdate(update: unknown, options: UpdateOptions): Update {
  if (Array.isArray(update)) return compilePipeline(update, options);
  if (!isPlainObject(update)) throw new CommandError(9, 'Update argument must be either an object or an array');
  return hasOperators(update) ? compileOperators(update, options) : compileReplacement(update, options);
}

function compileReplacement(given: Document, { arrayFilters }: UpdateOptions): Update {
  const replacement = given instanceof RawDocument ? given : new RawDocument(encode(given));
  const dollar = dollarField(replacement.bytes);
  if (dollar !== undefined) throw new CommandError(52, `The dollar ($) prefixed field '${dollar}' is not allowed in a replacement`);
  if (arrayFilters.length > 0) throw new CommandError(9, 'arrayFilters may not be specified for a replacement');
  const wanted = pick(replacement.bytes, ['_id']);
  const apply: Apply = (document) => {
    if (!('_id' in document)) return replacement;
    if ('_id' in wanted) refuseOtherId(document['_id'], wanted['_id']);
    return new RawDocument(withIdOf(replacement.bytes, encode({ _id: document['_id'] })), replacement.levels);
  };
  return { reads: ['_id'], writes: 'all', apply };
}

function compilePipeline(stages: readonly unknown[], { arrayFilters }: UpdateOptions): Update {
  const allowed = ['$addFields', '$set', '$project', '$unset'];
  const other = stages.flatMap((stage) => (isPlainObject(stage) ? Object.keys(stage) : [])).find((name) => !allowed.includes(name));
  if (other !== undefined) throw unsupported(`the stage ${other} in an update`, 72);
  if (arrayFilters.length > 0) throw new CommandError(9, 'arrayFilters may not be specified for pipeline-style updates');
  const run = compileStages(stages);
  const apply: Apply = (document) => {
    const [result = {}] = run([document]);
    if ('_id' in document) refuseOtherId(document['_id'], result['_id']);
    return result;
  };
  return { reads: 'all', writes: 'all', apply };
}

function refuseOtherId(before: unknown, after: unknown): void {
  if (equalValues(before, after)) return;
  throw new CommandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
}

interface Step {
  readonly parts: readonly string[];
  /** The names of the fields that it may change. */
  readonly fields: readonly string[];
  readonly onInsertOnly: boolean;
  readonly apply: (document: Document, parts: readonly string[], now: Date) => void;
}

function compileOperators(update: Document, { filter, arrayFilters }: UpdateOptions): Update {
  const elements = compileArrayFilters(arrayFilters);
  const steps: Step[] = [];
  const paths: (readonly string[])[] = [];
  for (const [operator, fields] of Object.entries(update)) {
    if (!operator.startsWith('$')) throw new CommandError(9, `Unknown modifier: ${operator}. Expected a valid update modifier`);
    if (!isPlainObject(fields)) throw new CommandError(9, `Modifiers operate on fields but found another type for ${operator}`);
    for (const [path, argument] of Object.entries(fields)) {
      const parts = checkedPath(path);
      const step = operator === '$rename' ? renaming(parts, argument) : operating(operator, parts, path, argument);
      steps.push(step);
      paths.push(parts, ...(step.parts === parts ? [] : [step.parts]));
    }
  }
  refuseConflicts(paths);
  refuseUnusedFilters(elements, steps);
  // MongoDB makes new fields in the order of their names.
  steps.sort((a, b) => compareParts(a.parts, b.parts));
  const hasPositions = steps.length > 1 && steps.some(({ parts }) => parts.some(isPositional));
  const apply: Apply = (document, { now, inserting }) => {
    const id = document['_id'];
    // Every position is found before anything is written: a write could change what the filter matched.
    const located = steps.flatMap((step) => {
      if (step.onInsertOnly && !inserting) return [];
      return locate(document, step.parts, { filter, document, elements }).map((parts) => ({ parts, apply: step.apply }));
    });
    if (hasPositions) {
      refuseConflicts(located.map(({ parts }) => parts));
      located.sort((a, b) => compareParts(a.parts, b.parts));
    }
    for (const { parts, apply } of located) apply(document, parts, now);
    if (id !== undefined) refuseOtherId(id, document['_id']);
    return document;
  };
  const writes = fieldsNamed(steps.filter(({ onInsertOnly }) => !onInsertOnly).flatMap(({ fields }) => fields));
  // Which element the positional `$` stands for, the filter says.
  const reads = paths.some((parts) => parts.includes('$')) ? union(writes, fieldsAsked(filter)) : writes;
  return { reads, writes, apply };
}

function operating(operator: string, parts: readonly string[], path: string, argument: unknown): Step {
  const operation = compileOperation(operator, path, argument);
  return {
    parts,
    fields: parts.slice(0, 1),
    onInsertOnly: operator === '$setOnInsert',
    apply(document, at, now) {
      if (operator === '$pop' && isBlocked(document, at)) throw notViable(at);
      const after = operation(valueAt(document, at), now);
      if (after === remove) unsetAt(document, at);
      else if (after !== keep) setAt(document, at, after);
    },
  };
}

/** Stands at its new path, where it makes a field. */
function renaming(from: readonly string[], argument: unknown): Step {
  if (typeof argument !== 'string') throw new CommandError(2, "The 'to' field for $rename must be a string");
  const to = checkedPath(argument);
  if ([from, to].some((parts) => parts.some(isPositional))) throw new CommandError(2, 'The fields of a $rename may not be dynamic');
  if (areOnePath(from, to)) throw new CommandError(2, 'The source and target field for $rename must differ and not be on the same path');
  const fields = [from, to].flatMap((parts) => parts.slice(0, 1));
  return { parts: to, fields, onInsertOnly: false, apply: (document) => rename(document, from, to) };
}

function checkedPath(path: string): readonly string[] {
  const parts = splitPath(path);
  if (parts.includes('')) throw new CommandError(56, `The update path '${path}' contains an empty field name, which is not allowed.`);
  const dollar = parts.find(
    (part, index) => part.startsWith('$') && (index === 0 || !isPositional(part)) && !['$id', '$ref', '$db'].includes(part),
  );
  if (dollar !== undefined) throw new CommandError(52, `The dollar ($) prefixed field '${dollar}' in '${path}' is not allowed`);
  return parts;
}

const isPositional = (part: string): boolean => part === '$' || /^\$\[\w*\]$/.test(part);

const textOf = (parts: readonly string[]): string => `${parts.join('.')}.`;
const areOnePath = (a: readonly string[], b: readonly string[]): boolean =>
  textOf(a).startsWith(textOf(b)) || textOf(b).startsWith(textOf(a));

function refuseConflicts(paths: readonly (readonly string[])[]): void {
  const texts = paths.map(textOf).sort();
  texts.forEach((text, index) => {
    const before = texts[index - 1];
    if (before === undefined || !text.startsWith(before)) return;
    throw new CommandError(40, `Updating the path '${text.slice(0, -1)}' would create a conflict at '${before.slice(0, -1)}'`);
  });
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    const [left, right] = [a[index] as string, b[index] as string];
    if (left === right) continue;
    if (isPosition(left) && isPosition(right)) return Number(left) - Number(right);
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** `arrayFilters` by the name that each gives its elements. */
function compileArrayFilters(filters: readonly Document[]): ReadonlyMap<string, Matches> {
  const byName = new Map<string, Matches>();
  for (const filter of filters) {
    const matches = compileFilter(filter);
    const names = new Set(fieldNames(filter).map(firstPart));
    const [name] = names;
    if (name === undefined || names.size > 1) throw new CommandError(9, 'Expected a single top-level field name in each array filter');
    if (byName.has(name)) throw new CommandError(9, `Found multiple array filters with the same top-level field name ${name}`);
    byName.set(name, matches);
  }
  return byName;
}

function refuseUnusedFilters(elements: ReadonlyMap<string, Matches>, steps: readonly Step[]): void {
  const used = new Set(steps.flatMap(({ parts }) => parts));
  for (const name of elements.keys()) {
    if (!used.has(`$[${name}]`)) throw new CommandError(9, `The array filter for identifier '${name}' was not used in the update`);
  }
  for (const part of used) {
    const name = /^\$\[(.+)\]$/.exec(part)?.[1];
    if (name !== undefined && !elements.has(name)) throw new CommandError(2, `No array filter found for identifier '${name}'`);
  }
}

interface Located {
  readonly filter: Document;
  readonly document: Document;
  readonly elements: ReadonlyMap<string, Matches>;
}

/** The plain paths that a path with `$`, `$[]` or `$[name]` stands for in this document. */
function locate(value: unknown, parts: readonly string[], context: Located, done: readonly string[] = []): (readonly string[])[] {
  const at = parts.findIndex(isPositional);
  if (at < 0) return [[...done, ...parts]];
  const way = [...done, ...parts.slice(0, at)];
  const array = valueAt(value, parts.slice(0, at));
  const part = parts[at] as string;
  const path = way.join('.');
  if (!Array.isArray(array)) {
    if (part === '$') throw noPosition();
    throw new CommandError(2, `The path '${path}' must exist in the document in order to apply array updates`);
  }
  const go = (index: number) => locate(array[index], parts.slice(at + 1), context, [...way, String(index)]);
  if (part === '$') {
    const position = matchedPosition(context.filter, context.document, path, array);
    if (position === null) throw noPosition();
    return go(position);
  }
  const name = part.slice(2, -1);
  const matches = context.elements.get(name);
  return array.flatMap((element, index) => (!matches || matches({ [name]: element }) ? go(index) : []));
}

const noPosition = (): CommandError => new CommandError(2, 'The positional operator did not find the match needed from the query.');

function valueAt(value: unknown, parts: readonly string[]): unknown {
  return parts.reduce<unknown>(
    (inner, part) => (Array.isArray(inner) ? (isPosition(part) ? inner[Number(part)] : undefined) : fieldOf(inner, part)),
    value,
  );
}

const mostPadding = 1_500_000;

function setAt(document: Document, parts: readonly string[], value: unknown): void {
  let at: unknown = document;
  parts.forEach((part, index) => {
    const last = index === parts.length - 1;
    if (Array.isArray(at)) {
      if (!isPosition(part)) throw notViable(parts);
      const position = Number(part);
      if (position > at.length + mostPadding) throw new CommandError(2, `cannot pad an array up to position ${part}`);
      while (at.length < position) at.push(null);
      if (last) at[position] = value;
      else if (at[position] === undefined) at[position] = {};
      at = at[position];
    } else if (isPlainObject(at)) {
      if (last) setField(at, part, value);
      else if (fieldOf(at, part) === undefined) setField(at, part, {});
      at = fieldOf(at, part);
    } else {
      throw notViable(parts);
    }
  });
}

const notViable = (parts: readonly string[]): CommandError =>
  new CommandError(28, `Cannot go the way of '${parts.join('.')}': something on it is neither object nor position`);

/** Whether something on the way to the last part can have no fields of such a name. */
function isBlocked(document: Document, parts: readonly string[]): boolean {
  return parts.some((part, index) => {
    const there = index === 0 ? document : valueAt(document, parts.slice(0, index));
    return Array.isArray(there) ? !isPosition(part) : there !== undefined && !isPlainObject(there);
  });
}

function unsetAt(document: Document, parts: readonly string[]): void {
  const last = parts.at(-1) as string;
  const parent = valueAt(document, parts.slice(0, -1));
  if (Array.isArray(parent)) {
    if (isPosition(last) && Number(last) < parent.length) parent[Number(last)] = null;
  } else if (isPlainObject(parent)) {
    delete parent[last];
  }
}

function rename(document: Document, from: readonly string[], to: readonly string[]): void {
  if (isBlocked(document, from)) throw notViable(from);
  for (const parts of [from, to]) {
    if (parts.some((_, index) => index > 0 && Array.isArray(valueAt(document, parts.slice(0, index))))) {
      throw new CommandError(2, `The field of a $rename cannot be inside an array: '${parts.join('.')}'`);
    }
  }
  const value = valueAt(document, from);
  if (value === undefined) return;
  unsetAt(document, from);
  setAt(document, to, value);
}

/** What an upsert starts from: the fields that the filter says must be equal to something, in the order of their names. */
export function equalities(filter: Document): Document {
  const found: (readonly [parts: readonly string[], wanted: unknown])[] = [];
  const take = (part: Document): void => {
    for (const [name, condition] of Object.entries(part)) {
      if (name === '$and' || (name === '$or' && (condition as unknown[]).length === 1)) (condition as Document[]).forEach(take);
      else if (!name.startsWith('$')) {
        const wanted = equalTo(condition);
        const parts = splitPath(name);
        if (wanted === undefined) continue;
        if (found.some(([other]) => areOnePath(other, parts)))
          throw new CommandError(54, `cannot infer query fields to set, path '${name}' is matched twice`);
        found.push([parts, wanted]);
      }
    }
  };
  take(filter);
  const document: Document = {};
  for (const [parts, wanted] of found.sort(([a], [b]) => compareParts(a, b))) setAt(document, parts, wanted);
  return document;
}

function equalTo(condition: unknown): unknown {
  if (isRegex(condition)) return undefined;
  if (!hasOperators(condition)) return condition;
  if ('$eq' in condition) return condition['$eq'];
  const list = condition['$in'] ?? condition['$all'];
  return Array.isArray(list) && list.length === 1 ? list[0] : undefined;
}
