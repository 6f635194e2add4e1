import { z } from 'zod';
import type { Locale } from '../../src/core/texts/index.ts';
import { locales } from '../../src/core/texts/index.ts';
import { topics } from './stream.ts';

/** What the stream brings, as far as we read it. */

const words = z.string().nullish();

/** A part of a rich text; the first two name its kind, depending on who wrote it down. */
const segment = z.looseObject({
  type: words,
  msgType: words,
  text: words,
  content: words,
  downloadCode: words,
  pictureDownloadCode: words,
  atName: words,
});
export type Segment = z.infer<typeof segment>;

const content = z.looseObject({
  text: words,
  content: words,
  richText: z.array(segment).nullish(),
  downloadCode: words,
  pictureDownloadCode: words,
  /** What the platform heard. */
  recognition: words,
  fileName: words,
});
export type MessageContent = z.infer<typeof content>;

const replied = z.looseObject({
  msgType: words,
  msgId: words,
  processQueryKey: words,
  senderId: words,
  /** Of many shapes; see `quotes.ts`. */
  content: z.unknown().optional(),
});

/** https://open.dingtalk.com/document/orgapp/receive-message; quotes as QwenLM/qwen-code#9536 and soimy/openclaw-channel-dingtalk#252 saw them (2026-11-28) */
const robotMessage = z.looseObject({
  msgId: z.string().min(1),
  msgtype: z.string(),
  conversationId: z.string().min(1),
  conversationType: words,
  senderId: words,
  /** Absent for people of other organisations. */
  senderStaffId: words,
  chatbotUserId: words,
  createAt: z.union([z.number(), z.string()]).nullish(),
  text: z.looseObject({ content: words, isReplyMsg: z.boolean().nullish(), repliedMsg: replied.nullish() }).nullish(),
  content: z.union([content, z.string()]).nullish(),
  atUsers: z.array(z.looseObject({ dingtalkId: words, staffId: words })).nullish(),
  originalMsgId: words,
  originalProcessQueryKey: words,
  quoteMessage: z.looseObject({ msgId: words, text: z.looseObject({ content: words }).nullish() }).nullish(),
});
export type RobotMessage = z.infer<typeof robotMessage>;

/** https://open.dingtalk.com/document/orgapp/event-callback-card (2026-11-28). `content` and `value` are JSON in words. */
const cardCallback = z.looseObject({
  outTrackId: z.string().min(1),
  userId: z.string().min(1),
  spaceId: words,
  content: z.unknown().optional(),
  value: z.unknown().optional(),
});

const privateData = z.looseObject({
  cardPrivateData: z.looseObject({ actionIds: z.array(z.string()).nullish(), params: z.record(z.string(), z.unknown()).nullish() }),
});

/** Where a card stands, as it carries it itself. */
const place = z.looseObject({
  channel: words,
  root: words,
  locale: z.enum(locales).nullish(),
  form: words,
  context: words,
});
export type Place = z.infer<typeof place>;

/** Something done on a card. */
export interface CardAct {
  readonly outTrackId: string;
  readonly userId: string;
  /** The platform's word for where it stands; not known to be the conversation's id. */
  readonly spaceId: string | null;
  /** Of the button. */
  readonly actionId: string | null;
  readonly params: Readonly<Record<string, unknown>>;
  /** What was filled in, by the names of the fields; null: a button. */
  readonly form: Readonly<Record<string, unknown>> | null;
}

/** What is stored of a push: `data` as the platform sent it, without what is a secret. */
const stored = z.object({ topic: z.string(), messageId: z.string(), timeMs: z.number(), data: z.unknown() });

export type Push = {
  readonly messageId: string;
  readonly at: Date | null;
} & (
  | { readonly kind: 'robot'; readonly message: RobotMessage }
  | { readonly kind: 'card'; readonly act: CardAct }
  | { readonly kind: 'other'; readonly topic: string }
);

/** Null: it is no push. A push that reads as none of ours is `other`. */
export function readPush(body: Uint8Array): Push | null {
  const read = stored.safeParse(fromJson(new TextDecoder().decode(body)));
  if (!read.success) return null;
  const { topic, messageId, timeMs, data } = read.data;
  const common = { messageId, at: timeMs > 0 ? new Date(timeMs) : null };
  if (topic === topics.robot) {
    const message = robotMessage.safeParse(data);
    if (message.success) return { ...common, kind: 'robot', message: message.data };
  }
  if (topic === topics.card) {
    const act = actIn(data);
    if (act) return { ...common, kind: 'card', act };
  }
  return { ...common, kind: 'other', topic };
}

function actIn(data: unknown): CardAct | null {
  const callback = cardCallback.safeParse(data);
  if (!callback.success) return null;
  const { outTrackId, userId, spaceId, content: inContent, value } = callback.data;
  const act = privateData.safeParse(unpacked(inContent)).data ?? privateData.safeParse(unpacked(value)).data;
  const { actionIds, params = null } = act?.cardPrivateData ?? {};
  const form = z.record(z.string(), z.unknown()).safeParse(unpacked(params?.['form']));
  return {
    ...{ outTrackId, userId, spaceId: spaceId ?? null, actionId: actionIds?.[0] ?? null, params: params ?? {} },
    form: form.success ? form.data : null,
  };
}

/** What a card says of where it stands; nothing where that did not come back. */
export function placeIn(value: unknown): Place {
  const read = place.safeParse(unpacked(value));
  return read.success ? read.data : {};
}

/** The part of a message that its kind speaks of; it may come as JSON in words. */
export function contentOf(given: MessageContent | string | null | undefined): MessageContent {
  const read = content.safeParse(unpacked(given));
  return read.success ? read.data : {};
}

export function localeIn({ locale }: Place): Locale {
  return locale ?? 'zh-CN';
}

/** What may come as JSON in words; words that are none stay words. */
export const unpacked = (value: unknown): unknown => (typeof value === 'string' ? (fromJson(value) ?? value) : value);

function fromJson(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return null;
  }
}
