import { farPost } from './far-end.ts';
import { cardCallback, type Json, type QuoteShape, robotMessage } from './payloads.ts';
import type { PushRecord, Stream } from './stream.ts';
import { cardTopic, robotTopic } from './stream-frames.ts';
import { type FormField, viewOf } from './template.ts';
import {
  type DingCard,
  type DingFile,
  type DingGroup,
  type DingMessage,
  type DingUser,
  type DingWorld,
  directWith,
  paramsFor,
} from './world.ts';

interface PersonFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  /** What DingTalk heard in a voice message. */
  readonly recognition?: string;
}

interface WriteOptions {
  readonly file?: PersonFile;
  /** False: the robot is not called, and learns nothing. */
  readonly callsRobot?: boolean;
  readonly quotes?: { readonly msgId: string; readonly shape: QuoteShape };
}

type Typed = Extract<DingMessage, { kind: 'person' }>;

/** What people do. The robot learns of what calls it in a group, of everything that is written to it alone, and of cards. */
export interface DingPeople {
  /** `text` as typed; `<@ID>` stands for who was picked from the list. The robot is called first, if at all. */
  writes(user: string, groupId: string, text: string, options?: WriteOptions): Typed;
  /** In one person's own conversation with the robot. */
  whispers(user: string, text: string, options?: Omit<WriteOptions, 'callsRobot'>): Typed;
  /** Something that robots are not given. */
  sendsSomethingElse(user: string, groupId: string): void;
  /** `label`: on the button. Null: the card's callbacks go nowhere. Throws when this person sees no such button that can be pressed. */
  presses(user: string, outTrackId: string, label: string): PushRecord | null;
  /** `filled` by label; of a list the label that is chosen. */
  submits(user: string, outTrackId: string, filled: Readonly<Record<string, string>>): PushRecord | null;
  /** Cards that this person alone sees, oldest first. */
  privateCards(user: string): Extract<DingMessage, { kind: 'card' }>[];
}

export interface PeopleOptions {
  readonly world: DingWorld;
  readonly stream: Stream;
  /** False: hidden fields do not come back with a form. UNCONFIRMED which. */
  readonly hiddenFieldsComeBack: () => boolean;
}

export function createPeople({ world, stream, hiddenFieldsComeBack }: PeopleOptions): DingPeople {
  function userOf(id: string): DingUser {
    const user = world.users.get(id);
    if (!user) throw new Error(`the fake has no user ${id}`);
    return user;
  }

  function groupOf(id: string): DingGroup {
    const group = world.groups.get(id);
    if (!group) throw new Error(`the fake has no group ${id}`);
    return group;
  }

  function callback(topic: string, data: Json): PushRecord {
    return stream.push({ type: 'CALLBACK', topic, messageId: world.nextId('frame-'), data: JSON.stringify(data), headers: {} });
  }

  function toFile({ name, mimeType, bytes }: PersonFile): DingFile {
    const [kind = ''] = mimeType.split('/');
    const type = kind === 'image' ? 'image' : kind === 'audio' ? 'voice' : kind === 'video' ? 'video' : 'file';
    return { name, mimeType, type, bytes: Buffer.from(bytes) };
  }

  function tell(user: DingUser, group: DingGroup | null, typed: Typed, text: string, options: WriteOptions): void {
    const ids = [...text.matchAll(/<@([^<>]+)>/g)].map(([, id = '']) => id);
    const mentioned = ids.flatMap((id) => world.users.get(id) ?? []);
    const words = text.replace(/<@([^<>]+)>/g, (_whole, id: string) => (world.users.has(id) ? `@${userOf(id).name}` : ''));
    const code = typed.file ? world.nextId('download-') : null;
    if (typed.file && code !== null) world.downloads.set(code, typed.file);
    const { quotes } = options;
    const message = quotes ? [...(group?.messages ?? directWith(world, user.id))].find(({ msgId }) => msgId === quotes.msgId) : undefined;
    if (quotes && !message) throw new Error(`there is no message ${quotes.msgId} to quote`);
    const quoted = message && quotes ? { message, shape: quotes.shape, ...readable(message) } : null;
    callback(
      robotTopic,
      robotMessage(world, {
        ...{ user, msgId: typed.msgId, group, mentioned, quoted, recognition: options.file?.recognition ?? null },
        text: group ? ` ${words}` : words,
        files: typed.file && code !== null ? [{ file: typed.file, code }] : [],
      }),
    );
  }

  function readable(message: DingMessage): { words: string; params: Readonly<Record<string, string>> } {
    if (message.kind === 'card')
      return { words: farPost(world, '', message, null).text, params: world.cards.get(message.outTrackId)?.params ?? {} };
    return { words: message.kind === 'person' ? message.text : (message.param['text'] ?? message.param['content'] ?? ''), params: {} };
  }

  /** Where this person sees the card, and what they see. */
  function seen(user: string, outTrackId: string): { card: DingCard; spaceId: string } {
    const card = world.cards.get(outTrackId);
    if (!card) throw new Error(`the fake has no card ${outTrackId}`);
    const shows = (message: DingMessage) =>
      message.kind === 'card' && message.outTrackId === outTrackId && (message.recipients === null || message.recipients.includes(user));
    const group = [...world.groups.values()].find(({ members, messages }) => members.has(user) && messages.some(shows));
    if (group) return { card, spaceId: group.id };
    if (world.direct.get(user)?.some(shows)) return { card, spaceId: user };
    throw new Error(`${user} does not see the card ${outTrackId}`);
  }

  function interacts(
    user: string,
    { card, spaceId }: ReturnType<typeof seen>,
    actionIds: readonly string[],
    params: Json,
  ): PushRecord | null {
    if (card.callbackType !== 'STREAM') return null;
    const { outTrackId, userIdType } = card;
    return callback(cardTopic, cardCallback(world, { user: userOf(user), outTrackId, userIdType, spaceId, actionIds, params }));
  }

  return {
    writes(user, groupId, text, options = {}) {
      const group = groupOf(groupId);
      group.members.add(user);
      const { callsRobot = true } = options;
      const file = options.file ? toFile(options.file) : null;
      const words = callsRobot ? `@${world.app.name} ${text}` : text;
      const typed: Typed = { kind: 'person', msgId: world.nextId('msg'), user, text: words, at: world.now(), file };
      group.messages.push(typed);
      // Nobody can call a robot with a voice message, a film or a file, so it is never given one in a group.
      if (callsRobot && group.hasRobot && (file === null || file.type === 'image')) tell(userOf(user), group, typed, text, options);
      return typed;
    },
    whispers(user, text, options = {}) {
      const file = options.file ? toFile(options.file) : null;
      const typed: Typed = { kind: 'person', msgId: world.nextId('msg'), user, text, at: world.now(), file };
      directWith(world, user).push(typed);
      tell(userOf(user), null, typed, text, options);
      return typed;
    },
    sendsSomethingElse(user, groupId) {
      const group = groupOf(groupId);
      const message = robotMessage(world, {
        ...{ user: userOf(user), msgId: world.nextId('msg'), group, text: '', mentioned: [], files: [], quoted: null, recognition: null },
      });
      const { text: _text, ...rest } = message;
      callback(robotTopic, {
        ...rest,
        msgtype: 'unknownMsgType',
        content: { unknownMsgType: '用户发送了一条消息，机器人暂不支持接收。' },
      });
    },
    presses(user, outTrackId, label) {
      const at = seen(user, outTrackId);
      const button = viewOf(paramsFor(at.card, user)).buttons.find(({ text }) => text === label);
      if (!button || button.status === 'disabled') throw new Error(`the card has no button ${label} that can be pressed`);
      const { actionId, params } = button.event.params;
      return interacts(user, at, [actionId], params);
    },
    submits(user, outTrackId, filled) {
      const at = seen(user, outTrackId);
      const { form } = viewOf(paramsFor(at.card, user));
      if (!form || form.disabled) throw new Error('the card has nothing that can be filled in');
      const unknown = Object.keys(filled).find((label) => !form.fields.some((field) => !field.hidden && field.label === label));
      if (unknown !== undefined) throw new Error(`the form has no field ${unknown}`);
      const sent = form.fields.filter(({ hidden = false }) => !hidden || hiddenFieldsComeBack());
      return interacts(user, at, ['form'], {
        form: Object.fromEntries(sent.map((field) => [field.name, fieldValue(field, filled[field.label ?? ''])])),
      });
    },
    privateCards: (user) =>
      [...world.groups.values(), { messages: world.direct.get(user) ?? [] }].flatMap(({ messages }) =>
        messages.filter(
          (one): one is Extract<DingMessage, { kind: 'card' }> => one.kind === 'card' && one.recipients?.includes(user) === true,
        ),
      ),
  };
}

/** What the client sends of one field. Throws where it would not let a person submit. */
function fieldValue(
  { type, label = '', defaultValue = '', options = [], required = false, hidden = false }: FormField,
  typed: string | undefined,
): unknown {
  if (type !== 'SELECT') {
    const value = hidden ? defaultValue : (typed ?? defaultValue);
    if (required && value === '') throw new Error(`the form wants ${label}`);
    return value;
  }
  if (typed === undefined) {
    if (required && typeof defaultValue === 'string') throw new Error(`the form wants ${label}`);
    return defaultValue;
  }
  const index = options.findIndex(({ text }) => text === typed);
  if (index < 0) throw new Error(`the list has no ${typed}`);
  return { index, value: options[index]?.value };
}
