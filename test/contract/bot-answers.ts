import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ask } from '../../src/core/ask.ts';
import { inquiryId } from '../../src/core/ids.ts';
import { text } from '../../src/core/texts/index.ts';
import type { AnswerContent, AnswerPart } from '../../src/core/thread.ts';
import { eventsOf, failureOf, inThread, legible, notice, only, opened, showing, single, take, thread } from './bot-helpers.ts';
import type { BotKit, CreateBotKit } from './bot-kit.ts';

const content = (...parts: AnswerPart[]): AnswerContent => ({ kind: 'answer', parts, actions: [] });
const lines = (...words: string[]): AnswerPart => ({ kind: 'lines', lines: words });

/** Commands, emoji and shortcuts; and what is answered at once. */
export function botAnswers(createKit: CreateBotKit): void {
  describe('commands and answers', () => {
    let kit: BotKit;
    let root: string;
    beforeEach(async () => {
      kit = await createKit();
      root = await opened(kit);
    });
    afterEach(() => kit.close());

    /** The one question in what was pushed. */
    async function asked(): Promise<Ask> {
      const found = (await kit.pushed()).map((request) => kit.received(request));
      const received = single(found);
      if (received.kind !== 'event' || !received.ask) throw new Error('nobody asks');
      return received.ask;
    }

    it('reads a command: who, where, which words, and that somebody waits', async () => {
      if (!kit.command) return;
      await kit.command(kit.users.member, `assign <@${kit.users.supervisor}> ${kit.bold('now')} & <b>`);
      const requests = await kit.pushed();
      const { events } = single(await take(kit, requests));
      const command = single(events);
      const said = { userId: kit.users.member, channelId: kit.channelId, mentions: [kit.users.supervisor] };
      expect(command).toMatchObject({ kind: 'command', ...said, text: expect.stringMatching(/^assign @.* now & <b>$/) });
      const received = kit.received(single(requests));
      if (received.kind !== 'event') throw new Error('no event');
      const { text: words, answerTo } = command as Extract<typeof command, { kind: 'command' }>;
      expect(received.ask).toEqual({ kind: 'command', ...said, text: words, answerTo });
    });

    it('reads a command without words', async () => {
      await kit.command?.(kit.users.member, '');
      for (const event of eventsOf(await take(kit))) expect(event).toMatchObject({ kind: 'command', text: '' });
    });

    it('gives every command a key of its own, and those of a channel one lane', async () => {
      if (!kit.command) return;
      await kit.command(kit.users.member, 'stats');
      await kit.command(kit.users.member, 'stats');
      const [one, other] = await take(kit);
      expect(one?.key).not.toBe(other?.key);
      expect(one?.lane).toBe(other?.lane);
    });

    it('leaves the commands of other apps alone', async () => {
      await kit.foreignCommand(kit.users.member, 'production');
      const requests = await kit.pushed();
      for (const request of requests) expect(kit.received(request)).not.toHaveProperty('ask');
      for (const { kind } of eventsOf(await take(kit, requests))) expect(kind).not.toBe('command');
    });

    it('reads an emoji, whatever its skin, and that it was taken away', async () => {
      const { emoji } = kit;
      if (!emoji) return;
      const post = { channelId: kit.channelId, messageId: root };
      for (const typed of emoji.typed) {
        kit.react(kit.users.member, post, typed);
        kit.unreact(kit.users.member, post, typed);
        const seen = only(eventsOf(await take(kit)), 'reaction');
        const common = { name: emoji.name, userId: kit.users.member, post };
        expect(seen).toMatchObject([
          { ...common, added: true },
          { ...common, added: false },
        ]);
      }
    });

    it('puts an emoji on a root into the lane of its thread', async () => {
      const { emoji } = kit;
      if (!emoji) return;
      kit.react(kit.users.member, { channelId: kit.channelId, messageId: root }, emoji.name);
      const [reaction] = await take(kit);
      kit.write(kit.users.member, root, 'on its way');
      const reply = (await take(kit)).find(({ events }) => only(events, 'message').length > 0);
      expect(reaction?.lane).toBe(reply?.lane);
    });

    it('says which emoji it marks messages with', async () => {
      const on = kit.write(kit.users.member, root, 'sent?');
      for (const mark of ['sent', 'noted', 'waiting'] as const)
        await kit.bot.show(thread(kit, root), showing({ kind: 'receipt', on, mark }), kit.access);
      const marks = kit.posts().find(({ ref }) => ref.messageId === on.messageId)?.marks ?? [];
      if (kit.emoji) expect([...kit.bot.capabilities.receiptEmoji].sort()).toEqual([...marks].sort());
    });

    it('takes its own marks for its own', async () => {
      const on = kit.write(kit.users.member, root, 'sent?');
      await kit.pushed();
      await kit.bot.show(thread(kit, root), showing({ kind: 'receipt', on, mark: 'sent' }), kit.access);
      for (const request of await kit.pushed()) expect(kit.received(request)).toMatchObject({ own: true });
    });

    it('answers with words, lines, tables and notices, for one person alone', async () => {
      const acknowledge = kit.bot.answers?.acknowledge;
      if (!kit.command || !acknowledge) return;
      await kit.command(kit.users.member, 'queue');
      const table: AnswerPart = {
        kind: 'table',
        columns: [
          { title: 'Shop', align: 'left' },
          { title: 'Open', align: 'right' },
        ],
        rows: [
          ['Lamp House TH', '7'],
          ['灯具店', '12'],
        ],
      };
      const told: AnswerPart = { kind: 'notice', notice: notice('reply.held') };
      const made = { ...content({ kind: 'title', words: 'Waiting *now*' }, lines('one <!channel>', 'two'), table, told) };
      const answer = await acknowledge({ ...made, actions: [{ action: 'claim', value: 'q-1' }] }, 'en', kit.access);
      expect(answer.status).toBe(200);
      const seen = kit.seenIn(answer, kit.users.member);
      expect(seen).toMatchObject({ rootId: null, pings: [], buttons: [text('en', 'action.claim')] });
      const words = legible(seen.text);
      for (const part of ['Waiting *now*', 'one <!channel>\ntwo', text('en', 'reply.held')]) expect(words).toContain(part);
      expect(words).toMatch(/Shop +Open\nLamp House TH +7\n灯具店 +12/);
      expect(kit.posts()).toHaveLength(1);
    });

    it('leads to a post', async () => {
      const acknowledge = kit.bot.answers?.acknowledge;
      if (!kit.command || !acknowledge) return;
      await kit.command(kit.users.member, 'queue');
      const post = { channelId: kit.channelId, messageId: root };
      const answer = await acknowledge(content({ kind: 'lines', lines: [{ words: 'Somchai', post }] }), 'en', kit.access);
      expect(kit.seenIn(answer, kit.users.member).text).toContain('Somchai');
      expect(answer.body).toContain('https://');
      kit.connectionBecomes('revoked');
    });

    it('cuts an answer that is too long, and says so', async () => {
      const acknowledge = kit.bot.answers?.acknowledge;
      if (!acknowledge) return;
      const many = Array.from({ length: 2_000 }, (_, index) => `line ${index}`);
      const long = content(lines(...many), ...many.slice(0, 100).map((words) => ({ kind: 'title' as const, words })));
      const seen = kit.seenIn(await acknowledge(long, 'en', kit.access), kit.users.member);
      const shown = many.filter((line) => seen.text.split('\n').includes(line)).length;
      expect(shown).toBeGreaterThan(100);
      expect(shown).toBeLessThan(2_000);
      expect(seen.text).toMatch(new RegExp(text('en', 'answer.cut', { count: 'N' }).replace(/[.()]/g, '\\$&').replace('N', '\\d+')));
    });

    it('answers later, as often as the platform lets it, and nowhere else', async () => {
      const { answers } = kit.bot;
      if (!kit.command || !answers?.acknowledge) return;
      await kit.command(kit.users.member, 'stats');
      const { answerTo } = await asked();
      if (answerTo === null) return;
      await answers.follow(answerTo, content(lines('here it is')), 'en', kit.access);
      expect(single(kit.privateTo(kit.users.member)).text).toBe('here it is');
      const follow = () => answers.follow(answerTo, content(lines('again')), 'en', kit.access);
      let worn: unknown = null;
      for (let use = 0; use < 50 && worn === null; use += 1)
        worn = await follow().then(
          () => null,
          (error: unknown) => error,
        );
      expect(worn).toMatchObject({ kind: 'rejected' });
      const elsewhere = answers.follow('https://elsewhere.example/respond', content(lines('x')), 'en', kit.access);
      expect(await failureOf(elsewhere)).toMatchObject({ kind: 'rejected' });
    });

    it('answers below the words that asked, where an acknowledgement carries nothing, and nowhere else', async () => {
      const { answers } = kit.bot;
      if (!kit.command || !answers || answers.acknowledge) return;
      await kit.command(kit.users.member, 'stats');
      const { answerTo } = await asked();
      if (answerTo === null) throw new Error('there is nowhere to answer');
      const post = { channelId: kit.channelId, messageId: root };
      const before = kit.posts().length;
      await answers.follow(answerTo, content({ kind: 'lines', lines: ['one <!channel>', { words: 'two *now*', post }] }), 'en', kit.access);
      const { privateNotices } = kit.bot.capabilities;
      const seen = (): { readonly text: string; readonly pings: readonly string[]; readonly styled?: readonly string[] }[] =>
        privateNotices ? kit.privateTo(kit.users.member) : kit.posts().slice(before);
      const shown = single(seen());
      expect(shown).toMatchObject({ pings: [], ...(privateNotices ? {} : { fromBot: true, inChannel: false }) });
      expect(shown.styled?.map((run) => run.trim()) ?? []).not.toContain('now');
      expect(legible(shown.text)).toMatch(/one <!channel>\s+two \*now\*/);
      if (kit.tells.postAddress) expect(kit.everything()).toContain('https://');
      const many = Array.from({ length: 2_000 }, (_, index) => `line ${index}`);
      await kit.command(kit.users.member, 'stats');
      const next = (await asked()).answerTo;
      const below = seen().length;
      await answers.follow(next ?? '', content(lines(...many)), 'en', kit.access);
      const [long] = seen().slice(below);
      expect(long?.text).toMatch(new RegExp(text('en', 'answer.cut', { count: 'N' }).replace(/[.()]/g, '\\$&').replace('N', '\\d+')));
      const elsewhere = answers.follow('https://elsewhere.example/respond', content(lines('x')), 'en', kit.access);
      expect(await failureOf(elsewhere)).toMatchObject({ kind: 'rejected' });
    });

    it('shows a list in the thread, for all or for one', async () => {
      const made = { ...content({ kind: 'title', words: 'History' }, lines('opened', 'claimed')), visibleTo: null };
      const { posts } = await kit.bot.show(thread(kit, root), showing(made), kit.access);
      const shown = single(inThread(kit, root));
      expect(posts).toEqual([shown.ref]);
      expect(shown).toMatchObject({ inChannel: false, text: expect.stringMatching(/History\nopened\nclaimed/) });
      await kit.bot.show(thread(kit, root), showing({ ...made, visibleTo: kit.users.member }), kit.access);
      if (!kit.bot.capabilities.privateNotices) return;
      expect(inThread(kit, root)).toHaveLength(1);
      expect(single(kit.privateTo(kit.users.member))).toMatchObject({ rootId: root, text: expect.stringContaining('claimed') });
    });

    it('shows a report in the channel itself, its picture with it, and finds it again', async () => {
      const picture: AnswerPart = { kind: 'picture', media: { url: 'https://pictures.example/chart.png' }, words: 'A chart' };
      const report = showing({ ...content({ kind: 'title', words: 'Yesterday' }, lines('7 opened'), picture), visibleTo: null });
      const nobodys = { ...thread(kit), inquiryId: inquiryId('') };
      const since = new Date(Date.now() - 60_000);
      const { posts } = await kit.bot.show(nobodys, report, kit.access);
      const fresh = kit.posts().filter(({ ref }) => ref.messageId !== root);
      for (const { inChannel, rootId } of fresh) expect([inChannel, rootId]).toEqual([true, null]);
      expect(fresh[0]).toMatchObject({ ref: posts[0], text: expect.stringContaining('7 opened') });
      expect(fresh.flatMap(({ images }) => images)).toHaveLength(1);
      const found = await kit.bot.findPosted?.(nobodys, report, { since }, kit.access);
      if (kit.bot.findPosted) expect(found?.posts[0]).toEqual(posts[0]);
      expect(kit.posts().filter(({ ref }) => ref.messageId !== root)).toHaveLength(fresh.length);
    });

    it('says by when it must be answered', () => {
      const { answers } = kit.bot;
      if (answers?.acknowledge) expect(answers.deadlineMs).toBeGreaterThan(500);
    });
  });

  describe('answers over the socket', () => {
    let kit: BotKit;
    beforeEach(async () => {
      kit = await createKit({ socket: true });
    });
    afterEach(() => kit.close());

    it('go with the acknowledgement', async () => {
      const { socket, answers } = kit.bot;
      const acknowledge = answers?.acknowledge;
      if (!socket || !acknowledge || !kit.command) return;
      const questions: Ask[] = [];
      const connection = await socket.start(async ({ ask }) => {
        if (!ask) return null;
        questions.push(ask);
        return acknowledge(content(lines('seven are open')), 'en', kit.access);
      });
      try {
        await kit.command(kit.users.member, 'queue');
        await kit.socketAcknowledged();
        expect(single(questions)).toMatchObject({ kind: 'command', text: 'queue', userId: kit.users.member });
        expect(single(kit.privateTo(kit.users.member)).text).toBe('seven are open');
      } finally {
        await connection.close();
      }
    });
  });
}
