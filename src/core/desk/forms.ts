import type { Form, FormName } from '../ask.ts';
import type { Settings } from '../settings.ts';
import { type Locale, text } from '../texts/index.ts';
import type { CommandVerb } from './commands.ts';

/** Forms that stand for a command: what is filled in comes back as one. */
const forms = ['assign', 'snooze'] as const satisfies readonly (FormName & CommandVerb)[];
export type CommandForm = (typeof forms)[number];

export const isCommandForm = (name: string): name is CommandForm => forms.some((form) => form === name);

/** How long an inquiry is put off, as `!snooze` takes it. */
const spans = [
  { words: '30m', key: 'form.minutes', count: 30 },
  { words: '1h', key: 'form.hours', count: 1 },
  { words: '2h', key: 'form.hours', count: 2 },
  { words: '4h', key: 'form.hours', count: 4 },
  { words: '24h', key: 'form.hours', count: 24 },
] as const;

/** The form of a button on the card of `inquiry`. Null: there is nothing to choose from. */
export function commandForm(
  name: CommandForm,
  inquiry: string,
  { bot, agents, locale }: Pick<Settings, 'agents'> & { readonly bot: string; readonly locale: Locale },
): Form | null {
  const common = {
    kind: 'form',
    name,
    title: text(locale, `form.${name}`),
    submit: text(locale, 'form.submit'),
    intro: '',
    context: inquiry,
  } as const;
  if (name === 'snooze') {
    const options = spans.map(({ words, key, count }) => ({ value: words, label: text(locale, key, { count }) }));
    return {
      ...common,
      fields: [
        { kind: 'select', name: 'span', label: text(locale, 'form.snooze-span'), options, initial: '1h', optional: true },
        {
          kind: 'text',
          name: 'until',
          label: text(locale, 'form.snooze-until'),
          initial: '',
          multiline: false,
          optional: true,
          maxChars: 40,
        },
      ],
    };
  }
  const here = agents.filter(({ accounts }) => accounts.some(({ platform }) => bot.startsWith(`${platform}/`)));
  if (here.length === 0) return null;
  const options = here.map((agent) => ({ value: agent.name, label: agent.name }));
  return {
    ...common,
    fields: [{ kind: 'select', name: 'to', label: text(locale, 'form.assign-to'), options, initial: null, optional: false }],
  };
}

/** What a submitted form says after its word. */
export const saidIn = (name: CommandForm, values: Readonly<Record<string, string>>): string =>
  name === 'assign' ? (values['to'] ?? '') : values['until']?.trim() || (values['span'] ?? '');
