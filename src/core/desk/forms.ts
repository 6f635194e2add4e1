import type { Form, FormField, FormName } from '../ask.ts';
import type { Settings } from '../settings.ts';
import { accountOn } from '../staff/accounts.ts';
import { type Locale, text } from '../texts/index.ts';
import { type CommandVerb, wordOf } from './commands.ts';
import { groupsOf } from './groups.ts';

/** How long an inquiry is put off, as `!snooze` takes it. */
const spans = [
  { words: '15m', key: 'form.minutes', count: 15 },
  { words: '1h', key: 'form.hours', count: 1 },
  { words: '4h', key: 'form.hours', count: 4 },
  { words: '24h', key: 'form.hours', count: 24 },
] as const;

/** Of a note; more is no note. */
const maxNoteChars = 3_000;

/** What there is to choose from. */
export interface Choices extends Pick<Settings, 'agents'> {
  readonly bot: string;
  /** Names of those that are for the inquiry. */
  readonly templates: readonly string[];
  /** Of one list. */
  readonly maxOptions: number;
  readonly locale: Locale;
}

/** The form of a command on `inquiry`: what is filled in comes back as that command. Null: there is nothing to choose from. */
export function commandForm(name: FormName & CommandVerb, inquiry: string, choices: Choices): Form | null {
  const { locale, maxOptions } = choices;
  const fields = fieldsOf[name](choices);
  const [first] = fields;
  if (first?.kind === 'select' && first.options.length === 0) return null;
  const cut = first?.kind === 'select' && first.options.length > maxOptions;
  return {
    kind: 'form',
    name,
    locale,
    title: text(locale, `form.${name}`),
    submit: text(locale, name === 'template' ? 'form.show' : 'form.submit'),
    intro: cut ? text(locale, 'form.cut', { count: maxOptions, word: wordOf(name) }) : '',
    fields,
    context: inquiry,
  };
}

const fieldsOf: Readonly<Record<FormName & CommandVerb, (choices: Choices) => readonly FormField[]>> = {
  template: ({ templates, locale }) => [select('name', text(locale, 'form.template-name'), templates.map(optionOf))],
  assign: ({ agents, bot, locale }) => {
    const here = agents.filter((agent) => accountOn(agent, bot) !== undefined);
    const groups = groupsOf(here).map((group) => ({ value: `group:${group}`, label: text(locale, 'form.assign-group', { group }) }));
    return [select('to', text(locale, 'form.assign-to'), [...here.map(({ name }) => optionOf(name)), ...groups])];
  },
  snooze: ({ locale }) => {
    const options = spans.map(({ words, key, count }) => ({ value: words, label: text(locale, key, { count }) }));
    return [
      { kind: 'select', name: 'span', label: text(locale, 'form.snooze-span'), options, initial: '1h', optional: true },
      {
        ...{ kind: 'text', name: 'until', label: text(locale, 'form.snooze-until'), initial: '' },
        ...{ multiline: false, optional: true, maxChars: 40 },
      },
    ];
  },
  note: ({ locale }) => [
    {
      ...{ kind: 'text', name: 'words', label: text(locale, 'form.note-words'), initial: '' },
      ...{ multiline: true, optional: false, maxChars: maxNoteChars },
    },
  ],
};

type Options = Extract<FormField, { kind: 'select' }>['options'];

const optionOf = (value: string): Options[number] => ({ value, label: value });

const select = (name: string, label: string, options: Options): FormField => ({
  ...{ kind: 'select', name, label, options, initial: null, optional: false },
});

/** What a submitted form says after its word. */
export function saidIn(name: FormName & CommandVerb, values: Readonly<Record<string, string>>): string {
  switch (name) {
    case 'template':
      return values['name'] ?? '';
    case 'assign':
      return values['to'] ?? '';
    case 'snooze':
      return values['until']?.trim() || (values['span'] ?? '');
    case 'note':
      return values['words'] ?? '';
  }
}
