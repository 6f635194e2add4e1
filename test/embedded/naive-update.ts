/**
 * Update operators as the manual tells them, over plain JavaScript values: null, boolean, whole and broken numbers, `bigint` for a 64-bit
 * integer, text, date, array, object. Written apart from the engine, so that the two can be compared; speed is no concern.
 * @see https://www.mongodb.com/docs/manual/reference/operator/update/ (2026-11-27)
 */
export type Plain = Record<string, unknown>;

/** What MongoDB refuses, with its code. */
export class Refused extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`refused with ${code}`);
    this.code = code;
  }
}

const bad = 2;
const failedToParse = 9;
const typeMismatch = 14;
const pathNotViable = 28;
const conflict = 40;

const order = ['null', 'number', 'string', 'object', 'array', 'boolean', 'date'];
function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'bigint') return 'number';
  if (Array.isArray(value)) return 'array';
  return value instanceof Date ? 'date' : typeof value;
}
export const isObject = (value: unknown): value is Plain => typeOf(value) === 'object';

/** @see https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/ (2026-11-27) */
export function compare(a: unknown, b: unknown): number {
  const type = typeOf(a);
  if (type !== typeOf(b)) return order.indexOf(type) - order.indexOf(typeOf(b));
  if (type === 'array') return compareAll(a as unknown[], b as unknown[], compare);
  if (type === 'object') {
    return compareAll(Object.entries(a as Plain), Object.entries(b as Plain), ([leftName, left], [rightName, right]) => {
      const byType = order.indexOf(typeOf(left)) - order.indexOf(typeOf(right));
      return byType !== 0 ? byType : leftName !== rightName ? (leftName < rightName ? -1 : 1) : compare(left, right);
    });
  }
  if (type === 'null') return 0;
  const [left, right] = [a as number, b as number];
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareAll<T>(a: readonly T[], b: readonly T[], by: (left: T, right: T) => number): number {
  for (const [index, left] of a.entries()) {
    if (index >= b.length) return 1;
    const found = by(left, b[index] as T);
    if (found !== 0) return found;
  }
  return a.length - b.length;
}

export const equal = (a: unknown, b: unknown): boolean => compare(a, b) === 0;

/** Just enough of a filter for conditions on elements: equality and `$gte`, on the element or on one of its fields. */
export function matches(value: unknown, condition: unknown): boolean {
  if (!isObject(condition)) return equal(value, condition) || (Array.isArray(value) && value.some((element) => equal(element, condition)));
  const tests = Object.entries(condition);
  if (tests.some(([name]) => name === '$gte')) {
    const least = condition['$gte'];
    const holds = (one: unknown) => typeOf(one) === typeOf(least) && compare(one, least) >= 0;
    return holds(value) || (Array.isArray(value) && value.some(holds));
  }
  return equal(value, condition) || (Array.isArray(value) && value.some((element) => equal(element, condition)));
}

/** Conditions on the fields of an element that is an object. */
const fieldsMatch = (element: unknown, conditions: Plain): boolean =>
  isObject(element) && Object.entries(conditions).every(([name, condition]) => matches(element[name], condition));

export interface Situation {
  /** The index that `$` stands for. */
  readonly position: number | null;
  /** What `$[e]` stands for: a condition on the element, or on its fields. */
  readonly element: unknown;
  readonly elementField: string | null;
  readonly inserting: boolean;
  readonly now: Date;
}

/** The document after the update. @throws Refused */
export function naiveUpdate(document: Plain, update: Plain, situation: Situation): Plain {
  const after = structuredClone(document);
  const changes = Object.entries(update).flatMap(([operator, fields]) =>
    Object.entries(fields as Plain).map(([path, argument]) => ({ operator, path, argument })),
  );
  for (const { operator, path, argument } of changes) checkArgument(operator, path, argument);
  refuseOverlap(
    changes.flatMap(({ operator, path, argument }) => (operator === '$rename' ? [path, String(argument)] : [path])),
    conflict,
  );
  /** A renamed field is made where its new name stands. */
  const concrete = changes
    .map((change) => (change.operator === '$rename' ? { ...change, path: String(change.argument), argument: change.path } : change))
    .filter(({ operator }) => operator !== '$setOnInsert' || situation.inserting)
    .flatMap((change) => resolve(after, change.path.split('.'), situation).map((parts) => ({ ...change, parts })));
  refuseOverlap(
    concrete.map(({ parts }) => parts.join('.')),
    conflict,
  );
  concrete.sort((a, b) => byName(a.parts, b.parts));
  for (const { operator, parts, argument } of concrete) {
    if (operator === '$rename') rename(after, String(argument).split('.'), parts);
    else change(after, parts, operator, argument, situation.now);
  }
  return after;
}

function refuseOverlap(paths: readonly string[], code: number): void {
  for (const [index, path] of paths.entries()) {
    for (const other of paths.slice(index + 1))
      if (`${path}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${path}.`)) throw new Refused(code);
  }
}

/** New fields are made in the order of their names; positions in that of their numbers. */
function byName(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  const [left, right] = [a[at], b[at]];
  if (left === undefined || right === undefined) return a.length - b.length;
  return /^\d+$/.test(left) && /^\d+$/.test(right) ? Number(left) - Number(right) : left < right ? -1 : 1;
}

function resolve(value: unknown, parts: readonly string[], situation: Situation): string[][] {
  const at = parts.findIndex((part) => part.startsWith('$'));
  if (at < 0) return [[...parts]];
  const [way, rest] = [parts.slice(0, at), parts.slice(at + 1)];
  const array = get(value, way);
  const sign = parts[at];
  if (!Array.isArray(array)) throw new Refused(bad);
  const chosen = [...array.keys()].filter((index) => {
    if (sign === '$') return index === situation.position;
    if (sign === '$[]') return true;
    const { element, elementField } = situation;
    return elementField === null ? matches(array[index], element) : fieldsMatch(array[index], { [elementField]: element });
  });
  if (sign === '$' && chosen.length === 0) throw new Refused(bad);
  return chosen.flatMap((index) => resolve(array[index], rest, situation).map((inner) => [...way, String(index), ...inner]));
}

function get(value: unknown, parts: readonly string[]): unknown {
  let at = value;
  for (const part of parts) {
    if (Array.isArray(at)) at = /^\d+$/.test(part) ? at[Number(part)] : undefined;
    else at = isObject(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  }
  return at;
}

function set(document: Plain, parts: readonly string[], value: unknown): void {
  let at: unknown = document;
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (Array.isArray(at)) {
      if (!/^\d+$/.test(part)) throw new Refused(pathNotViable);
      while (at.length < Number(part)) at.push(null);
      if (isLast) at[Number(part)] = value;
      else if (Number(part) === at.length) at.push({});
      at = at[Number(part)];
    } else if (isObject(at)) {
      if (isLast) at[part] = value;
      else if (!Object.hasOwn(at, part)) at[part] = {};
      at = at[part];
    } else throw new Refused(pathNotViable);
  }
}

function unset(document: Plain, parts: readonly string[]): void {
  const parent = get(document, parts.slice(0, -1));
  const last = parts.at(-1) as string;
  if (Array.isArray(parent)) {
    if (/^\d+$/.test(last) && Number(last) < parent.length) parent[Number(last)] = null;
  } else if (isObject(parent)) delete parent[last];
}

/** Whether a value on the way can have no field of the next name. */
function isBlocked(document: Plain, parts: readonly string[]): boolean {
  return parts.some((part, index) => {
    const there = get(document, parts.slice(0, index));
    return Array.isArray(there) ? !/^\d+$/.test(part) : there !== undefined && !isObject(there);
  });
}

function rename(document: Plain, from: readonly string[], to: readonly string[]): void {
  if (isBlocked(document, from)) throw new Refused(pathNotViable);
  for (const parts of [from, to]) {
    for (let length = 1; length < parts.length; length += 1)
      if (Array.isArray(get(document, parts.slice(0, length)))) throw new Refused(bad);
  }
  const value = get(document, from);
  if (value === undefined) return;
  unset(document, from);
  set(document, to, value);
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
const isInteger = (value: unknown): value is number | bigint => typeof value === 'bigint' || Number.isInteger(value);

function checkArgument(operator: string, path: string, argument: unknown): void {
  if (operator === '$rename') refuseOverlap([path, String(argument)], bad);
  if ((operator === '$inc' || operator === '$mul') && !isNumber(argument)) throw new Refused(typeMismatch);
  if (operator === '$pop' && argument !== 1 && argument !== -1) throw new Refused(failedToParse);
  if (operator === '$pullAll' && !Array.isArray(argument)) throw new Refused(bad);
}

const unchanged = Symbol('unchanged');

function change(document: Plain, parts: readonly string[], operator: string, argument: unknown, now: Date): void {
  if (operator === '$pop' && isBlocked(document, parts)) throw new Refused(pathNotViable);
  const value = operator === '$unset' ? unchanged : changed(get(document, parts), operator, argument, now);
  if (operator === '$unset') unset(document, parts);
  else if (value !== unchanged) set(document, parts, value);
}

/** `before` is undefined where the field is missing. */
function changed(before: unknown, operator: string, argument: unknown, now: Date): unknown {
  switch (operator) {
    case '$set':
    case '$setOnInsert':
      return structuredClone(argument);
    case '$currentDate':
      return now;
    case '$inc':
      return before === undefined ? argument : calculate(before, argument, sum);
    case '$mul':
      return calculate(before === undefined ? 0 : before, argument, product);
    case '$min':
      return before === undefined || compare(argument, before) < 0 ? argument : unchanged;
    case '$max':
      return before === undefined || compare(argument, before) > 0 ? argument : unchanged;
    case '$bit':
      return bits(before === undefined ? 0 : before, argument as Record<string, number>);
    case '$push':
      return pushed(arrayFor(before === undefined ? [] : before, bad), argument);
    case '$addToSet': {
      const array = [...arrayFor(before === undefined ? [] : before, bad)];
      const added = isObject(argument) && '$each' in argument ? (argument['$each'] as unknown[]) : [argument];
      for (const value of added) if (!array.some((element) => equal(element, value))) array.push(structuredClone(value));
      return array;
    }
    case '$pop':
      if (before === undefined) return unchanged;
      return argument === 1 ? arrayFor(before, typeMismatch).slice(0, -1) : arrayFor(before, typeMismatch).slice(1);
    case '$pull':
      return before === undefined ? unchanged : arrayFor(before, bad).filter((element) => !isPulled(element, argument));
    case '$pullAll':
      if (before === undefined) return unchanged;
      return arrayFor(before, bad).filter((element) => !(argument as unknown[]).some((value) => equal(value, element)));
    default:
      throw new Refused(failedToParse);
  }
}

function bits(before: unknown, argument: Record<string, number>): number | bigint {
  const [[name, operand] = ['', 0]] = Object.entries(argument);
  if (!isInteger(before)) throw new Refused(bad);
  const [left, right] = [BigInt(before), BigInt(operand)];
  const result = name === 'and' ? left & right : name === 'or' ? left | right : left ^ right;
  return typeof before === 'bigint' ? result : Number(result);
}

function pushed(before: readonly unknown[], argument: unknown): unknown[] {
  const options = (isObject(argument) && '$each' in argument ? argument : { $each: [argument] }) as {
    readonly $each: readonly unknown[];
    readonly $position?: number;
    readonly $slice?: number;
    readonly $sort?: unknown;
  };
  const array = [...before];
  array.splice(options.$position ?? array.length, 0, ...structuredClone(options.$each));
  if (options.$sort !== undefined) array.sort(sorter(options.$sort));
  if (options.$slice === undefined) return array;
  return options.$slice < 0 ? array.slice(options.$slice) : array.slice(0, options.$slice);
}

function isPulled(element: unknown, argument: unknown): boolean {
  if (!isObject(argument)) return equal(element, argument);
  return '$gte' in argument ? matches(element, argument) : fieldsMatch(element, argument);
}

function arrayFor(value: unknown, code: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Refused(code);
  return value;
}

function sorter(sort: unknown): (a: unknown, b: unknown) => number {
  if (!isObject(sort)) return (a, b) => Number(sort) * compare(a, b);
  return (a, b) => {
    for (const [name, direction] of Object.entries(sort)) {
      const found = Number(direction) * compare(get(a, [name]), get(b, [name]));
      if (found !== 0) return found;
    }
    return 0;
  };
}

interface Calculation {
  readonly broken: (a: number, b: number) => number;
  readonly whole: (a: bigint, b: bigint) => bigint;
}
const sum: Calculation = { broken: (a, b) => a + b, whole: (a, b) => a + b };
const product: Calculation = { broken: (a, b) => a * b, whole: (a, b) => a * b };

/** Whole numbers stay whole: past 32 bits they become 64-bit ones, past 64 they are refused. */
function calculate(before: unknown, by: unknown, { broken, whole }: Calculation): number | bigint {
  if (!isNumber(before) || !isNumber(by)) throw new Refused(typeMismatch);
  if (!isInteger(before) || !isInteger(by)) return broken(Number(before), Number(by));
  const result = whole(BigInt(before), BigInt(by));
  if (result !== BigInt.asIntN(64, result)) throw new Refused(bad);
  return typeof before === 'bigint' || typeof by === 'bigint' || result !== BigInt.asIntN(32, result) ? result : Number(result);
}
