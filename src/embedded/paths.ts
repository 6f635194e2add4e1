import type { Document } from 'bson';
import { CommandError } from './errors.ts';
import { emptyArray, fieldsOf, isPlainObject } from './values.ts';

export const splitPath = (path: string): readonly string[] => path.split('.');
export const firstPart = (path: string): string => splitPath(path)[0] as string;
export const isPosition = (part: string | undefined): part is string => part !== undefined && /^(0|[1-9]\d*)$/.test(part);

/** An object's own field; undefined for what is no object or lacks it. */
export function fieldOf(value: unknown, name: string): unknown {
  if (!isPlainObject(value)) return undefined;
  if (Object.hasOwn(value, name)) return value[name];
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return undefined;
  return fieldsOf(value).find(([field]) => field === name)?.[1];
}

/** Sets an own field, whatever its name. */
export function setField(object: Document, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

/**
 * Whether any value that a dotted path reaches passes the test. Through an array the path goes on in each of its documents, and at a
 * position. Undefined stands for a field that is not there; an array of scalars on the way has nothing to offer.
 */
export function reaches(value: unknown, parts: readonly string[], test: (value: unknown) => boolean, from = 0): boolean {
  const part = parts[from];
  if (part === undefined) return test(value);
  if (!Array.isArray(value)) return reaches(fieldOf(value, part), parts, test, isPlainObject(value) ? from + 1 : parts.length);
  if (isPosition(part) && Number(part) < value.length && reaches(value[Number(part)], parts, test, from + 1)) return true;
  return value.some((element) => isPlainObject(element) && reaches(element, parts, test, from));
}

/** What `distinct` lists: the values a path reaches, arrays by their elements. */
export function valuesAt(document: Document, path: string): unknown[] {
  const values: unknown[] = [];
  reaches(document, splitPath(path), (value) => {
    if (Array.isArray(value)) values.push(...value);
    else if (value !== undefined) values.push(value);
    return false;
  });
  return values;
}

interface Pending {
  readonly value: unknown;
  readonly rest: readonly string[];
}

/**
 * The tuples under which a document stands in an index on these paths: one, or one for each element where a path meets an array.
 * @throws CommandError 171 where two paths meet different arrays
 */
export function keyTuples(document: Document, paths: readonly (readonly string[])[]): unknown[][] {
  return expand(paths.map((rest) => advance(document, rest)));
}

/** Follows a path through objects, and through an array at a position, until it ends or an array has to be spread. */
function advance(value: unknown, rest: readonly string[]): Pending {
  const [part, ...after] = rest;
  if (Array.isArray(value)) {
    return isPosition(part) && Number(part) < value.length ? advance(value[Number(part)], after) : { value, rest };
  }
  if (part === undefined) return { value, rest };
  return isPlainObject(value) ? advance(fieldOf(value, part), after) : { value: undefined, rest: [] };
}

function expand(fields: readonly Pending[]): unknown[][] {
  const arrays = new Set(fields.flatMap(({ value }) => (Array.isArray(value) ? [value as unknown[]] : [])));
  const [array, other] = arrays;
  if (other) throw new CommandError(171, 'cannot index parallel arrays: at most one field of an index may be an array');
  if (!array) return [fields.map(({ value }) => value)];
  if (array.length === 0) return [fields.map(({ value, rest }) => (value !== array ? value : rest.length === 0 ? emptyArray : undefined))];
  return array.flatMap((element) => {
    // An element that ends its path counts as it is; an array inside an array is not spread again.
    const inner = fields.map(({ value, rest }): Pending | { readonly final: unknown } => {
      if (value !== array) return { final: value };
      if (rest.length === 0) return { final: element };
      return isPlainObject(element) ? advance(element, rest) : { final: undefined };
    });
    const open = inner.filter((field): field is Pending => !('final' in field));
    return expand(open).map((tuple) => {
      let next = 0;
      return inner.map((field) => {
        if ('final' in field) return field.final;
        next += 1;
        return tuple[next - 1];
      });
    });
  });
}
