import { Decimal128, Double, Int32, Long, Timestamp } from 'bson';

export type BsonNumber = number | bigint | Long | Double | Int32 | Decimal128;

export function isNumber(value: unknown): value is BsonNumber {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    (value instanceof Long && !(value instanceof Timestamp)) ||
    value instanceof Double ||
    value instanceof Int32 ||
    value instanceof Decimal128
  );
}

/** `digits` times ten to the power of `exponent`, exactly. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** A number as the nearest double, and what that double leaves out; null: nothing. Together they are exact, and sort as a pair. */
export interface ExactNumber {
  readonly double: number;
  readonly rest: Decimal | null;
}

export function exactNumber(value: unknown): ExactNumber {
  if (typeof value === 'number') return { double: value, rest: null };
  if (value instanceof Long || typeof value === 'bigint') {
    const integer = typeof value === 'bigint' ? value : value.toBigInt();
    const double = Number(integer);
    return { double, rest: restOf({ digits: integer, exponent: 0 }, double) };
  }
  if (value instanceof Decimal128) {
    const text = value.toString();
    const nearest = Number(text);
    if (!/\d/.test(text)) return { double: nearest, rest: null };
    // Decimals reach further than doubles; the greatest double then stands for them.
    const double = Number.isFinite(nearest) ? nearest : Math.sign(nearest) * Number.MAX_VALUE;
    return { double, rest: restOf(parseDecimal(text), double) };
  }
  return { double: Number(value), rest: null };
}

export function compareNumbers(a: unknown, b: unknown): number {
  const left = exactNumber(a);
  const right = exactNumber(b);
  if (left.double < right.double) return -1;
  if (left.double > right.double) return 1;
  // NaN sorts below every number and equals itself.
  if (left.double !== right.double) return Number(Number.isNaN(right.double)) - Number(Number.isNaN(left.double));
  if (!left.rest && !right.rest) return 0;
  const { digits } = subtract(left.rest ?? zero, right.rest ?? zero);
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

/** The number's bytes sort as numbers do, and no number's bytes begin with another's. */
export function encodeNumber(value: unknown): Buffer {
  const { double, rest } = exactNumber(value);
  const bytes = Buffer.allocUnsafe(9);
  bytes.writeDoubleBE(double === 0 ? 0 : double);
  if (Number.isNaN(double)) bytes.fill(0, 0, 8);
  else if (double < 0) for (let index = 0; index < 8; index += 1) bytes[index] = 255 - (bytes[index] as number);
  else bytes[0] = (bytes[0] as number) ^ 0x80;
  bytes[8] = rest === null ? 1 : rest.digits < 0n ? 0 : 2;
  return rest ? Buffer.concat([bytes, encodeRest(rest)]) : bytes;
}

/** Power of ten of the first digit, then the digits, then 0; inverted for negative ones. */
function encodeRest({ digits, exponent }: Decimal): Buffer {
  const text = String(digits < 0n ? -digits : digits);
  const bytes = Buffer.from(`\0\0${text.replace(/(?<!0)0+$/, '')}\0`, 'latin1');
  bytes.writeUInt16BE(exponent + text.length - 1 + 0x8000);
  return digits < 0n ? Buffer.from(bytes.map((byte) => 255 - byte)) : bytes;
}

const zero: Decimal = { digits: 0n, exponent: 0 };

function restOf(exact: Decimal, double: number): Decimal | null {
  const rest = subtract(exact, decimalOf(double));
  return rest.digits === 0n ? null : rest;
}

const parseDecimal = (text: string): Decimal => {
  const [mantissa = '', exponent = '0'] = text.split('E');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
};

/** Every finite double is a whole number times a power of two, and so has an exact decimal form. */
function decimalOf(double: number): Decimal {
  if (Number.isInteger(double)) return { digits: BigInt(double), exponent: 0 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, double);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  const power = Math.max(biased, 1) - 1075;
  return { digits: (double < 0 ? -mantissa : mantissa) * 5n ** BigInt(-power), exponent: power };
}

const subtract = (a: Decimal, b: Decimal): Decimal => sumOf(a, { digits: -b.digits, exponent: b.exponent });

function sumOf(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { digits: a.digits * 10n ** BigInt(a.exponent - exponent) + b.digits * 10n ** BigInt(b.exponent - exponent), exponent };
}

const isDouble = (value: BsonNumber): boolean =>
  value instanceof Double || (typeof value === 'number' && (!Number.isInteger(value) || value !== (value | 0)));

/** Null: the result does not fit 64 bits. Types widen as in MongoDB: int, long, double, decimal. */
export function add(a: BsonNumber, b: BsonNumber): BsonNumber | null {
  return combine(a, b, { double: (x, y) => x + y, integer: (x, y) => x + y, decimal: sumOf });
}

export function multiply(a: BsonNumber, b: BsonNumber): BsonNumber | null {
  return combine(a, b, {
    double: (x, y) => x * y,
    integer: (x, y) => x * y,
    decimal: (x, y) => ({ digits: x.digits * y.digits, exponent: x.exponent + y.exponent }),
  });
}

/** A quotient is a double, or a decimal where one of the two is. `b` is not 0. */
export function divide(a: BsonNumber, b: BsonNumber): BsonNumber {
  if (!(a instanceof Decimal128) && !(b instanceof Decimal128)) return new Double(Number(a) / Number(b));
  const [left, right] = [exactNumber(a).double, exactNumber(b).double];
  if (!Number.isFinite(left) || !Number.isFinite(right)) return toDecimal128(String(left / right));
  const [dividend, divisor] = [toDecimal(a), toDecimal(b)];
  let digits = (dividend.digits * 10n ** spareDigits) / divisor.digits;
  let exponent = dividend.exponent - divisor.exponent - Number(spareDigits);
  // As many digits as the quotient needs, and no more noughts than the two had.
  for (; digits !== 0n && digits % 10n === 0n && exponent < dividend.exponent - divisor.exponent; exponent += 1) digits /= 10n;
  return toDecimal128(`${digits}E${exponent}`);
}

/** More than the 34 digits of a decimal, whatever the two are. */
const spareDigits = 80n;

function combine(
  a: BsonNumber,
  b: BsonNumber,
  by: {
    readonly double: (x: number, y: number) => number;
    readonly integer: (x: bigint, y: bigint) => bigint;
    readonly decimal: (x: Decimal, y: Decimal) => Decimal;
  },
): BsonNumber | null {
  if (a instanceof Decimal128 || b instanceof Decimal128) {
    const [left, right] = [exactNumber(a).double, exactNumber(b).double];
    if (!Number.isFinite(left) || !Number.isFinite(right)) return toDecimal128(String(by.double(left, right)));
    const { digits, exponent } = by.decimal(toDecimal(a), toDecimal(b));
    return toDecimal128(`${digits}E${exponent}`);
  }
  if (isDouble(a) || isDouble(b)) return new Double(by.double(Number(a), Number(b)));
  const result = by.integer(integerOf(a), integerOf(b));
  if (result !== BigInt.asIntN(64, result)) return null;
  const long = a instanceof Long || b instanceof Long || result !== BigInt.asIntN(32, result);
  return long ? Long.fromBigInt(result) : Number(result);
}

const toDecimal128 = (text: string): Decimal128 => Decimal128.fromStringWithRounding(text);

/** With the digits that it was given with, so that 10.99 times 1.25 is 13.7375 and no longer. A double counts with 15 of them, as in MongoDB. */
function toDecimal(value: BsonNumber): Decimal {
  if (value instanceof Decimal128) return parseDecimal(value.toString());
  if (isDouble(value)) return parseDecimal(Number(value).toPrecision(15).toUpperCase());
  return { digits: integerOf(value), exponent: 0 };
}
const integerOf = (value: BsonNumber): bigint => (value instanceof Long ? value.toBigInt() : BigInt(Number(value)));
