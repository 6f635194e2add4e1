import { excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { ThreadAction } from '../../src/core/thread.ts';
import { type CardForm, noForm } from './forms.ts';
import { actionIdPrefix } from './names.ts';
import type { Place } from './payloads.ts';

/** One block of a card's body. */
export interface Block {
  /** Markdown; empty: a picture alone. */
  readonly text: string;
  /** What an upload returned. */
  readonly image?: string;
}

/** What a card shows, whatever it is for: one template serves all. */
export interface CardView {
  readonly title: string;
  readonly talk: readonly Block[];
  readonly form: { readonly form: CardForm; readonly submit: string } | null;
  /** Where it stands, and to which thread it belongs. */
  readonly place: Place;
  readonly buttons: readonly CardButton[];
}

interface CardButton {
  readonly text: string;
  readonly color: 'blue' | 'gray';
  readonly status: 'normal';
  readonly event: {
    readonly type: 'sendCardRequest';
    readonly params: { readonly actionId: string; readonly params: Readonly<Record<string, string>> };
  };
}

/** The values of the template's variables: strings, and what is no string as JSON. See docs/dingtalk.md, "The card". */
export type CardParams = Readonly<Record<string, string>>;

const maxTitleChars = 100;

/** What an update of the card changes. The form is not among it: it is everybody's own, and somebody may be writing. */
export const toDrawnParams = ({ title, talk, form, buttons }: CardView): CardParams => ({
  title: excerpt(title, maxTitleChars) || '…',
  talk: JSON.stringify(talk.map(({ text, image = '' }) => ({ text, image }))),
  has_form: String(form !== null),
  buttons: JSON.stringify(buttons),
});

/** All of them, as a card is made. */
export const toParams = (view: CardView): CardParams => ({
  ...toDrawnParams(view),
  form: JSON.stringify(view.form?.form ?? noForm(view.place)),
  submit: view.form?.submit ?? '',
  form_status: 'normal',
});

const leading = new Set<ThreadAction['action']>(['send', 'retry', 'release']);

/** @param place comes back with the press */
export const toButtons = (
  locale: Locale,
  actions: readonly ThreadAction[],
  place: { readonly channel: string; readonly root?: string },
): CardButton[] =>
  actions.map(({ action, value }) => ({
    text: text(locale, `action.${action}`),
    color: leading.has(action) ? 'blue' : 'gray',
    status: 'normal',
    event: { type: 'sendCardRequest', params: { actionId: `${actionIdPrefix}${action}`, params: { value, ...place } } },
  }));
