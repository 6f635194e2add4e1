import { withoutInvisible } from '../text-plain.ts';
import type { Notice } from '../thread.ts';
import { languageTag, type TemplatePlace, templateName, templateVerbs } from './template.ts';

/** What `!template ...` asks for. */
export type TemplateCommand =
  | { readonly kind: 'list' }
  /** Shows it for this inquiry, to be sent. `language`: null leaves the choice to us. */
  | { readonly kind: 'use'; readonly name: string; readonly language: string | null }
  | { readonly kind: 'new' | 'edit'; readonly place: TemplatePlace; readonly text: string }
  | { readonly kind: 'remove'; readonly place: TemplatePlace }
  | { readonly kind: 'wrong'; readonly problem: Notice['reasons'][number] };

/** What became of it, before the thread is told. */
export type TemplateAnswer =
  /** To be shown. The text has yet to pass `compose`, where `numbers` are known ones. */
  | { readonly kind: 'ready'; readonly name: string; readonly text: string; readonly numbers: readonly string[] }
  /** See `templateLines`. */
  | { readonly kind: 'list'; readonly lines: readonly string[] }
  | { readonly kind: 'said'; readonly said: Notice['reasons'][number]; readonly lines: Notice['reasons'] };

/**
 * Reads what stands behind the verb:
 *
 *     shipped                            the variant for this inquiry
 *     shipped th                         the one of this language
 *     new shipped [marketplace] [th]     and the text in the lines below; `edit` alike
 *     remove shipped [marketplace] [th]
 *
 * @param words all of it, as it was written, with its lines
 * @param marketplaces names of those that there are
 */
export function parseTemplateCommand(words: string, marketplaces: readonly string[]): TemplateCommand {
  const [head = '', ...lines] = words.trim().split('\n');
  const tokens = withoutInvisible(head)
    .trim()
    .split(/\s+/)
    .filter((token) => token !== '');
  const text = lines.join('\n').trim();
  const [first] = tokens;
  if (first === undefined) return { kind: 'list' };
  const verb = verbOf(first);
  if (verb === null) return use(tokens, text);
  const place = placeOf(tokens.slice(1), marketplaces);
  if ('problem' in place) return { kind: 'wrong', problem: place.problem };
  if (verb === 'remove') return { kind: 'remove', place };
  return text === '' ? wrong('template.command.text-below', { verb, name: place.name }) : { kind: verb, place, text };
}

function use([given = '', language, ...rest]: readonly string[], text: string): TemplateCommand {
  const name = templateName(given);
  if (name === null) return wrong('template.name-wrong', { name: given.slice(0, 60) });
  const tag = language === undefined ? null : languageTag(language);
  if (rest.length > 0 || text !== '' || (language !== undefined && tag === null)) return wrong('template.command.use', { name });
  return { kind: 'use', name, language: tag };
}

function placeOf(
  [given, ...rest]: readonly string[],
  marketplaces: readonly string[],
): TemplatePlace | Extract<TemplateCommand, { kind: 'wrong' }> {
  if (given === undefined) return wrong('template.command.name-missing');
  const name = templateName(given);
  if (name === null) return wrong('template.name-wrong', { name: given.slice(0, 60) });
  let place: TemplatePlace = { name, marketplace: null, language: null };
  for (const token of rest) {
    const language = languageTag(token);
    if (place.marketplace === null && marketplaces.includes(token.toLowerCase())) place = { ...place, marketplace: token.toLowerCase() };
    else if (place.language === null && language !== null) place = { ...place, language };
    else return wrong('template.command.place', { word: token.slice(0, 60), marketplaces: marketplaces.join(', ') });
  }
  return place;
}

const wrong = (key: Notice['key'], params: Notice['params'] = {}): Extract<TemplateCommand, { kind: 'wrong' }> => ({
  kind: 'wrong',
  problem: { key, params },
});

function verbOf(word: string): keyof typeof templateVerbs | null {
  const given = word.normalize('NFKC').toLowerCase();
  const found = Object.entries(templateVerbs).find(([, words]) => (words as readonly string[]).includes(given));
  return (found?.[0] as keyof typeof templateVerbs | undefined) ?? null;
}
