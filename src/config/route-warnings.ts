import type { ReplyLimits } from '../core/compose.ts';
import type { OneOrMany, Route, ScreeningSetting } from '../core/settings.ts';
import { asList } from '../core/settings.ts';
import { checkTemplate } from '../core/templates/check.ts';
import { templateName } from '../core/templates/template.ts';
import type { ValueProblem } from './problem.ts';

/** What rules may name. */
export interface RouteNames {
  /** Our ids and the marketplaces'. */
  readonly shops: ReadonlySet<string>;
  /** Groups that somebody is in. */
  readonly groups: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
  readonly templates: ReadonlySet<string>;
  /** Those of the team: the marketplaces' own hold in any case. */
  readonly slaPolicies: ReadonlySet<string>;
}

/** What rules say in vain: names of what is not there, and rules that nothing is left for. Pure. */
export function routeWarnings(
  routes: readonly Route[],
  { shops, groups, categories, templates, slaPolicies }: RouteNames,
): readonly ValueProblem[] {
  const takesAll = routes.findIndex(({ when }) => Object.keys(when).length === 0);
  return routes.flatMap((route, index): readonly ValueProblem[] => [
    ...each(route.when.shop, ['routes', index, 'when', 'shop'], (shop) => (shops.has(shop) ? null : 'config.shop-unknown')),
    ...each(route.when.category, ['routes', index, 'when', 'category'], (name) =>
      categories.has(name) ? null : 'config.category-unknown',
    ),
    ...each(route.group, ['routes', index, 'group'], (group) => (groups.has(group) ? null : 'config.group-empty')),
    ...each(autoReplyTemplate(route), ['routes', index, 'autoReply', 'template'], (name) =>
      templates.has(templateName(name) ?? '') ? null : 'config.template-unknown',
    ),
    ...each(route.suggest, ['routes', index, 'suggest'], (name) =>
      templates.has(templateName(name) ?? '') ? null : 'config.template-unknown',
    ),
    ...each(route.sla, ['routes', index, 'sla'], (name) => (slaPolicies.has(name) ? null : 'config.sla-policy-unknown')),
    ...(takesAll >= 0 && index > takesAll
      ? [{ path: ['routes', index], sentence: { key: 'config.rule-unreached', params: { rule: takesAll + 1 } } } as const]
      : []),
  ]);
}

/** How automatic replies would fare at the marketplaces that their rules may be for: what does not fit there, or would be held. Pure. */
export function autoReplyRemarks(
  routes: readonly Route[],
  limits: ReadonlyMap<string, ReplyLimits>,
  screening: ScreeningSetting,
): readonly ValueProblem[] {
  return routes.flatMap(({ when, autoReply }, index): readonly ValueProblem[] => {
    if (!autoReply || !('text' in autoReply)) return [];
    const places = [...limits].filter(([marketplace]) => when.marketplace === undefined || asList(when.marketplace).includes(marketplace));
    const { problems, remarks } = checkTemplate(
      { name: '', marketplace: null, language: null, text: autoReply.text },
      new Map(places),
      screening,
    );
    return [...problems, ...remarks].map((sentence) => ({ path: ['routes', index, 'autoReply', 'text'], sentence }));
  });
}

const autoReplyTemplate = ({ autoReply }: Route): string | undefined =>
  autoReply && 'template' in autoReply ? autoReply.template : undefined;

type Problem = ValueProblem['sentence']['key'];

/** One for each value that has something wrong, with its place, be it a value alone or one in a list. */
export function each<T>(
  given: OneOrMany<T> | undefined,
  path: readonly PropertyKey[],
  problem: (one: T) => Problem | null,
): ValueProblem[] {
  return asList(given).flatMap((one, index): ValueProblem[] => {
    const key = problem(one);
    return key === null ? [] : [{ path: Array.isArray(given) ? [...path, index] : path, sentence: { key, params: {} } }];
  });
}
