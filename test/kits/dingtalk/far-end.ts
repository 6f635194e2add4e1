import { renderMarkdown } from './markdown.ts';
import { type CardButton, type FormField, viewOf } from './template.ts';
import { type DingGroup, type DingMessage, type DingWorld, paramsFor } from './world.ts';

/** A message as a person finds it in a group or in their conversation with the robot. */
export interface FarPost {
  readonly groupId: string;
  readonly msgId: string;
  /** Null: it is no card. */
  readonly outTrackId: string | null;
  /** Null: our robot. */
  readonly user: string | null;
  /** Who alone sees it; null: everybody. */
  readonly recipients: readonly string[] | null;
  readonly text: string;
  readonly pings: readonly string[];
  readonly styled: readonly string[];
  readonly images: readonly Buffer[];
  readonly files: readonly { readonly name: string; readonly bytes: Buffer }[];
  readonly buttons: readonly CardButton[];
  /** What can be filled in; null: nothing. */
  readonly form: { readonly fields: readonly FormField[]; readonly submit: string } | null;
}

/** Everything in a group, oldest first, as it looks now: to this person, or null, to anybody. What is for other eyes is left out where a person looks. */
export function farPosts(world: DingWorld, group: DingGroup, viewer: string | null = null): FarPost[] {
  return group.messages
    .filter((message) => viewer === null || message.kind !== 'card' || message.recipients === null || message.recipients.includes(viewer))
    .map((message) => farPost(world, group.id, message, viewer));
}

export function farPost(world: DingWorld, groupId: string, message: DingMessage, viewer: string | null): FarPost {
  const nothing = { outTrackId: null, user: null, recipients: null, pings: [], styled: [], images: [], files: [], buttons: [], form: null };
  const { msgId } = message;
  if (message.kind === 'person') {
    const files = message.file?.bytes ? [{ name: message.file.name, bytes: message.file.bytes }] : [];
    return { ...nothing, groupId, msgId, user: message.user, text: message.text, files };
  }
  if (message.kind === 'robot') return { ...nothing, groupId, msgId, ...plain(world, message) };
  const { outTrackId, atUserIds, recipients } = message;
  return { ...nothing, groupId, msgId, outTrackId, recipients, ...cardLook(world, outTrackId, atUserIds, viewer) };
}

type Look = Pick<FarPost, 'text' | 'pings' | 'styled' | 'images' | 'files' | 'buttons' | 'form'>;

/** A card with what its instance holds now. Whom it calls: those of the message itself, and those that its words name as such. */
export function cardLook(world: DingWorld, outTrackId: string, atUserIds: readonly string[], viewer: string | null): Look {
  const card = world.cards.get(outTrackId);
  if (!card) throw new Error(`the fake has no card ${outTrackId}`);
  const { title, talk, form, buttons } = viewOf(paramsFor(card, viewer));
  const parts = talk.map(({ text }) => renderMarkdown(text));
  return {
    text: [title, ...parts.map(({ text }) => text)].filter((text) => text !== '').join('\n'),
    pings: [...new Set([...atUserIds, ...parts.flatMap(({ pings }) => pings)])],
    styled: parts.flatMap(({ styled }) => styled),
    images: talk.flatMap(({ image }) => (image === '' ? [] : [mediaBytes(world, image)])),
    files: [],
    buttons,
    form: form && !form.disabled ? { fields: form.fields, submit: form.submit } : null,
  };
}

function plain(world: DingWorld, { msgKey, param }: Extract<DingMessage, { kind: 'robot' }>): Look {
  const look: Look = { text: '', pings: [], styled: [], images: [], files: [], buttons: [], form: null };
  switch (msgKey) {
    case 'sampleText':
      return { ...look, text: param['content'] ?? '' };
    case 'sampleImageMsg':
      return { ...look, images: [mediaBytes(world, param['photoURL'] ?? '')] };
    case 'sampleFile':
      return { ...look, files: [{ name: param['fileName'] ?? '', bytes: mediaBytes(world, param['mediaId'] ?? '') }] };
    default:
      return { ...look, ...renderMarkdown(param['text'] ?? '') };
  }
}

function mediaBytes(world: DingWorld, mediaId: string): Buffer {
  const file = world.media.get(mediaId);
  if (!file?.bytes) throw new Error(`a picture is shown that was never uploaded: ${mediaId}`);
  return file.bytes;
}
