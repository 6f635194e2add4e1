import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Posted } from '../../bots/bot.ts';
import type { Showing, ThreadContent } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import {
  card,
  failureOf,
  isCard,
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
import type { BotKit, CreateBotKit, Target, Trouble } from './bot-kit.ts';

const picture = { url: 'https://pictures.example/lamp.png', mimeType: 'image/png' };
const told: ThreadContent = { kind: 'notice', notice: notice('reply.held'), mention: null, visibleTo: null, actions: [] };
const announcement: ThreadContent = { kind: 'announcement', notice: notice('reply.held') };
const cardAgain: ThreadContent = { kind: 'card', card: card({ status: 'answered' }), messages: [message('is the lamp in stock')] };

export function botFailures(createKit: CreateBotKit): void {
  describe('failures', () => {
    let kit: BotKit;
    let root: string;
    beforeEach(async () => {
      kit = await createKit();
      root = await opened(kit);
    });
    afterEach(() => kit.close());

    const show = (content: ThreadContent, rootId: string | null = root) => kit.bot.show(thread(kit, rootId), showing(content), kit.access);
    const receipt = (): ThreadContent => ({ kind: 'receipt', on: kit.write(kit.users.member, root, 'sent?'), mark: 'sent' });

    it('waits as long as the platform asks, and only with the limit that it speaks of', async () => {
      const { waitMs } = kit.tells;
      kit.break('post', 'rate-limited');
      expect(await failureOf(show(messages('hello')))).toMatchObject({
        kind: 'rate-limited',
        retryAfterMs: waitMs,
        limit: kit.limitOf.post,
      });
      const mark = receipt();
      kit.break('mark', 'rate-limited');
      expect(await failureOf(show(mark))).toMatchObject({ kind: 'rate-limited', retryAfterMs: waitMs, limit: kit.limitOf.mark });
      expect(readable(kit.posts())).not.toContain('hello');
    });

    it('does not try again by itself', async () => {
      const before = kit.calls();
      kit.break('post', 'server-error', 5);
      await failureOf(show(messages('hello')));
      expect(kit.calls()).toBe(before + 1);
    });

    it.each<Trouble>(['server-error', 'server-error-after', 'html', 'cut-before', 'cut-after'])(
      'calls a post uncertain that met %s',
      async (trouble) => {
        for (const [content, rootId] of [
          [messages('hello'), root],
          [opening(), null],
          [announcement, null],
        ] as const) {
          kit.break('post', trouble);
          const { kind } = await failureOf(show(content, rootId));
          // A card that is drawn again cannot double.
          expect(isCard(kit) && content.kind === 'messages' ? ['transient', 'uncertain'] : ['uncertain']).toContain(kind);
        }
      },
    );

    it.each<[Target, Trouble]>([
      ['mark', 'server-error'],
      ['mark', 'cut-after'],
      ['mark', 'html'],
      ['card', 'server-error'],
      ['card', 'cut-before'],
    ])('lets a %s that met %s be tried again: it cannot double', async (target, trouble) => {
      const content = target === 'mark' ? receipt() : cardAgain;
      kit.break(target, trouble);
      const { kind } = await failureOf(show(content));
      expect(['transient', 'uncertain']).toContain(kind);
      const again = showing(content);
      if (kind === 'uncertain') expect(await kit.bot.findPosted?.(thread(kit, root), again, { since: new Date(0) }, kit.access)).toBeNull();
      await kit.bot.show(thread(kit, root), again, kit.access);
    });

    it.each<Trouble>(['server-error', 'cut-before', 'cut-after', 'html'])(
      'posts a picture once when its upload met %s',
      async (trouble) => {
        kit.break('upload', trouble);
        await untilShown(showing(partsShown({ kind: 'text', text: 'like this' }, { kind: 'image', media: picture })));
        expect(talkOf(kit, root).flatMap(({ images }) => images)).toHaveLength(1);
        expect(readable(talkOf(kit, root)).match(/like this/g)).toHaveLength(1);
      },
    );

    it.each(['archived', 'deleted', 'bot-removed'] as const)('says of a channel that is %s: it is this channel alone', async (state) => {
      if (!kit.tells.channelEnds.includes(state)) return;
      const mark = receipt();
      kit.channelBecomes(state);
      // A card can be drawn again wherever it lies.
      for (const content of isCard(kit) ? [told] : [told, messages('hello'), mark, cardAgain]) {
        const error = await failureOf(show(content));
        expect(error).toMatchObject({ localToChannel: true });
        expect(['auth', 'rejected']).toContain(error.kind);
        expect(error.code).toBeTruthy();
      }
      expect(await failureOf(show(announcement, null))).toMatchObject({ localToChannel: true });
    });

    it.each(['revoked', 'uninstalled'] as const)('says of a connection that is %s: it is the whole connection', async (state) => {
      const mark = receipt();
      kit.connectionBecomes(state);
      for (const content of [messages('hello'), mark, cardAgain]) {
        expect(await failureOf(show(content))).toMatchObject({ kind: 'auth', localToChannel: false });
      }
    });

    it('stops when it is told to', async () => {
      const error = await failureOf(
        kit.bot.show(thread(kit, root), showing(messages('hello')), { ...kit.access, signal: AbortSignal.abort() }),
      );
      expect(['uncertain', 'transient']).toContain(error.kind);
    });

    it('keeps texts and names out of its errors', async () => {
      for (const trouble of ['server-error', 'html', 'cut-after', 'rate-limited'] as const) {
        kit.break('post', trouble);
        const error = await failureOf(show(messages('secret words')));
        const causes = [error, error.cause].map((one) => `${String(one)} ${JSON.stringify(one)}`);
        expect(causes.join()).not.toMatch(/secret words|Somchai|xoxb/);
      }
    });

    // Looking up

    const search = { since: new Date(Date.now() - 60_000) };
    /** What the pipeline does with an uncertain post: look it up, and send it again only when it is not there. */
    async function untilShown(one: Showing, rootId: string | null = root): Promise<Posted> {
      for (let attempt = 0; attempt < 6; attempt += 1) {
        try {
          return await kit.bot.show(thread(kit, rootId), one, kit.access);
        } catch (error) {
          if (!(error instanceof PlatformError) || (error.kind !== 'uncertain' && error.kind !== 'transient')) throw error;
          const found = error.kind === 'uncertain' ? await kit.bot.findPosted?.(thread(kit, rootId), one, search, kit.access) : null;
          if (found) return found;
        }
      }
      throw new Error('it was not shown');
    }

    const lookUp = (one: Showing, rootId: string | null = root) => kit.bot.findPosted?.(thread(kit, rootId), one, search, kit.access);

    it.each<[string, ThreadContent, 'thread' | 'channel']>([
      ['messages', messages('hello', 'again'), 'thread'],
      [
        'a notice',
        { kind: 'notice', notice: notice('reply.held'), mention: null, visibleTo: null, actions: [{ action: 'send', value: 'd' }] },
        'thread',
      ],
      ['an opening', opening(), 'channel'],
      ['an announcement', announcement, 'channel'],
      ['a surfaced message', { kind: 'messages', messages: [message('hello')], surface: true }, 'thread'],
    ])('finds %s again after a cut, and nothing where nothing arrived', async (_name, content, place) => {
      if (!kit.bot.findPosted || (isCard(kit) && content.kind === 'messages')) return;
      const rootId = place === 'thread' ? root : null;
      const [lost, arrived, twin] = [showing(content), showing(content), showing(content)];
      kit.break('post', 'cut-before');
      await failureOf(kit.bot.show(thread(kit, rootId), lost, kit.access));
      await kit.bot.show(thread(kit, rootId), twin, kit.access);
      kit.break('post', 'cut-after');
      const before = kit.posts().length;
      await failureOf(kit.bot.show(thread(kit, rootId), arrived, kit.access));
      await kit.bot.show(thread(kit, rootId), showing(content), kit.access);
      kit.write(kit.users.member, rootId, 'hello');
      const found = await lookUp(arrived, rootId);
      expect(found?.posts).toContainEqual(kit.posts()[before]?.ref);
      expect(found?.posts[0]).toEqual(kit.posts()[before]?.ref);
      if (kit.looksUp === 'reads') return expect(await lookUp(lost, rootId)).toBeNull();
      // What had not arrived has now, and once: it is not sent another time by looking another time.
      const now = await lookUp(lost, rootId);
      const all = kit.posts().length;
      expect((await lookUp(lost, rootId))?.posts).toEqual(now?.posts);
      expect(kit.posts()).toHaveLength(all);
    });

    it('finds an opening whose inquiry has got another thread since', async () => {
      if (!kit.bot.findPosted) return;
      const one = showing(opening());
      const { posts } = await kit.bot.show(thread(kit), one, kit.access);
      // By its main post: other names of it may be told by nothing but the answer to its own call.
      expect((await lookUp({ ...one, content: messages('hello') }))?.posts[0]).toEqual(posts[0]);
    });

    it('tells what it found as what it would have told', async () => {
      const one = showing(told);
      const posted = await kit.bot.show(thread(kit, root), one, kit.access);
      if (kit.bot.findPosted) expect((await lookUp(one))?.posts).toEqual(posted.posts);
    });

    it('finds a post among many others', async () => {
      if (!kit.bot.findPosted) return;
      const one = showing(told);
      await kit.bot.show(thread(kit, root), one, kit.access);
      for (let count = 0; count < 250; count += 1) kit.write(kit.users.member, root, `noise ${count}`);
      expect(await lookUp(one)).not.toBeNull();
      const opener = showing(opening());
      await kit.bot.show(thread(kit), opener, kit.access);
      for (let count = 0; count < 250; count += 1) kit.write(kit.users.member, null, `noise ${count}`);
      expect(await lookUp(opener, null)).not.toBeNull();
    });

    it.each<Trouble>(['server-error', 'cut-before', 'html', 'rate-limited'])(
      'does not call a look-up that met %s an answer',
      async (trouble) => {
        if (!kit.bot.findPosted) return;
        for (const rootId of [root, null]) {
          kit.break(kit.looksUp === 'reads' ? 'read' : 'post', trouble);
          const { kind } = await failureOf(Promise.resolve(lookUp(showing(rootId === null ? announcement : told), rootId)));
          expect(kind).toBe(trouble === 'rate-limited' ? 'rate-limited' : 'transient');
        }
      },
    );

    it.each<Trouble>(['cut-before', 'cut-after', 'server-error-after'])(
      'shows once what takes several posts, when one of them met %s',
      async (trouble) => {
        const words = Array.from({ length: 3000 }, (_, index) => `w${String(index).padStart(6, '0')}`);
        for (const which of ['first', 'second'] as const) {
          const rootId = isCard(kit) ? await opened(kit) : root;
          const before = kit.posts().length;
          const one = showing(messages(words.join(' ')));
          if (which === 'first') kit.break('post', trouble);
          else breakSecondPost(trouble);
          const posted = await untilShown(one, rootId);
          expect(readable(talkOf(kit, rootId, before)).match(/w\d{6}/g)).toEqual(words);
          const fresh = kit.posts().slice(before);
          if (!isCard(kit)) expect(posted.posts).toEqual(fresh.map(({ ref }) => ref));
        }
      },
    );

    it.each<Trouble>(['cut-before', 'cut-after'])('opens one thread when the opening with a picture met %s', async (trouble) => {
      for (const target of ['post', 'upload'] as const) {
        const before = kit.posts().length;
        kit.break(target, trouble);
        const parts = [{ kind: 'image', media: picture }] as const;
        const posted = await untilShown(
          showing({ kind: 'opening', card: card(), messages: [message('first'), message('', { parts })] }),
          null,
        );
        const fresh = kit.posts().slice(before);
        expect(posted.posts[0]).toEqual(single(fresh.filter(({ inChannel }) => inChannel)).ref);
        expect(fresh.flatMap(({ images }) => images)).toHaveLength(1);
      }
    });

    /** Lets one post through, then breaks the next. */
    function breakSecondPost(trouble: Trouble): void {
      kit.break('post', 'none');
      kit.break('post', trouble);
    }
  });
}
