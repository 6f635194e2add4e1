import type { Form, FormField } from '../../src/core/ask.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import { firstDraft, placeField as placeName, replyFieldPrefix } from './names.ts';
import type { Place } from './payloads.ts';

// What a form on a card is made of: https://open.dingtalk.com/document/isvapp/form-variables, and the official example of it
// (open-dingtalk/dingtalk-card-examples, 2026-11-28). No page names a length: these are bounds of ours, UNCONFIRMED.
const maxLabelChars = 100;
const maxOptionChars = 60;
const maxInputChars = 3_000;
export const maxFormOptions = 50;

interface CardField {
  readonly name: string;
  readonly type: 'TEXT' | 'TEXT_AREA' | 'SELECT';
  readonly label?: string;
  readonly hidden?: boolean;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly defaultValue?: string | { readonly index: number; readonly value: string };
  readonly options?: readonly { readonly value: string; readonly text: string }[];
}

/** The variable of a card that its form is drawn from. */
export interface CardForm {
  readonly fields: readonly CardField[];
}

/** Nobody sees it; it comes back with what is filled in. */
const placeField = (place: Place): CardField => ({ name: placeName, type: 'TEXT', hidden: true, defaultValue: JSON.stringify(place) });

/** Where a reply is written. */
export const replyForm = (locale: Locale, place: Place, draft = firstDraft): CardForm => ({
  fields: [
    {
      ...{ name: `${replyFieldPrefix}${draft}`, type: 'TEXT_AREA', label: text(locale, 'board.reply'), required: true },
      placeholder: text(locale, 'board.reply-hint'),
    },
    placeField(place),
  ],
});

/** Where nothing is to be filled in. */
export const noForm = (place: Place): CardForm => ({ fields: [placeField(place)] });

/** A form of the core's, for who asked for it. */
export const toCardForm = ({ fields, name, context }: Form, place: Place): CardForm => ({
  fields: [...fields.map(toField), placeField({ ...place, form: name, context })],
});

function toField(field: FormField): CardField {
  const common = { name: field.name, label: excerpt(field.label, maxLabelChars), required: !field.optional };
  if (field.kind === 'text') {
    const initial = field.initial.slice(0, Math.min(field.maxChars, maxInputChars));
    return { ...common, type: field.multiline ? 'TEXT_AREA' : 'TEXT', ...(initial === '' ? {} : { defaultValue: initial }) };
  }
  const options = field.options.slice(0, maxFormOptions).map(({ value, label }) => ({ value, text: excerpt(label, maxOptionChars) }));
  const index = options.findIndex(({ value }) => value === field.initial);
  return { ...common, type: 'SELECT', options, ...(index === -1 ? {} : { defaultValue: { index, value: options[index]?.value ?? '' } }) };
}
