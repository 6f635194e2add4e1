import type { Document } from 'bson';
import { CommandError, unsupported } from './errors.ts';
import { compileExpression, type Expression, isTruthy } from './expressions.ts';
import { compileFilter, hasOperators, matchedPosition } from './matcher.ts';
import { isNumber } from './numbers.ts';
import { setField, splitPath } from './paths.ts';
import { isPlainObject } from './values.ts';

/** What is done with one field: kept, left out, changed where it is there, or computed from the document. */
type Leaf =
  | { readonly kind: 'include' | 'exclude' }
  | { readonly kind: 'change'; readonly apply: (value: unknown, root: Document) => unknown }
  | { readonly kind: 'compute'; readonly apply: Expression };
type Tree = Map<string, Tree | Leaf>;

export type Project = (document: Document) => Document;

/**
 * A projection as a function. `filter` is the query's, for the positional `$`; null in a pipeline, where that and the array operators of
 * `find` are not known.
 */
export function compileProjection(projection: Document, filter: Document | null): Project {
  const tree: Tree = new Map();
  let inclusive: boolean | null = null;
  const decide = (includes: boolean, name: string): void => {
    if (inclusive !== null && inclusive !== includes) {
      throw includes
        ? new CommandError(31_253, `Cannot do inclusion on field ${name} in exclusion projection`)
        : new CommandError(31_254, `Cannot do exclusion on field ${name} in inclusion projection`);
    }
    inclusive = includes;
  };
  const read = (prefix: string, fields: Document): void => {
    for (const [name, value] of Object.entries(fields)) {
      const path = prefix + name;
      if (isPlainObject(value) && !hasOperators(value) && Object.keys(value).length > 0) {
        read(`${path}.`, value);
        continue;
      }
      const { leaf, includes } = readLeaf(path, value, filter);
      if (includes !== null && path !== '_id') decide(includes, path);
      place(tree, splitPath(path.replace(/\.\$$/, '')), leaf, path);
    }
  };
  read('', projection);
  const id = tree.get('_id');
  const all = inclusive === null ? !(id && !(id instanceof Map) && id.kind === 'include') : !inclusive;
  if (!all && !id) tree.set('_id', { kind: 'include' });
  return (document) => applyTree(tree, document, document, all);
}

function readLeaf(path: string, value: unknown, filter: Document | null): { readonly leaf: Leaf; readonly includes: boolean | null } {
  if (path.endsWith('.$') && filter) return { leaf: positional(path.slice(0, -2), filter), includes: true };
  if (typeof value === 'boolean' || isNumber(value)) {
    return isTruthy(value) ? { leaf: { kind: 'include' }, includes: true } : { leaf: { kind: 'exclude' }, includes: false };
  }
  if (filter && hasOperators(value)) {
    if ('$slice' in value) return { leaf: slice(value['$slice']), includes: null };
    if ('$elemMatch' in value) return { leaf: firstMatch(value['$elemMatch']), includes: true };
    if ('$meta' in value) throw unsupported('$meta in a projection');
  }
  return { leaf: { kind: 'compute', apply: compileExpression(value) }, includes: true };
}

function place(tree: Tree, parts: readonly string[], leaf: Leaf, path: string): void {
  const [part = '', ...rest] = parts;
  if (part === '' || part.startsWith('$')) throw new CommandError(2, `'${path}' is no valid path of a projection`);
  const there = tree.get(part);
  if (rest.length === 0) {
    if (there) throw new CommandError(2, `Path collision at ${path}`);
    tree.set(part, leaf);
    return;
  }
  if (there && !(there instanceof Map)) throw new CommandError(2, `Path collision at ${path}`);
  const inner: Tree = there ?? new Map();
  tree.set(part, inner);
  place(inner, rest, leaf, path);
}

function applyTree(tree: Tree, value: Document, root: Document, all: boolean): Document {
  const result: Document = {};
  for (const [name, field] of Object.entries(value)) {
    const node = tree.get(name);
    if (node === undefined ? all : !(node instanceof Map) && node.kind === 'include') setField(result, name, field);
    else if (node instanceof Map) {
      const inner = applyInside(node, field, root, all);
      if (inner !== undefined) setField(result, name, inner);
    } else if (node?.kind === 'change') {
      const changed = node.apply(field, root);
      if (changed !== undefined) setField(result, name, changed);
    }
  }
  for (const [name, node] of tree) {
    if (node instanceof Map && !Object.hasOwn(value, name)) {
      const inner = applyTree(node, {}, root, all);
      if (Object.keys(inner).length > 0) setField(result, name, inner);
    } else if (!(node instanceof Map) && node.kind === 'compute') {
      const computed = node.apply(root);
      if (computed !== undefined) setField(result, name, computed);
    }
  }
  return result;
}

/** In an array each document is projected; other elements go where only some fields are wanted, and stay where some are not. */
function applyInside(tree: Tree, value: unknown, root: Document, all: boolean): unknown {
  if (Array.isArray(value)) return value.map((element) => applyInside(tree, element, root, all)).filter((element) => element !== undefined);
  if (isPlainObject(value)) return applyTree(tree, value, root, all);
  return all ? value : undefined;
}

function positional(path: string, filter: Document): Leaf {
  return {
    kind: 'change',
    apply(value, root) {
      if (!Array.isArray(value)) return value;
      const position = matchedPosition(filter, root, path, value);
      if (position === null) throw new CommandError(2, 'the positional projection needs a condition on its array in the query');
      return [value[position]];
    },
  };
}

function slice(argument: unknown): Leaf {
  const [first, second] = Array.isArray(argument) ? argument : [argument, undefined];
  if (!isNumber(first) || (second !== undefined && (!isNumber(second) || Number(second) <= 0))) {
    throw new CommandError(28_667, '$slice takes a number, or a position and a positive number');
  }
  const from = Number(first);
  const count = second === undefined ? null : Number(second);
  const cut = (array: readonly unknown[]): unknown[] => {
    if (count === null) return from >= 0 ? array.slice(0, from) : array.slice(from);
    const start = from >= 0 ? from : Math.max(0, array.length + from);
    return array.slice(start, start + count);
  };
  return { kind: 'change', apply: (value) => (Array.isArray(value) ? cut(value) : value) };
}

function firstMatch(argument: unknown): Leaf {
  const matches = compileFilter({ list: { $elemMatch: argument } });
  const found = (array: readonly unknown[]) => array.find((element) => matches({ list: [element] }));
  return {
    kind: 'change',
    apply(value) {
      const element = Array.isArray(value) ? found(value) : undefined;
      return element === undefined ? undefined : [element];
    },
  };
}
