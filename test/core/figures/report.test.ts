import { describe, expect, it } from 'vitest';
import { dueReport } from '../../../src/core/figures/report.ts';

const hour = 3_600_000;

describe('a report is due', () => {
  it.each([
    // Nine in Bangkok is two in UTC.
    ['day', 'Asia/Bangkok', '09:00', '2026-11-27T01:59:00Z', '2026-11-25..2026-11-25'],
    ['day', 'Asia/Bangkok', '09:00', '2026-11-27T02:00:00Z', '2026-11-26..2026-11-26'],
    ['day', 'Asia/Bangkok', '00:00', '2026-11-26T17:00:00Z', '2026-11-26..2026-11-26'],
    ['week', 'Asia/Bangkok', '09:00', '2026-11-23T02:00:00Z', '2026-11-16..2026-11-22'],
    ['week', 'Asia/Bangkok', '09:00', '2026-11-24T01:00:00Z', '2026-11-16..2026-11-22'],
    ['week', 'Asia/Bangkok', '09:00', '2026-11-24T03:00:00Z', null],
    ['month', 'America/New_York', '08:30', '2026-12-01T13:30:00Z', '2026-11-01..2026-11-30'],
    ['month', 'America/New_York', '08:30', '2026-12-01T13:29:00Z', null],
    ['month', 'Europe/Berlin', '06:00', '2028-03-01T05:00:00Z', '2028-02-01..2028-02-29'],
    // Half past two does not come on that day in Berlin: an hour later.
    ['day', 'Europe/Berlin', '02:30', '2026-03-29T01:29:00Z', '2026-03-27..2026-03-27'],
    ['day', 'Europe/Berlin', '02:30', '2026-03-29T01:30:00Z', '2026-03-28..2026-03-28'],
  ] as const)('every %s in %s at %s: at %s it is of %s', (every, timezone, at, now, days) => {
    const due = dueReport({ every, timezone, at }, new Date(now), 24 * hour);
    expect(due && `${due.range.firstDay}..${due.range.lastDay}`).toBe(days);
    if (due) expect(due.dueAt.getTime()).toBeLessThanOrEqual(Date.parse(now));
  });

  it('no longer once it is too late', () => {
    const report = { every: 'day', timezone: 'UTC', at: '09:00' } as const;
    expect(dueReport(report, new Date('2026-11-27T10:00:00Z'), hour)?.range.lastDay).toBe('2026-11-26');
    expect(dueReport(report, new Date('2026-11-27T10:00:01Z'), hour)).toBeNull();
  });
});
