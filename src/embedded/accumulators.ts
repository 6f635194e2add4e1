import { type Document, Double } from 'bson';
import { CommandError, unsupported } from './errors.ts';
import { compileExpression } from './expressions.ts';
import { encodeValue } from './keys.ts';
import { add, type BsonNumber, divide, isNumber } from './numbers.ts';
import { compareValues, isPlainObject } from './values.ts';

/** Takes the values of a group one by one, then says what they come to. */
interface Accumulator<Result = unknown> {
  add(value: unknown): void;
  result(): Result;
}

const kinds: Readonly<Record<string, () => Accumulator>> = {
  $sum: sum,
  $avg() {
    const total = sum();
    let count = 0;
    return {
      add(value) {
        if (isNumber(value)) count += 1;
        total.add(value);
      },
      result: () => (count === 0 ? null : divide(total.result(), count)),
    };
  },
  $min: () => extreme((order) => order < 0),
  $max: () => extreme((order) => order > 0),
  $first: () => oneOf((_, seen) => !seen),
  $last: () => oneOf(() => true),
  $push() {
    const values: unknown[] = [];
    return { add: (value) => value !== undefined && values.push(value), result: () => values };
  },
  $addToSet() {
    const values = new Map<string, unknown>();
    return {
      add(value) {
        if (value !== undefined) values.set(encodeValue(value).toString('latin1'), value);
      },
      result: () => [...values.values()],
    };
  },
};

function sum(): Accumulator<BsonNumber> {
  let total: BsonNumber = 0;
  return {
    add(value) {
      if (isNumber(value)) total = add(total, value) ?? new Double(Number(total) + Number(value));
    },
    result: () => total,
  };
}

function extreme(better: (order: number) => boolean): Accumulator {
  let best: unknown = null;
  return {
    add(value) {
      if (value === undefined || value === null) return;
      if (best === null || better(compareValues(value, best))) best = value;
    },
    result: () => best,
  };
}

function oneOf(takes: (value: unknown, seen: boolean) => boolean): Accumulator {
  let kept: unknown = null;
  let seen = false;
  return {
    add(value) {
      if (takes(value, seen)) kept = value ?? null;
      seen = true;
    },
    result: () => kept,
  };
}

/** `$group`: documents by the value of `_id`, each group with its accumulators. */
export function compileGroup(argument: unknown): (documents: Iterable<Document>) => Iterable<Document> {
  if (!isPlainObject(argument) || !('_id' in argument)) throw new CommandError(15_952, 'a group specification must include an _id');
  const { _id, ...fields } = argument;
  const keyOf = compileExpression(_id);
  const outputs = Object.entries(fields).map(([name, output]) => ({ name, ...compileAccumulator(name, output) }));
  return function* (documents) {
    const groups = new Map<string, { readonly key: unknown; readonly accumulators: readonly Accumulator[] }>();
    for (const document of documents) {
      const key = keyOf(document) ?? null;
      const bytes = encodeValue(key).toString('latin1');
      const group = groups.get(bytes) ?? { key, accumulators: outputs.map(({ create }) => create()) };
      groups.set(bytes, group);
      for (const [index, { value }] of outputs.entries()) group.accumulators[index]?.add(value(document));
    }
    for (const { key, accumulators } of groups.values()) {
      yield { _id: key, ...Object.fromEntries(outputs.map(({ name }, index) => [name, accumulators[index]?.result()])) };
    }
  };
}

function compileAccumulator(name: string, output: unknown) {
  const [entry, second] = isPlainObject(output) ? Object.entries(output) : [];
  if (!entry || second) throw new CommandError(15_952, `The field '${name}' must specify one accumulator`);
  const [operator, argument] = entry;
  if (operator === '$count') return { create: sum, value: () => 1 };
  const create = Object.hasOwn(kinds, operator) ? kinds[operator] : undefined;
  if (!create) throw unsupported(`the group operator ${operator}`, 15_952);
  return { create, value: compileExpression(argument) };
}
