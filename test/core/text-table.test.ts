import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tableLines } from '../../src/core/text-table.ts';

const columns = [
  { title: 'Shop', align: 'left' },
  { title: 'Open', align: 'right' },
] as const;

it('stands aligned, wide letters counted as two', () => {
  const rows = [
    ['Lamp House', '7'],
    ['灯具店 😀', '1,200'],
    ['ร้านโคมไฟ', '30'],
  ];
  expect(tableLines({ kind: 'table', columns, rows })).toEqual([
    'Shop         Open',
    'Lamp House      7',
    '灯具店 😀   1,200',
    'ร้านโคมไฟ       30',
  ]);
});

it('has one line a row and no more than a cell can hold, whatever is in it', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 80 });
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 5 }), (rows) => {
      const lines = tableLines({ kind: 'table', columns, rows });
      expect(lines).toHaveLength(rows.length + 1);
      for (const line of lines) {
        expect(line).not.toContain('\n');
        expect(line.length).toBeLessThanOrEqual(2 * 82);
      }
    }),
  );
});
