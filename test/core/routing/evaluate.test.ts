import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takesEverything } from '../../../src/core/routing/catch-all.ts';
import { evaluate } from '../../../src/core/routing/evaluate.ts';
import { explain } from '../../../src/core/routing/explain.ts';
import type { RoutingFacts } from '../../../src/core/routing/facts.ts';
import { localTime, weekText } from '../../../src/core/routing/times.ts';
import type { Route, RouteConditions, TimeWindow } from '../../../src/core/settings.ts';
import type { Week } from '../../../src/core/sla/hours.ts';
import { now, shop } from '../fixtures.ts';

const channel = { platform: 'slack', connection: 'default', id: 'C1' };
const includes = (pattern: string, text: string): boolean => text.includes(pattern);
const facts: RoutingFacts = {
  ...{ shop, conversation: 'c1', words: 'Where is my REFUND?', language: 'en', returning: false },
  ...{ buyerTags: ['vip'], products: ['p1'], categories: ['lamps'], orderStatuses: ['IN_TRANSIT'], now },
};
const everyDay = [0, 1, 2, 3, 4, 5, 6];
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const hours = (days: readonly number[], from: string, to: string): Week =>
  everyDay.map((day) => (days.includes(day) ? [{ from: minutes(from), to: minutes(to) }] : []));
const take = (when: RouteConditions, changes: Partial<RoutingFacts> = {}): boolean =>
  evaluate([{ when, channel }], { ...facts, ...changes }, includes).match !== null;

describe('a condition', () => {
  it.each<[RouteConditions, Partial<RoutingFacts>]>([
    [{}, {}],
    [{ marketplace: 'tiktok-shop' }, {}],
    [{ marketplace: ['shopee', 'tiktok-shop'] }, {}],
    [{ shop: '749' }, {}],
    [{ shop: ['750', 'tiktok-shop:749'] }, {}],
    [{ buyer: 'new' }, {}],
    [{ buyer: 'returning' }, { returning: true }],
    [{ buyerTag: ['gold', 'VIP'] }, {}],
    [{ language: ['th', 'en'] }, {}],
    [{ product: 'p1', category: 'Lamps', orderStatus: ['IN_TRANSIT', 'DELIVERED'] }, {}],
    [{ keyword: 'refund' }, {}],
    [{ keyword: ['return', 'my refund'] }, {}],
    [{ keyword: '退款' }, { words: '我要退款谢谢' }],
    [{ pattern: 'REF' }, {}],
    [{ pattern: 'OK' }, { words: 'ＯＫ' }],
    [{ time: { hours: hours(everyDay, '19:00', '19:01') } }, {}],
    [{ time: { zone: 'UTC', hours: hours([1], '12:00', '13:00') } }, {}],
    [
      {
        time: [
          { zone: 'UTC', hours: hours([6], '00:00', '24:00') },
          { zone: 'UTC', hours: hours(everyDay, '00:00', '24:00') },
        ],
      },
      {},
    ],
  ])('%j holds with %j', (when, changes) => {
    expect(take(when, changes)).toBe(true);
  });

  it.each<[RouteConditions, Partial<RoutingFacts>]>([
    [{ marketplace: 'shopee' }, {}],
    [{ shop: '7' }, {}],
    [{ buyer: 'returning' }, {}],
    [{ buyerTag: 'gold' }, {}],
    [{ buyerTag: 'vip' }, { buyerTags: [] }],
    [{ language: 'th' }, {}],
    [{ language: 'en' }, { language: null }],
    [{ product: 'p2' }, {}],
    [{ category: 'lamps' }, { categories: [] }],
    [{ orderStatus: 'IN_TRANSIT' }, { orderStatuses: [] }],
    [{ keyword: 'fund' }, {}],
    [{ keyword: 'refund' }, { words: '' }],
    [{ pattern: 'refund' }, {}],
    [{ marketplace: 'tiktok-shop', buyerTag: 'gold' }, {}],
    [{ time: { hours: hours(everyDay, '19:01', '24:00') } }, {}],
    [{ time: { zone: 'UTC', hours: hours([0, 2], '00:00', '24:00') } }, {}],
    [{ time: { zone: 'UTC', hours: hours([1], '00:00', '12:00') } }, {}],
  ])('%j does not hold with %j', (when, changes) => {
    expect(take(when, changes)).toBe(false);
  });
});

describe('a rule', () => {
  it('says how the inquiry begins, and what it leaves out is as without it', () => {
    const rules: Route[] = [
      { name: 'night', when: { language: 'th' }, channel },
      {
        ...{
          name: 'refunds',
          when: { keyword: ['refund', 'where'] },
          channel,
          group: 'money',
          assign: 'sticky',
          priority: 'high',
          tags: ['refund'],
        },
        ...{ sla: 'fast', autoReply: { template: 'hello' }, suggest: 'steps', notifySupervisor: true },
      },
    ];
    expect(evaluate(rules, facts, includes)).toEqual({
      match: {
        index: 1,
        name: 'refunds',
        why: [{ condition: 'keyword', holds: true, wanted: ['refund', 'where'], found: ['refund', 'where'] }],
        outcome: {
          ...{ channel, group: 'money', assign: 'sticky', priority: 'high', tags: ['refund'], slaPolicies: ['fast'] },
          ...{ autoReply: { template: 'hello' }, suggest: 'steps', notifySupervisor: true },
        },
      },
      passed: [{ index: 0, name: 'night', why: { condition: 'language', holds: false, wanted: ['th'], found: ['en'] } }],
    });
    expect(evaluate([{ when: {}, channel }], facts, includes).match?.outcome).toEqual({
      ...{ channel, group: null, assign: null, priority: 'normal', tags: [], slaPolicies: null, autoReply: null, suggest: null },
      notifySupervisor: false,
    });
  });

  it('spreads conversations evenly over its channels, each always to the same', () => {
    const ids = ['C1', 'C2', 'C3'];
    const rule = (some: readonly string[]): Route => ({ when: {}, channel: some.map((id) => ({ ...channel, id })) });
    const channelOf = (conversation: string, some: readonly string[] = ids) =>
      evaluate([rule(some)], { ...facts, conversation }, includes).match?.outcome.channel.id;
    const conversations = Array.from({ length: 3_000 }, (_, index) => `71${String(index).padStart(17, '0')}`);
    const chosen = conversations.map((one) => channelOf(one));
    for (const id of ids) {
      const share = chosen.filter((one) => one === id).length;
      expect(share).toBeGreaterThan(900);
      expect(share).toBeLessThan(1_100);
    }
    expect(conversations.map((one) => channelOf(one, ids.toReversed()))).toEqual(chosen);
    // Where one is gone, only its conversations go elsewhere.
    const without = conversations.map((one) => channelOf(one, ['C1', 'C3']));
    expect(without.filter((one, index) => chosen[index] !== 'C2' && one !== chosen[index])).toEqual([]);
  });
});

describe('explain', () => {
  it('says in both languages which rule takes it, and why the others do not', () => {
    const rules: Route[] = [
      { when: { buyer: 'returning' }, channel },
      { name: 'words', when: { keyword: ['cod', '退款'] }, channel },
      { when: { pattern: ['x+'] }, channel },
      { when: { category: 'lamps', language: ['en', 'th'] }, channel },
      { when: {}, channel },
    ];
    const evaluation = evaluate(rules, facts, includes);
    expect(explain(evaluation, 'en')).toEqual([
      'rule 1 does not: buyer is to be returning, but is new',
      'rule 2 (words) does not: none of its keywords is in these words (cod or 退款)',
      'rule 3 does not: none of its patterns finds anything in these words (x+)',
      'rule 4 takes it: language: en; category: lamps',
    ]);
    expect(explain(evaluation, 'zh-CN')[0]).toBe('规则 1 不匹配：买家应为 老买家，实际为 新买家');
    expect(explain(evaluate([{ when: { language: 'th' }, channel }], { ...facts, language: null }, includes), 'en')).toEqual([
      'rule 1 does not: language is to be th, but is not known',
      'No rule takes it: it waits until one does.',
    ]);
  });
});

describe('takesEverything', () => {
  it.each<[boolean, RouteConditions[]]>([
    [false, []],
    [false, [{ language: 'th' }, { shop: '749', buyer: 'new' }, { marketplace: 'shopee' }, { shop: '750' }]],
    [true, [{ language: 'th' }, {}]],
    [true, [{ shop: ['750', '749'], marketplace: 'tiktok-shop' }]],
  ])('is %s with %j', (expected, rules) => {
    expect(
      takesEverything(
        rules.map((when) => ({ when, channel })),
        shop,
      ),
    ).toBe(expected);
  });
});

describe('times in words', () => {
  it.each([
    ['Asia/Kolkata', '2026-11-27T20:00:00Z', 'sat 01:30'],
    ['America/New_York', '2026-03-08T07:00:00Z', 'sun 03:00'],
    ['UTC', '1969-12-31T23:59:59.5Z', 'wed 23:59'],
  ])('in %s at %s it is %s', (zone, at, expected) => {
    expect(localTime(zone, new Date(at))).toBe(expected);
  });

  it('name days in a row together', () => {
    expect(weekText(hours([0, 1, 2, 3, 4], '09:00', '18:00'))).toBe('mon-fri 09:00-18:00');
    const [nine, ten] = [hours([0], '09:05', '24:00')[0] ?? [], hours([0], '10:00', '12:00')[0] ?? []];
    expect(weekText([nine, ten, ten, [], [...nine, ...ten], nine, nine])).toBe(
      'mon 09:05-24:00, tue-wed 10:00-12:00, fri 09:05-24:00 10:00-12:00, sat-sun 09:05-24:00',
    );
    expect(weekText(hours([], '09:00', '18:00'))).toBe('');
  });
});

// What a person would do who reads the file by hand: rule by rule, condition by condition, with no code of the product.

const vocabulary = ['refund', 'refunds', 'size', '退款', '发货', 'คืนเงิน'];
const offsets: Readonly<Record<string, number>> = { UTC: 0, 'Asia/Bangkok': 420, 'Asia/Kolkata': 330 };

interface Situation extends RoutingFacts {
  readonly tokens: readonly string[];
}

function holdsByHand(condition: string, asked: unknown, situation: Situation): boolean {
  const list = (Array.isArray(asked) ? asked : [asked]) as never[];
  return list.some((one) => {
    switch (condition) {
      case 'marketplace':
        return one === 'tiktok-shop';
      case 'shop':
        return one === '749' || one === 'tiktok-shop:749';
      case 'buyer':
        return (one === 'returning') === situation.returning;
      case 'buyerTag':
        return situation.buyerTags.includes(one);
      case 'language':
        return one === situation.language;
      case 'product':
        return situation.products.includes(one);
      case 'category':
        return situation.categories.includes(one);
      case 'orderStatus':
        return situation.orderStatuses.includes(one);
      case 'keyword':
        return situation.tokens.includes(one);
      case 'pattern':
        return situation.words.includes(one);
      case 'time':
        return openByHand(one, situation.now);
      default:
        throw new Error(`no such condition: ${condition}`);
    }
  });
}

/** Adds up to the minute of the week where clocks are ahead by a fixed time. */
function openByHand({ zone = 'Asia/Bangkok', hours: week }: TimeWindow, at: Date): boolean {
  // 1970-01-05 was a Monday.
  const minute = Math.floor(at.getTime() / 60_000) + (offsets[zone] ?? Number.NaN) - 4 * 1_440;
  const ofWeek = minute % (7 * 1_440);
  return week.some((spans, day) => spans.some(({ from, to }) => ofWeek >= day * 1_440 + from && ofWeek < day * 1_440 + to));
}

const order = [
  ...['marketplace', 'shop', 'buyer', 'buyerTag', 'language', 'product', 'category', 'orderStatus', 'time', 'keyword', 'pattern'],
] as const;

function byHand(rules: readonly Route[], situation: Situation) {
  const failed: string[] = [];
  for (const [index, { when }] of rules.entries()) {
    const first = order.find((name) => Object.hasOwn(when, name) && !holdsByHand(name, Reflect.get(when, name), situation));
    if (first === undefined) return { index, failed };
    failed.push(first);
  }
  return { index: null, failed };
}

const oneOrMany = <T>(one: fc.Arbitrary<T>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));
const span = fc
  .tuple(fc.nat(1_439), fc.integer({ min: 1, max: 1_440 }))
  .map(([one, other]) => ({ from: Math.min(one, other - 1), to: Math.max(one + 1, other) }));
const window: fc.Arbitrary<TimeWindow> = fc
  .tuple(
    fc.option(fc.constantFrom(...Object.keys(offsets)), { nil: undefined }),
    fc.array(fc.array(span, { maxLength: 1 }), { minLength: 7, maxLength: 7 }),
  )
  .map(([zone, week]) => ({ ...(zone === undefined ? {} : { zone }), hours: week }));
const when = fc.record(
  {
    marketplace: oneOrMany(fc.constantFrom('tiktok-shop', 'shopee')),
    shop: oneOrMany(fc.constantFrom('749', '750', 'tiktok-shop:749')),
    buyer: fc.constantFrom('new', 'returning'),
    buyerTag: oneOrMany(fc.constantFrom('vip', 'gold')),
    language: oneOrMany(fc.constantFrom('th', 'en', 'zh')),
    product: oneOrMany(fc.constantFrom('p1', 'p2')),
    category: oneOrMany(fc.constantFrom('lamps', 'chairs')),
    orderStatus: oneOrMany(fc.constantFrom('PAID', 'SENT')),
    time: oneOrMany(window),
    keyword: oneOrMany(fc.constantFrom(...vocabulary)),
    pattern: oneOrMany(fc.constantFrom('ref', 'ze', '货')),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<RouteConditions>;
/** Few conditions each, so that some rules hold. */
const fewConditions = fc
  .tuple(when, fc.subarray([...order], { maxLength: 2 }))
  .map(([all, kept]) => Object.fromEntries(Object.entries(all).filter(([name]) => kept.includes(name as never))) as RouteConditions);
const rule: fc.Arbitrary<Route> = fewConditions.map((conditions) => ({ when: conditions, channel }));
const situation: fc.Arbitrary<Situation> = fc
  .record({
    tokens: fc.array(fc.constantFrom(...vocabulary), { maxLength: 4 }),
    language: fc.constantFrom('th', 'en', 'zh', null),
    returning: fc.boolean(),
    buyerTags: fc.subarray(['vip', 'gold']),
    products: fc.subarray(['p1', 'p2']),
    categories: fc.subarray(['lamps', 'chairs']),
    orderStatuses: fc.subarray(['PAID', 'SENT']),
    now: fc.date({ min: new Date('2026-01-01T00:00:00Z'), max: new Date('2027-12-31T00:00:00Z'), noInvalidDate: true }),
  })
  .map((given) => ({ ...given, shop, conversation: 'c1', words: given.tokens.join(' ') }));

describe('evaluate', () => {
  it('takes the rule that a person would take who reads the file, and tells why it passed the ones before', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), situation, (rules, given) => {
        const { match, passed } = evaluate(rules, given, includes);
        const expected = byHand(rules, given);
        expect(match?.index ?? null).toBe(expected.index);
        expect(passed.map(({ why }) => why.condition)).toEqual(expected.failed);
        expect(passed.map(({ index }) => index)).toEqual(expected.failed.map((_, index) => index));
        expect(match?.why.every(({ holds }) => holds) ?? true).toBe(true);
        expect(match?.why.map(({ condition }) => condition) ?? []).toEqual(
          expected.index === null ? [] : order.filter((name) => Object.hasOwn(rules[expected.index]?.when ?? {}, name)),
        );
        // The explanation speaks of the same rules.
        const sentences = explain({ match, passed }, 'en');
        expect(sentences).toHaveLength(passed.length + 1);
        expect(sentences.at(-1)).toMatch(match ? new RegExp(`^rule ${match.index + 1} takes it`) : /^No rule/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not changed by a rule behind the one that takes it', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), rule, situation, (rules, more, given) => {
        const before = evaluate(rules, given, includes);
        fc.pre(before.match !== null);
        expect(evaluate([...rules, more], given, includes)).toEqual(before);
      }),
    );
  });
});
