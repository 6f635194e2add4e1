import { BSONRegExp, type Document, Long, ObjectId } from 'bson';
import { type Fields, fieldsNamed } from './bytes.ts';
import { CommandError, unsupported } from './errors.ts';
import { compileExpression, isTruthy } from './expressions.ts';
import { isNumber } from './numbers.ts';
import { firstPart, reaches, splitPath } from './paths.ts';
import { isRegex, toRegExp } from './regex.ts';
import { compareValues, equalValues, isPlainObject, rankOf, typeAliases, typeNumbers, typeRank } from './values.ts';

export type Matches = (document: Document) => boolean;
type Test = (value: unknown) => boolean;

/** A filter as a function. Whatever it does not know it refuses, before any document is read. */
export function compileFilter(filter: unknown): Matches {
  if (!isPlainObject(filter)) throw new CommandError(14, 'a filter must be an object');
  return every(Object.entries(filter).map(([name, value]) => compileClause(name, value)));
}

const every = (clauses: readonly Matches[]): Matches => {
  const [only, second] = clauses;
  if (only && !second) return only;
  return (document) => clauses.every((clause) => clause(document));
};

function compileClause(name: string, value: unknown): Matches {
  switch (name) {
    case '$and':
      return every(filterList(name, value));
    case '$or': {
      const branches = filterList(name, value);
      return (document) => branches.some((branch) => branch(document));
    }
    case '$nor': {
      const branches = filterList(name, value);
      return (document) => !branches.some((branch) => branch(document));
    }
    case '$expr': {
      const evaluate = compileExpression(value);
      return (document) => isTruthy(evaluate(document));
    }
    case '$comment':
      return () => true;
    default:
      if (!name.startsWith('$') || isReferenceField(name)) return compileField(splitPath(name), value);
      if (['$where', '$text', '$jsonSchema', '$sampleRate'].includes(name)) throw unsupported(`${name} in a filter`, 2);
      throw new CommandError(2, `unknown top level operator: ${name}`);
  }
}

function filterList(name: string, value: unknown): Matches[] {
  if (!Array.isArray(value) || value.length === 0) throw new CommandError(2, `${name} must be a nonempty array`);
  return value.map(compileFilter);
}

/** The paths on which a filter puts conditions, and the operators that it has beside them. The filter must have been compiled before. */
export const fieldNames = (filter: Document): string[] =>
  Object.entries(filter).flatMap(([name, value]) => (listing.includes(name) ? (value as Document[]).flatMap(fieldNames) : [name]));

/** The fields that a filter looks at. */
export function fieldsAsked(filter: Document): Fields {
  const names = fieldNames(filter);
  return names.includes('$expr') ? 'all' : fieldsNamed(names.map(firstPart));
}

/** Whether a condition is written with operators; else it is a value to be equal to. */
export function hasOperators(condition: unknown): condition is Document {
  const [first = ''] = isPlainObject(condition) ? Object.keys(condition) : [];
  return first.startsWith('$') && !isReferenceField(first);
}

/** The fields of a DBRef: names, though they begin as operators do. @see https://www.mongodb.com/docs/manual/reference/database-references/ (2026-11-27) */
const isReferenceField = (name: string): boolean => name === '$ref' || name === '$id' || name === '$db';

/** Whether a condition on elements is a filter for documents: names of fields, or clauses over such. Else it is put to each element as a value. */
export const isFilter = (condition: Document): boolean => !hasOperators(condition) || listing.includes(Object.keys(condition)[0] ?? '');

/** Clauses over a list of filters. */
const listing: readonly string[] = ['$and', '$or', '$nor'];

function compileField(parts: readonly string[], condition: unknown): Matches {
  if (isRegex(condition)) return leaf(parts, regexTest(condition));
  if (!hasOperators(condition)) return leaf(parts, equalTo(condition));
  return every(Object.entries(condition).map(([operator, argument]) => compileOperator(parts, operator, argument, condition)));
}

/** A condition on a value holds for an array when it holds for one of its elements, or for the array itself. */
const leaf =
  (parts: readonly string[], test: Test): Matches =>
  (document) =>
    reaches(document, parts, (value) => test(value) || (Array.isArray(value) && value.some(test)));

/** A condition on the field as it is stands, arrays included. */
const whole =
  (parts: readonly string[], test: Test): Matches =>
  (document) =>
    reaches(document, parts, test);

const not =
  (matches: Matches): Matches =>
  (document) =>
    !matches(document);

function compileOperator(parts: readonly string[], operator: string, argument: unknown, condition: Document): Matches {
  switch (operator) {
    case '$eq':
      return leaf(parts, equalTo(argument));
    case '$ne':
      if (isRegex(argument)) throw new CommandError(2, "Can't have regex as arg to $ne.");
      return not(leaf(parts, equalTo(argument)));
    case '$gt':
      return leaf(
        parts,
        inOrder(argument, (order) => order > 0),
      );
    case '$gte':
      return leaf(
        parts,
        inOrder(argument, (order) => order >= 0),
      );
    case '$lt':
      return leaf(
        parts,
        inOrder(argument, (order) => order < 0),
      );
    case '$lte':
      return leaf(
        parts,
        inOrder(argument, (order) => order <= 0),
      );
    case '$in':
      return leaf(parts, oneOf(operator, argument));
    case '$nin':
      return not(leaf(parts, oneOf(operator, argument)));
    case '$not':
      if (!isRegex(argument) && !hasOperators(argument)) throw new CommandError(2, '$not needs a regex or a document');
      return not(compileField(parts, argument));
    case '$exists': {
      const exists = whole(parts, (value) => value !== undefined);
      return isTruthy(argument) ? exists : not(exists);
    }
    case '$type': {
      const wanted = typesOf(argument);
      return leaf(parts, (value) => typeAliases(value).some((alias) => wanted.has(alias)));
    }
    case '$size': {
      const size = wholeNumber(argument, '$size');
      return whole(parts, (value) => Array.isArray(value) && value.length === size);
    }
    case '$mod':
      return leaf(parts, modulo(argument));
    case '$all':
      return compileAll(parts, argument);
    case '$elemMatch':
      return compileElemMatch(parts, argument);
    case '$regex': {
      const options = condition['$options'];
      if (!isRegex(argument) && typeof argument !== 'string') throw new CommandError(2, '$regex has to be a string');
      if (options !== undefined && typeof options !== 'string') throw new CommandError(2, '$options has to be a string');
      return leaf(parts, regexTest(isRegex(argument) ? argument : new BSONRegExp(argument), options));
    }
    case '$options':
      if (!('$regex' in condition)) throw new CommandError(2, '$options needs a $regex');
      return () => true;
    default:
      if (operator.startsWith('$geo') || operator.startsWith('$near') || operator.startsWith('$bits')) throw unsupported(operator, 2);
      throw new CommandError(2, `unknown operator in a filter: ${operator}`);
  }
}

function equalTo(wanted: unknown): Test {
  if (typeof wanted === 'string') return (value) => value === wanted;
  return (value) => equalValues(value, wanted);
}

/** Ranges stay within one type; null and a missing field are one; nothing but NaN is in a range of NaN. */
function inOrder(bound: unknown, accepts: (order: number) => boolean): Test {
  const rank = rankOf(bound);
  if (isRegex(bound)) throw new CommandError(2, "Can't have RegEx as arg to predicate over a range.");
  if (rank === typeRank.minKey || rank === typeRank.maxKey) return (value) => accepts(compareValues(value, bound));
  const boundIsNaN = isNumber(bound) && Number.isNaN(Number(bound));
  return (value) => {
    if (rankOf(value) !== rank) return false;
    if (rank === typeRank.number && Number.isNaN(Number(value)) !== boundIsNaN) return false;
    return accepts(compareValues(value, bound));
  };
}

function oneOf(operator: string, argument: unknown): Test {
  if (!Array.isArray(argument)) throw new CommandError(2, `${operator} needs an array`);
  if (argument.some(hasOperators)) throw new CommandError(2, `cannot nest $ under ${operator}`);
  const names = new Set<string>();
  const tests: Test[] = [];
  for (const wanted of argument) {
    const name = setName(wanted);
    if (name !== null) names.add(name);
    else tests.push(isRegex(wanted) ? regexTest(wanted) : equalTo(wanted));
  }
  return (value) => {
    const name = setName(value);
    return (name !== null && names.has(name)) || tests.some((test) => test(value));
  };
}

/** Texts and ids, of which lists are long, are looked up rather than compared one by one. */
function setName(value: unknown): string | null {
  if (typeof value === 'string') return `s${value}`;
  return value instanceof ObjectId ? `o${value.toHexString()}` : null;
}

function regexTest(regex: BSONRegExp | RegExp, options?: string): Test {
  const compiled = toRegExp(regex, options);
  return (value) => (typeof value === 'string' ? compiled.test(value) : isRegex(value) && equalValues(value, regex));
}

function typesOf(argument: unknown): ReadonlySet<string> {
  const names = (Array.isArray(argument) ? argument : [argument]).map((type) => (isNumber(type) ? typeNumbers[Number(type)] : type));
  const known = [...Object.values(typeNumbers), 'number'];
  const wrong = names.findIndex((name) => typeof name !== 'string' || !known.includes(name));
  if (names.length === 0 || wrong >= 0) throw new CommandError(2, `Unknown type name alias or code in $type: ${String(names[wrong])}`);
  return new Set(names as string[]);
}

function wholeNumber(argument: unknown, operator: string): number {
  const value = isNumber(argument) ? Number(argument) : Number.NaN;
  if (!Number.isInteger(value) || value < 0) throw new CommandError(2, `${operator} must be a whole number`);
  return value;
}

function modulo(argument: unknown): Test {
  if (!Array.isArray(argument) || argument.length !== 2 || !argument.every((value) => isNumber(value) && Number.isFinite(Number(value)))) {
    throw new CommandError(2, 'malformed mod: it needs a divisor and a remainder');
  }
  const [divisor, remainder] = argument.map((value) => BigInt(Math.trunc(Number(value)))) as [bigint, bigint];
  if (divisor === 0n) throw new CommandError(2, 'divisor cannot be 0');
  return (value) => {
    if (!isNumber(value) || !Number.isFinite(Number(value))) return false;
    const integer = value instanceof Long ? value.toBigInt() : BigInt(Math.trunc(Number(value)));
    return integer % divisor === remainder;
  };
}

function compileAll(parts: readonly string[], argument: unknown): Matches {
  if (!Array.isArray(argument)) throw new CommandError(2, '$all needs an array');
  if (argument.length === 0) return () => false;
  return every(
    argument.map((wanted) => {
      if (!hasOperators(wanted)) return compileField(parts, wanted);
      if (Object.keys(wanted).length !== 1 || !('$elemMatch' in wanted)) throw new CommandError(2, 'no $ expressions in $all');
      return compileElemMatch(parts, wanted['$elemMatch']);
    }),
  );
}

function compileElemMatch(parts: readonly string[], argument: unknown): Matches {
  if (!isPlainObject(argument)) throw new CommandError(2, '$elemMatch needs an Object');
  const onDocuments = isFilter(argument);
  const matches = onDocuments ? compileFilter(argument) : compileField([], argument);
  const test: Test = onDocuments
    ? (element) => (isPlainObject(element) || Array.isArray(element)) && matches(element as Document)
    : (element) => matches(element as Document);
  return whole(parts, (value) => Array.isArray(value) && value.some(test));
}

/**
 * Which element of the array at `path` made the filter match: the `$` of an update or a projection. Null: none is named by it.
 */
export function matchedPosition(filter: Document, document: Document, path: string, array: readonly unknown[]): number | null {
  for (const [name, value] of Object.entries(filter)) {
    if (name === '$and' || name === '$or') {
      for (const branch of value as Document[]) {
        if (name === '$or' && !compileFilter(branch)(document)) continue;
        const position = matchedPosition(branch, document, path, array);
        if (position !== null) return position;
      }
    } else if (name === path || name.startsWith(`${path}.`)) {
      // Each element is asked as if it were the only one.
      const matches = compileFilter({ [name]: value });
      const position = array.findIndex((element) => matches(nested(splitPath(path), [element])));
      if (position >= 0) return position;
    }
  }
  return null;
}

const nested = (parts: readonly string[], value: unknown): Document =>
  parts.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as Document;
