import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import {
  card,
  inThread,
  isCard,
  legible,
  message,
  messages,
  notice,
  opened,
  opening,
  partsShown,
  readable,
  showing,
  single,
  talkOf,
  thread,
} from './bot-helpers.ts';
import type { BotKit, CreateBotKit } from './bot-kit.ts';

const picture = { url: 'https://pictures.example/lamp.png', mimeType: 'image/png' };
const hostile = [
  '<!channel> <!here> <!everyone>',
  '<@U0MEMBER> @channel @here',
  '*bold* _slanted_ ~struck~',
  '`code` and ```block```',
  '> quoted',
  '<https://evil.example|Your bank>',
  '[Your bank](https://evil.example)',
  '**bold** # not a heading',
  'Tom & Jerry < 5 > 3 "quoted"',
  '&lt;!channel&gt; &amp;',
  ':rotating_light: 🙂 ไทย 中文',
  '<!subteam^S1|team> <#C1>',
  '<!date^1392734382^{date}|x>',
  '<at id=all></at> <at user_id="all">all</at>',
  "<font color='red'>red</font> <b>fat</b> ~~gone~~",
  '# a heading :OK: - a list',
];

export function botShows(createKit: CreateBotKit): void {
  describe('show', () => {
    let kit: BotKit;
    beforeEach(async () => {
      kit = await createKit();
    });
    afterEach(() => kit.close());

    const show = (content: Parameters<typeof showing>[0], rootId: string | null = null) =>
      kit.bot.show(thread(kit, rootId), showing(content), kit.access);

    it('opens a thread with one root card that carries the first message', async () => {
      const { posts } = await show(opening());
      const root = single(kit.posts().filter(({ inChannel }) => inChannel));
      expect(posts[0]).toEqual(root.ref);
      const all = readable(kit.posts());
      for (const words of ['Lamp House TH', 'TikTok Shop', 'Somchai', 'is the lamp in stock']) expect(all).toContain(words);
      expect(all).toContain(text('en', 'card.status.waiting'));
      expect(root.buttons).toContain(text('en', 'action.claim'));
      expect(root.buttons).toContain(text('en', 'action.resolve'));
      expect(kit.posts().flatMap(({ pings }) => pings)).toEqual([]);
    });

    it('opens with several messages and a picture, all in order', async () => {
      const parts = [{ kind: 'image', media: picture }] as const;
      const shown = { kind: 'opening', card: card(), messages: [message('first'), message('', { parts }), message('third')] } as const;
      await show(shown);
      expect(kit.posts().filter(({ inChannel }) => inChannel)).toHaveLength(1);
      expect(kit.posts().flatMap(({ images }) => images)).toHaveLength(1);
      expect(readable(kit.posts())).toMatch(/first[\s\S]*third/);
    });

    it('speaks the language of the reader', async () => {
      await kit.bot.show({ ...thread(kit), locale: 'zh-CN' }, showing(opening()), kit.access);
      expect(readable(kit.posts())).toContain(text('zh-CN', 'card.status.waiting'));
    });

    it('shows messages in the thread, in order, and not in the channel', async () => {
      const root = await opened(kit);
      const before = kit.posts().length;
      const first = await show(messages('one', 'two'), root);
      const second = await show(messages('three'), root);
      const fresh = kit.posts().slice(before);
      expect(readable(talkOf(kit, root, before))).toMatch(/one[\s\S]*two[\s\S]*three/);
      if (isCard(kit)) return expect(fresh).toEqual([]);
      for (const post of fresh) expect(post).toMatchObject({ rootId: root, inChannel: false });
      expect([...first.posts, ...second.posts]).toEqual(fresh.map(({ ref }) => ref));
    });

    it.each(hostile)('shows a buyer’s words as they are, without effect: %s', async (words) => {
      const root = await opened(kit);
      const before = kit.posts().length;
      await show(messages(`look ${words} end`), root);
      await show(opening(words, { buyerName: words, shopName: words }));
      await show({ kind: 'card', card: card({ excerpt: words, buyerName: words }), messages: [message(words)] }, root);
      const posts = [...kit.posts().filter(({ ref }) => ref.messageId === root), ...kit.posts().slice(before)];
      expect(readable(talkOf(kit, root, before))).toContain(`look ${words} end`);
      expect(posts.flatMap(({ pings }) => pings)).toEqual([]);
      const parts = words.split(/[*_~`<>[\]()|#]+/).filter((part) => part.trim().length > 1);
      const styled = posts.flatMap((post) => post.styled.map(legible)).filter((run) => parts.some((part) => run.trim() === part.trim()));
      expect(styled).toEqual([]);
    });

    it('lets no name or parameter in a notice call anybody', async () => {
      const root = await opened(kit);
      const held = {
        ...notice('command.unknown', { word: '<!channel> `x`' }),
        reasons: [notice('inquiry.claimed', { name: '<@U1>' })],
      };
      await show({ kind: 'notice', notice: held, mention: null, visibleTo: null, actions: [] }, root);
      await show({ kind: 'announcement', notice: held });
      expect(kit.posts().flatMap(({ pings }) => pings)).toEqual([]);
      expect(readable(inThread(kit, root))).toContain('<!channel> `x`');
    });

    it.each([3_000, 9_000, 30_000])('shows a text of %i characters whole, in order, each post within the limit', async (length) => {
      const root = await opened(kit);
      const words = Array.from({ length: Math.ceil(length / 8) }, (_, index) => `w${String(index).padStart(6, '0')}`);
      const { posts } = await show(messages(words.join(' ')), root);
      const thread = isCard(kit) ? talkOf(kit, root) : inThread(kit, root).slice(-posts.length);
      expect(readable(thread).match(/w\d{6}/g)).toEqual(words);
      const { maxPostChars } = kit.bot.capabilities;
      // A thread that is a card shows its facts, too.
      for (const { ref, text: seen } of thread)
        expect(legible(seen).length).toBeLessThanOrEqual(maxPostChars + (ref.messageId === root ? 1_000 : 200));
    });

    it('opens with a long first message, whole', async () => {
      const words = Array.from({ length: 1500 }, (_, index) => `w${String(index).padStart(6, '0')}`);
      await show({
        ...opening(words.join(' ')),
        kind: 'opening',
        card: card({ excerpt: 'w000000' }),
        messages: [message(words.join(' '))],
      });
      const seen = [...new Set(readable(kit.posts()).match(/w\d{6}/g) ?? [])];
      expect(isCard(kit) ? seen.sort() : seen).toEqual(words); // what a card has no room for may stand before or after it
      expect(kit.posts().filter(({ inChannel }) => inChannel)).toHaveLength(1);
    });

    it('really uploads a picture into the thread', async () => {
      const root = await opened(kit);
      await show(partsShown({ kind: 'text', text: 'like this' }, { kind: 'image', media: picture }), root);
      const loaded = await kit.access.loadMedia(picture);
      const images = talkOf(kit, root).flatMap((post) => post.images);
      expect(images.map((bytes) => Buffer.from(bytes))).toEqual([Buffer.from(loaded?.bytes ?? [])]);
      expect(readable(talkOf(kit, root))).toContain('like this');
    });

    it('says in words that a picture could not be had', async () => {
      const root = await opened(kit);
      const content = partsShown({ kind: 'image', media: picture });
      await kit.bot.show(thread(kit, root), showing(content), { ...kit.access, loadMedia: async () => null });
      expect(readable(talkOf(kit, root))).toContain(text('en', 'message.image-lost'));
    });

    it('says every kind of part, and drops none', async () => {
      const root = await opened(kit);
      await show(
        partsShown(
          { kind: 'video', media: { url: 'https://pictures.example/v.mp4' }, durationSeconds: 12 },
          { kind: 'file', media: { url: 'https://pictures.example/f.pdf', name: 'invoice.pdf' } },
          { kind: 'sticker', label: 'thumbs' },
          { kind: 'product', productId: '1729384756' },
          { kind: 'order', orderId: '5768901234', note: 'shipped' },
          { kind: 'system', text: 'The buyer left' },
          { kind: 'unsupported', type: 'COUPON_CARD', hint: 'see coupon' },
        ),
        root,
      );
      const words = readable(talkOf(kit, root));
      for (const part of ['12', 'invoice.pdf', 'thumbs', '1729384756', '5768901234', 'The buyer left', 'COUPON_CARD'])
        expect(words).toContain(part);
    });

    it.each([
      ['agent', 'message.agent'],
      ['automatic', 'message.automatic'],
      ['system', 'message.system'],
    ] as const)('says that the %s wrote', async (author, key) => {
      const root = await opened(kit);
      await show({ kind: 'messages', messages: [message('hello', { author })], surface: false }, root);
      expect(readable(talkOf(kit, root))).toContain(text('en', key));
    });

    it('marks what arrived late with its own time', async () => {
      if (isCard(kit)) return; // it stands where it belongs
      const root = await opened(kit);
      const [before = '', after = ''] = text('en', 'message.late', { time: '|' }).split('|');
      await show(messages('in time'), root);
      expect(readable(inThread(kit, root))).not.toContain(before);
      await show({ kind: 'messages', messages: [message('too late', { late: true })], surface: false }, root);
      const words = readable(inThread(kit, root));
      expect(words.slice(words.indexOf(before))).toContain(after);
      expect(words).toContain(before);
    });

    it('surfaces a message in the channel once, however many posts it takes', async () => {
      const root = await opened(kit);
      const before = kit.posts().length;
      const content = { kind: 'messages', messages: [message('surfaced '.repeat(2000)), message('too')], surface: true } as const;
      await show(content, root);
      const fresh = kit.posts().slice(before);
      if (isCard(kit)) return expect(fresh.filter(({ inChannel }) => inChannel)).toHaveLength(1);
      const surfaced = single(fresh.filter(({ inChannel }) => inChannel));
      expect(legible(surfaced.text)).toContain('surfaced');
      // A platform whose replies stand in their thread alone has a post beside it that leads there.
      const inside = surfaced.rootId === null ? fresh.filter((post) => post !== surfaced) : fresh;
      for (const post of inside) expect(post.rootId).toBe(root);
      expect(readable(inside)).toMatch(/(?:surfaced\s+){2000}too/);
    });

    it('marks an agent’s message, and marking it twice is no failure', async () => {
      const root = await opened(kit);
      const on = kit.write(kit.users.member, root, 'sent?');
      const other = kit.write(kit.users.member, root, 'a note');
      const before = kit.posts().length;
      await show({ kind: 'receipt', on, mark: 'sent' }, root);
      await show({ kind: 'receipt', on, mark: 'sent' }, root);
      await show({ kind: 'receipt', on: other, mark: 'noted' }, root);
      const marksOf = (ref: typeof on) => kit.posts().find((post) => post.ref.messageId === ref.messageId)?.marks;
      expect(marksOf(on)).toHaveLength(1);
      expect(marksOf(other)).toHaveLength(1);
      expect(marksOf(on)).not.toEqual(marksOf(other));
      expect(kit.posts()).toHaveLength(before);
    });

    it('gives a notice to its author, with reasons and actions', async () => {
      const root = await opened(kit);
      const held = { ...notice('reply.held'), reasons: [notice('reason.file-type', { type: 'text/csv' })] };
      const actions = [
        { action: 'retry', value: 'd-1' },
        { action: 'edit-and-resend', value: 'd-1' },
      ] as const;
      await show({ kind: 'notice', notice: held, mention: kit.users.member, visibleTo: null, actions }, root);
      const post = inThread(kit, root).at(-1);
      expect(post).toMatchObject({
        pings: [kit.users.member],
        inChannel: false,
        buttons: [text('en', 'action.retry'), text('en', 'action.edit-and-resend')],
      });
      expect(legible(post?.text ?? '')).toContain(text('en', 'reply.held'));
      expect(legible(post?.text ?? '')).toContain(text('en', 'reason.file-type', { type: 'text/csv' }));
    });

    it('rewrites the root card in place', async () => {
      const root = await opened(kit);
      const before = kit.posts().length;
      const resolved = card({ status: 'resolved', assignee: { name: 'Mai' } });
      await show({ kind: 'card', card: resolved, messages: [message('is the lamp in stock')] }, root);
      expect(kit.posts()).toHaveLength(before);
      const words = readable(kit.posts().filter(({ ref }) => ref.messageId === root));
      expect(words).toContain(text('en', 'card.status.resolved'));
      expect(words).not.toContain(text('en', 'card.status.waiting'));
      expect(words).toContain('Mai');
      expect(words).toContain('is the lamp in stock');
    });

    it('announces in the channel itself', async () => {
      await show({ kind: 'announcement', notice: notice('inquiry.claimed', { name: 'Mai' }) });
      expect(single(kit.posts())).toMatchObject({ rootId: null, inChannel: true, pings: [] });
      expect(readable(kit.posts())).toContain(text('en', 'inquiry.claimed', { name: 'Mai' }));
    });
  });
}
