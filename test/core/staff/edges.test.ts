import { describe, expect, it } from 'vitest';
import type { Week } from '../../../src/core/sla/hours.ts';
import { shiftEdges } from '../../../src/core/staff/edges.ts';

const at = (iso: string): Date => new Date(`${iso}Z`);
const span = (from: number, to: number) => ({ from: from * 60, to: to * 60 });
/** Monday to Friday from nine to six; on Friday nights again, until two. */
const hours: Week = [...Array(4).fill([span(9, 18)]), [span(9, 18), span(22, 24)], [span(0, 2)], []];
const ann = { name: 'ann', zone: 'Asia/Bangkok', hours };
const told = (since: string, until: string) =>
  shiftEdges(ann, at(since), at(until)).map(
    (edge) => `${edge.kind} ${edge.at.toISOString().slice(0, 16)}, ${edge.until.toISOString().slice(0, 16)}`,
  );

describe('beginnings and ends of shifts', () => {
  it('lead to the next shift, over a night and over a weekend', () => {
    expect(told('2026-11-26T00:00', '2026-11-26T23:00')).toEqual([
      'begins 2026-11-26T02:00, 2026-11-27T02:00',
      'ends 2026-11-26T11:00, 2026-11-27T02:00',
    ]);
    expect(told('2026-11-27T11:00', '2026-11-28T00:00')).toEqual([
      'begins 2026-11-27T15:00, 2026-11-30T02:00',
      'ends 2026-11-27T19:00, 2026-11-30T02:00',
    ]);
  });

  it('belong to one look each, however the looks are cut', () => {
    expect(told('2026-11-26T01:59', '2026-11-26T02:00')).toHaveLength(1);
    expect(told('2026-11-26T02:00', '2026-11-26T02:01')).toEqual([]);
    const whole = told('2026-11-23T00:00', '2026-11-28T00:00');
    const parts = [23, 24, 25, 26, 27].flatMap((day) => told(`2026-11-${day}T00:00`, `2026-11-${day + 1}T00:00`));
    expect(parts).toEqual(whole);
    expect(whole).toHaveLength(12);
  });

  it('matter while the shift goes on, and a quarter of an hour after it', () => {
    expect(shiftEdges(ann, at('2026-11-26T00:00'), at('2026-11-26T23:00')).map(({ staleAt }) => staleAt)).toEqual([
      at('2026-11-26T11:00'),
      at('2026-11-26T11:15'),
    ]);
  });

  it('are none for who has no hours, is always there, or never', () => {
    const whole: Week = Array(7).fill([span(0, 24)]);
    for (const who of [{}, { zone: 'UTC', hours: whole }, { zone: 'UTC', hours: Array(7).fill([]) }])
      expect(shiftEdges({ name: 'bo', ...who }, at('2026-11-26T00:00'), at('2026-11-28T00:00'))).toEqual([]);
  });
});
