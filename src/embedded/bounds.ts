import { type BSONRegExp, type Document, MaxKey, MinKey } from 'bson';
import { afterPrefix, encodeValue, inverted } from './keys.ts';
import { hasOperators } from './matcher.ts';
import { isNumber } from './numbers.ts';
import { isRegex, prefixOf } from './regex.ts';
import type { Direction } from './sort.ts';
import { emptyArray, rankOf, typeRank } from './values.ts';

/** One condition that must hold, wherever in a filter's conjunctions it stands. A plain value is `$eq`, a plain regular expression `$regex`. */
export interface Predicate {
  readonly field: string;
  readonly operator: string;
  readonly argument: unknown;
  readonly options: string | undefined;
}

export function predicatesOf(filter: Document): Predicate[] {
  return Object.entries(filter).flatMap(([field, condition]): Predicate[] => {
    if (field === '$and') return (condition as Document[]).flatMap(predicatesOf);
    if (field.startsWith('$')) return [];
    if (isRegex(condition)) return [{ field, operator: '$regex', argument: condition, options: undefined }];
    if (!hasOperators(condition)) return [{ field, operator: '$eq', argument: condition, options: undefined }];
    return Object.entries(condition).map(([operator, argument]) => ({ field, operator, argument, options: condition['$options'] }));
  });
}

/** Encoded values from `low` up to, but not including, `high`. A point has the one value `low`. */
interface Interval {
  readonly low: Buffer;
  readonly high: Buffer;
  readonly isPoint: boolean;
}

/** Where in an index the values stand that can meet a condition: perhaps more, never fewer. Intervals are in order and apart. */
export interface Bounds {
  readonly intervals: readonly Interval[];
  /** How much of an index they are likely to leave out; there are no statistics, so these are rules of thumb. */
  readonly weight: number;
}

/** Null and missing fields are often most of a collection: Agenda keeps `nextRunAt: null` on every finished job. */
export const weights = { none: 0.2, boolean: 1, range: 1, list: 2.5, point: 3 } as const;

const intervalOfPoint = (value: unknown): Interval => {
  const low = encodeValue(value);
  return { low, high: afterPrefix(low), isPoint: true };
};

/** Null: the condition says nothing that an index could use. */
export function boundsOf({ operator, argument, options }: Predicate): Bounds | null {
  switch (operator) {
    case '$eq':
      return isRegex(argument) ? null : pointsOf([argument]);
    case '$in':
      return (argument as unknown[]).some(isRegex) ? null : pointsOf(argument as unknown[]);
    case '$all': {
      const [first] = argument as unknown[];
      return first === undefined || hasOperators(first) || isRegex(first) ? null : pointsOf([first]);
    }
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return rangeOf(operator, argument);
    case '$regex':
      return regexBounds(argument as string | BSONRegExp, options);
    default:
      return null;
  }
}

function pointsOf(values: readonly unknown[]): Bounds {
  const points = values.flatMap((value) => {
    if (!Array.isArray(value)) return [intervalOfPoint(value)];
    // A field equal to an array stands in the index by its elements; one that holds the array as an element, by the array.
    return [intervalOfPoint(value), intervalOfPoint(value.length === 0 ? emptyArray : value[0])];
  });
  const intervals = [...new Map(points.map((point) => [point.low.toString('latin1'), point])).values()];
  intervals.sort((a, b) => Buffer.compare(a.low, b.low));
  const unselective = values.some((value) => value === null || value === undefined);
  const weight = unselective
    ? weights.none
    : values.length > 1
      ? weights.list
      : typeof values[0] === 'boolean'
        ? weights.boolean
        : weights.point;
  return { intervals, weight };
}

function rangeOf(operator: string, bound: unknown): Bounds | null {
  const rank = rankOf(bound);
  if (rank === typeRank.null) return operator.endsWith('e') ? pointsOf([null]) : null;
  if (rank === typeRank.array || isRegex(bound) || bound instanceof MinKey || bound instanceof MaxKey) return null;
  if (isNumber(bound) && Number.isNaN(Number(bound))) return pointsOf([Number.NaN]);
  const first = Buffer.from([rank]);
  const { low, high } = intervalOfPoint(bound);
  const [from, to] = {
    $gt: [high, afterPrefix(first)],
    $gte: [low, afterPrefix(first)],
    $lt: [first, low],
    $lte: [first, high],
  }[operator] as [Buffer, Buffer];
  return { intervals: [{ low: from, high: to, isPoint: false }], weight: weights.range };
}

/** Texts that begin as the pattern says, and the pattern itself stored as a value. */
function regexBounds(argument: string | BSONRegExp, options: string | undefined): Bounds | null {
  if (typeof argument === 'string' || options !== undefined) return null;
  const prefix = prefixOf(argument);
  if (prefix === '') return null;
  const low = Buffer.concat([Buffer.from([typeRank.string]), Buffer.from(prefix, 'utf8')]);
  return { intervals: [{ low, high: afterPrefix(low), isPoint: false }, intervalOfPoint(argument)], weight: weights.range };
}

/** Both must hold for one and the same value. */
export function intersection(a: Bounds, b: Bounds): Bounds {
  const intervals = a.intervals.flatMap((left) =>
    b.intervals.flatMap((right) => {
      const low = Buffer.compare(left.low, right.low) >= 0 ? left.low : right.low;
      const high = Buffer.compare(left.high, right.high) <= 0 ? left.high : right.high;
      return Buffer.compare(low, high) < 0 ? [{ low, high, isPoint: left.isPoint || right.isPoint }] : [];
    }),
  );
  return { intervals, weight: Math.max(a.weight, b.weight) };
}

/** As the intervals lie in an index field of that direction. */
export function directed({ intervals }: Bounds, direction: Direction): readonly Interval[] {
  if (direction === 1) return intervals;
  return intervals
    .map(({ low, high, isPoint }) =>
      isPoint
        ? { low: inverted(low), high: afterPrefix(inverted(low)), isPoint }
        : { low: afterPrefix(inverted(high)), high: afterPrefix(inverted(low)), isPoint },
    )
    .reverse();
}

/** Whether a filter with these predicates can only match documents that `wanted` matches as well. Where it cannot tell: no. */
export function implies(given: readonly Predicate[], wanted: Predicate, holds: (value: unknown) => boolean): boolean {
  return given.some((predicate) => {
    if (predicate.field !== wanted.field) return false;
    if (predicate.operator === wanted.operator && Buffer.compare(encodeValue(predicate.argument), encodeValue(wanted.argument)) === 0)
      return true;
    if (wanted.operator === '$exists') return wanted.argument === true && excludesMissing(predicate);
    const values =
      predicate.operator === '$eq' ? [predicate.argument] : predicate.operator === '$in' ? (predicate.argument as unknown[]) : [];
    return values.length > 0 && values.every((value) => value !== null && value !== undefined && !isRegex(value) && holds(value));
  });
}

export function excludesMissing({ operator, argument }: Predicate): boolean {
  if (operator === '$exists') return argument === true || (isNumber(argument) && Number(argument) !== 0);
  if (operator === '$in') return (argument as unknown[]).every((value) => value !== null && value !== undefined);
  if (operator === '$regex' || operator === '$elemMatch' || operator === '$size' || operator === '$mod') return true;
  if (!['$eq', '$gt', '$gte', '$lt', '$lte'].includes(operator)) return false;
  return (
    argument !== null && argument !== undefined && !isRegex(argument) && !(argument instanceof MinKey) && !(argument instanceof MaxKey)
  );
}
