import { Binary, BSONRegExp, Decimal128, type Document, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import fc from 'fast-check';

/** Few values of every type, so that they meet each other often. */
const everyType: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<unknown>(null, 0, 1, 2, 3, -1, 'a', 'b', 'ab', '') },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      true,
      false,
      1.5,
      NaN,
      new Double(2),
      new Double(-0),
      Long.fromNumber(2),
      Long.fromString('9007199254740993'),
      9_007_199_254_740_992,
      Decimal128.fromString('1.50'),
      Decimal128.fromString('2'),
      Infinity,
      new Date(0),
      new Date(5),
      'a\0b',
      '好',
      '😀',
      '\uffee',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      new ObjectId('507f1f77bcf86cd799439011'),
      new ObjectId('507f1f77bcf86cd799439012'),
      new Binary(Buffer.from([1, 255])),
      new Binary(Buffer.from([1]), 4),
      new Timestamp({ t: 1, i: 2 }),
      new BSONRegExp('^a', ''),
      new MinKey(),
      new MaxKey(),
    ),
  },
);

const isRegex = (value: unknown): boolean => value instanceof BSONRegExp;

/** Ranges of regular expressions are refused, and so is `$ne`: those are for the table of refusals. */
const taken = (condition: Document): boolean =>
  Object.entries(condition).every(
    ([operator, value]) => operator === '$in' || operator === '$nin' || operator === '$eq' || !isRegex(value),
  );

export type SortSpec = readonly (readonly [field: string, direction: 1 | -1])[];

export interface World {
  readonly scalar: fc.Arbitrary<unknown>;
  readonly field: fc.Arbitrary<unknown>;
  /** Documents with the fields `a`, `b` and `c`, each of which may be missing. */
  readonly row: fc.Arbitrary<Document>;
  readonly path: fc.Arbitrary<string>;
  /** A condition that an index serves by a range or by points. */
  readonly served: fc.Arbitrary<Document>;
  readonly filter: fc.Arbitrary<Document>;
  sort(most: number): fc.Arbitrary<SortSpec>;
}

/** Documents and questions over these values and paths. */
export function createWorld(scalar: fc.Arbitrary<unknown>, paths: readonly string[]): World {
  const inner: fc.Arbitrary<Document> = fc.record({ x: scalar, y: scalar }, { requiredKeys: [], noNullPrototype: true });

  /** A field: a scalar, an object, an array of either, an array in an array. */
  const field: fc.Arbitrary<unknown> = fc.oneof(
    { weight: 5, arbitrary: scalar },
    { weight: 2, arbitrary: inner },
    { weight: 3, arbitrary: fc.array(scalar, { maxLength: 3 }) },
    { weight: 3, arbitrary: fc.array(inner, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(fc.oneof(scalar, inner, fc.array(scalar, { maxLength: 2 })), { maxLength: 3 }) },
  );

  /** Documents with the fields of `paths`, each of which may be missing. */
  const row: fc.Arbitrary<Document> = fc.record({ a: field, b: field, c: field }, { requiredKeys: [], noNullPrototype: true });

  const path = fc.constantFrom<string>(...paths);

  const comparison: fc.Arbitrary<Document> = fc.oneof(
    fc
      .tuple(fc.constantFrom('$eq', '$ne', '$gt', '$gte', '$lt', '$lte'), fc.oneof(scalar, field))
      .map(([operator, value]) => ({ [operator]: value })),
    fc
      .tuple(fc.constantFrom('$gt', '$gte'), scalar, fc.constantFrom('$lt', '$lte'), scalar)
      .map(([from, low, to, high]) => ({ [from]: low, [to]: high })),
    fc.tuple(fc.constantFrom('$in', '$nin'), fc.array(scalar, { maxLength: 4 })).map(([operator, values]) => ({ [operator]: values })),
  );

  const test: fc.Arbitrary<Document> = fc.oneof(
    { weight: 8, arbitrary: comparison.filter(taken) },
    { weight: 2, arbitrary: fc.boolean().map((value) => ({ $exists: value })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('string', 'number', 'array', 'object', 'null', 'int', 'bool', 'date').map((type) => ({ $type: type })),
    },
    { weight: 1, arbitrary: fc.nat(3).map((size) => ({ $size: size })) },
    { weight: 1, arbitrary: fc.constantFrom([2, 0], [2, 1], [3, 1]).map((mod) => ({ $mod: mod })) },
    { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }).map((values) => ({ $all: values })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('^a', '^ab', 'b$', '^', '^a*b', '^(a)').map((pattern) => ({ $regex: new BSONRegExp(pattern) })),
    },
  );

  const elemMatch: fc.Arbitrary<Document> = fc.oneof(
    test.map((condition) => ({ $elemMatch: condition })),
    fc
      .dictionary(fc.constantFrom('x', 'y'), test, { minKeys: 1, maxKeys: 2, noNullPrototype: true })
      .map((condition) => ({ $elemMatch: condition })),
  );

  const condition: fc.Arbitrary<unknown> = fc.oneof(
    { weight: 3, arbitrary: field },
    { weight: 6, arbitrary: test },
    { weight: 1, arbitrary: elemMatch },
    { weight: 1, arbitrary: test.map((inverse) => ({ $not: inverse })) },
  );

  const flat: fc.Arbitrary<Document> = fc.dictionary(path, condition, { maxKeys: 3, noNullPrototype: true });
  const several = fc.array(flat, { minLength: 1, maxLength: 3 });

  const served: fc.Arbitrary<Document> = fc
    .oneof(
      {
        weight: 3,
        arbitrary: fc.tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), scalar).map(([operator, value]) => ({ [operator]: value })),
      },
      fc.array(scalar, { minLength: 1, maxLength: 3 }).map((values) => ({ $in: values })),
      scalar.map((value) => ({ $eq: value })),
    )
    .filter(taken);
  const plain = fc.tuple(path, served).map(([name, one]) => ({ [name]: one }));
  const filter: fc.Arbitrary<Document> = fc.oneof(
    { weight: 8, arbitrary: plain },
    { weight: 2, arbitrary: fc.tuple(plain, plain).map((two) => Object.assign({}, ...two) as Document) },
    { weight: 6, arbitrary: flat },
    { weight: 2, arbitrary: fc.tuple(flat, several).map(([rest, branches]) => ({ ...rest, $or: branches })) },
    { weight: 1, arbitrary: several.map((parts) => ({ $and: parts })) },
    { weight: 1, arbitrary: fc.tuple(flat, several).map(([rest, branches]) => ({ ...rest, $nor: branches })) },
    { weight: 1, arbitrary: fc.tuple(several, several).map(([left, right]) => ({ $and: [{ $or: left }, { $or: right }] })) },
  );

  const sort = (most: number): fc.Arbitrary<SortSpec> =>
    fc.uniqueArray(fc.tuple(fc.oneof({ weight: 8, arbitrary: path }, fc.constant('_id')), fc.constantFrom<1 | -1>(1, -1)), {
      maxLength: most,
      selector: ([name]) => name,
    });

  return { scalar, field, row, path, served, filter, sort };
}

export const wide = createWorld(everyType, ['a', 'b', 'c', 'a.x', 'a.y', 'b.x', 'c.x', 'c.y', 'a.0', 'a.1.x']);
/** So few values that most questions find something, also by two elements of an array. */
export const narrow = createWorld(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 4 }) }, fc.constantFrom<unknown>(null, 'a')), [
  'a',
  'b',
  'a.x',
  'a.y',
]);
