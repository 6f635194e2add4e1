import type { DayFigures, Duration, HistoryLine } from '../record.ts';
import { wallTime } from './hours.ts';

// The figures of docs/statistics.md, each counted over the whole list.

/** Of the lines of a shop that fall on a day of the calendar there. */
export function naiveFigures(all: readonly HistoryLine[], zone: string, day: string): Omit<DayFigures, 'channels'> {
  const lines = all.filter(({ at }) => wallTime(zone, at).date === day);
  const of = (...kinds: readonly string[]) => lines.filter(({ kind }) => kinds.includes(kind));
  const answers = of('replied', 'answered-outside');
  const firsts = answers.filter(({ data }) => data['first'] === true);
  const resolved = of('resolved');
  const sum = (field: string) => resolved.reduce((total, { data }) => total + Number(data[field]), 0);
  return {
    total: {
      opened: of('opened').length,
      returning: of('opened').filter(({ data }) => data['returning'] === true).length,
      answered: firsts.length,
      resolved: resolved.length,
      reopened: of('reopened').length,
      buyerMessages: of('buyer-wrote').length,
      replies: answers.length,
      held: of('held').length,
      failed: of('failed').length,
      firstResponse: waits(firsts),
      resolution: durations(resolved, 'openMs'),
      messagesPerInquiry: resolved.length === 0 ? null : (sum('buyerMessages') + sum('replies')) / resolved.length,
      answeredAutomatically:
        resolved.length === 0 ? null : resolved.filter(({ data }) => data['automatic'] === true).length / resolved.length,
      policies: policies(of('clock-met', 'clock-missed')),
    },
    agents: byAgent(of('replied', 'held', 'failed')),
    hours: Array.from({ length: 24 }, (_, hour) => of('buyer-wrote').filter(({ at }) => wallTime(zone, at).hour === hour).length),
    tags: top(of('tagged').map(({ data }) => String(data['tag']))),
    keywords: top(of('routed').flatMap(({ data }) => (typeof data['keywords'] === 'string' ? data['keywords'].split(',') : []))),
  };
}

const waits = (firsts: readonly HistoryLine[]) => ({ wall: durations(firsts, 'waitedMs'), business: durations(firsts, 'businessMs') });

function policies(lines: readonly HistoryLine[]): DayFigures['total']['policies'] {
  const names = [...new Set(lines.map(({ data }) => `${data['owner']} ${data['policy']}`))].sort();
  return names.map((name) => {
    const [owner = '', policy = ''] = name.split(' ');
    const own = lines.filter(({ data }) => data['policy'] === policy && data['owner'] === owner);
    const met = own.filter(({ kind }) => kind === 'clock-met').length;
    // One that was in time, and known late, takes its miss back.
    const takenBack = own.filter(({ kind, data }) => kind === 'clock-met' && data['correction'] === true).length;
    const missed = own.filter(({ kind }) => kind === 'clock-missed').length - takenBack;
    return { policy, owner, met, missed, rate: met + missed <= 0 ? null : Math.min(1, met / (met + missed)) };
  });
}

function byAgent(lines: readonly HistoryLine[]): DayFigures['agents'] {
  const names = [...new Set(lines.map(({ data }) => String(data['agent'])))];
  return names
    .map((agent) => {
      const own = lines.filter(({ data }) => data['agent'] === agent);
      const count = (kind: string) => own.filter((line) => line.kind === kind).length;
      const firsts = own.filter(({ kind, data }) => kind === 'replied' && data['first'] === true);
      return {
        ...{ agent, handled: firsts.length, replies: count('replied'), held: count('held'), failed: count('failed') },
        firstResponse: waits(firsts),
      };
    })
    .toSorted((a, b) => b.replies - a.replies || (a.agent < b.agent ? -1 : 1));
}

/** The ten that came most often. */
function top(names: readonly string[]): DayFigures['tags'] {
  return [...new Set(names)]
    .map((name) => ({ name, count: names.filter((one) => one === name).length }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, 10);
}

function durations(lines: readonly HistoryLine[], field: string): Duration {
  const values = lines.flatMap(({ data }) => (typeof data[field] === 'number' ? Math.max(0, data[field]) : [])).toSorted((a, b) => a - b);
  if (values.length === 0) return { count: 0, meanMs: null, medianMs: null, p90Ms: null };
  const rank = (share: number) => upperEnd(values[Math.max(1, Math.ceil(values.length * share)) - 1] ?? 0);
  return {
    count: values.length,
    meanMs: values.reduce((total, value) => total + value, 0) / values.length,
    medianMs: rank(0.5),
    p90Ms: rank(0.9),
  };
}

const [secondMs, minuteMs, hourMs, dayMs] = [1_000, 60_000, 3_600_000, 86_400_000];
/** Up to so much in steps of so much: the table of the page. */
const steps: readonly (readonly [upTo: number, step: number])[] = [
  [minuteMs, secondMs],
  [10 * minuteMs, 5 * secondMs],
  [hourMs, 30 * secondMs],
  [12 * hourMs, 5 * minuteMs],
  [3 * dayMs, 30 * minuteMs],
];

/** All these steps are parts of where they begin, so a bucket ends at a multiple of its step. */
function upperEnd(ms: number): number {
  const step = steps.find(([upTo]) => ms <= upTo)?.[1];
  if (step === undefined) throw new Error('nobody waits so long in a day');
  return Math.ceil(ms / step) * step;
}
