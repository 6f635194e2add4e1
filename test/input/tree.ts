/**
 * JSON as it stands on the wire: keys keep their order and may come twice, numbers keep all their digits, and a text that is JSON itself (TikTok's `content`,
 * Slack's `payload`) is taken apart as well.
 */
export type Tree =
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: string, value: Tree])[] }
  | { readonly kind: 'array'; readonly items: readonly Tree[] }
  /** A text whose content is JSON. */
  | { readonly kind: 'inner'; readonly tree: Tree }
  /** Anything else, as it is written: `"text"`, `1e999`, `nonsense`. */
  | { readonly kind: 'raw'; readonly text: string };

export function toTree(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(toTree) };
  if (typeof value === 'object' && value !== null) {
    return { kind: 'object', entries: Object.entries(value).map(([key, item]) => [key, toTree(item)] as const) };
  }
  if (typeof value === 'string' && /^[{[]/.test(value)) {
    const inner = parsed(value);
    if (inner !== undefined) return { kind: 'inner', tree: toTree(inner) };
  }
  return { kind: 'raw', text: JSON.stringify(value) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function print(tree: Tree): string {
  switch (tree.kind) {
    case 'object':
      return `{${tree.entries.map(([key, value]) => `${JSON.stringify(key)}:${print(value)}`).join(',')}}`;
    case 'array':
      return `[${tree.items.map(print).join(',')}]`;
    case 'inner':
      return JSON.stringify(print(tree.tree));
    case 'raw':
      return tree.text;
  }
}

/** Changes the node that is number `index` (counted from the root, round and round); null takes it away. */
export function changeAt(tree: Tree, index: number, change: (node: Tree) => Tree | null): Tree {
  let left = index % sizeOf(tree);
  const visit = (node: Tree): Tree | null => {
    if (left === 0) {
      left -= 1;
      return change(node);
    }
    left -= 1;
    switch (node.kind) {
      case 'object':
        return { kind: 'object', entries: node.entries.flatMap(([key, value]) => kept(visit(value), (next) => [key, next] as const)) };
      case 'array':
        return { kind: 'array', items: node.items.flatMap((item) => kept(visit(item), (next) => next)) };
      case 'inner':
        return { kind: 'inner', tree: visit(node.tree) ?? { kind: 'raw', text: '' } };
      case 'raw':
        return node;
    }
  };
  return visit(tree) ?? { kind: 'raw', text: '' };
}

const kept = <T>(node: Tree | null, as: (node: Tree) => T): readonly T[] => (node ? [as(node)] : []);

function sizeOf(tree: Tree): number {
  switch (tree.kind) {
    case 'object':
      return tree.entries.reduce((sum, [, value]) => sum + sizeOf(value), 1);
    case 'array':
      return tree.items.reduce((sum, item) => sum + sizeOf(item), 1);
    case 'inner':
      return 1 + sizeOf(tree.tree);
    case 'raw':
      return 1;
  }
}
