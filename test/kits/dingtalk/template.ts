import { z } from 'zod';
import { ApiRefusal } from './refusal.ts';

/**
 * The one card template that an operator builds, as data: its variables and what a person sees of them. docs/dingtalk.md has it in words.
 * Through the API every value is a string; what is no string is its JSON
 * (https://open.dingtalk.com/document/development/instructions-for-filling-in-api-card-data, of 2026-06-15, read 2026-11-28).
 */
const talk = z.array(z.strictObject({ text: z.string(), image: z.string() }));
const selected = z.object({ index: z.number(), value: z.string() });
const field = z.strictObject({
  name: z.string().min(1),
  label: z.string().optional(),
  type: z.enum(['TEXT', 'TEXT_AREA', 'SELECT']),
  required: z.boolean().optional(),
  hidden: z.boolean().optional(),
  placeholder: z.string().optional(),
  defaultValue: z.union([z.string(), selected]).optional(),
  options: z.array(z.strictObject({ value: z.string(), text: z.string() })).optional(),
  minRows: z.number().optional(),
  maxRows: z.number().optional(),
});
const form = z.strictObject({ fields: z.array(field) });
const button = z.strictObject({
  text: z.string().min(1),
  color: z.enum(['blue', 'gray', 'red']),
  status: z.enum(['normal', 'disabled']),
  event: z.strictObject({
    type: z.literal('sendCardRequest'),
    params: z.strictObject({ actionId: z.string().min(1), params: z.record(z.string(), z.unknown()) }),
  }),
});

export type FormField = z.infer<typeof field>;
export type CardButton = z.infer<typeof button>;

/** A card as its template shows it. */
export interface CardView {
  readonly title: string;
  readonly talk: readonly { readonly text: string; readonly image: string }[];
  /** Null: it is not visible. */
  readonly form: { readonly fields: readonly FormField[]; readonly submit: string; readonly disabled: boolean } | null;
  readonly buttons: readonly CardButton[];
}

const json = <Shape>(schema: z.ZodType<Shape>) =>
  z.string().transform((value, context): Shape => {
    try {
      return schema.parse(JSON.parse(value));
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof z.ZodError ? z.prettifyError(error) : 'is no JSON' });
      return z.NEVER;
    }
  });

const variables = {
  title: z.string(),
  talk: json(talk),
  form: json(form),
  has_form: z.enum(['true', 'false']),
  submit: z.string(),
  form_status: z.enum(['normal', 'disabled']),
  buttons: json(z.array(button)),
};

/** @throws ApiRefusal `param.invalid`: a variable that the template has not, one that does not read as its type, or at creation one that is missing. DingTalk would show a broken card (UNCONFIRMED). */
export function checkParams(params: Readonly<Record<string, string>>, which: 'all' | 'some'): void {
  const schema = z.strictObject(variables);
  const parsed = (which === 'all' ? schema : schema.partial()).safeParse(params);
  if (!parsed.success) throw new ApiRefusal(400, 'param.invalid', z.prettifyError(parsed.error));
}

export function viewOf(params: Readonly<Record<string, string>>): CardView {
  const read = z.object(variables).parse(params);
  return {
    title: read.title,
    talk: read.talk,
    form: read.has_form === 'true' ? { fields: read.form.fields, submit: read.submit, disabled: read.form_status === 'disabled' } : null,
    buttons: read.buttons,
  };
}
