import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatFile } from '../../bots/bot.ts';
import type { ListedEvent } from '../../src/core/connector.ts';
import type { MediaRef } from '../../src/core/message.ts';
import type { ThreadContent } from '../../src/core/thread.ts';
import {
  card,
  eventsOf,
  failureOf,
  inThread,
  message,
  messages,
  notice,
  only,
  opened,
  opening,
  partsShown,
  showing,
  single,
  take,
  thread,
} from './bot-helpers.ts';
import type { BotKit, CreateBotKit } from './bot-kit.ts';

const picture = { url: 'https://pictures.example/lamp.png', mimeType: 'image/png' };
const partsInAnswer = (media: MediaRef): ThreadContent => ({
  ...{ kind: 'answer', parts: [{ kind: 'picture', media, words: 'A chart' }], actions: [], visibleTo: null },
});

export function botReads(createKit: CreateBotKit): void {
  describe('reads', () => {
    let kit: BotKit;
    let root: string;
    beforeEach(async () => {
      kit = await createKit();
      root = await opened(kit);
    });
    afterEach(() => kit.close());

    const read = ({ key, body, contentType }: ListedEvent) => kit.bot.toEvents({ key, body, contentType, receivedAt: new Date() });

    it('lists replies after a post, under the keys and lanes that pushed ones have', async () => {
      if (!kit.bot.listReplies) return;
      kit.write(kit.users.member, root, 'before');
      const after = kit.write(kit.users.member, root, 'here we stopped');
      await kit.pushed();
      await kit.bot.show(thread(kit, root), showing(messages('from the buyer')), kit.access);
      kit.write(kit.users.member, root, 'one <b> & two', { broadcast: true });
      kit.write(kit.users.supervisor, root, 'see', { file: { name: 'a.png', mimeType: 'image/png', bytes: Buffer.from('x') } });
      for (let count = 0; count < 120; count += 1) kit.write(kit.users.member, root, `many ${count}`);
      const pushed = (await take(kit)).filter(({ events }) => only(events, 'message').some(({ fromSelf }) => !fromSelf));
      const listed = await kit.bot.listReplies(thread(kit, root), after, kit.access);
      expect(listed.map(({ key, lane }) => ({ key, lane }))).toEqual(pushed.map(({ key, lane }) => ({ key, lane })));
      expect(listed.flatMap(read)).toEqual(eventsOf(pushed));
    });

    it('lists what was edited meanwhile so that its new words are known, and the edit under the key that the pushed one has', async () => {
      if (!kit.bot.listReplies || !kit.rewrite) return;
      const after = { channelId: kit.channelId, messageId: root };
      const post = kit.write(kit.users.member, root, 'first words');
      kit.rewrite(post, 'second words');
      const pushed = (await take(kit)).filter(({ events }) => events.some(({ kind }) => kind === 'message' || kind === 'edit'));
      const listed = await kit.bot.listReplies(thread(kit, root), after, kit.access);
      expect(listed.map(({ key, lane }) => ({ key, lane }))).toEqual(pushed.map(({ key, lane }) => ({ key, lane })));
      const events = listed.flatMap(read);
      expect(single(only(events, 'message'))).toMatchObject({ post, text: 'second words' });
      expect(only(events, 'edit').map(({ text }) => text)).toEqual(['second words']);
    });

    it('lists no message twice, and none that was taken back', async () => {
      if (!kit.bot.listReplies) return;
      const after = { channelId: kit.channelId, messageId: root };
      const post = kit.write(kit.users.member, root, 'taken back');
      kit.remove?.(post);
      kit.write(kit.users.member, root, 'stays');
      const listed = await kit.bot.listReplies(thread(kit, root), after, kit.access);
      expect(only(listed.flatMap(read), 'message').map(({ text }) => text)).toEqual(kit.remove ? ['stays'] : ['taken back', 'stays']);
    });

    it('lists nothing where nothing was written', async () => {
      if (!kit.bot.listReplies) return;
      const after = { channelId: kit.channelId, messageId: root };
      await kit.bot.show(thread(kit, root), showing(messages('from the buyer')), kit.access);
      expect(await kit.bot.listReplies(thread(kit, root), after, kit.access)).toEqual([]);
    });

    it('fails to list as a read fails', async () => {
      const { listReplies } = kit.bot;
      if (!listReplies) return;
      const after = { channelId: kit.channelId, messageId: root };
      const list = () => failureOf(Promise.resolve(listReplies(thread(kit, root), after, kit.access)));
      for (const trouble of ['server-error', 'cut-before', 'html'] as const) {
        kit.break('read', trouble);
        expect(await list()).toMatchObject({ kind: 'transient' });
      }
      kit.break('read', 'rate-limited');
      expect(await list()).toMatchObject({ kind: 'rate-limited', retryAfterMs: kit.tells.waitMs });
      kit.channelBecomes('bot-removed');
      expect(await list()).toMatchObject({ localToChannel: true });
    });

    it('knows members, guests, people of other organisations and bots', async () => {
      const { user } = kit.bot;
      if (!user) return;
      const kindOf = async (userId: string) => (await user(userId, kit.access)).kind;
      const known = Object.entries(kit.users).filter(([name]) => kit.tells.kinds[name as keyof typeof kit.users] !== null);
      expect(known.length).toBeGreaterThan(2);
      for (const [name, id] of known) expect([name, await kindOf(id)]).toEqual([name, kit.tells.kinds[name as keyof typeof kit.users]]);
      const member = await user(kit.users.member, kit.access);
      expect(member).toMatchObject({ userId: kit.users.member, name: expect.stringMatching(/./), email: expect.stringContaining('@') });
      expect((await failureOf(user('U0NOBODY', kit.access))).kind).toBe('rejected');
    });

    async function written(bytes: Uint8Array): Promise<ChatFile> {
      kit.write(kit.users.member, root, 'see', { file: { name: 'lamp.png', mimeType: 'image/png', bytes } });
      const [file] = single(only(eventsOf(await take(kit)), 'message').filter(({ fromSelf }) => !fromSelf)).files;
      if (!file) throw new Error('the message has no file');
      return file;
    }

    it('fetches a file', async () => {
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));
      const fetched = await kit.bot.fetchFile(await written(bytes), { ...kit.access, maxBytes: 70_000 });
      expect(Buffer.from(fetched.bytes).equals(bytes)).toBe(true);
      expect(fetched).toMatchObject({ mimeType: 'image/png', ...(kit.tells.picture.includes('name') ? { name: 'lamp.png' } : {}) });
    });

    it('refuses a file that is too large, gone or forbidden', async () => {
      const file = await written(Buffer.alloc(5000, 1));
      expect(await failureOf(kit.bot.fetchFile(file, { ...kit.access, maxBytes: 4999 }))).toMatchObject({ kind: 'rejected' });
      // What the event said of its size proves nothing.
      expect(await failureOf(kit.bot.fetchFile({ ...file, bytes: 10 }, { ...kit.access, maxBytes: 4999 }))).toMatchObject({
        kind: 'rejected',
      });
      kit.forbidFiles();
      expect(await failureOf(kit.bot.fetchFile(file, { ...kit.access, maxBytes: 9999 }))).toMatchObject({ kind: 'rejected' });
    });

    it('refuses a file that is gone', async () => {
      const file = await written(Buffer.from('x'));
      kit.loseFiles();
      expect(await failureOf(kit.bot.fetchFile(file, { ...kit.access, maxBytes: 9999 }))).toMatchObject({ kind: 'rejected' });
    });

    it('sends its token to no other host', async () => {
      if (!kit.tells.fileAddress) return;
      const file = await written(Buffer.from('x'));
      const elsewhere = { ...file, url: 'http://127.0.0.1:9/files/x' };
      expect((await failureOf(kit.bot.fetchFile(elsewhere, { ...kit.access, maxBytes: 9999 }))).kind).toBe('rejected');
    });

    it('finds nothing wrong where nothing is', async () => {
      const findings = await kit.bot.check([kit.channelId], 'en');
      expect(findings.length).toBeGreaterThan(1);
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    });

    it('finds each misconfiguration and says what will not work, in both languages', async () => {
      for (const name of Object.keys(kit.misconfigurations)) {
        const broken = await createKit();
        broken.misconfigurations[name]?.();
        for (const locale of ['en', 'zh-CN'] as const) {
          const wrong = (await broken.bot.check([broken.channelId], locale)).filter(({ ok }) => !ok);
          expect({ name, found: wrong.length > 0 }).toEqual({ name, found: true });
          for (const { problem, effect } of wrong) {
            expect(problem).toBeTruthy();
            expect(effect).toBeTruthy();
            expect(/\p{Script=Han}/u.test(`${problem}${effect}`)).toBe(locale === 'zh-CN');
          }
        }
        await broken.close();
      }
    });

    it('declares the limits that every call draws on', async () => {
      const { limits, costs, lookupCosts } = kit.bot.capabilities;
      const names = new Set(limits.map(({ name }) => name));
      // A call may draw on a channel's limit, too; on one of the whole connection it always does.
      const ofConnection = new Set(limits.filter(({ per }) => per === 'connection').map(({ name }) => name));
      const on = kit.write(kit.users.member, root, 'sent?');
      const contents: ThreadContent[] = [
        opening(),
        messages('hello', 'again'),
        messages('long '.repeat(5000)),
        { kind: 'messages', messages: [message('hello')], surface: true },
        partsShown({ kind: 'text', text: 'see' }, { kind: 'image', media: picture }, { kind: 'image', media: picture }),
        { kind: 'opening', card: card(), messages: [message('', { parts: [{ kind: 'image', media: picture }] })] },
        { kind: 'receipt', on, mark: 'sent' },
        {
          kind: 'notice',
          notice: notice('reply.held'),
          mention: kit.users.member,
          visibleTo: null,
          actions: [{ action: 'send', value: 'd' }],
        },
        { kind: 'card', card: card({ status: 'resolved' }), messages: [message('is the lamp in stock')] },
        { kind: 'announcement', notice: notice('reply.held') },
        { kind: 'answer', parts: [{ kind: 'lines', lines: ['one', 'two'] }], actions: [], visibleTo: null },
        { kind: 'notice', notice: notice('reply.held'), mention: null, visibleTo: kit.users.member, actions: [] },
        partsInAnswer(picture),
      ];
      for (const content of contents) {
        const declared = costs(content);
        expect(declared.filter((name) => !names.has(name))).toEqual([]);
        const before = kit.calls();
        await kit.bot.show(thread(kit, content.kind === 'opening' ? null : root), showing(content), kit.access);
        const calls = kit.calls() - before;
        expect(calls).toBeGreaterThan(0);
        expect(declared.filter((name) => ofConnection.has(name)).length, content.kind).toBeGreaterThanOrEqual(calls);
      }
      for (const name of Object.values(lookupCosts).flat()) expect(names).toContain(name);
      for (const { permits, everyMs, source } of limits) expect(permits > 0 && everyMs > 0 && source !== '').toBe(true);
      expect(new Set(limits.map(({ name }) => name)).size).toBe(limits.length);
    });

    it('declares what one user and one look-up cost', async () => {
      const { findPosted, listReplies, user, capabilities } = kit.bot;
      const used = async (task: () => unknown) => {
        const before = kit.calls();
        await task();
        return kit.calls() - before;
      };
      const after = { channelId: kit.channelId, messageId: root };
      const one = showing(messages('hello'));
      const { lookupCosts } = capabilities;
      await user?.(kit.users.member, kit.access); // what is asked only once, has been
      if (user) expect(await used(() => user(kit.users.member, kit.access))).toBeLessThanOrEqual(lookupCosts.user.length);
      if (listReplies)
        expect(await used(() => listReplies(thread(kit, root), after, kit.access))).toBeLessThanOrEqual(lookupCosts.listReplies.length);
      if (findPosted)
        expect(
          await used(() => findPosted(thread(kit, root), one, { since: new Date(Date.now() - 1000) }, kit.access)),
        ).toBeLessThanOrEqual(lookupCosts.findPosted.length);
      if (kit.looksUp === 'reads') expect(inThread(kit, root)).toEqual([]);
    });
  });

  describe('socket', () => {
    let kit: BotKit;
    beforeEach(async () => {
      kit = await createKit({ socket: true });
    });
    afterEach(() => kit.close());

    it('acknowledges an event only once it is persisted; what failed comes again, or is kept until it can be stored', async () => {
      const { socket } = kit.bot;
      if (!socket) return;
      const persisted: ListedEvent[] = [];
      let failures = 0;
      const connection = await socket.start(async (event) => {
        if (failures === 0) {
          failures += 1;
          expect(event.key).not.toBe('');
          throw new Error('the store is away');
        }
        persisted.push(event);
        return null;
      });
      try {
        expect(connection.healthy()).toBe(true);
        const post = kit.write(kit.users.member, null, 'over the socket');
        expect(await kit.socketAcknowledged()).toBe(1);
        expect(failures).toBe(1);
        const { key, body, contentType } = single(persisted);
        expect(kit.bot.toEvents({ key, body, contentType, receivedAt: new Date() })).toMatchObject([
          { kind: 'message', post, text: 'over the socket' },
        ]);
      } finally {
        await connection.close();
      }
      expect(connection.healthy()).toBe(false);
    });

    it('gives events the keys and lanes that they have over HTTP', async () => {
      const { socket } = kit.bot;
      if (!socket || kit.ingress === 'socket') return;
      const persisted: ListedEvent[] = [];
      const connection = await socket.start(async (event) => {
        persisted.push(event);
        return null;
      });
      try {
        kit.write(kit.users.member, null, 'hello');
        await kit.socketAcknowledged();
      } finally {
        await connection.close();
      }
      const { key, lane, body } = single(persisted);
      expect(kit.bot.receive(kit.signed(Buffer.from(body).toString()))).toMatchObject({ key, lane });
    });

    it('is not there where it was not asked for, and always where there is nothing else', async () => {
      if (kit.ingress === 'socket') return expect(kit.bot.socket).toBeDefined();
      const plain = await createKit();
      expect(plain.bot.socket === undefined).toBe(kit.bot.socket !== undefined);
      await plain.close();
    });
  });
}
