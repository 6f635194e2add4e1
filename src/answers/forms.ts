import { sentence } from '../core/ask.ts';
import { commandForm, isCommandForm } from '../core/desk/forms.ts';
import type { Settings } from '../core/settings.ts';
import { noForm, type Verbs } from './questions.ts';

/** Opens what a button on a card stands for. A form that has nothing to choose from says in words how it is done. */
export const forms =
  (settings: () => Pick<Settings, 'agents'>): Verbs['form'] =>
  async (question) => {
    const { ask, bot, locale } = question;
    if (!isCommandForm(ask.form) || ask.value === null) return noForm(question);
    return commandForm(ask.form, ask.value, { bot, locale, ...settings() }) ?? sentence('command.assign-whom', { names: '—' });
  };
