import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ThreadContent } from '../../src/core/thread.ts';
import { card, eventsOf, message, messages, notice, only, opened, opening, pick, showing, single, take, thread } from './bot-helpers.ts';
import type { BotKit, CreateBotKit } from './bot-kit.ts';

export function botReadsEvents(createKit: CreateBotKit): void {
  describe('toEvents', () => {
    let kit: BotKit;
    let root: string;
    beforeEach(async () => {
      kit = await createKit();
      root = await opened(kit);
    });
    afterEach(() => kit.close());

    /** All events since the last look. */
    const told = async () => eventsOf(await take(kit));

    it('reads a reply: where, who, what, when', async () => {
      const post = kit.write(kit.users.member, root, 'on its way');
      const reply = single(only(await told(), 'message'));
      expect(reply).toMatchObject({
        post,
        rootId: root,
        author: { userId: kit.users.member, kind: 'person' },
        fromSelf: false,
        text: 'on its way',
        mentions: [],
        files: [],
      });
      expect(Math.abs(reply.sentAt.getTime() - Date.now())).toBeLessThan(60_000);
    });

    it('reads a message in the channel itself as one without a root', async () => {
      kit.write(kit.users.member, null, 'good morning');
      expect(single(only(await told(), 'message'))).toMatchObject({ rootId: null, text: 'good morning' });
    });

    it('orders replies as the thread does, compared as plain strings', async () => {
      for (const text of ['one', 'two', 'three']) kit.write(kit.users.member, root, text);
      const replies = only(await told(), 'message');
      expect([...replies].sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
      expect(new Set(replies.map(({ order }) => order)).size).toBe(3);
    });

    it('reads a file with what is needed to fetch it', async () => {
      const file = { name: 'lamp.png', mimeType: 'image/png', bytes: Buffer.from('picture') };
      kit.write(kit.users.member, root, 'see here', { file });
      const reply = single(only(await told(), 'message'));
      const known = pick({ name: 'lamp.png', mimeType: 'image/png', bytes: 7 }, kit.tells.picture);
      expect(reply).toMatchObject({ text: 'see here', files: [known] });
      expect(reply.files[0]?.mimeType).toMatch(/^image\//);
      if (kit.tells.threadOfFile) expect(reply.rootId).toBe(root);
      else
        expect(kit.posts().flatMap(({ ref, otherIds = [] }) => (ref.messageId === root ? otherIds : []))).toContain(reply.about?.posts[0]);
      expect(reply.files[0]?.fileId).not.toBe('');
      if (kit.tells.fileAddress) expect(reply.files[0]?.url).toMatch(/^https?:/);
    });

    it('reads a file without words', async () => {
      kit.write(kit.users.member, root, '', { file: { name: 'a.pdf', mimeType: 'application/pdf', bytes: Buffer.from('x') } });
      const known = pick({ name: 'a.pdf', mimeType: 'application/pdf', bytes: 1 }, kit.tells.document);
      expect(single(only(await told(), 'message'))).toMatchObject({ text: '', files: [known] });
    });

    it('reads a reply that was also sent to the channel as one reply in its thread', async () => {
      kit.write(kit.users.member, root, 'for all', { broadcast: true });
      expect(single(only(await told(), 'message'))).toMatchObject({ rootId: root, text: 'for all' });
    });

    it('tells other bots from people, and both from itself', async () => {
      if (!kit.otherBotWrites) return;
      kit.otherBotWrites(root, 'beep');
      expect(single(only(await told(), 'message'))).toMatchObject({ author: { kind: 'bot' }, fromSelf: false });
    });

    it('echoes nothing: whatever it shows comes back as its own', async () => {
      const reply = kit.write(kit.users.member, root, 'mine');
      await kit.pushed();
      const contents: ThreadContent[] = [
        opening(),
        messages('hello', 'again'),
        { kind: 'messages', messages: [message('surfaced')], surface: true },
        {
          kind: 'messages',
          messages: [message('', { parts: [{ kind: 'image', media: { url: 'https://pictures.example/a.png' } }] })],
          surface: false,
        },
        { kind: 'receipt', on: reply, mark: 'sent' },
        {
          kind: 'notice',
          notice: notice('reply.held'),
          mention: kit.users.member,
          visibleTo: null,
          actions: [{ action: 'send', value: 'd' }],
        },
        { kind: 'card', card: card({ status: 'resolved' }), messages: [message('is the lamp in stock')] },
        { kind: 'announcement', notice: notice('reply.held') },
        {
          kind: 'answer',
          parts: [{ kind: 'lines', lines: ['one', { words: 'two', post: { channelId: kit.channelId, messageId: root } }] }],
          actions: [],
          visibleTo: null,
        },
      ];
      for (const content of contents) {
        await kit.bot.show(thread(kit, content.kind === 'opening' ? null : root), showing(content), kit.access);
        for (const event of await told()) {
          if (event.kind === 'message' || event.kind === 'edit' || event.kind === 'delete') expect(event).toMatchObject({ fromSelf: true });
          else expect(event).toMatchObject({ kind: 'unknown' });
        }
      }
    });

    it('reports an edit only where the text differs', async () => {
      if (!kit.rewrite) return expect(kit.bot.capabilities.reportsEdits).toBe(false);
      expect(kit.bot.capabilities.reportsEdits).toBe(true);
      const post = kit.write(kit.users.member, root, 'look at https://shop.example/lamp');
      kit.write(kit.users.member, root, 'a second one');
      expect(only(await told(), 'edit').filter(({ fromSelf }) => !fromSelf)).toEqual([]);
      kit.rewrite(post, 'look again');
      const taken = await take(kit);
      expect(single(only(eventsOf(taken), 'edit'))).toMatchObject({
        post,
        rootId: root,
        author: { userId: kit.users.member, kind: 'person' },
        fromSelf: false,
        text: 'look again',
      });
      kit.rewrite(post, 'a third time');
      const later = await take(kit);
      expect(single(only(eventsOf(later), 'edit')).text).toBe('a third time');
      expect(later[0]?.key).not.toBe(taken[0]?.key);
    });

    it('reports a delete', async () => {
      if (!kit.remove) return expect(kit.bot.capabilities.reportsDeletes).toBe(false);
      expect(kit.bot.capabilities.reportsDeletes).toBe(true);
      const post = kit.write(kit.users.member, root, 'oops');
      await kit.pushed();
      kit.remove(post);
      expect(single(only(await told(), 'delete'))).toMatchObject({
        post,
        rootId: kit.tells.threadOfDeleted ? root : null,
        fromSelf: false,
      });
    });

    it('makes plain text of every markup', async () => {
      for (const sample of kit.samples) {
        kit.write(kit.users.member, root, sample.typed);
        const { text, mentions } = single(only(await told(), 'message'));
        const expected = typeof sample.text === 'string' ? sample.text : expect.stringMatching(sample.text);
        expect({ typed: sample.typed, text, mentions }).toEqual({ ...sample, text: expected });
      }
    });

    it('makes plain text of an edit, too', async () => {
      const [sample] = kit.samples;
      if (!kit.rewrite || !sample) return;
      const post = kit.write(kit.users.member, root, 'first');
      await kit.pushed();
      kit.rewrite(post, sample.typed);
      expect(single(only(await told(), 'edit'))).toMatchObject({ text: sample.text, mentions: sample.mentions });
    });

    it('carries a press, with its value unread', async () => {
      const actions = [
        { action: 'retry', value: 'd-1|x y' },
        { action: 'discard', value: 'd-2' },
      ] as const;
      const shown = await kit.bot.show(
        thread(kit, root),
        showing({ kind: 'notice', notice: notice('reply.held'), mention: null, visibleTo: null, actions }),
        kit.access,
      );
      await kit.pushed();
      const post = shown.posts[0] ?? { channelId: '', messageId: '' };
      for (const { action, value } of actions) {
        await kit.press(kit.users.supervisor, post, action, 'en');
        expect(single(await told())).toMatchObject({ kind: 'action', action, value, userId: kit.users.supervisor, post, rootId: root });
      }
      await kit.press(kit.users.member, post, 'discard', 'en');
      const twice = await take(kit);
      await kit.press(kit.users.member, post, 'discard', 'en');
      expect(single(await take(kit)).key).not.toBe(single(twice).key);
    });

    it('carries a press on the root card', async () => {
      const post = { channelId: kit.channelId, messageId: root };
      await kit.press(kit.users.member, post, 'claim', 'en');
      expect(single(await told())).toMatchObject({ kind: 'action', action: 'claim', userId: kit.users.member, rootId: root });
      await kit.press(kit.users.member, post, 'resolve', 'en');
      expect(single(await told())).toMatchObject({ kind: 'action', action: 'resolve' });
    });

    it.each(['archived', 'deleted', 'bot-removed'] as const)('reports a channel that is %s, and that it is back', async (state) => {
      if (!kit.tells.channelEnds.includes(state) || !kit.tells.channelEvents) return;
      kit.channelBecomes(state);
      const lost = only(await told(), 'channel-lost');
      expect(lost.length).toBeGreaterThan(0);
      for (const event of lost) expect(event).toEqual({ kind: 'channel-lost', channelId: kit.channelId, reason: state });
      if (state === 'deleted') return;
      kit.channelBecomes('back');
      expect(await told()).toContainEqual({ kind: 'channel-back', channelId: kit.channelId });
    });

    it.each(['revoked', 'uninstalled'] as const)('reports a connection that is %s', async (reason) => {
      if (!kit.tells.connectionEnds.includes(reason)) return;
      kit.connectionBecomes(reason);
      expect(await told()).toEqual([{ kind: 'connection-lost', reason }]);
    });

    it('calls unknown what is not for us', async () => {
      kit.somethingElseHappens();
      const events = await told();
      expect(events.length).toBeGreaterThan(0);
      for (const event of events) expect(event.kind).toBe('unknown');
    });
  });
}
