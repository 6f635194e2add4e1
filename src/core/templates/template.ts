/** A quick reply: prepared words for buyers. Several variants stand under one name, each for one marketplace and language, or for any. */
export interface Template {
  /** In normal form: see `templateName`. */
  readonly name: string;
  /** `tiktok-shop`; null: any. */
  readonly marketplace: string | null;
  /** In normal form (see `languageTag`): `th`, `zh-TW`; null: any. */
  readonly language: string | null;
  /** With variables such as `{{buyer.name}}`. */
  readonly text: string;
}

/** What there is at most one template for. */
export type TemplatePlace = Pick<Template, 'name' | 'marketplace' | 'language'>;

/** `shipped/tiktok-shop/th`; `*`: any. */
export const templateId = ({ name, marketplace, language }: TemplatePlace): string => `${name}/${marketplace ?? '*'}/${language ?? '*'}`;

/** Words that stand in the place of a name in chat. */
export const templateVerbs = {
  new: ['new', '新建'],
  edit: ['edit', '修改'],
  remove: ['remove', 'delete', '删除'],
} as const;

const reserved: ReadonlySet<string> = new Set(Object.values(templateVerbs).flat());

/** The normal form of a name: one word of letters, digits, `-` and `_` in lower case, at most 40 characters. Null: it is no name. */
export function templateName(given: string): string | null {
  const name = given.normalize('NFKC').toLowerCase().trim();
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_-]{0,39}$/u.test(name) && !reserved.has(name) ? name : null;
}

/** The normal form of a language: `th`, `zh-TW`, `zh-Hant`. Null: it is none. */
export function languageTag(given: string): string | null {
  const tag = given.trim();
  // What `Intl` takes for a language may have up to eight letters, so a marketplace's name could be one.
  if (!/^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?$/i.test(tag)) return null;
  return new Intl.Locale(tag).baseName;
}
