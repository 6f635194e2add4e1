import fc from 'fast-check';
import { changeAt, print, type Tree, toTree } from './tree.ts';

/** Values, as they are written in JSON, that have surprised somebody before. */
export const oddValues: readonly string[] = [
  ...['null', 'true', 'false', '0', '-0', '-1', '1', '1.5', '1e999', '-1e999', '1e-400', '9007199254740993', '-9223372036854775809'],
  ...[
    '7494049642642441621',
    '18446744073709551616',
    '253402300800',
    '8640000000000001',
    '99999999999999999999999999',
    `1${'0'.repeat(400)}`,
  ],
  ...['""', '" "', '"0"', '"-1"', '"1e3"', '"0x10"', '"NaN"', '"Infinity"', '"null"', '"undefined"', '"true"', '"[object Object]"'],
  ...[
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\udfff\\ud800x"',
    '"\\ufeff"',
    '"\\ufdd0"',
    '"\\u202e"',
    '"\\r\\n\\r\\n"',
    '"\\u2028"',
    '"\\u001b[31m"',
  ],
  ...['"$where"', '"$gt"', '"a.b"', '"../../etc/passwd"', '"<script>alert(1)</script>"', '"%00"', '"{{7*7}}"', '"\'; DROP TABLE x; --"'],
  ...[
    '"__proto__"',
    '"constructor"',
    '"hasOwnProperty"',
    '"toString"',
    '"2026-02-30T25:61:61Z"',
    '"-271821-04-20T00:00:00Z"',
    '"275760-09-13T00:00:00Z"',
  ],
  ...['"1700000000.000100"', '"999999999999.999999999"', '"0.0"', '"7494049642642441621"', '"😀👩‍👩‍👧‍👦"', '"Ă̴̢͉̥̠͚̦̠"', '"ﷺ"', '"٠١٢"'],
  ...[
    '{"length":{"toString":null}}',
    '[]',
    '{}',
    '[[]]',
    '[null]',
    '{"$gt":""}',
    '{"$ne":null}',
    '{"$regex":".*"}',
    '{"$where":"sleep(9999)"}',
    '{"$in":[]}',
    '{"a.b":1}',
    '{"":""}',
  ],
  ...[
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"toString":null}',
    '{"then":1}',
    '{"toJSON":"x"}',
    '{"length":-1}',
  ],
  ...[
    '{"$oid":"0123456789abcdef01234567"}',
    '{"_bsontype":"ObjectId","id":"x"}',
    '{"_bsontype":"Code","code":"1"}',
    '{"$date":-1}',
    '{"id":{}}',
  ],
  ...['', '{', '[1,', '"', 'undefined', 'NaN', '01', '+1', "'x'", '/**/1', '"\u0001"', '\ufeff1', '{"a":1,}', '{1:2}'],
];

const long = [10_000, 60_000];
/** Large ones, so seldom that a million cases stay within minutes. */
const largeValues: readonly string[] = long.flatMap((times) => [
  JSON.stringify('x'.repeat(times)),
  JSON.stringify('*_~`<@'.repeat(times / 6)),
  JSON.stringify('0 8 1 '.repeat(times / 6)),
  JSON.stringify('\n'.repeat(times)),
  `[${'1,'.repeat(times / 2)}1]`,
  `${'['.repeat(times)}${']'.repeat(times)}`,
  `${'{"a":'.repeat(times / 5)}1${'}'.repeat(times / 5)}`,
  `{${Array.from({ length: times / 10 }, (_, index) => `"k${index}":0`).join(',')}}`,
]);

export const oddKeys: readonly string[] = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '$where',
    '$gt',
    '$set',
    'a.b',
    '.',
    '$',
    '',
    ' ',
    '_id',
    '_bsontype',
  ],
  ...['then', 'toJSON', 'length', '\u0000', '\ud800', '0', '-1', 'type', 'id', 'user', 'ts', 'data', 'shop_id', 'event', 'message'],
];

type Edit =
  | { readonly kind: 'replace'; readonly at: number; readonly value: string }
  | { readonly kind: 'remove' | 'wrap-array' | 'wrap-object' | 'twice' | 'as-text' | 'unwrap'; readonly at: number }
  | { readonly kind: 'add'; readonly at: number; readonly key: string; readonly value: string; readonly first: boolean }
  | { readonly kind: 'rename'; readonly at: number; readonly key: string };

/** Any UTF-16 code units, so halves of surrogate pairs, too. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  const unit = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 0x7f }) }, { weight: 1, arbitrary: fc.nat({ max: 0xffff }) });
  return fc.array(unit, { maxLength }).map((units) => String.fromCharCode(...units));
}

const value = fc.oneof(
  { weight: 900, arbitrary: fc.constantFrom(...oddValues) },
  { weight: 90, arbitrary: anyText(30).map((text) => JSON.stringify(text)) },
  { weight: 90, arbitrary: fc.oneof(fc.integer(), fc.double(), fc.bigInt()).map(String) },
  { weight: 1, arbitrary: fc.constantFrom(...largeValues) },
);
const at = fc.nat({ max: 200 });
const key = fc.constantFrom(...oddKeys);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('replace' as const), at, value }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'wrap-array', 'wrap-object', 'twice', 'as-text', 'unwrap'), at }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add' as const), at, key, value, first: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), at, key }) },
);

function apply(tree: Tree, edit: Edit): Tree {
  return changeAt(tree, edit.at, (node): Tree | null => {
    switch (edit.kind) {
      case 'replace':
        return { kind: 'raw', text: edit.value };
      case 'remove':
        return null;
      case 'wrap-array':
        return { kind: 'array', items: [node] };
      case 'wrap-object':
        return { kind: 'object', entries: [['$gt', node]] };
      case 'twice':
        return node.kind === 'object' ? { ...node, entries: [...node.entries, ...node.entries] } : { kind: 'array', items: [node, node] };
      case 'as-text':
        return { kind: 'raw', text: JSON.stringify(print(node)) };
      case 'unwrap':
        return node.kind === 'inner' ? node.tree : node.kind === 'array' ? (node.items[0] ?? null) : node;
      case 'add': {
        const added = [edit.key, { kind: 'raw', text: edit.value }] as const;
        const entries = node.kind === 'object' ? node.entries : [];
        return { kind: 'object', entries: edit.first ? [added, ...entries] : [...entries, added] };
      }
      case 'rename':
        return node.kind === 'object'
          ? { ...node, entries: node.entries.map(([name, item], index) => [index === 0 ? edit.key : name, item] as const) }
          : node;
    }
  });
}

/** Last, some bytes may be lost or broken: the text is no JSON any more, or no UTF-8. */
type Damage = { readonly kind: 'cut' | 'flip' | 'insert'; readonly at: number; readonly byte: number };
const damage: fc.Arbitrary<Damage | null> = fc.option(
  fc.record({ kind: fc.constantFrom('cut' as const, 'flip', 'insert'), at: fc.nat({ max: 3_000 }), byte: fc.nat({ max: 255 }) }),
  { freq: 12 },
);

export function damaged(bytes: Uint8Array, how: Damage | null): Uint8Array {
  if (!how || bytes.length === 0) return bytes;
  const place = how.at % bytes.length;
  if (how.kind === 'cut') return bytes.subarray(0, place);
  if (how.kind === 'flip') return bytes.map((byte, index) => (index === place ? byte ^ (how.byte || 1) : byte));
  return Buffer.concat([bytes.subarray(0, place), Uint8Array.of(how.byte), bytes.subarray(place)]);
}

/** A genuine payload with up to four things wrong with it; with none, too. Told as text where a case fails. */
export function mangled(genuine: readonly object[]): fc.Arbitrary<Uint8Array> {
  const trees = genuine.map(toTree);
  return fc
    .record({ base: fc.nat({ max: trees.length - 1 }), edits: fc.array(edit, { maxLength: 4 }), damage })
    .map(({ base, edits, damage: how }) => {
      const bytes = damaged(Buffer.from(print(edits.reduce(apply, trees[base] ?? toTree({})))), how);
      return Object.assign(bytes, { [fc.toStringMethod]: () => Buffer.from(bytes).toString() });
    });
}
