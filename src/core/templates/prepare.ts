import { suggestName } from '../nearest.ts';
import type { Notice } from '../thread.ts';
import { chooseTemplate, wantedLanguages } from './choose.ts';
import { type Template, type TemplatePlace, templateId } from './template.ts';
import { renderTemplate, type TemplateValues, variablesIn } from './variables.ts';

type Sentence = Notice['reasons'][number];

/** Who is to be answered. Languages are tags such as `th`; null: not known. */
export interface Addressee {
  readonly marketplace: string;
  /** Of what the buyer wrote. */
  readonly language: string | null;
  /** As the marketplace tells. */
  readonly profileLanguage: string | null;
  /** The agents'. */
  readonly shopLocale: string;
}

/**
 * The template of this name for this buyer, or a sentence that says why there is none.
 * @param templates all that there are
 * @param asked language: only this one will do
 */
export function pickTemplate<Variant extends Template>(
  templates: readonly Variant[],
  asked: { readonly name: string; readonly language: string | null },
  { marketplace, language, profileLanguage, shopLocale }: Addressee,
): { readonly template: Variant } | { readonly problem: Sentence } {
  const variants = templates.filter(({ name }) => name === asked.name);
  if (variants.length === 0) return { problem: unknownTemplate(asked.name, templates) };
  const languages =
    asked.language === null ? wantedLanguages({ written: language, profile: profileLanguage, shop: shopLocale }) : [asked.language];
  const template = chooseTemplate(variants, { marketplace, languages });
  if (template) return { template };
  return { problem: { key: 'template.no-variant', params: { name: asked.name, variants: variants.map(templateId).join(', ') } } };
}

/** Why there is none of this name, and which may have been meant. */
export function unknownTemplate(name: string, templates: readonly TemplatePlace[]): Sentence {
  const shown = name.slice(0, 60);
  const near = suggestName(name, [...new Set(templates.map((template) => template.name))]);
  return near === null
    ? { key: 'template.none-of-this-name', params: { name: shown } }
    : { key: 'template.none-did-you-mean', params: { name: shown, near } };
}

/** True where the order has to be looked up before the template can be filled. */
export const needsOrder = ({ text }: Pick<Template, 'text'>): boolean => variablesIn(text).known.some((name) => name.startsWith('order.'));

/** Its text for one inquiry, or a sentence that says what is missing. The text has yet to pass `compose`. */
export function fillTemplate(template: Template, values: TemplateValues): { readonly text: string } | { readonly problem: Sentence } {
  const rendered = renderTemplate(template, values);
  if ('text' in rendered) return rendered;
  const variables = rendered.missing.map((name) => `{{${name}}}`).join(', ');
  return { problem: { key: 'template.missing', params: { name: template.name, variables } } };
}

/** What there is, a line a name, with what its variants are for: `shipped: *, th, vi tiktok-shop`; `*`: any. */
export function templateLines(templates: readonly TemplatePlace[]): readonly string[] {
  const byName = Map.groupBy(templates, ({ name }) => name);
  const places = (variants: readonly TemplatePlace[]) =>
    variants.map(({ language, marketplace }) => [language ?? '*', ...(marketplace === null ? [] : [marketplace])].join(' ')).join(', ');
  return [...byName].map(([name, variants]) => `${name}: ${places(variants)}`);
}
