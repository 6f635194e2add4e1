import type { DingFile, DingGroup, DingMessage, DingUser, DingWorld } from './world.ts';

/** JSON as DingTalk writes it, so far as the facts name the fields. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * How a quote looks in a push; seen on devices and described by adapters, not by DingTalk's own pages:
 * https://github.com/QwenLM/qwen-code/issues/9536, https://github.com/soimy/openclaw-channel-dingtalk/pull/252,
 * https://github.com/chenhg5/cc-connect/issues/702 (read 2026-11-28).
 */
export type QuoteShape =
  /** `repliedMsg.content.text`. */
  | 'text'
  /** `repliedMsg.content.content`. */
  | 'content'
  /** `repliedMsg.content.richText`, segments. */
  | 'rich'
  /** `interactiveCard` with a tree of `cardContent`. */
  | 'card-tree'
  /** `interactiveCard` with the card's parameters. */
  | 'card-params'
  /** `originalMsgId` alone. */
  | 'msg-id'
  /** `originalProcessQueryKey` alone. */
  | 'query-key'
  /** That it is a quote, and nothing of what. */
  | 'bare'
  /** Nothing at all. */
  | 'left-out';

/** The message that is quoted, as its words can be read. */
export interface Quoted {
  readonly message: DingMessage;
  readonly words: string;
  readonly params: Readonly<Record<string, string>>;
  readonly shape: QuoteShape;
}

interface Written {
  readonly user: DingUser;
  readonly msgId: string;
  /** Null: one person's conversation with the robot. */
  readonly group: DingGroup | null;
  /** The robot's mention is taken out, a blank stands where it was. */
  readonly text: string;
  readonly mentioned: readonly DingUser[];
  readonly files: readonly { readonly file: DingFile; readonly code: string }[];
  readonly quoted: Quoted | null;
  /** Of a voice message. */
  readonly recognition: string | null;
}

/** @see https://github.com/open-dingtalk/developerpedia/blob/main/docs/learn/bot/message.md (read 2026-11-28) */
export function robotMessage(world: DingWorld, written: Written): Json {
  const { user, msgId, group, mentioned, quoted } = written;
  const at = world.now();
  const atRobot = group ? [{ dingtalkId: world.app.chatbotUserId }] : [];
  return {
    conversationId: group?.id ?? `cid-direct-${user.id}`,
    conversationType: group ? '2' : '1',
    ...(group ? { conversationTitle: group.title, isInAtList: true } : {}),
    ...(group ? { atUsers: [...atRobot, ...mentioned.map(atUser)] } : {}),
    chatbotCorpId: world.corpId,
    chatbotUserId: world.app.chatbotUserId,
    msgId,
    senderNick: user.name,
    isAdmin: false,
    ...(user.kind === 'member' ? { senderStaffId: user.id, senderCorpId: world.corpId } : {}),
    senderId: user.dingtalkId,
    sessionWebhook: `https://oapi.dingtalk.com/robot/sendBySession?session=${msgId}`,
    sessionWebhookExpiredTime: at + 90 * 60_000,
    createAt: at,
    robotCode: world.app.robotCode,
    ...(quoted ? originals(quoted) : {}),
    ...contentOf(written),
  };
}

const atUser = ({ id, kind, dingtalkId }: DingUser): Json => ({ dingtalkId, ...(kind === 'member' ? { staffId: id } : {}) });

function contentOf({ text, files, quoted, recognition }: Written): Json {
  const [first] = files;
  if (!first) return { msgtype: 'text', text: { content: text, ...(quoted ? replied(quoted) : {}) } };
  const { file, code } = first;
  if (file.type === 'voice') return { msgtype: 'audio', content: { downloadCode: code, recognition: recognition ?? '' } };
  if (file.type === 'video') return { msgtype: 'video', content: { duration: '5', videoType: 'mp4', downloadCode: code } };
  if (file.type === 'file')
    return { msgtype: 'file', content: { spaceId: '223000573', fileName: file.name, downloadCode: code, fileId: '117000848' } };
  if (files.length === 1 && text.trim() === '')
    return { msgtype: 'picture', content: { pictureDownloadCode: `p-${code}`, downloadCode: code } };
  const pictures = files.map((one) => ({ pictureDownloadCode: `p-${one.code}`, downloadCode: one.code, type: 'picture' }));
  return { msgtype: 'richText', content: { richText: [...(text.trim() === '' ? [] : [{ text }]), ...pictures] } };
}

/** Ids beside the words, where the shape has them. */
function originals({ message, shape }: Quoted): Json {
  const key = message.kind === 'robot' ? message.processQueryKey : message.kind === 'card' ? message.carrierId : null;
  if (shape === 'left-out' || shape === 'bare') return {};
  if (shape === 'msg-id' || key === null) return { originalMsgId: message.msgId };
  if (shape === 'query-key') return { originalProcessQueryKey: key };
  return { originalMsgId: message.msgId, originalProcessQueryKey: key };
}

function replied({ message, words, params, shape }: Quoted): Json {
  if (shape === 'left-out') return {};
  const content = quotedContent(words, params, shape);
  if (content === null) return { isReplyMsg: true };
  return {
    isReplyMsg: true,
    repliedMsg: {
      msgType: shape === 'rich' ? 'richText' : message.kind === 'card' ? 'interactiveCard' : 'text',
      msgId: message.msgId,
      senderId: message.kind === 'person' ? message.user : 'robot',
      createdAt: message.at,
      content,
    },
  };
}

function quotedContent(words: string, params: Readonly<Record<string, string>>, shape: QuoteShape): Json | null {
  switch (shape) {
    case 'text':
      return { text: words };
    case 'content':
      return { content: words };
    case 'rich':
      return {
        richText: [
          { msgType: 'text', content: words },
          { msgType: 'picture', downloadCode: 'quoted-picture' },
        ],
      };
    case 'card-tree':
      return { cardContent: { type: 'root', children: words.split('\n').map((text) => ({ type: 'markdown', props: { text } })) } };
    case 'card-params':
      return { cardParamMap: params };
    case 'msg-id':
    case 'query-key':
    case 'bare':
    case 'left-out':
      return null;
  }
}

/**
 * What somebody did on a card.
 * @see https://open.dingtalk.com/document/development/event-callback-card (of 2026-08-04, read 2026-11-28)
 */
export function cardCallback(
  world: DingWorld,
  {
    user,
    outTrackId,
    userIdType,
    spaceId,
    actionIds,
    params,
  }: {
    readonly user: DingUser;
    readonly outTrackId: string;
    readonly userIdType: number;
    readonly spaceId: string;
    readonly actionIds: readonly string[];
    readonly params: Json;
  },
): Json {
  return {
    type: 'actionCallback',
    outTrackId,
    corpId: world.corpId,
    userId: user.id,
    userIdType,
    extension: '{}',
    spaceType: 'IM',
    spaceId,
    content: JSON.stringify({ cardPrivateData: { actionIds, params } }),
  };
}
