import type { SeenForm, SeenPost, SeenPrivate } from '../../contract/bot-kit.ts';
import type { DingTalkFake } from './fake.ts';
import { cardLook, type FarPost, farPosts } from './far-end.ts';
import { viewOf } from './template.ts';
import { paramsFor } from './world.ts';

/** What an agent gave in on a card: no post of the group, but seen on the card. */
interface Submitted {
  readonly id: string;
  readonly rootId: string;
  readonly words: string;
}

/** Marks that stand beside an agent's words on a card, or below them. */
const marks = ['✅', '📝', '⏳', '✋', '❌'];

/** Everything that all people of a group see, and their replies on cards, as the contract suite asks for it. */
export function seenPosts(fake: DingTalkFake, groupId: string, submitted: readonly Submitted[]): SeenPost[] {
  const group = fake.world.groups.get(groupId);
  if (!group) return [];
  const carriers = new Map(group.messages.flatMap((one) => (one.kind === 'card' ? [[one.msgId, one.carrierId] as const] : [])));
  const shown = farPosts(fake.world, group)
    .filter(({ recipients }) => recipients === null)
    .map((post): SeenPost => {
      const rootId = post.outTrackId === null ? null : rootOf(fake, post.outTrackId);
      return {
        ref: { channelId: groupId, messageId: post.outTrackId ?? post.msgId },
        ...{ rootId, fromBot: post.user === null, text: post.text, pings: post.pings, styled: post.styled, images: post.images },
        ...{ buttons: post.buttons.map(({ text }) => text), marks: [], inChannel: rootId === null },
        otherIds: [post.msgId, ...[carriers.get(post.msgId)].filter((id) => id !== undefined)],
      };
    });
  const replies = submitted.map(({ id, rootId, words }): SeenPost => {
    const lines = shown.find(({ ref }) => ref.messageId === rootId)?.text.split('\n') ?? [];
    const at = lines.findIndex((line) => line.includes(words));
    const beside = at < 0 ? '' : lines.slice(at, at + 2).join(' ');
    return {
      ref: { channelId: groupId, messageId: id },
      ...{ rootId, fromBot: false, text: words, pings: [], styled: [], images: [], buttons: [], inChannel: false },
      marks: marks.filter((mark) => beside.includes(mark)),
    };
  });
  return [...shown, ...replies];
}

/** The thread that a card belongs to; null: it is a thread's own, or of none. */
export function rootOf(fake: DingTalkFake, outTrackId: string): string | null {
  const { form, buttons } = rawOf(fake, outTrackId);
  const at = form.fields.find(({ name }) => name === 'at')?.defaultValue;
  const named = typeof at === 'string' ? (JSON.parse(at) as { readonly root?: string }).root : undefined;
  const root = named ?? buttons[0]?.event.params.params['root'] ?? rootByNumber(fake, outTrackId);
  return typeof root === 'string' && root !== outTrackId ? root : null;
}

/** As a person tells: by the number of the inquiry in its title. The thread's own card has it below its words. */
function rootByNumber(fake: DingTalkFake, outTrackId: string): string | undefined {
  const number = /#[a-z0-9-]+/.exec(rawOf(fake, outTrackId).title)?.[0];
  if (number === undefined) return undefined;
  const roots = [...fake.world.cards.keys()].filter((id) => isThread(fake, id) && cardLook(fake.world, id, [], null).text.includes(number));
  return roots.at(-1);
}

export const isThread = (fake: DingTalkFake, outTrackId: string): boolean =>
  rawOf(fake, outTrackId).form.fields.some(({ name }) => name.startsWith('reply_'));

/** A card's variables, visible or not. */
function rawOf(fake: DingTalkFake, outTrackId: string, viewer: string | null = null) {
  const card = fake.world.cards.get(outTrackId);
  if (!card) throw new Error(`the fake has no card ${outTrackId}`);
  const params = paramsFor(card, viewer);
  const { title, buttons } = viewOf(params);
  return { title, buttons, form: viewOf({ ...params, has_form: 'true' }).form ?? { fields: [], submit: '', disabled: true } };
}

/** The field in which agents answer. */
export function composerOf(
  fake: DingTalkFake,
  rootId: string,
  user: string | null = null,
): { readonly label: string; readonly name: string } {
  const field = rawOf(fake, rootId, user).form.fields.find(({ hidden = false }) => !hidden);
  if (!field?.label) throw new Error(`the card ${rootId} has nothing to answer in`);
  return { label: field.label, name: field.name };
}

export function privateOf(fake: DingTalkFake, outTrackId: string, atUserIds: readonly string[], user: string): SeenPrivate {
  const look: Pick<FarPost, 'text' | 'pings' | 'buttons'> = cardLook(fake.world, outTrackId, atUserIds, user);
  return { rootId: rootOf(fake, outTrackId), text: look.text, pings: look.pings, buttons: look.buttons.map(({ text }) => text) };
}

/** A form that this person can fill in now; null: the card has none, or it is done. */
export function formOf(fake: DingTalkFake, outTrackId: string, user: string): SeenForm | null {
  const { form } = cardLook(fake.world, outTrackId, [], user);
  if (!form) return null;
  return {
    ...{ title: rawOf(fake, outTrackId, user).title, submit: form.submit },
    fields: form.fields
      .filter(({ hidden = false }) => !hidden)
      .map(({ label = '', type, options = [], defaultValue = '' }) => {
        const chosen = typeof defaultValue === 'string' ? defaultValue : defaultValue.value;
        const filled = type === 'SELECT' ? (options.find(({ value }) => value === chosen)?.text ?? '') : chosen;
        return { label, options: type === 'SELECT' ? options.map(({ text }) => text) : null, filled };
      }),
  };
}
