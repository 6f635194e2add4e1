import { type Document, Long, Timestamp } from 'bson';
import { CommandError, onlyFields, unsupported } from './errors.ts';
import { compileFilter, hasOperators, isFilter } from './matcher.ts';
import { add, type BsonNumber, isNumber, multiply } from './numbers.ts';
import { fieldOf, splitPath } from './paths.ts';
import { isRegex } from './regex.ts';
import { compareValues, equalValues, isPlainObject } from './values.ts';

/** What an operator makes of the value at its path. `keep`: nothing changes. `remove`: the field goes. */
export const keep = Symbol('keep');
export const remove = Symbol('remove');

/** One operator on one path. `value` is undefined where the field is missing. */
export type Operation = (value: unknown, now: Date) => unknown;

/** Reads one operator's argument; refuses it where MongoDB does. */
export function compileOperation(operator: string, path: string, argument: unknown): Operation {
  switch (operator) {
    case '$set':
    case '$setOnInsert':
      return () => argument;
    case '$unset':
      return () => remove;
    case '$inc':
      return arithmetic(operator, path, argument, (value, by) => (value === undefined ? by : add(value, by)));
    case '$mul':
      return arithmetic(operator, path, argument, (value, by) => multiply(value ?? 0, by));
    case '$min':
      return (value) => (value === undefined || compareValues(argument, value) < 0 ? argument : keep);
    case '$max':
      return (value) => (value === undefined || compareValues(argument, value) > 0 ? argument : keep);
    case '$currentDate':
      return currentDate(argument);
    case '$push':
      return push(path, argument);
    case '$addToSet':
      return addToSet(path, argument);
    case '$pop':
      return pop(path, argument);
    case '$pull':
      return pull(path, argument);
    case '$pullAll': {
      if (!Array.isArray(argument)) throw new CommandError(2, '$pullAll requires an array argument');
      return withArray(path, (array) => without(array, (element) => argument.some((value) => equalValues(value, element))));
    }
    case '$bit':
      return bit(path, argument);
    default:
      throw new CommandError(9, `Unknown modifier: ${operator}. Expected a valid update modifier`);
  }
}

function arithmetic(
  operator: string,
  path: string,
  argument: unknown,
  by: (value: BsonNumber | undefined, argument: BsonNumber) => BsonNumber | null,
): Operation {
  if (!isNumber(argument)) throw new CommandError(14, `Cannot apply ${operator} to a field with a value of non-numeric type: {${path}}`);
  return (value) => {
    if (value !== undefined && !isNumber(value)) {
      throw new CommandError(14, `Cannot apply ${operator} to a value of non-numeric type at '${path}'`);
    }
    const result = by(value, argument);
    if (result === null) throw new CommandError(2, `Failed to apply ${operator} at '${path}': the result does not fit 64 bits`);
    return result;
  };
}

function currentDate(argument: unknown): Operation {
  const type = isPlainObject(argument) ? argument['$type'] : argument === true ? 'date' : null;
  if (type === 'date') return (_, now) => now;
  if (type === 'timestamp') return (_, now) => new Timestamp({ t: Math.floor(now.getTime() / 1_000), i: 1 });
  throw new CommandError(2, "$currentDate takes true, { $type: 'date' } or { $type: 'timestamp' }");
}

function withArray(path: string, change: (array: readonly unknown[]) => unknown, code: 2 | 14 = 2): Operation {
  return (value) => {
    if (value === undefined) return keep;
    if (!Array.isArray(value)) throw new CommandError(code, `The field '${path}' must be an array`);
    return change(value);
  };
}

function without(array: readonly unknown[], unwanted: (element: unknown) => boolean): unknown {
  const left = array.filter((element) => !unwanted(element));
  return left.length === array.length ? keep : left;
}

const eachOf = (argument: unknown): unknown[] | null => {
  if (!isPlainObject(argument) || !('$each' in argument)) return null;
  if (!Array.isArray(argument['$each'])) throw new CommandError(2, 'The argument to $each must be an array');
  return argument['$each'];
};

function push(path: string, argument: unknown): Operation {
  const each = eachOf(argument);
  if (!each) {
    if (hasOperators(argument)) throw new CommandError(2, '$push modifiers need $each');
    return (value) => [...arrayAt(path, value), argument];
  }
  const options = argument as Document;
  onlyFields(options, '$push', ['$each', '$position', '$slice', '$sort']);
  const position = option(options, '$position');
  const slice = option(options, '$slice');
  const sort = options['$sort'] === undefined ? null : elementOrder(options['$sort']);
  return (value) => {
    const array = [...arrayAt(path, value)];
    array.splice(position ?? array.length, 0, ...each);
    if (sort) array.sort(sort);
    if (slice === null) return array;
    return slice >= 0 ? array.slice(0, slice) : array.slice(slice);
  };
}

function arrayAt(path: string, value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new CommandError(2, `The field '${path}' must be an array`);
  return value;
}

function option(options: Document, name: string): number | null {
  const value = options[name];
  if (value === undefined) return null;
  if (!isNumber(value) || !Number.isInteger(Number(value))) throw new CommandError(2, `The value for ${name} must be an integer`);
  return Number(value);
}

function elementOrder(sort: unknown): (a: unknown, b: unknown) => number {
  if (isNumber(sort)) {
    const direction = directionOf(sort);
    return (a, b) => direction * compareValues(a, b);
  }
  if (!isPlainObject(sort)) throw new CommandError(2, 'The $sort of a $push is 1, -1 or a document');
  const fields = Object.entries(sort).map(([name, direction]) => [splitPath(name), directionOf(direction)] as const);
  if (fields.length === 0) throw new CommandError(2, 'The $sort of a $push is empty');
  const at = (value: unknown, parts: readonly string[]) => parts.reduce<unknown>(fieldOf, value);
  return (a, b) => {
    for (const [parts, direction] of fields) {
      const order = direction * compareValues(at(a, parts), at(b, parts));
      if (order !== 0) return order;
    }
    return 0;
  };
}

function directionOf(value: unknown): number {
  const direction = isNumber(value) ? Number(value) : 0;
  if (Math.abs(direction) !== 1) throw new CommandError(2, 'The $sort element value must be either 1 or -1');
  return direction;
}

function addToSet(path: string, argument: unknown): Operation {
  const values = eachOf(argument) ?? [argument];
  if (isPlainObject(argument) && '$each' in argument) onlyFields(argument, '$addToSet', ['$each']);
  return (value) => {
    const array = [...arrayAt(path, value)];
    const before = array.length;
    for (const added of values) if (!array.some((element) => equalValues(element, added))) array.push(added);
    return array.length === before && value !== undefined ? keep : array;
  };
}

function pop(path: string, argument: unknown): Operation {
  const end = isNumber(argument) ? Number(argument) : 0;
  if (Math.abs(end) !== 1) throw new CommandError(9, '$pop expects 1 or -1');
  return withArray(path, (array) => (array.length === 0 ? keep : end === 1 ? array.slice(0, -1) : array.slice(1)), 14);
}

/** A document is put to each document, as a filter; a condition with operators and a regular expression to each element; all else must be equal. */
function pull(path: string, argument: unknown): Operation {
  if (isPlainObject(argument) && isFilter(argument)) {
    const matches = compileFilter(argument);
    return withArray(path, (array) => without(array, (element) => isPlainObject(element) && matches(element)));
  }
  if (!isPlainObject(argument) && !isRegex(argument)) {
    return withArray(path, (array) => without(array, (element) => equalValues(element, argument)));
  }
  const matches = compileFilter({ element: argument });
  return withArray(path, (array) => without(array, (element) => matches({ element })));
}

function bit(path: string, argument: unknown): Operation {
  if (!isPlainObject(argument)) throw new CommandError(2, `The $bit modifier is not compatible with a scalar: {${path}}`);
  const steps = Object.entries(argument);
  if (steps.length === 0) throw new CommandError(2, 'You must pass in at least one bitwise operation');
  for (const [name, operand] of steps) {
    if (!['and', 'or', 'xor'].includes(name)) throw unsupported(`$bit with '${name}'`, 2);
    if (!isInteger(operand)) throw new CommandError(2, 'The operand of $bit must be an integer');
  }
  return (value = 0) => {
    if (!isInteger(value)) throw new CommandError(2, `Cannot apply $bit to a value of non-integral type at '${path}'`);
    const long = value instanceof Long || steps.some(([, operand]) => operand instanceof Long);
    const result = steps.reduce((bits, [name, operand]) => {
      const other = asBigInt(operand as BsonNumber);
      return name === 'and' ? bits & other : name === 'or' ? bits | other : bits ^ other;
    }, asBigInt(value));
    return long ? Long.fromBigInt(result) : Number(result);
  };
}

const isInteger = (value: unknown): value is BsonNumber => value instanceof Long || (typeof value === 'number' && value === (value | 0));
const asBigInt = (value: BsonNumber): bigint => (value instanceof Long ? value.toBigInt() : BigInt(Number(value)));
