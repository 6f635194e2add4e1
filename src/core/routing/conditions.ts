import type { OneOrMany, RouteConditions, TimeWindow } from '../settings.ts';
import { asList } from '../settings.ts';
import { isOpen } from '../sla/hours.ts';
import type { FindsPattern, RoutingFacts } from './facts.ts';
import { foldWords, hasKeyword } from './keywords.ts';
import { localTime, weekText } from './times.ts';

export type Condition = keyof RouteConditions;

/** One condition of a rule, held against the facts. */
export interface Judgement {
  readonly condition: Condition;
  readonly holds: boolean;
  /** What the rule asks for, as the file has it; any of them will do. */
  readonly wanted: readonly string[];
  /** Where it holds: what of it was there. Else what was there instead; empty: nothing is known. */
  readonly found: readonly string[];
}

/** What conditions are held against: the facts, with the words as keywords and patterns are compared with them. */
export interface Given extends RoutingFacts {
  readonly folded: string;
  readonly normal: string;
  readonly finds: FindsPattern;
}

/** A text over it is looked at no further: no buyer's first words are as long, and a search takes the longer the more there are. */
const maxWords = 4_000;

export function given(facts: RoutingFacts, finds: FindsPattern): Given {
  const words = facts.words.slice(0, maxWords);
  return { ...facts, folded: foldWords(words), normal: words.normalize('NFKC'), finds };
}

/**
 * Null: the rule has no such condition. In the order in which they are looked at: the first that does not hold is the one that is told, and what costs most
 * comes last.
 */
const judges: Readonly<Record<Condition, (when: RouteConditions, facts: Given) => Judgement | null>> = {
  marketplace: ({ marketplace }, { shop }) => among('marketplace', marketplace, [shop.marketplace]),
  shop: ({ shop: asked }, { shop }) => among('shop', asked, [shop.externalId, shop._id]),
  buyer: ({ buyer }, { returning }) => among('buyer', buyer, [returning ? 'returning' : 'new']),
  buyerTag: ({ buyerTag }, { buyerTags }) => among('buyerTag', buyerTag, buyerTags),
  language: ({ language: asked }, { language }) => among('language', asked, language === null ? [] : [language]),
  product: ({ product }, { products }) => among('product', product, products),
  category: ({ category }, { categories }) => among('category', category, categories),
  orderStatus: ({ orderStatus }, { orderStatuses }) => among('orderStatus', orderStatus, orderStatuses),
  time: ({ time }, facts) => inWindow(time, facts),
  keyword: ({ keyword }, { folded }) => searched('keyword', keyword, (one) => hasKeyword(folded, fold(one))),
  pattern: ({ pattern }, { normal, finds }) => searched('pattern', pattern, (one) => finds(one, normal)),
};

/** All the conditions of a rule up to the first that does not hold. Pure. */
export function judged(when: RouteConditions, facts: Given): readonly Judgement[] {
  const judgements: Judgement[] = [];
  for (const judge of Object.values(judges)) {
    const judgement = judge(when, facts);
    if (judgement) judgements.push(judgement);
    if (judgement?.holds === false) break;
  }
  return judgements;
}

function among(condition: Condition, asked: OneOrMany<string> | undefined, present: readonly string[]): Judgement | null {
  if (asked === undefined) return null;
  const wanted = asList(asked);
  const same = wanted.filter((one) => present.some((other) => equal(one, other)));
  return { condition, holds: same.length > 0, wanted, found: same.length > 0 ? same : present };
}

/** Names are typed by people: `VIP` is `vip`. */
const equal = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function searched(condition: Condition, asked: OneOrMany<string> | undefined, isThere: (one: string) => boolean): Judgement | null {
  if (asked === undefined) return null;
  const wanted = asList(asked);
  const found = wanted.filter(isThere);
  return { condition, holds: found.length > 0, wanted, found };
}

function inWindow(asked: OneOrMany<TimeWindow> | undefined, { shop, now }: Given): Judgement | null {
  if (asked === undefined) return null;
  const windows = asList(asked);
  const zoneOf = ({ zone }: TimeWindow) => zone ?? shop.timezone;
  const open = windows.filter((window) => isOpen({ zone: zoneOf(window), week: window.hours, holidays: [] }, now));
  const zones = [...new Set((open.length > 0 ? open : windows).map(zoneOf))];
  return {
    condition: 'time',
    holds: open.length > 0,
    wanted: windows.map((window) => `${weekText(window.hours)} ${zoneOf(window)}`),
    found: zones.map((zone) => `${localTime(zone, now)} ${zone}`),
  };
}

/** Keywords are those of the file, so there are few; to fold them anew for each inquiry would cost more than the search. */
const foldedKeywords = new Map<string, string>();
const mostKeywords = 10_000;

function fold(keyword: string): string {
  const known = foldedKeywords.get(keyword);
  if (known !== undefined) return known;
  if (foldedKeywords.size >= mostKeywords) foldedKeywords.clear();
  const folded = foldWords(keyword);
  foldedKeywords.set(keyword, folded);
  return folded;
}
