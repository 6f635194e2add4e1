import { z } from 'zod';

/** 2^53 has 16 digits. */
const mayHoldLongNumber = /(?:^|[^\d"])\d{16}/;

/**
 * Parses JSON in which a whole number beyond 2^53 stays what it was: it comes out as a string of its digits.
 * Throws `SyntaxError`, or `RangeError` when it is nested too deeply.
 */
export function parseJson(text: string): unknown {
  // Looking at every value takes four times as long, and is for nothing where no such number stands outside of quotes.
  if (!mayHoldLongNumber.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context?.source && /^-?\d+$/.test(context.source) ? context.source : value,
  );
}

/** Bytes that are no UTF-8 throw `TypeError`: they came from no JSON writer. */
export const parseJsonBytes = (bytes: Uint8Array): unknown => parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));

/** Not by `min(1)`: that asks whatever stands in the text's place for its length, and stumbles where that is an object without a value. */
export const filled = z.string().regex(/./s);

/** Ids are decimal strings; one that comes as a number is made a string. */
export const id = z.union([z.string().regex(/^.{1,128}$/s), z.int().nonnegative().transform(String)]);

/** Whole seconds since 1970, as a number or as its digits. */
export const unixSeconds = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .pipe(z.int().min(0).max(253_402_300_799))
  .transform((seconds) => new Date(seconds * 1000));
