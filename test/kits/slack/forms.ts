import { z } from 'zod';
import type { StoredView } from './context.ts';
import type { Json } from './wire.ts';

const words = z.looseObject({ text: z.string() });
const option = z.looseObject({ text: words, value: z.string() });
const input = z.object({
  type: z.literal('input'),
  block_id: z.string(),
  optional: z.boolean().optional(),
  label: words,
  element: z.object({
    type: z.enum(['plain_text_input', 'static_select']),
    action_id: z.string(),
    multiline: z.boolean().optional(),
    initial_value: z.string().optional(),
    options: z.array(option).optional(),
    initial_option: option.optional(),
  }),
});
type Input = z.infer<typeof input>;

/** A form as a person sees it. */
export interface FarForm {
  readonly id: string;
  readonly title: string;
  readonly submit: string;
  readonly fields: readonly {
    readonly label: string;
    readonly multiline: boolean;
    /** Labels to choose from; null: words are typed. */
    readonly options: readonly string[] | null;
    /** What is filled in already; of a list, the chosen label. */
    readonly filled: string;
  }[];
}

const inputsOf = ({ view }: StoredView): Input[] =>
  (Array.isArray(view['blocks']) ? view['blocks'] : []).flatMap((block) => input.safeParse(block).data ?? []);

export function farForm(stored: StoredView): FarForm {
  const { id, view } = stored;
  const fields = inputsOf(stored).map(({ label, element }) => ({
    label: label.text,
    multiline: element.multiline ?? false,
    options: element.options?.map(({ text }) => text.text) ?? null,
    filled: element.initial_option?.text.text ?? element.initial_value ?? '',
  }));
  return { id, title: words.parse(view['title']).text, submit: words.parse(view['submit']).text, fields };
}

/** What Slack sends of a filled form; `filled` by label. Throws where Slack would not let a person submit it. */
export function formState(stored: StoredView, filled: Readonly<Record<string, string>>): Json {
  const inputs = inputsOf(stored);
  const unknown = Object.keys(filled).find((label) => !inputs.some((one) => one.label.text === label));
  if (unknown !== undefined) throw new Error(`the form has no field ${unknown}`);
  return Object.fromEntries(
    inputs.map(({ block_id, optional = false, label, element }) => {
      const value = element.type === 'static_select' ? chosen(element, filled[label.text]) : typed(element, filled[label.text]);
      if (!optional && Object.values(value).includes(null)) throw new Error(`the form wants ${label.text}`);
      return [block_id, { [element.action_id]: { type: element.type, ...value } }];
    }),
  );
}

const typed = ({ initial_value }: Input['element'], words: string | undefined) => ({ value: (words ?? initial_value) || null });

function chosen({ options = [], initial_option }: Input['element'], label: string | undefined) {
  const option = label === undefined ? initial_option : options.find(({ text }) => text.text === label);
  if (label !== undefined && !option) throw new Error(`the list has no ${label}`);
  return { selected_option: option ?? null };
}
