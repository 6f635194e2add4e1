import type { DingTalkFake } from '../kits/dingtalk/fake.ts';
import { type FarPost, farPost, farPosts } from '../kits/dingtalk/far-end.ts';
import { composerOf, formOf, isThread, privateOf, seenPosts } from '../kits/dingtalk/seen.ts';
import type { DingGroup, DingMessage } from '../kits/dingtalk/world.ts';
import type { Desk, DeskFile, DeskPost } from './desk.ts';

const marks = { sent: '✅', noted: '📝' };

/** What an agent gave in: no post of the group, but it stands on the card. */
interface Given {
  readonly id: string;
  readonly channelId: string;
  readonly rootTs: string;
  readonly words: string;
}

/** Each inquiry has a card, and where that has moved out of sight another one: the first gives the thread its name, the last is what people look at. */
export function dingtalkDesk(fake: DingTalkFake): Desk {
  const { world } = fake;
  const given: Given[] = [];

  function groupWith(id: string, by?: string): DingGroup {
    const group = world.groups.get(id);
    if (!group) throw new Error(`the fake has no group ${id}`);
    // Where somebody does something, there they are.
    if (by !== undefined) group.members.add(by);
    return group;
  }
  const named = (words: string) => words.replace(/<@(\w+)>/g, (_whole, id: string) => `@${world.users.get(id)?.name ?? id}`);
  const known = new Map<string, boolean>();
  /** It is a thread's own card. */
  function isRoot(id: string | null): id is string {
    if (id === null || !world.cards.has(id)) return false;
    const is = known.get(id) ?? isThread(fake, id);
    known.set(id, is);
    return is;
  }
  const cardsOf = (channelId: string, of: string) =>
    groupWith(channelId).messages.filter(
      (one) => one.kind === 'card' && isRoot(one.outTrackId) && inquiryOf(one.outTrackId) === inquiryOf(of),
    );
  const nameOf = (message: DingMessage | undefined): string | null => (message?.kind === 'card' ? message.outTrackId : null);
  const firstOf = (channelId: string, rootId: string): string => nameOf(cardsOf(channelId, rootId)[0]) ?? rootId;
  function lastOf(channelId: string, rootId: string): FarPost | undefined {
    const message = cardsOf(channelId, rootId).at(-1);
    return message && farPost(world, channelId, message, null);
  }

  function posts(channelId: string): DeskPost[] {
    const far = farPosts(world, groupWith(channelId));
    const filesOf = new Map(far.map(({ msgId, files }) => [msgId, files]));
    const shown = seenPosts(fake, channelId, []).map(
      (post): DeskPost => ({
        ...{ channel: channelId, ts: post.ref.messageId, text: plain(post.text), fromBot: post.fromBot, pings: post.pings },
        threadTs: post.rootId === null ? null : firstOf(channelId, post.rootId),
        buttons: post.buttons.map((label) => ({ label })),
        files: [...post.images.map((bytes) => ({ bytes: Buffer.from(bytes) })), ...(filesOf.get(post.otherIds?.[0] ?? '') ?? [])],
        ...{ reactions: [], broadcast: false },
      }),
    );
    const roots = shown.filter(({ ts }) => isRoot(ts));
    const nowOf = new Map(roots.map((root) => [inquiryOf(root.ts), root]));
    const hidden = new Set(given.map(({ id }) => id));
    return [
      ...shown.flatMap((post) => {
        if (hidden.has(post.ts)) return [];
        if (!roots.includes(post)) return [post];
        return post.ts === firstOf(channelId, post.ts) ? [{ ...(nowOf.get(inquiryOf(post.ts)) ?? post), ts: post.ts }] : [];
      }),
      ...given
        .filter((one) => one.channelId === channelId)
        .map(({ id, rootTs, words }): DeskPost => {
          return {
            ...{
              channel: channelId,
              ts: id,
              threadTs: rootTs,
              fromBot: false,
              text: words,
              pings: [],
              buttons: [],
              files: [],
              broadcast: false,
            },
            reactions: marksBelow(nowOf.get(inquiryOf(rootTs))?.text ?? '', words).map((name) => ({ name, users: [] })),
          };
        }),
    ];
  }

  /** Words go into the card's own field. Whom they call is picked in the group alone, and so is a picture: they quote the card. */
  function write(by: string, channelId: string, rootTs: string | null, words: string, [file]: readonly DeskFile[] = []): string {
    groupWith(channelId, by);
    const root = rootTs === null ? undefined : lastOf(channelId, rootTs);
    if (rootTs === null || !root?.outTrackId) return fake.writes(by, channelId, words).msgId;
    if (file || words.includes('<@')) {
      const quotes = { msgId: root.msgId, shape: 'card-params' } as const;
      const { msgId } = fake.writes(by, channelId, words, { quotes, ...(file ? { file } : {}) });
      given.push({ id: msgId, channelId, rootTs, words: named(words) });
      return msgId;
    }
    const { label } = composerOf(fake, root.outTrackId, by);
    if (!fake.submits(by, root.outTrackId, { [label]: words })) throw new Error('what is given in on the card goes nowhere');
    const id = `given-${given.length}`;
    given.push({ id, channelId, rootTs, words });
    return id;
  }

  return {
    marks,
    marksOf: (channelId, rootTs, _ts, words) => marksBelow(plain(lastOf(channelId, rootTs)?.text ?? ''), words),
    isHeard: () => fake.stream.connections > 0,
    posts: (channelId) => (channelId === undefined ? [...world.groups.keys()].flatMap(posts) : posts(channelId)),
    write,
    async press(by, channelId, ts, label) {
      groupWith(channelId, by);
      const record = fake.presses(by, isRoot(ts) ? (lastOf(channelId, ts)?.outTrackId ?? ts) : ts, label);
      await fake.stream.settled();
      return record?.code ?? null;
    },
    edit() {
      throw new Error('nobody is told of an edit in DingTalk');
    },
    remove() {
      throw new Error('nobody takes back what was given in on a card');
    },
    async command(by, channelId, words) {
      fake.writes(by, channelId, words);
      await fake.stream.settled();
    },
    toldTo: (by) =>
      [...world.groups.values()].flatMap(({ id, messages }) =>
        messages.flatMap((one) => {
          if (one.kind !== 'card' || !one.recipients?.includes(by)) return [];
          const { rootId, text } = privateOf(fake, one.outTrackId, one.atUserIds, by);
          const threadTs = rootId === null ? null : firstOf(id, rootId);
          return [{ threadTs, text: plain(text), raw: plain(text) }];
        }),
      ),
    leadsTo(raw, channelId, rootTs) {
      const [, number = 'none'] = /#([0-9a-f]{6})/.exec(lastOf(channelId, rootTs)?.text ?? '') ?? [];
      return raw.includes(number);
    },
    callsAll: (raw) => raw.includes('@everybody'),
    announced: (channelId) =>
      posts(channelId)
        .filter(({ ts, text, fromBot }) => fromBot && !isRoot(ts) && text.includes(' · #'))
        .map(({ text }) => text),
    formsOf: (by) => fake.privateCards(by).flatMap(({ outTrackId }) => formOf(fake, outTrackId, by) ?? []),
    async submitForm(by, filled) {
      const last = fake.privateCards(by).findLast(({ outTrackId }) => formOf(fake, outTrackId, by) !== null);
      if (!last) throw new Error(`${by} has no form open`);
      fake.submits(by, last.outTrackId, filled);
      await fake.stream.settled();
    },
    addGuest: () => null,
    addStranger: () => null,
    addMember: (number, name) => world.addUser({ id: `agent${number}`, name }).id,
    joins: (by, channelId) => void groupWith(channelId, by),
    settled: fake.stream.settled,
  };
}

/** Cards of one inquiry begin alike. */
const inquiryOf = (outTrackId: string): string => outTrackId.slice(0, outTrackId.lastIndexOf('-'));

/** Blanks and breaks that only keep markup away. */
const plain = (words: string): string => words.replaceAll('\u200b', '').replaceAll('\u00a0', ' ');

/** The mark that stands on a card right below these words, or below their end where they go on for long. */
function marksBelow(card: string, words: string): string[] {
  const end = `${words.slice(-60)}\n`;
  const at = card.lastIndexOf(end);
  const below = at < 0 ? '' : card.slice(at + end.length);
  return Object.values(marks).filter((mark) => below.startsWith(mark));
}
