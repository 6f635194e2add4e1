import type { types } from '@slack/bolt';
import type { Form, FormField } from '../../src/core/ask.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { wordsBlock } from './blocks.ts';
import type { SlackClient } from './client.ts';
import { actionIdPrefix } from './names.ts';
import type { SlackView } from './payloads.ts';

// https://docs.slack.dev/reference/views/modal-views and .../block-kit/block-elements/select-menu-element (2026-11-22)
const maxTitleChars = 24;
const maxLabelChars = 150;
const maxOptionChars = 75;
const maxInputChars = 3_000;
export const maxFormOptions = 100;

/** Every field has one element of this name. */
const elementId = 'value';

/**
 * Opens a form. Its own client's call: a trigger is good for three seconds, so it must not stand behind posts.
 * @throws PlatformError `rejected`: `expired_trigger_id` (too late), `exchanged_trigger_id` (used)
 */
export async function openForm(client: SlackClient, trigger: string, form: Form, signal: AbortSignal): Promise<void> {
  await client.ask({ method: 'views.open', args: { trigger_id: trigger, view: toView(form) }, signal });
}

/** Pure. Slack keeps `private_metadata` and gives it back itself; who fills in the form cannot change it. */
export function toView({ name, title, submit, intro, fields, context }: Form): types.ModalView {
  return {
    type: 'modal',
    callback_id: `${actionIdPrefix}${name}`,
    private_metadata: context,
    title: plain(title, maxTitleChars),
    submit: plain(submit, maxTitleChars),
    blocks: [...(intro === '' ? [] : [wordsBlock(intro)]), ...fields.map(toInput)],
  };
}

const plain = (words: string, maxChars: number): types.PlainTextElement => ({
  type: 'plain_text',
  text: excerpt(words, maxChars) || '…',
  emoji: false,
});

const toInput = (field: FormField): types.InputBlock => ({
  type: 'input',
  block_id: `${actionIdPrefix}${field.name}`,
  label: plain(field.label, maxLabelChars),
  optional: field.optional,
  element: field.kind === 'text' ? toTextInput(field) : toSelect(field),
});

const toTextInput = ({ multiline, initial, maxChars }: Extract<FormField, { kind: 'text' }>): types.PlainTextInput => ({
  type: 'plain_text_input',
  action_id: elementId,
  multiline,
  max_length: Math.min(maxChars, maxInputChars),
  ...(initial === '' ? {} : { initial_value: initial.slice(0, Math.min(maxChars, maxInputChars)) }),
});

function toSelect({ options, initial }: Extract<FormField, { kind: 'select' }>): types.StaticSelect {
  const shown = options.slice(0, maxFormOptions).map(({ value, label }) => ({ text: plain(label, maxOptionChars), value }));
  const chosen = shown.find(({ value }) => value === initial);
  return { type: 'static_select', action_id: elementId, options: shown, ...(chosen ? { initial_option: chosen } : {}) };
}

/** What was filled in, by the names of the fields; empty where nothing was. */
export function fieldsOf({ state }: SlackView): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(state?.values ?? {}).flatMap(([block, elements]) => {
      const filled = Object.hasOwn(elements, elementId) ? elements[elementId] : undefined;
      if (!block.startsWith(actionIdPrefix) || !filled) return [];
      return [[block.slice(actionIdPrefix.length), filled.selected_option?.value ?? filled.value ?? '']];
    }),
  );
}
