/**
 * For how long figures are kept together, all in UTC. A slot is the smallest: every zone in use today is a multiple of fifteen minutes away from UTC,
 * so every zone's day is made of whole slots. An hour is made of slots, a day of hours, a month of days.
 */
export const spans = ['slot', 'hour', 'day', 'month'] as const;
export type Span = (typeof spans)[number];

export const slotMs = 15 * 60_000;
export const slotsPerDay = 96;
const fixedMs: Readonly<Record<Exclude<Span, 'month'>, number>> = { slot: slotMs, hour: 3_600_000, day: 86_400_000 };

/** When the span that holds this moment begins. */
export function startOf(span: Span, at: Date): Date {
  if (span === 'month') return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1));
  return new Date(Math.floor(at.getTime() / fixedMs[span]) * fixedMs[span]);
}

/** When the span that begins here ends. */
export function endOf(span: Span, start: Date): Date {
  if (span === 'month') return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1));
  return new Date(start.getTime() + fixedMs[span]);
}

/** The starts of all spans of a kind from `from` up to, but not including, `to`. */
export function startsWithin(span: Span, from: Date, to: Date): readonly Date[] {
  const starts: Date[] = [];
  for (let start = startOf(span, from); start < to; start = endOf(span, start)) starts.push(start);
  return starts;
}

/** What a span is made of; null for a slot, which is made of history. */
export function partOf(span: Span): Span | null {
  return spans[spans.indexOf(span) - 1] ?? null;
}

/** Whole spans of one kind, one after the other. */
export interface Run {
  readonly span: Span;
  readonly from: Date;
  readonly to: Date;
}

/** The fewest spans that are exactly this stretch of time, in order. Its ends are those of slots. */
export function runsOf(from: Date, to: Date): readonly Run[] {
  const runs: { span: Span; from: Date; to: Date }[] = [];
  for (let at = from; at < to; ) {
    const span = spans.findLast((one) => startOf(one, at).getTime() === at.getTime() && endOf(one, at) <= to) ?? 'slot';
    const end = endOf(span, at);
    const last = runs.at(-1);
    if (last?.span === span) last.to = end;
    else runs.push({ span, from: at, to: end });
    at = end;
  }
  return runs;
}
