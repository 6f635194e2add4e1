import { z } from 'zod';
import { checkContent } from './content.ts';
import type { ApiContext } from './context.ts';
import { addReaction, removeReaction } from './methods-reactions.ts';
import type { AppAnswer } from './push.ts';
import { render, type SeenButton, type SeenForm } from './render.ts';
import { typed } from './typed.ts';
import type { Json } from './wire.ts';
import { type FeishuChat, type FeishuMessage, placeOfReply } from './world.ts';

interface PersonFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** A form on a card, and to whom the card speaks. */
export interface OpenForm extends SeenForm {
  readonly messageId: string;
}

/** What people do in the tenant. Each tells the app through events, or as a press that the app answers. */
export interface FeishuPeople {
  /** `rootId`: in its topic; null: in the group. `quotes`: answers that message in the group, without a topic. Pictures need no words, files allow none. */
  personPosts(
    user: string,
    chatId: string,
    rootId: string | null,
    words: string,
    options?: { readonly files?: readonly PersonFile[]; readonly quotes?: string },
  ): FeishuMessage;
  /** Another app posts. */
  otherBotPosts(user: string, chatId: string, rootId: string | null, words: string): FeishuMessage;
  /** There is no event for it. */
  personEdits(messageId: string, words: string): void;
  personRecalls(messageId: string): void;
  personReacts(user: string, messageId: string, emoji: string): void;
  personUnreacts(user: string, messageId: string, emoji: string): void;
  /** `button`: its name or its label. Throws when the message has no such button. */
  pressButton(user: string, messageId: string, button: string): Promise<AppAnswer | null>;
  /** The forms on cards that call this person, the newest last. */
  formsOf(user: string): OpenForm[];
  /** Submits the newest one; `filled` by label, of a list the label that is chosen. */
  submitForm(user: string, filled: Readonly<Record<string, string>>): Promise<AppAnswer | null>;
  /** The app's answer to the last press, where it was kept and not sent. */
  answered(body: string): void;
  dissolve(chatId: string): void;
  removeBot(chatId: string): void;
  addBot(chatId: string): void;
}

export interface PeopleOptions {
  readonly context: ApiContext;
  /** Sends the press to the app. */
  readonly interaction: (event: Json) => Promise<AppAnswer | null>;
  /** What the app answered for those who see the card to read for a moment. */
  readonly toasts: { readonly user: string; readonly text: string }[];
}

export function createPeople({ context, interaction, toasts }: PeopleOptions): FeishuPeople {
  const { world, announce } = context;
  let lastPress: { readonly user: string; readonly message: FeishuMessage } | null = null;

  function chatOf(id: string): FeishuChat {
    const chat = world.chats.get(id);
    if (!chat) throw new Error(`the fake has no chat ${id}`);
    return chat;
  }

  function messageOf(id: string): FeishuMessage {
    const message = world.message(id);
    if (!message || message.recalled) throw new Error(`the fake has no message ${id}`);
    return message;
  }

  function post(
    user: string,
    chatId: string,
    rootId: string | null,
    message: Omit<Parameters<typeof world.addMessage>[1], 'sender'>,
    quotes?: string,
  ): FeishuMessage {
    const chat = chatOf(chatId);
    // Where somebody does something, there they are.
    chat.members.add(user);
    const place =
      rootId !== null
        ? placeOfReply(world, messageOf(rootId), true)
        : quotes !== undefined
          ? placeOfReply(world, messageOf(quotes), false)
          : {};
    const made = world.addMessage(chat, { ...message, sender: user, ...place });
    announce.posted(made);
    return made;
  }

  async function press(user: string, message: FeishuMessage, button: SeenButton, formValue: Json | null): Promise<AppAnswer | null> {
    const person = world.users.get(user);
    lastPress = { user, message };
    const answer = await interaction({
      operator: { tenant_key: person?.tenantKey ?? world.tenantKey, user_id: null, union_id: user.replace('ou_', 'on_'), open_id: user },
      token: world.nextId('c'),
      action: {
        tag: 'button',
        ...(button.value === null ? {} : { value: button.value }),
        ...(button.name === null ? {} : { name: button.name }),
        ...(formValue === null ? {} : { form_value: formValue }),
        timezone: 'Asia/Shanghai',
      },
      host: 'im_message',
      context: { open_message_id: message.id, open_chat_id: message.chatId },
    });
    if (answer?.status === 200) answered(answer.body);
    return answer;
  }

  function answered(body: string): void {
    if (!lastPress) throw new Error('nothing was pressed');
    if (body !== '') applyAnswer(context, toasts, lastPress.user, lastPress.message, body);
  }

  const botEvent = (type: string, chatId: string): void => announce.chat(type, chatOf(chatId), someone());
  const someone = (): string => [...world.users.values()].find(({ kind }) => kind === 'person')?.openId ?? 'ou_nobody';

  const formsOf = (user: string): OpenForm[] =>
    [...world.chats.values()]
      .flatMap(({ messages }) => messages)
      .filter(({ type, recalled, sender }) => type === 'interactive' && !recalled && sender === world.app.openId)
      .flatMap((message) => {
        const { pings, forms } = render(world, message);
        return pings.includes(user) ? forms.map((form) => ({ ...form, messageId: message.id })) : [];
      });

  return {
    personPosts(user, chatId, rootId, words, { files = [], quotes } = {}) {
      const isPicture = ({ mimeType }: PersonFile) => mimeType.startsWith('image/');
      const [file] = files;
      const add = (one: PersonFile) =>
        world.addFile({ ...one, prefix: isPicture(one) ? 'img_v3' : 'file_v3', owner: user, bytes: Buffer.from(one.bytes) }).key;
      if (file && !isPicture(file)) {
        if (words !== '' || files.length > 1) throw new Error('a file is a message of its own on Feishu');
        const content = JSON.stringify({ file_key: add(file), file_name: file.name });
        return post(user, chatId, rootId, { type: 'file', content }, quotes);
      }
      if (file && words === '' && files.length === 1) {
        return post(user, chatId, rootId, { type: 'image', content: JSON.stringify({ image_key: add(file) }) }, quotes);
      }
      return post(user, chatId, rootId, typed(world, words, files.map(add)), quotes);
    },
    otherBotPosts: (user, chatId, rootId, words) => post(user, chatId, rootId, { type: 'text', content: JSON.stringify({ text: words }) }),
    personEdits(messageId, words) {
      const message = messageOf(messageId);
      message.content = typed(world, words).content;
      message.updates += 1;
    },
    personRecalls(messageId) {
      const message = messageOf(messageId);
      message.recalled = true;
      announce.recalled(message);
    },
    personReacts: (user, messageId, emoji) => void addReaction(context, messageOf(messageId), user, emoji),
    personUnreacts(user, messageId, emoji) {
      const message = messageOf(messageId);
      const reaction = message.reactions.find((one) => one.emoji === emoji && one.by === user);
      if (!reaction) throw new Error(`${user} has set no ${emoji}`);
      removeReaction(context, message, reaction);
    },
    async pressButton(user, messageId, wanted) {
      const message = messageOf(messageId);
      const button = render(world, message).buttons.find(({ label, name }) => label === wanted || name === wanted);
      if (!button) throw new Error(`the message has no button ${wanted}`);
      chatOf(message.chatId).members.add(user);
      return press(user, message, button, null);
    },
    formsOf,
    async submitForm(user, filled) {
      const form = formsOf(user).at(-1);
      if (!form) throw new Error(`${user} has no form before them`);
      return press(user, messageOf(form.messageId), form.submit, formValueOf(form, filled));
    },
    answered,
    dissolve(chatId) {
      botEvent('im.chat.disbanded_v1', chatId);
      chatOf(chatId).dissolved = true;
    },
    removeBot(chatId) {
      chatOf(chatId).members.delete(world.app.openId);
      botEvent('im.chat.member.bot.deleted_v1', chatId);
    },
    addBot(chatId) {
      chatOf(chatId).members.add(world.app.openId);
      botEvent('im.chat.member.bot.added_v1', chatId);
    },
  };
}

/** What is sent of a filled form. Throws where the client would not let a person submit it. */
function formValueOf({ fields }: SeenForm, filled: Readonly<Record<string, string>>): Json {
  const unknown = Object.keys(filled).find((label) => !fields.some((one) => one.label === label));
  if (unknown !== undefined) throw new Error(`the form has no field ${unknown}`);
  return Object.fromEntries(
    fields.map(({ name, label, required, maxLength, options, filled: before }) => {
      const given = filled[label];
      const chosen = options?.find((option) => option.label === given)?.value;
      if (options && given !== undefined && chosen === undefined) throw new Error(`the list has no ${given}`);
      const value = given === undefined ? before : (chosen ?? given);
      if (required && value === '') throw new Error(`the form wants ${label}`);
      if (!options && value.length > maxLength) throw new Error(`${label} is too long`);
      return [name, value];
    }),
  );
}

const cardAnswer = z.strictObject({
  toast: z
    .strictObject({
      type: z.enum(['info', 'success', 'error', 'warning']).optional(),
      content: z.string(),
      i18n: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  card: z.strictObject({ type: z.literal('raw'), data: z.record(z.string(), z.unknown()) }).optional(),
});

/**
 * `{}`, a toast, a card in place of the pressed one, or both. Throws for what the client shows as an error.
 * @see https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-callback-communication.md (read 2026-11-28)
 */
function applyAnswer({ world }: ApiContext, toasts: PeopleOptions['toasts'], user: string, message: FeishuMessage, body: string): void {
  const { toast, card } = cardAnswer.parse(JSON.parse(body));
  if (toast) toasts.push({ user, text: toast.content });
  if (!card) return;
  const { content } = checkContent(world, 'interactive', JSON.stringify(card.data));
  Object.assign(message, { content, updatedAt: world.now(), updates: message.updates + 1 });
}
