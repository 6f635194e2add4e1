import type { Locale } from '../texts/index.ts';
import { isTextKey, text } from '../texts/index.ts';
import type { Judgement } from './conditions.ts';
import type { Evaluation } from './evaluate.ts';

/** Why a rule takes an inquiry and those before it do not: a sentence for each of them, in the order of the file. Pure. */
export function explain({ match, passed }: Evaluation, locale: Locale): readonly string[] {
  const refusals = passed.map(({ index, name, why }) =>
    text(locale, 'route.passed', { rule: ruleName(index, name, locale), why: failure(why, locale) }),
  );
  if (!match) return [...refusals, text(locale, 'route.none')];
  const held = match.why.map(({ condition, found }) =>
    text(locale, 'route.holds', { condition: text(locale, `route.condition.${condition}`), found: values(found, locale) }),
  );
  const why = held.length > 0 ? held.join('; ') : text(locale, 'route.always');
  return [...refusals, text(locale, 'route.matched', { rule: ruleName(match.index, match.name, locale), why })];
}

/** Rules are counted from 1, as people do. */
const ruleName = (index: number, name: string | null, locale: Locale): string =>
  name === null ? text(locale, 'route.rule-unnamed', { number: index + 1 }) : text(locale, 'route.rule', { number: index + 1, name });

function failure({ condition, wanted, found }: Judgement, locale: Locale): string {
  const asked = wanted.map((one) => value(one, locale)).join(text(locale, 'route.or'));
  switch (condition) {
    case 'keyword':
    case 'pattern':
      return text(locale, `route.fails-${condition}`, { wanted: asked });
    default:
      return text(locale, 'route.fails', {
        condition: text(locale, `route.condition.${condition}`),
        wanted: asked,
        found: values(found, locale),
      });
  }
}

const values = (found: readonly string[], locale: Locale): string =>
  found.length > 0 ? found.map((one) => value(one, locale)).join(', ') : text(locale, 'route.unknown');

/** What is a word of ours is said in the reader's language; what the file or the marketplace says stays as it is. */
function value(one: string, locale: Locale): string {
  const key = `route.value.${one}`;
  return isTextKey(key) ? text(locale, key) : one;
}
