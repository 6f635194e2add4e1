import type { Form, FormField } from '../../src/core/ask.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { text } from '../../src/core/texts/index.ts';
import type { ButtonValue, Press } from './buttons.ts';
import { type CardElement, type FeishuCard, mentions, plain, toCard, words } from './card.ts';

// https://open.feishu.cn/document/feishu-cards/card-json-v2-components/containers/form-container, .../interactive-components/input (2026-11-28)
const maxTitleChars = 100;
const maxLabelChars = 100;
const maxOptionChars = 100;
const maxButtonChars = 100;
/** larksuite/cli skills/lark-im/references/card/components (2026-11-28); the page itself calls 1000 the default and names no bound. */
const maxInputChars = 1_000;
/** A choice of ours: the page names no bound, and a card has room for 200 pieces. */
export const maxFormOptions = 100;

/**
 * A form as a card in the topic, since the platform has no windows: it mentions whoever asked for it. Everybody sees it, and whoever submits it is who is asked
 * whether they may. Pure.
 */
export function formCard(form: Form, userId: string, rootId: string): FeishuCard {
  const carried: ButtonValue = { threadmart: 'form', name: form.name, value: form.context, root: rootId, locale: form.locale };
  const submit: CardElement = {
    ...{ tag: 'button', type: 'primary', name: 'submit', form_action_type: 'submit' },
    text: plain(excerpt(form.submit, maxButtonChars)),
    behaviors: [{ type: 'callback', value: carried }],
  };
  const fields: CardElement = { tag: 'form', name: 'threadmart', elements: [...form.fields.flatMap(toInputs), submit] };
  const intro = form.intro === '' ? [] : [words(form.intro)];
  return toCard([mentions([userId]), ...intro, fields], { title: excerpt(form.title, maxTitleChars), colour: 'blue' });
}

function toInputs(field: FormField): CardElement[] {
  const common = { name: field.name, required: !field.optional };
  if (field.kind === 'text') {
    const maxChars = Math.min(field.maxChars, maxInputChars);
    return [
      {
        ...{ tag: 'input', ...common, width: 'fill', max_length: maxChars, label: plain(excerpt(field.label, maxLabelChars)) },
        ...(field.multiline ? { input_type: 'multiline_text', rows: 4 } : {}),
        ...(field.initial === '' ? {} : { default_value: field.initial.slice(0, maxChars) }),
      },
    ];
  }
  const options = field.options
    .slice(0, maxFormOptions)
    .map(({ value, label }) => ({ text: plain(excerpt(label, maxOptionChars)), value }));
  const chosen = options.findIndex(({ value }) => value === field.initial);
  const label = excerpt(field.label, maxLabelChars);
  // A list has no label of its own; its placeholder says the same until something is chosen.
  return [
    words(label),
    {
      tag: 'select_static',
      ...common,
      width: 'fill',
      placeholder: plain(label),
      options,
      ...(chosen < 0 ? {} : { initial_index: chosen + 1 }),
    },
  ];
}

/** What takes the form's place once it was submitted: there is nothing left to press twice. */
export const doneCard = ({ locale, form }: Extract<Press, { kind: 'form' }>): FeishuCard =>
  toCard([words(text(locale, 'form.done'))], { title: text(locale, `action.${form === 'note' ? 'keep-as-note' : form}`), colour: 'grey' });
