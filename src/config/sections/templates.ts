import { z } from 'zod';
import type { ReplyLimits } from '../../core/compose.ts';
import { isBlank } from '../../core/screening/index.ts';
import type { ScreeningSetting } from '../../core/settings.ts';
import { checkTemplate, maxTemplateChars } from '../../core/templates/check.ts';
import type { Template } from '../../core/templates/template.ts';
import { languageTag, templateId, templateName } from '../../core/templates/template.ts';
import { variablesIn } from '../../core/templates/variables.ts';
import type { Sentence, ValueProblem } from '../problem.ts';
import { because, type Known, oneOf } from './values.ts';

/** What `normal` makes of a text; what it makes nothing of is refused. */
const normalised = (normal: (given: string) => string | null, refusal: ReturnType<typeof because>) =>
  z
    .string()
    .refine((given) => normal(given) !== null, refusal)
    .transform((given) => normal(given) ?? given);

const words = z
  .string()
  .trim()
  .refine((text) => !isBlank(text), because('config.expected.not-empty'))
  .refine((text) => text.length <= maxTemplateChars, because('config.expected.template-length'))
  .refine((text) => variablesIn(text).unknown.length === 0, because('config.expected.template-variables'))
  .refine((text) => !variablesIn(text).broken, because('template.braces'));

/** Each entry is one variant; several may stand under one name. */
export const templates = ({ marketplaces }: Known) =>
  z.array(
    z
      .strictObject({
        name: normalised(templateName, because('config.expected.template-name')),
        marketplace: oneOf(marketplaces).nullable().default(null),
        language: normalised(languageTag, because('config.expected.language')).nullable().default(null),
        text: words,
      })
      .transform((given): Template => given),
  );

/** Those that the file has changed since it was applied last. A template edited or removed in chat meanwhile stays as it is. */
export const planTemplates = (given: readonly Template[], changed: (part: string, value: unknown) => boolean): readonly Template[] =>
  given.filter((template) => changed(`template:${templateId(template)}`, template));

export function describeTemplates(next: readonly Template[], current: readonly Template[]): readonly Sentence[] {
  const before = new Map(current.map((template) => [templateId(template), template.text]));
  return next.flatMap((template): Sentence[] => {
    const id = templateId(template);
    const text = before.get(id);
    if (text === template.text) return [];
    return [{ key: text === undefined ? 'apply.template-added' : 'apply.template-changed', params: { id } }];
  });
}

/**
 * What the marketplaces that are switched on have to say of them. `problems`: it could never be sent; only what is new can be refused, lest a limit that a
 * platform lowers keeps the service from starting.
 */
export function judgeTemplates(
  given: readonly Template[],
  next: readonly Template[],
  limits: ReadonlyMap<string, ReplyLimits>,
  screening: ScreeningSetting,
): { readonly problems: readonly ValueProblem[]; readonly remarks: readonly ValueProblem[] } {
  const told = given.flatMap((template, index) => {
    const { problems, remarks } = checkTemplate(template, limits, screening);
    const isNew = next.includes(template);
    const located = (sentence: Sentence): ValueProblem => ({ path: ['templates', index, 'text'], sentence });
    return [
      ...problems.map((sentence) => ({ refuses: isNew, problem: located(sentence) })),
      ...remarks.map((sentence) => ({ refuses: false, problem: located(sentence) })),
    ];
  });
  const those = (refuses: boolean) => told.flatMap((one) => (one.refuses === refuses ? one.problem : []));
  return { problems: those(true), remarks: those(false) };
}
