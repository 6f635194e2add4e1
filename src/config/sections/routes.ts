import { z } from 'zod';
import { tagOf } from '../../core/desk/parse.ts';
import { priorities } from '../../core/inquiry.ts';
import { assignStrategies } from '../../core/settings.ts';
import { textProblems } from '../../core/templates/check.ts';
import { patternProblem } from '../../patterns.ts';
import { week } from './hours.ts';
import { because, channelRef, filled, type Known, oneOf, oneOrMany, timezone } from './values.ts';

/** No longer than what is looked for in a chat. */
const keyword = filled.regex(/^.{1,100}$/su, because('config.expected.keyword'));
const language = z.string().regex(/^[a-z]{2}$/, because('config.expected.language-code'));

/** As `!tag` takes it. */
const tag = z.string().transform((given, context): string => {
  const normal = tagOf(given);
  if (normal !== null) return normal;
  context.addIssue({ code: 'custom', message: because('config.expected.tag') });
  return z.NEVER;
});

const pattern = filled.superRefine((given, context) => {
  const problem = patternProblem(given);
  if (problem) context.addIssue({ code: 'custom', message: because(`config.pattern.${problem}`), input: given });
});

/** Not optional: a rule that lost its condition to a slip would take everything. Conditions that are not known here are errors for the same reason. */
const conditions = (known: Known) =>
  z.strictObject({
    marketplace: oneOrMany(oneOf(known.marketplaces)).exactOptional(),
    shop: oneOrMany(filled).exactOptional(),
    buyer: z.enum(['new', 'returning']).exactOptional(),
    buyerTag: oneOrMany(filled).exactOptional(),
    language: oneOrMany(language).exactOptional(),
    product: oneOrMany(filled).exactOptional(),
    category: oneOrMany(filled).exactOptional(),
    orderStatus: oneOrMany(filled).exactOptional(),
    time: oneOrMany(z.strictObject({ zone: timezone.exactOptional(), hours: week })).exactOptional(),
    keyword: oneOrMany(keyword).exactOptional(),
    pattern: oneOrMany(pattern).exactOptional(),
  });

/** Products that rules call by one name. */
export const category = z.strictObject({ name: filled, products: z.array(filled) });

const autoReply = z
  .strictObject({
    template: filled.exactOptional(),
    text: filled.refine((given) => textProblems(given).length === 0, because('config.expected.template-variables')).exactOptional(),
  })
  .transform(({ template, text }, context) => {
    if (template !== undefined && text === undefined) return { template };
    if (text !== undefined && template === undefined) return { text };
    context.addIssue({ code: 'custom', message: because('config.expected.auto-reply') });
    return z.NEVER;
  });

/** One rule: when it takes an inquiry, and how that begins. */
export const route = (known: Known) =>
  z
    .strictObject({
      name: filled.exactOptional(),
      when: conditions(known),
      channel: oneOrMany(channelRef(known)),
      group: filled.exactOptional(),
      assign: z.enum(assignStrategies).exactOptional(),
      priority: z.enum(priorities).exactOptional(),
      tags: z.array(tag).exactOptional(),
      sla: oneOrMany(filled).exactOptional(),
      autoReply: autoReply.exactOptional(),
      suggest: filled.exactOptional(),
      notifySupervisor: z.boolean().exactOptional(),
    })
    .refine(({ assign, group }) => assign === undefined || group !== undefined, { path: ['group'], error: because('config.route-group') });
