import type { ChatBot } from '../../bots/bot.ts';
import { type Ask, type FormName, sentence } from '../core/ask.ts';
import { commandForm } from '../core/desk/forms.ts';
import { type InquiryId, inquiryId } from '../core/ids.ts';
import { postLinkId } from '../core/inquiry.ts';
import type { Settings } from '../core/settings.ts';
import type { AnswerContent } from '../core/thread.ts';
import type { InquiryStore } from '../store/inquiries.ts';
import type { Templates } from '../templates.ts';
import type { Verbs } from './questions.ts';

interface FormsDeps {
  readonly bots: ReadonlyMap<string, Pick<ChatBot, 'capabilities'>>;
  readonly settings: () => Pick<Settings, 'agents'>;
  readonly templates: Pick<Templates, 'list'>;
  readonly inquiries: Pick<InquiryStore, 'byIds' | 'linksById'>;
}

/** Opens what a button on a card, or a shortcut on a message, stands for. A form that has nothing to choose from says in words how it is done. */
export function forms({ bots, settings, templates, inquiries }: FormsDeps): Verbs['form'] {
  async function meant(bot: string, { value, post, rootId }: Extract<Ask, { kind: 'form' }>): Promise<InquiryId | null> {
    if (value !== null) return inquiryId(value);
    const places = [...new Set([rootId ?? post.messageId, post.messageId])];
    const links = await inquiries.linksById(places.map((messageId) => postLinkId(bot, { channelId: post.channelId, messageId })));
    return [...links.values()][0]?.inquiryId ?? null;
  }

  return async ({ ask, bot, locale, asker }) => {
    if (!asker.mayAnswer) return ask.value === null ? sentence('reply.not-allowed') : null;
    const maxOptions = bots.get(bot)?.capabilities.maxFormOptions ?? 0;
    // A press is answered through the inbox then.
    if (maxOptions === 0) return ask.value === null ? nothingToChoose[ask.form] : null;
    const id = await meant(bot, ask);
    const inquiry = id === null ? undefined : (await inquiries.byIds([id])).get(id);
    if (!inquiry) return sentence('form.no-inquiry');
    const names = ask.form === 'template' ? (await templates.list()).filter(isFor(inquiry.marketplace)).map(({ name }) => name) : [];
    const choices = { bot, locale, maxOptions, templates: [...new Set(names)], ...settings() };
    return commandForm(ask.form, inquiry._id, choices) ?? nothingToChoose[ask.form];
  };
}

const isFor =
  (marketplace: string) =>
  (template: { readonly marketplace: string | null }): boolean =>
    template.marketplace === null || template.marketplace === marketplace;

const nothingToChoose: Readonly<Record<FormName, AnswerContent>> = {
  template: sentence('template.none'),
  assign: sentence('command.assign-whom', { names: '—' }),
  snooze: sentence('command.snooze-until'),
  note: sentence('command.note-what'),
};
