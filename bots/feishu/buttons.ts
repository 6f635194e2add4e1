import { z } from 'zod';
import { type FormName, formNames } from '../../src/core/ask.ts';
import { type Locale, nearestLocale } from '../../src/core/texts/index.ts';
import { type ThreadActionName, threadActionNames } from '../../src/core/thread.ts';
import type { FeishuEvent } from './payloads.ts';

/** What our buttons carry, and give back unread when they are pressed. A press tells of no topic, so the button does. */
export interface ButtonValue {
  readonly threadmart: 'action' | 'form';
  /** The action, or the form. */
  readonly name: string;
  /** The action's value, or the form's context. */
  readonly value: string;
  /** The topic's root; null: the button is on it. */
  readonly root: string | null;
  /** With a form: the language that it was opened in. */
  readonly locale?: Locale;
}

const shape = z.object({
  threadmart: z.enum(['action', 'form']),
  name: z.string(),
  value: z.string(),
  root: z.string().nullable(),
  locale: z.string().nullish(),
});

/** A button of ours that was pressed, or a form that was submitted. */
export type Press =
  | { readonly kind: 'action'; readonly action: ThreadActionName; readonly value: string; readonly root: string | null }
  | {
      readonly kind: 'form';
      readonly form: FormName;
      readonly context: string;
      readonly values: Readonly<Record<string, string>>;
      readonly root: string | null;
      readonly locale: Locale;
    };

/** Null: another app's card, or one of ours from a version of long ago. */
export function pressIn({ action }: FeishuEvent): Press | null {
  const read = shape.safeParse(action?.value).data;
  if (!read) return null;
  const { threadmart, name, value, root, locale } = read;
  if (threadmart === 'action') {
    const known = threadActionNames.find((one) => one === name);
    return known ? { kind: 'action', action: known, value, root } : null;
  }
  const form = formNames.find((one) => one === name);
  if (!form) return null;
  const filled = Object.entries(action?.form_value ?? {}).map(([field, given]) => [field, typeof given === 'string' ? given : '']);
  return { kind: 'form', form, context: value, values: Object.fromEntries(filled), root, locale: nearestLocale(locale ?? undefined) };
}

/** The form that a button asks for, if it asks for one. */
export const formOf = (action: ThreadActionName): FormName | null => formNames.find((name) => name === action) ?? null;
