import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inquiryId, shortIdOf } from '../../src/core/ids.ts';
import { text } from '../../src/core/texts/index.ts';
import type { BoardLine, ThreadState } from '../../src/core/thread.ts';
import {
  card,
  eventsOf,
  legible,
  message,
  messages,
  only,
  opening,
  readable,
  showing,
  single,
  take,
  talkOf,
  thread as threadAt,
} from './bot-helpers.ts';
import type { BotKit, CreateBotKit, SeenPost } from './bot-kit.ts';

const id = inquiryId('4f2a1c5e90b34d7788990011');
const states = ['sent', 'noted', 'waiting', 'held', 'failed', 'withdrawn', null] as const;

/** Threads that are cards, rewritten with all that happens. Where threads are the platform's own there is nothing to promise. */
export function botBoardThreads(createKit: CreateBotKit): void {
  describe('threads that are cards', () => {
    let kit: BotKit;
    let root: string;
    /** By which quotes may name the thread. */
    let names: string[];
    beforeEach(async () => {
      kit = await createKit();
      if (kit.bot.capabilities.threads !== 'card') return;
      const { posts } = await kit.bot.show(thread(), showing(opening('is the lamp in stock', { inquiryId: id })), kit.access);
      names = posts.map(({ messageId }) => messageId);
      root = names[0] ?? '';
      await kit.pushed();
    });
    afterEach(() => kit.close());

    const thread = (rootId: string | null = null): ThreadState => ({ ...threadAt(kit, rootId), inquiryId: id });
    const isCard = (): boolean => kit.bot.capabilities.threads === 'card';
    const at = (rootId: string): SeenPost => single(kit.posts().filter(({ ref }) => ref.messageId === rootId));
    const moves = async (words: string) => {
      const { root: moved } = await kit.bot.show(
        thread(root),
        showing({ kind: 'messages', messages: [message(words)], surface: true }),
        kit.access,
      );
      if (!moved) throw new Error('the card stayed where it was');
      return moved;
    };

    it('go on below where the card has scrolled away; the old one says so, and takes nothing more', async () => {
      if (!isCard()) return;
      await kit.bot.show(thread(root), showing(messages('and when does it come')), kit.access);
      expect(readable([at(root)])).toMatch(/is the lamp in stock[\s\S]*and when does it come/);
      const moved = await moves('hello?');
      expect(readable([at(moved.messageId)])).toMatch(/is the lamp in stock[\s\S]*and when does it come[\s\S]*hello\?/);
      expect(at(moved.messageId)).toMatchObject({ rootId: null, inChannel: true });
      expect(at(root).buttons).toEqual([]);
      expect(readable([at(root)])).toContain(text('en', 'board.continued', { id: shortIdOf(id) }));
      expect(readable([at(root)])).not.toContain('and when does it come');
    });

    it('carry the new root in what is done on the new card', async () => {
      if (!isCard()) return;
      const moved = await moves('hello?');
      kit.write(kit.users.member, root, 'on its way');
      await kit.press(kit.users.member, moved, 'claim', 'en');
      const events = eventsOf(await take(kit));
      expect(single(only(events, 'message'))).toMatchObject({ rootId: moved.messageId, text: 'on its way' });
      expect(single(only(events, 'action'))).toMatchObject({ rootId: moved.messageId });
    });

    it('are found where they have moved, and move no second time for that', async () => {
      if (!isCard() || !kit.bot.findPosted) return;
      const shown = showing({ kind: 'messages', messages: [message('hello?')], surface: true });
      const board: ThreadState['board'] = { card: card({ inquiryId: id }), lines: [lineOf('hello?', null)], buried: true };
      const first = await kit.bot.show({ ...thread(root), board }, shown, kit.access);
      const before = kit.posts().length;
      const found = await kit.bot.findPosted({ ...thread(root), board }, shown, { since: new Date(0) }, kit.access);
      expect(found).toMatchObject({ root: first.root, posts: [first.posts[0]] });
      expect(kit.posts()).toHaveLength(before);
    });

    it('tell of every line what became of it, and of none what is not known', async () => {
      if (!isCard()) return;
      const lines = states.map((state) => lineOf(`it is ${state ?? 'unknown'} so far`, state));
      const board = { card: card({ inquiryId: id }), lines, buried: false };
      await kit.bot.show({ ...thread(root), board }, showing({ kind: 'card', card: board.card, messages: [] }), kit.access);
      const seen = legible(at(root).text);
      const starts = states.map((state) => seen.indexOf(`it is ${state ?? 'unknown'} so far`));
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      const marks = states.flatMap((state) => (state === null ? [] : [text('en', `board.${state}`)]));
      const told = starts.map((start, index) => {
        const own = seen.slice(start, starts[index + 1] ?? seen.indexOf(text('en', 'board.hint', { id: shortIdOf(id) })));
        return marks.filter((mark) => own.includes(mark));
      });
      expect(told).toEqual(states.map((state) => (state === null ? [] : [text('en', `board.${state}`)])));
    });

    it('never leave out what is being shown, however much there is of it', async () => {
      if (!isCard()) return;
      const words = Array.from({ length: 80 }, (_, index) => `words ${index}.`);
      const shown = { kind: 'messages', messages: words.map((one) => message(one)), surface: false } as const;
      const before = kit.posts().length;
      await kit.bot.show(thread(root), showing(shown), kit.access);
      const seen = readable(talkOf(kit, root, before));
      expect(words.filter((one) => seen.split(one).length !== 2)).toEqual([]);
      expect(words.map((one) => seen.indexOf(one))).toEqual(words.map((one) => seen.indexOf(one)).toSorted((a, b) => a - b));
    });

    it('take a reply that was sent off twice for one, and the same words once more for another', async () => {
      if (!isCard()) return;
      kit.write(kit.users.member, root, 'yes');
      kit.write(kit.users.member, root, 'yes');
      const requests = await kit.pushed();
      expect(requests).toHaveLength(2);
      const first = single(await take(kit, requests));
      kit.write(kit.users.member, root, 'yes');
      expect(single(await take(kit)).key).not.toBe(first.key);
      kit.write(kit.users.supervisor, root, 'yes');
      expect(single(await take(kit)).key).not.toBe(first.key);
    });

    it('are known by whatever a quote says of them; what says nothing is no guess', async () => {
      if (!kit.quotes) return;
      for (const shape of kit.quotes.naming) {
        const post = kit.quotes.write(kit.users.member, { channelId: kit.channelId, messageId: root }, 'on its way', shape);
        const said = single(only(eventsOf(await take(kit)), 'message'));
        expect(said, shape).toMatchObject({ post, rootId: null, text: 'on its way' });
        const { posts = [], ticket = null } = said.about ?? {};
        expect(posts.some((name) => names.includes(name)) || ticket === shortIdOf(id), `${shape}: ${JSON.stringify(said.about)}`).toBe(
          true,
        );
      }
      for (const shape of kit.quotes.silent) {
        kit.quotes.write(kit.users.member, { channelId: kit.channelId, messageId: root }, 'on its way', shape);
        const said = single(eventsOf(await take(kit)));
        const { posts = [], ticket = null } = said.kind === 'message' ? (said.about ?? {}) : {};
        expect(
          posts.filter((name) => names.includes(name)),
          shape,
        ).toEqual([]);
        expect(ticket, shape).toBeNull();
      }
    });

    it("are known by the number that words begin with, in a person's own writing", async () => {
      if (!isCard()) return;
      const ticket = shortIdOf(id);
      for (const typed of [`#${ticket} on its way`, `＃${ticket.toUpperCase()} on its way`]) {
        kit.write(kit.users.member, null, typed);
        const said = single(only(eventsOf(await take(kit)), 'message'));
        expect(said).toMatchObject({ rootId: null, text: 'on its way', about: { posts: [], ticket } });
      }
    });
  });
}

const lineOf = (words: string, state: BoardLine['state']): BoardLine => ({
  ...{ post: state === null ? null : { channelId: 'c', messageId: words }, parts: [{ kind: 'text', text: words }] },
  ...{ author: state === null ? { kind: 'buyer', name: null } : { kind: 'member', name: 'Mai' } },
  ...{ sentAt: new Date('2026-11-20T08:30:00Z'), state },
});
