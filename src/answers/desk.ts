import { sentence } from '../core/ask.ts';
import { wordOf } from '../core/desk/commands.ts';
import { saidPresence, zoneOf } from '../core/desk/presence.ts';
import { slashCommand } from '../core/desk/slash.ts';
import type { Settings } from '../core/settings.ts';
import { text } from '../core/texts/index.ts';
import type { AnswerContent } from '../core/thread.ts';
import type { Clock } from '../core/time.ts';
import { namedInquiry } from '../pipeline/named-inquiry.ts';
import type { InquiryStore } from '../store/inquiries.ts';
import type { Verbs } from './questions.ts';

interface DeskDeps {
  readonly inquiries: Pick<InquiryStore, 'beginningWith'>;
  readonly settings: () => Pick<Settings, 'agents' | 'businessHours'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** `/tm claim 4f2a1c`, `/tm away 2h`: says that it was taken, or why not. What it changes is decided through the inbox. */
export function desk({ inquiries, settings, clock }: DeskDeps): Verbs['desk'] {
  return async ({ bot, text: words, userId, locale, asker }): Promise<AnswerContent | null> => {
    const command = slashCommand(words);
    if (command === null) return null;
    if (!asker.mayAnswer) return sentence('reply.not-allowed');
    switch (command.kind) {
      case 'presence': {
        const { agents } = settings();
        const view = { bot, agents, now: clock.now(), zone: zoneOf(settings(), asker.agent) };
        const { told } = saidPresence(command.verb, command.rest, { userId, agent: asker.agent }, view);
        return sentence(told.key, told.params);
      }
      case 'in-thread':
        return sentence('answer.in-thread', { word: wordOf(command.verb) });
      case 'which':
        return sentence('answer.which-inquiry', { word: wordOf(command.verb) });
      case 'inquiry': {
        const inquiry = await namedInquiry(command.inquiry, inquiries);
        if (inquiry === null) return sentence('answer.no-inquiry', { id: command.inquiry });
        const taken = text(locale, 'answer.taken', { word: wordOf(command.verb) });
        const { thread } = inquiry;
        const line = thread?.rootId ? { words: taken, post: { channelId: thread.channelId, messageId: thread.rootId } } : taken;
        return { kind: 'answer', parts: [{ kind: 'lines', lines: [line] }], actions: [] };
      }
    }
  };
}
