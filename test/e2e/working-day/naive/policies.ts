import { type ShopName, shops, type TestShop } from '../team.ts';
import { afterOpen, isOpen, openBetween, wallTime } from './hours.ts';

// The rules of that day as people would write them down, from the marketplaces' pages and the team's file.

export type Rung = 'assignee' | 'group' | 'supervisor';

export interface NaivePolicy {
  readonly name: string;
  readonly owner: 'marketplace' | 'team';
  readonly kind: 'turn' | 'first-response' | 'cut-off' | 'resolution' | 'held-reply';
  /** When what begins then is to be answered; null: it is not counted. */
  due(start: number): number | null;
  readonly steps: readonly { readonly to: Rung; at(start: number, due: number): number }[];
  /** The time that counts. */
  elapsed(start: number, end: number): number;
}

const [secondMs, minuteMs, hourMs] = [1_000, 60_000, 3_600_000];
const wholeTime = (start: number, end: number): number => end - start;
const after = (ms: number, to: Rung) => ({ to, at: (start: number) => start + ms });
const percent = (share: number, of: number): number => Math.round((of * share) / 100);

/** Asked between 08:00 and 23:00, answered within three minutes; what is asked at night is not counted. */
const douyin: NaivePolicy = {
  ...{ name: 'douyin/three-minutes', owner: 'marketplace', kind: 'turn', elapsed: wholeTime },
  due: (start) => (isOpen({ daily: ['08:00-23:00'] }, 'Asia/Shanghai', start) ? start + 3 * minuteMs : null),
  steps: [
    after(50 * secondMs, 'assignee'),
    after(80 * secondMs, 'assignee'),
    after(100 * secondMs, 'group'),
    after(150 * secondMs, 'supervisor'),
  ],
};

/** Twelve hours in the countries of South East Asia. */
const tiktok: NaivePolicy = {
  ...{ name: 'tiktok-shop/response', owner: 'marketplace', kind: 'turn', elapsed: wholeTime },
  due: (start) => start + 12 * hourMs,
  steps: [after(6 * hourMs, 'assignee'), after(9.6 * hourMs, 'group'), after(11.4 * hourMs, 'supervisor')],
};

/** Until 18:00 of a day, by 19:00 of that day; later, by 19:00 of the next. */
const lazada: NaivePolicy = {
  ...{ name: 'lazada/same-day', owner: 'marketplace', kind: 'cut-off', elapsed: wholeTime },
  due(start) {
    const { minute } = wallTime(shops.in.zone, start);
    const today = Math.floor(start / minuteMs) * minuteMs + (19 * 60 - minute) * minuteMs;
    return minute < 18 * 60 ? today : today + 24 * hourMs;
  },
  steps: (
    [
      [50, 'assignee'],
      [80, 'group'],
      [95, 'supervisor'],
    ] as const
  ).map(([share, to]) => ({ to, at: (start, due) => start + percent(share, due - start) })),
};

/** A target of the team's own: only its hours count. */
const target = (
  { business, zone }: TestShop,
  name: string,
  kind: NaivePolicy['kind'],
  withinMs: number,
  steps: readonly (readonly [ms: number, to: Rung])[],
): NaivePolicy => {
  const within = remembered((start, ms) => afterOpen(business, zone, start, ms));
  return {
    ...{ name, owner: 'team', kind },
    due: (start) => within(start, withinMs),
    steps: steps.map(([ms, to]) => ({ to, at: (start) => within(start, ms) })),
    elapsed: (start, end) => openBetween(business, zone, start, end),
  };
};

/** To walk a night minute by minute takes a while, and each moment is asked for again and again. */
function remembered(find: (start: number, ms: number) => number): (start: number, ms: number) => number {
  const known = new Map<string, number>();
  return (start, ms) => {
    const key = `${start} ${ms}`;
    const found = known.get(key) ?? find(start, ms);
    known.set(key, found);
    return found;
  };
}

const quick = target(shops.cn, 'quick', 'turn', 2 * minuteMs, [
  [minuteMs, 'assignee'],
  [2 * minuteMs, 'group'],
]);
const firstAnswer = target(shops.th, 'first-answer', 'first-response', 15 * minuteMs, [
  [12 * minuteMs, 'assignee'],
  [15 * minuteMs, 'group'],
  [30 * minuteMs, 'supervisor'],
]);
const closeIt = target(shops.in, 'close-it', 'resolution', 4 * hourMs, [[4 * hourMs, 'group']]);

/** At any hour, and only where the rule for such buyers says so. */
const vipFast: NaivePolicy = {
  ...{ name: 'vip-fast', owner: 'team', kind: 'turn', elapsed: wholeTime },
  due: (start) => start + 5 * minuteMs,
  steps: [after(2.5 * minuteMs, 'group'), after(5 * minuteMs, 'supervisor')],
};

/** A reply that waits for a person. */
const held: NaivePolicy = {
  ...{ name: 'held-reply', owner: 'team', kind: 'held-reply', elapsed: wholeTime },
  due: (start) => start + 5 * minuteMs,
  steps: [after(5 * minuteMs, 'group'), after(10 * minuteMs, 'supervisor')],
};

/** @param vip taken by the rule for such buyers */
export function policiesOf(shop: ShopName, vip: boolean): readonly NaivePolicy[] {
  if (shop === 'cn') return [douyin, quick, held];
  if (shop === 'in') return [lazada, closeIt, held];
  return [tiktok, vip ? vipFast : firstAnswer, held];
}
