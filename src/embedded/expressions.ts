import { type Document, Double } from 'bson';
import { CommandError, type ErrorCode, unsupported } from './errors.ts';
import { add, type BsonNumber, divide, isNumber, multiply } from './numbers.ts';
import { fieldOf, splitPath } from './paths.ts';
import { compareValues, equalValues, isPlainObject } from './values.ts';

/** An aggregation expression as a function of the document. Undefined: the value is missing. */
export type Expression = (document: Document) => unknown;

export function isTruthy(value: unknown): boolean {
  return !(value === undefined || value === null || value === false || (isNumber(value) && Number(value) === 0));
}

const isMissing = (value: unknown): value is null | undefined => value === undefined || value === null;

export function compileExpression(expression: unknown): Expression {
  if (typeof expression === 'string' && expression.startsWith('$')) return compilePath(expression);
  if (Array.isArray(expression)) {
    const items = expression.map(compileExpression);
    return (document) => items.map((item) => item(document) ?? null);
  }
  if (!isPlainObject(expression)) return () => expression;
  const entries = Object.entries(expression);
  const operator = entries.find(([name]) => name.startsWith('$'));
  if (!operator) {
    const fields = entries.map(([name, value]) => [name, compileExpression(value)] as const);
    return (document) =>
      Object.fromEntries(fields.map(([name, value]) => [name, value(document)]).filter(([, value]) => value !== undefined));
  }
  if (entries.length > 1) throw new CommandError(168, 'an expression must have exactly one operator');
  return compileOperator(operator[0], operator[1]);
}

function compilePath(text: string): Expression {
  if (text.startsWith('$$')) {
    const [variable, ...rest] = splitPath(text.slice(2));
    if (variable !== 'ROOT' && variable !== 'CURRENT') throw unsupported(`the variable $$${variable}`, 168);
    return (document) => follow(document, rest);
  }
  const parts = splitPath(text.slice(1));
  if (parts.some((part) => part === '')) throw new CommandError(168, `'${text}' is no valid field path`);
  return (document) => follow(document, parts);
}

/** Through an array a path gives the array of what its documents have there; a number is a name here, not a position. */
function follow(value: unknown, parts: readonly string[]): unknown {
  const [part, ...rest] = parts;
  if (part === undefined) return value;
  if (Array.isArray(value)) return value.map((element) => follow(element, parts)).filter((element) => element !== undefined);
  return follow(fieldOf(value, part), rest);
}

type Operator = (values: readonly unknown[]) => unknown;

/** Operators whose arguments are all evaluated first: how many they take, and what they make of them. */
const operators: Readonly<Record<string, readonly [least: number, most: number, apply: Operator]>> = {
  $add: [0, 99, (values) => arithmetic('$add', values, add)],
  $multiply: [0, 99, (values) => arithmetic('$multiply', values, multiply)],
  $subtract: [2, 2, ([a, b]) => subtract(a, b)],
  $divide: [2, 2, ([a, b]) => quotient(a, b)],
  $mod: [2, 2, ([a, b]) => (isMissing(a) || isMissing(b) ? null : new Double(numeric('$mod', a) % numeric('$mod', b)))],
  $abs: [1, 1, ([a]) => rounded('$abs', a, Math.abs)],
  $floor: [1, 1, ([a]) => rounded('$floor', a, Math.floor)],
  $ceil: [1, 1, ([a]) => rounded('$ceil', a, Math.ceil)],
  $eq: [2, 2, ([a, b]) => same(a, b)],
  $ne: [2, 2, ([a, b]) => !same(a, b)],
  $gt: [2, 2, ([a, b]) => order(a, b) > 0],
  $gte: [2, 2, ([a, b]) => order(a, b) >= 0],
  $lt: [2, 2, ([a, b]) => order(a, b) < 0],
  $lte: [2, 2, ([a, b]) => order(a, b) <= 0],
  $cmp: [2, 2, ([a, b]) => Math.sign(order(a, b))],
  $and: [0, 99, (values) => values.every(isTruthy)],
  $or: [0, 99, (values) => values.some(isTruthy)],
  $not: [1, 1, ([value]) => !isTruthy(value)],
  $ifNull: [2, 99, (values) => values.find((value) => !isMissing(value)) ?? values.at(-1)],
  $in: [2, 2, ([value, list]) => listOf('$in', list, 40_081).some((element) => equalValues(element, value))],
  $size: [1, 1, ([list]) => listOf('$size', list, 17_124).length],
  $arrayElemAt: [
    2,
    2,
    ([list, at]) => (isMissing(list) || isMissing(at) ? null : listOf('$arrayElemAt', list, 28_689).at(numeric('$arrayElemAt', at))),
  ],
  $concat: [0, 99, concat],
};

function compileOperator(name: string, argument: unknown): Expression {
  if (name === '$literal') return () => argument;
  if (name === '$cond') return compileCond(argument);
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator) throw unsupported(`the expression ${name}`, 168);
  const [least, most, apply] = operator;
  const items = (Array.isArray(argument) ? argument : [argument]).map(compileExpression);
  if (items.length < least || items.length > most)
    throw new CommandError(168, `Expression ${name} does not take ${items.length} arguments`);
  return (document) => apply(items.map((item) => item(document)));
}

function compileCond(argument: unknown): Expression {
  const parts = isPlainObject(argument) ? [argument['if'], argument['then'], argument['else']] : argument;
  if (!Array.isArray(parts) || parts.length !== 3 || parts.includes(undefined))
    throw new CommandError(168, '$cond needs if, then and else');
  const [test, yes, no] = parts.map(compileExpression) as [Expression, Expression, Expression];
  return (document) => (isTruthy(test(document)) ? yes(document) : no(document));
}

/** Here, unlike in a filter, a missing field is less than null. */
function order(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareValues(a, b);
}
const same = (a: unknown, b: unknown): boolean => order(a, b) === 0;

function arithmetic(name: string, values: readonly unknown[], by: (a: BsonNumber, b: BsonNumber) => BsonNumber | null): unknown {
  if (values.some(isMissing)) return null;
  const dates = values.filter((value) => value instanceof Date);
  if (name === '$add' && dates.length === 1) return new Date(values.reduce<number>((sum, value) => sum + numeric(name, value, true), 0));
  const [first = name === '$multiply' ? 1 : 0, ...numbers] = values.map((value) => numberIn(name, value));
  return numbers.reduce((result, value) => by(result, value) ?? by(new Double(Number(result)), value) ?? Number.NaN, first);
}

function subtract(a: unknown, b: unknown): unknown {
  if (isMissing(a) || isMissing(b)) return null;
  if (a instanceof Date) {
    const difference = a.getTime() - numeric('$subtract', b, true);
    return b instanceof Date ? difference : new Date(difference);
  }
  return arithmetic('$subtract', [a, arithmetic('$subtract', [b, -1], multiply)], add);
}

function quotient(a: unknown, b: unknown): unknown {
  if (isMissing(a) || isMissing(b)) return null;
  if (numeric('$divide', b) === 0) throw new CommandError(2, "can't $divide by zero");
  return divide(numberIn('$divide', a), numberIn('$divide', b));
}

const rounded = (name: string, value: unknown, by: (value: number) => number): unknown =>
  isMissing(value) ? null : new Double(by(numeric(name, value)));

function numberIn(name: string, value: unknown): BsonNumber {
  if (!isNumber(value)) throw new CommandError(14, `${name} only supports numeric types`);
  return value;
}

const numeric = (name: string, value: unknown, orDate = false): number =>
  orDate && value instanceof Date ? value.getTime() : Number(numberIn(name, value));

function listOf(name: string, value: unknown, code: ErrorCode): readonly unknown[] {
  if (!Array.isArray(value)) throw new CommandError(code, `The argument to ${name} must be an array`);
  return value;
}

function concat(values: readonly unknown[]): string | null {
  if (values.some(isMissing)) return null;
  if (values.some((value) => typeof value !== 'string')) throw new CommandError(2, '$concat only supports strings');
  return values.join('');
}
