import type { Figures } from '../../src/core/figures/figures.ts';
import type { HistoryEvent } from '../../src/core/inquiry.ts';

/** Figures of a time counted from history as the documents define them, one by one; written apart from the product. */
export interface NaiveScope {
  readonly shopId: string;
  readonly channel: string | null;
  readonly from: Date;
  readonly to: Date;
}

export function naiveFigures(history: readonly HistoryEvent[], { shopId, channel, from, to }: NaiveScope): Figures {
  const own = history.filter((event) => event.shopId === shopId && event.channel === channel && event.at >= from && event.at < to);
  const of = (...kinds: readonly string[]) => own.filter(({ kind }) => kinds.includes(kind));
  const first = of('replied', 'answered-outside').filter(({ data }) => data['first']);
  const resolved = of('resolved');
  return {
    opened: of('opened').length,
    returning: of('opened').filter(({ data }) => data['returning']).length,
    reopened: of('reopened').length,
    answered: first.length,
    resolved: resolved.length,
    automatic: resolved.filter(({ data }) => data['automatic']).length,
    buyerMessages: of('buyer-wrote').length,
    replies: of('replied').length,
    outside: of('answered-outside').length,
    autoReplies: of('auto-replied').length,
    held: of('held').length,
    failed: of('failed').length,
    messagesOfResolved: resolved.reduce((sum, { data }) => sum + Number(data['buyerMessages']) + Number(data['replies']), 0),
    firstWall: durations(first, 'waitedMs'),
    firstBusiness: durations(first, 'businessMs'),
    resolution: durations(resolved, 'openMs'),
    policies: distinct(of('clock-met', 'clock-missed').map(({ data }) => `${data['owner']} ${data['policy']}`)).map((key) => {
      const [owner = '', policy = ''] = key.split(' ');
      const ended = (kind: string) => of(kind).filter(({ data }) => data['owner'] === owner && data['policy'] === policy).length;
      const corrected = of('clock-met').filter(
        ({ data }) => data['correction'] && data['owner'] === owner && data['policy'] === policy,
      ).length;
      return { policy, owner, met: ended('clock-met'), missed: ended('clock-missed') - corrected };
    }),
    agents: distinct(
      of('replied', 'answered-outside', 'held', 'failed').flatMap(({ data }) => (data['agent'] === null ? [] : String(data['agent']))),
    ).map((agent) => {
      const by = (...kinds: readonly string[]) => of(...kinds).filter(({ data }) => data['agent'] === agent);
      const replies = by('replied', 'answered-outside');
      const opening = replies.filter(({ data }) => data['first']);
      return {
        ...{ agent, handled: opening.length, replies: replies.length, held: by('held').length, failed: by('failed').length },
        ...{ firstWall: durations(opening, 'waitedMs'), firstBusiness: durations(opening, 'businessMs') },
      };
    }),
    tags: counts(of('tagged').map(({ data }) => String(data['tag']))),
    keywords: counts(
      of('routed').flatMap(({ data }) =>
        data['keywords'] === null
          ? []
          : String(data['keywords'])
              .split(',')
              .map((name) => name.trim()),
      ),
    ),
    quarters: [...Array(96).keys()].flatMap((slot) => {
      const count = of('buyer-wrote').filter(({ at }) => at.getUTCHours() * 4 + Math.floor(at.getUTCMinutes() / 15) === slot).length;
      return count === 0 ? [] : [[slot, count] as const];
    }),
  };
}

function durations(events: readonly HistoryEvent[], field: string): Figures['firstWall'] {
  const values = events.flatMap(({ data }) => (data[field] === null ? [] : Number(data[field])));
  const ends = values.map(upperEnd);
  return {
    count: values.length,
    sumMs: values.reduce((sum, value) => sum + value, 0),
    buckets: lettersOf([...new Set(ends)].sort((a, b) => a - b).map((end) => [end, ends.filter((one) => one === end).length])),
  };
}

/** As `docs/statistics.md` has it, in seconds. */
function upperEnd(valueMs: number): number {
  const [minute, hour, day] = [60, 3_600, 86_400];
  const seconds = valueMs / 1_000;
  const step =
    seconds <= minute
      ? 1
      : seconds <= 10 * minute
        ? 5
        : seconds <= hour
          ? 30
          : seconds <= 12 * hour
            ? 5 * minute
            : seconds <= 3 * day
              ? 30 * minute
              : seconds <= 30 * day
                ? 6 * hour
                : day;
  return Math.ceil(seconds / step) * step * 1_000;
}

/** Written as the type of `buckets` says: gaps between numbers of buckets, and counts. No count here is above 1,023. */
function lettersOf(ends: readonly (readonly [number, number])[]): string {
  const all = allEnds();
  let before = -1;
  const letters = (value: number) => (value < 32 ? [48 + value] : [80 + (value % 32), 48 + Math.floor(value / 32)]);
  const codes = ends.flatMap(([end, count]) => {
    const number = all.indexOf(end);
    const gap = number - before;
    before = number;
    return [...letters(gap), ...letters(count)];
  });
  return String.fromCharCode(...codes);
}

/** Every bucket's end, in order. */
function allEnds(): readonly number[] {
  const ends = [0];
  for (const [upTo, step] of [
    [60, 1],
    [600, 5],
    [3_600, 30],
    [43_200, 300],
    [259_200, 1_800],
    [2_592_000, 21_600],
    [8_640_000, 86_400],
  ] as const)
    while ((ends.at(-1) ?? 0) < upTo * 1_000) ends.push((ends.at(-1) ?? 0) + step * 1_000);
  return ends;
}

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].sort();

const counts = (names: readonly string[]): Figures['tags'] =>
  distinct(names).map((name) => [name, names.filter((one) => one === name).length] as const);
