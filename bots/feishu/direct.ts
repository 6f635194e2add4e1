import { z } from 'zod';
import type { Form } from '../../src/core/ask.ts';
import type { AnswerContent } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotAnswers, FetchedMedia } from '../bot.ts';
import { answerCard } from './answer-card.ts';
import type { FormTrigger } from './asks.ts';
import { formCard } from './form-card.ts';
import { uuidOf } from './names.ts';
import { readJson } from './payloads.ts';
import { type SendDeps, send, type Target } from './send.ts';
import type { LinkTo } from './topics.ts';
import { noUploads, uploadFile } from './uploads.ts';

/** What people wait for: answers, forms, files. It stands behind no pace. */
export interface DirectDeps extends SendDeps {
  readonly linkTo: LinkTo;
}

/** An acknowledgement of words carries nothing here, so every answer follows, below the words that asked. All in the group see it: there are no messages for one alone. */
export const createAnswers = (deps: DirectDeps): BotAnswers => ({
  deadlineMs: 3_000,
  async follow(answerTo, content: AnswerContent, locale, { signal }) {
    const target = targetOf(answerTo);
    const rootId = target.to === 'topic' ? target.messageId : null;
    const card = answerCard(content, { locale, channelId: '', rootId, uploads: noUploads, linkTo: deps.linkTo });
    const uuid = uuidOf(answerTo, JSON.stringify(card));
    await send(deps, { target, post: { type: 'interactive', card }, uuid, effect: 'repeatable', signal });
  },
});

function targetOf(answerTo: string): Exclude<Target, { to: 'group' }> {
  const at = answerTo.indexOf(':');
  const id = answerTo.slice(at + 1);
  switch (answerTo.slice(0, at)) {
    case 'below':
      return { to: 'topic', messageId: id };
    case 'after':
      return { to: 'after', messageId: id };
    case 'user':
      return { to: 'person', openId: id };
    default:
      throw new PlatformError('feishu: an answer was to go elsewhere', { kind: 'rejected', platform: 'feishu', code: 'answer_to' });
  }
}

const trigger = z.object({
  chatId: z.string(),
  rootId: z.string(),
  userId: z.string(),
  eventId: z.string(),
}) satisfies z.ZodType<FormTrigger>;

/** A form for a press: one, however often it is asked for. It does not wear out, as the platform has no windows that a press could open. */
export async function openForm(deps: SendDeps, encoded: string, form: Form, signal: AbortSignal): Promise<void> {
  const press = trigger.safeParse(readJson(encoded)).data;
  if (!press) throw new PlatformError('feishu: no press to open a form for', { kind: 'rejected', platform: 'feishu', code: 'trigger' });
  const { rootId, userId, eventId } = press;
  await send(deps, {
    target: { to: 'topic', messageId: rootId },
    post: { type: 'interactive', card: formCard(form, userId, rootId) },
    ...{ uuid: uuidOf(eventId, 'form'), effect: 'repeatable', signal },
  });
}

/** Hands one person a file, in their chat with the bot. @throws PlatformError `uncertain` when the file may be there */
export async function sendFile(deps: SendDeps, userId: string, file: FetchedMedia, signal: AbortSignal): Promise<void> {
  const fileKey = await uploadFile(deps.client, file, signal);
  await send(deps, { target: { to: 'person', openId: userId }, post: { type: 'file', fileKey }, uuid: null, effect: 'post', signal });
}
