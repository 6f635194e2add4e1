import { type Document, ObjectId } from 'bson';
import { type Bounds, boundsOf, directed, excludesMissing, implies, intersection, type Predicate, predicatesOf } from './bounds.ts';
import { type Collection, indexNamed } from './catalog.ts';
import { CommandError } from './errors.ts';
import type { Index } from './indexes.ts';
import { afterPrefix, encodeValue } from './keys.ts';
import { firstPart, isPosition, splitPath } from './paths.ts';
import { highestKey, lowestKey } from './records.ts';
import type { Sort } from './sort.ts';
import { isPlainObject } from './values.ts';

/** Keys from `low` up to, but not including, `high`. */
export interface Range {
  readonly low: Buffer;
  readonly high: Buffer;
}

/** Ranges of one index that are read one after the other; what follows the first `prefixBytes` of their keys is in order. */
export interface Group {
  readonly ranges: readonly Range[];
  readonly prefixBytes: number;
}

/**
 * How candidates are found: perhaps more than the filter matches, never fewer; the whole filter runs on each again.
 * `sorted`: they come in the order that was asked for.
 */
export type Plan =
  | { readonly kind: 'scan'; readonly reverse: boolean; readonly sorted: boolean }
  | {
      readonly kind: 'index';
      readonly index: Index;
      /** Several are merged, so that `$in` on a leading field still gives the order of the fields after it. */
      readonly groups: readonly Group[];
      /** Each range is a single key of a unique index: nothing or one record stands there. */
      readonly exact: boolean;
      readonly reverse: boolean;
      readonly sorted: boolean;
    }
  | { readonly kind: 'or'; readonly branches: readonly { readonly filter: Document; readonly plan: Plan }[] };

interface Candidate {
  readonly plan: Plan;
  readonly score: number;
}

export interface Question {
  readonly filter: Document;
  readonly sort: Sort;
  readonly hint?: unknown;
}

/** Order for free is worth less than bounds: they keep out what order would have to read past. */
const sortedScore = 0.9;
const oneRecordScore = 100;
/** A list of values of a unique key reads as many records as the list is long: no other index can promise less. */
const fewRecordsScore = 50;
const mostRanges = 2_000;

/** The filter must have been compiled before: what is wrong with it has been said by then. */
export function choosePlan(collection: Collection, { filter, sort, hint }: Question): Plan {
  if (isPlainObject(hint) && '$natural' in hint) {
    return { kind: 'scan', reverse: Number(hint['$natural']) < 0, sorted: sort.length === 0 };
  }
  if (hint !== undefined && hint !== null) return hintedPlan(collection, filter, sort, hint);
  if (sort.length === 0 && isId(filter['_id'])) return idPlan(collection, filter['_id']);
  const single = bestIndex(collection, filter, sort);
  const { $or: branches, ...rest } = filter;
  if (Array.isArray(branches) && single.score < oneRecordScore) {
    const parts = branches.map((branch: Document) => {
      const whole = { $and: [rest, branch] };
      return { filter: whole, ...bestIndex(collection, whole, sort) };
    });
    if (parts.every(({ score }) => score > single.score)) return { kind: 'or', branches: parts };
  }
  return single.plan;
}

/** Most writes name one document by such an `_id`: nothing promises less, so nothing else is considered. */
const isId = (value: unknown): boolean => typeof value === 'string' || value instanceof ObjectId;

function idPlan({ indexes }: Collection, id: unknown): Plan {
  const low = encodeValue(id);
  // The index of `_id` comes first.
  const index = indexes[0] as Index;
  const groups: readonly Group[] = [{ ranges: [{ low, high: afterPrefix(low) }], prefixBytes: 0 }];
  return { kind: 'index', index, groups, exact: true, reverse: false, sorted: true };
}

function hintedPlan(collection: Collection, filter: Document, sort: Sort, hint: unknown): Plan {
  let index: Index;
  try {
    index = indexNamed(collection, hint);
  } catch (error) {
    if (error instanceof CommandError) throw new CommandError(2, 'hint provided does not correspond to an existing index');
    throw error;
  }
  // An index that cannot tell is read as a whole.
  return indexPlan(index, isAmbiguous(index) ? [] : predicatesOf(filter), sort).plan;
}

function bestIndex(collection: Collection, filter: Document, sort: Sort): Candidate {
  const predicates = predicatesOf(filter);
  let best: Candidate = { plan: { kind: 'scan', reverse: false, sorted: sort.length === 0 }, score: 0 };
  for (const index of collection.indexes) {
    if (!isComplete(index, predicates)) continue;
    const candidate = indexPlan(index, predicates, sort);
    if (candidate.score > best.score) best = candidate;
    // Nothing promises less; the index of `_id` comes first.
    if (best.score >= fewRecordsScore) break;
  }
  return best;
}

/** Where a number in a path is a position and where a name, an index cannot tell for all documents. */
const isAmbiguous = ({ spec }: Pick<Index, 'spec'>): boolean => spec.key.some(([field]) => splitPath(field).some(isPosition));

/** Whether every document that the filter can match is in the index. */
function isComplete({ spec, asked }: Index, predicates: readonly Predicate[]): boolean {
  if (isAmbiguous({ spec })) return false;
  if (spec.sparse && !predicates.some((predicate) => spec.key.some(([field]) => field === predicate.field) && excludesMissing(predicate))) {
    return false;
  }
  if (spec.partialFilterExpression && '$or' in spec.partialFilterExpression) return false;
  return asked.every(({ predicate, holds }) => implies(predicates, predicate, holds));
}

function indexPlan(index: Index, predicates: readonly Predicate[], sort: Sort): Candidate {
  const bounds = boundsByField(index, predicates);
  const order = sortOrder(index, bounds, sort);
  const groups: Group[] = prefixesOf(index, bounds, order?.from ?? 0).map((prefix) => ({
    ranges: rangesOf(index, bounds, prefix, order?.from ?? 0),
    prefixBytes: prefix.length,
  }));
  const isWholeKey =
    index.spec.unique &&
    bounds.length === index.spec.key.length &&
    bounds.every(({ weight, intervals }) => weight >= 1 && intervals.every(({ isPoint }) => isPoint));
  const recordsScore = !isWholeKey ? 0 : bounds.every(isOnePoint) ? oneRecordScore : fewRecordsScore;
  const sorted = sort.length === 0 || order !== null;
  const score = bounds.reduce((sum, { weight }) => sum + weight, 0) + (sort.length > 0 && order ? sortedScore : 0) + recordsScore;
  return { plan: { kind: 'index', index, groups, exact: isWholeKey, reverse: order?.reverse ?? false, sorted }, score };
}

const isOnePoint = ({ intervals }: Bounds): boolean => intervals.length <= 1 && intervals.every(({ isPoint }) => isPoint);

/** Bounds of the leading fields, up to and with the first that is not bounded to points. */
function boundsByField({ spec, multikey }: Index, predicates: readonly Predicate[]): Bounds[] {
  const result: Bounds[] = [];
  let ranges = 1;
  for (const [position, [field]] of spec.key.entries()) {
    // Under one array, two conditions may be met by two elements, and these stand in two entries.
    if (multikey && spec.key.slice(0, position).some(([earlier]) => firstPart(earlier) === firstPart(field))) break;
    const all = predicates.filter((predicate) => predicate.field === field).flatMap((predicate) => boundsOf(predicate) ?? []);
    const [first, ...others] = all.sort((a, b) => b.weight - a.weight);
    if (!first) break;
    const bounds = multikey ? first : others.reduce(intersection, first);
    ranges *= bounds.intervals.length;
    if (ranges > mostRanges) break;
    result.push(bounds);
    if (bounds.intervals.some(({ isPoint }) => !isPoint)) break;
  }
  return result;
}

/** Where in the index the order that is asked for begins, and whether it is read backwards; null: the index does not give it. */
function sortOrder(
  { spec, multikey }: Index,
  bounds: readonly Bounds[],
  sort: Sort,
): { readonly from: number; readonly reverse: boolean } | null {
  if (sort.length === 0) return null;
  const bounded = spec.key.slice(0, bounds.length).map(([field]) => firstPart(field));
  // A document stands by its first element in an order, and that one may lie outside the bounds.
  if (multikey && sort.some(([field]) => bounded.includes(firstPart(field)))) return null;
  const isFixed = (position: number): boolean => {
    const there = bounds[position];
    return !multikey && there !== undefined && isOnePoint(there);
  };
  const fixed = new Set(spec.key.filter((_, position) => isFixed(position)).map(([field]) => field));
  const wanted = sort.filter(([field]) => !fixed.has(field));
  for (let from = 0; from <= spec.key.length; from += 1) {
    const direction = follows(
      spec.key.slice(from).filter(([field]) => !fixed.has(field)),
      wanted,
    );
    if (direction !== null) return { from, reverse: direction === -1 };
    // Only fields bounded to points may stand before.
    if (bounds[from]?.intervals.every(({ isPoint }) => isPoint) !== true) return null;
  }
  return null;
}

/** 1 or -1 where the fields begin with those wanted, in their directions or all in the opposite ones. */
function follows(fields: Sort, wanted: Sort): 1 | -1 | null {
  let direction: 1 | -1 | null = null;
  for (const [position, [field, towards]] of wanted.entries()) {
    const there = fields[position];
    if (there?.[0] !== field) return null;
    const here = there[1] === towards ? 1 : -1;
    if (direction !== null && direction !== here) return null;
    direction = here;
  }
  return direction ?? 1;
}

function prefixesOf({ spec }: Index, bounds: readonly Bounds[], count: number): Buffer[] {
  return bounds
    .slice(0, count)
    .reduce<Buffer[]>(
      (prefixes, field, position) =>
        prefixes.flatMap((prefix) => directed(field, spec.key[position]?.[1] ?? 1).map(({ low }) => Buffer.concat([prefix, low]))),
      [lowestKey],
    );
}

function rangesOf(index: Index, bounds: readonly Bounds[], prefix: Buffer, position: number): Range[] {
  const here = bounds[position];
  if (!here) return [prefix.length === 0 ? { low: lowestKey, high: highestKey } : { low: prefix, high: afterPrefix(prefix) }];
  return directed(here, index.spec.key[position]?.[1] ?? 1).flatMap(({ low, high, isPoint }) =>
    isPoint
      ? rangesOf(index, bounds, Buffer.concat([prefix, low]), position + 1)
      : [{ low: Buffer.concat([prefix, low]), high: Buffer.concat([prefix, high]) }],
  );
}
