import { isBlank } from '../screening/index.ts';
import { excerpt } from '../text-plain.ts';

/** What a template may name. */
export const variableNames = ['buyer.name', 'order.id', 'order.tracking', 'order.status', 'agent.alias', 'shop.name'] as const;
export type VariableName = (typeof variableNames)[number];

/** What the variables stand for in one inquiry. Null: it is not known. */
export type TemplateValues = Readonly<Record<VariableName, string | null>>;

/** `{{buyer.name}}`, with full-width braces too, as input methods of Chinese write them. */
const variable = /[{｛]{2}([^{}｛｝]{0,80})[}｝]{2}/gu;

/** A name in a text is not longer than this, whoever gave it. */
const maxValueChars = 300;

const nameOf = (written: string): string => written.normalize('NFKC').trim().toLowerCase();
const isVariable = (name: string): name is VariableName => (variableNames as readonly string[]).includes(name);

/** What a text names, each once. `unknown`: names that are none of ours. `broken`: double braces that belong to no variable. */
export function variablesIn(text: string): {
  readonly known: readonly VariableName[];
  readonly unknown: readonly string[];
  readonly broken: boolean;
} {
  const names = [...new Set(Array.from(text.matchAll(variable), ([, written = '']) => nameOf(written)))];
  return {
    known: names.filter(isVariable),
    unknown: names.filter((name) => !isVariable(name)),
    broken: /[{｛]{2}|[}｝]{2}/u.test(text.replace(variable, '')),
  };
}

/**
 * The text for one inquiry, or what it names that has no value here: then there is nothing to send. Pure. What a value holds is never expanded again; it
 * becomes one line without control characters. The text has yet to pass `compose`, like every reply.
 */
export function renderTemplate(
  { text }: { readonly text: string },
  values: TemplateValues,
): { readonly text: string } | { readonly missing: readonly string[] } {
  const { known, unknown } = variablesIn(text);
  const shown = new Map<string, string>(known.map((name) => [name, excerpt(values[name] ?? '', maxValueChars)]));
  const missing = [...unknown, ...[...shown].flatMap(([name, value]) => (isBlank(value) ? name : []))];
  return missing.length > 0 ? { missing } : { text: text.replace(variable, (_, written: string) => shown.get(nameOf(written)) ?? '') };
}
