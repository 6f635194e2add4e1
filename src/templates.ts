import type { ReplyLimits } from './core/compose.ts';
import type { Settings } from './core/settings.ts';
import { checkTemplate } from './core/templates/check.ts';
import { unknownTemplate } from './core/templates/prepare.ts';
import { languageTag, type Template, type TemplatePlace, templateId, templateName } from './core/templates/template.ts';
import type { Notice } from './core/thread.ts';
import type { Clock } from './core/time.ts';
import type { StoredTemplate, TemplateStore } from './store/templates.ts';

type Sentence = Notice['reasons'][number];

interface TemplatesDeps {
  readonly store: TemplateStore;
  /** Of the marketplaces that are switched on. */
  readonly limits: ReadonlyMap<string, ReplyLimits>;
  /** Names of all that there are. */
  readonly marketplaces: readonly string[];
  readonly settings: () => Settings;
  readonly clock: Pick<Clock, 'now'>;
}

export interface SaveOptions {
  /** The person in chat; null: an administrator. */
  readonly by: string | null;
  /** `new`: there must be none yet; `edit`: there must be one. */
  readonly as: 'new' | 'edit' | 'either';
}

/** `remarks`: what the marketplaces that it is for, and the screening, will make of it. */
export type Saved = { readonly saved: StoredTemplate; readonly remarks: readonly Sentence[] } | { readonly problems: readonly Sentence[] };

export type Templates = ReturnType<typeof createTemplates>;

/** Quick replies, as chat, API and command line change them: one set of rules for all. */
export function createTemplates({ store, limits, marketplaces, settings, clock }: TemplatesDeps) {
  /** Its place in normal form, or what is wrong with it. */
  function normalise(given: TemplatePlace): TemplatePlace | { readonly problems: readonly Sentence[] } {
    const name = templateName(given.name);
    const language = given.language === null ? null : languageTag(given.language);
    const { marketplace } = given;
    if (name === null) return refused('template.name-wrong', { name: given.name.slice(0, 60) });
    if (given.language !== null && language === null) return refused('template.language-wrong', { language: given.language.slice(0, 60) });
    if (marketplace !== null && !marketplaces.includes(marketplace)) {
      return refused('template.marketplace-unknown', { marketplace: marketplace.slice(0, 60), marketplaces: marketplaces.join(', ') });
    }
    return { name, marketplace, language };
  }

  const check = (template: Template) => checkTemplate(template, limits, settings().screening);

  return {
    /** Names of all that there are. */
    marketplaces,
    list: () => store.list(),

    /** Why there is none of this name. */
    unknown: async (name: string): Promise<Sentence> => unknownTemplate(name, await store.list()),

    /** The variants under one name; empty: there is none. */
    named: async (name: string): Promise<readonly StoredTemplate[]> => store.named(templateName(name) ?? ''),

    /** What the marketplaces and the screening say of it today. */
    remarks(template: Template): readonly Sentence[] {
      const { problems, remarks } = check(template);
      return [...problems, ...remarks];
    },

    /** Doing it again, as a turn that is applied a second time does, changes nothing. */
    async save(given: Template, { by, as }: SaveOptions): Promise<Saved> {
      const place = normalise(given);
      if ('problems' in place) return place;
      const template: Template = { ...place, text: given.text.trim() };
      const { problems, remarks } = check(template);
      if (problems.length > 0) return { problems };
      const change = { at: clock.now(), by };
      if (as === 'either') return { saved: await store.save(template, change), remarks };
      const known = await store.get(templateId(place));
      if (as === 'edit') {
        if (known === null) return { problems: [unknownTemplate(place.name, await store.list())] };
        return { saved: await store.save(template, change), remarks };
      }
      const saved = (known?.text === template.text ? known : null) ?? (await store.create(template, change));
      return saved ? { saved, remarks } : refused('template.exists', { id: templateId(place) });
    },

    /** The id of what was removed; null: there was none. */
    async remove(given: TemplatePlace): Promise<string | null> {
      const place = normalise(given);
      return !('problems' in place) && (await store.remove(templateId(place))) ? templateId(place) : null;
    },
  };
}

const refused = (key: Sentence['key'], params: Sentence['params']): { readonly problems: readonly Sentence[] } => ({
  problems: [{ key, params }],
});
