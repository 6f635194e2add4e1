import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import type { ThreadContent } from '../../src/core/thread.ts';
import { eventsOf, failureOf, inThread, isCard, legible, notice, only, opened, showing, single, take, thread } from './bot-helpers.ts';
import type { BotKit, CreateBotKit } from './bot-kit.ts';

/** Notices for one person's eyes; where a platform has none, for all, with a mention. */
export function botPrivateNotices(createKit: CreateBotKit): void {
  describe('private notices', () => {
    let kit: BotKit;
    let root: string;
    let content: ThreadContent;
    beforeEach(async () => {
      kit = await createKit();
      root = await opened(kit);
      content = {
        ...{ kind: 'notice', notice: notice('reply.held'), mention: null, visibleTo: kit.users.member },
        actions: [{ action: 'discard', value: 'd-1' }],
      };
    });
    afterEach(() => kit.close());

    const show = (what: ThreadContent = content) => kit.bot.show(thread(kit, root), showing(what), kit.access);

    it('are seen in the thread by the one that they are for, and by nobody else', async () => {
      const before = kit.posts().length;
      const { posts } = await show();
      if (!kit.bot.capabilities.privateNotices) {
        expect(single(inThread(kit, root).slice(-1))).toMatchObject({ pings: [kit.users.member], inChannel: false });
        return;
      }
      expect(posts).toEqual([]);
      expect(kit.posts()).toHaveLength(before);
      const seen = single(kit.privateTo(kit.users.member));
      expect(seen).toMatchObject({ rootId: root, pings: [], buttons: [text('en', 'action.discard')] });
      expect(legible(seen.text)).toContain(text('en', 'reply.held'));
      expect(kit.privateTo(kit.users.supervisor)).toEqual([]);
    });

    it('carry presses that find their way without a post', async () => {
      await show();
      await kit.pushed();
      if (!kit.bot.capabilities.privateNotices) return;
      await kit.pressPrivate(kit.users.member, 'discard', 'en');
      const press = single(only(eventsOf(await take(kit)), 'action'));
      expect(press).toMatchObject({ action: 'discard', value: 'd-1', userId: kit.users.member });
    });

    it('are no failure for somebody who has left', async () => {
      kit.leaves(kit.users.member);
      const shown = await show();
      if (kit.bot.capabilities.privateNotices) expect(shown).toMatchObject({ posts: [], gone: true });
    });

    it('may be repeated, so that a failure is never uncertain', async () => {
      if (!kit.bot.capabilities.privateNotices) return;
      for (const trouble of ['server-error', 'cut-before', 'cut-after'] as const) {
        kit.break('private', trouble);
        expect(await failureOf(show())).toMatchObject({ kind: 'transient' });
      }
      kit.break('private', 'rate-limited');
      expect(await failureOf(show())).toMatchObject({ kind: 'rate-limited', retryAfterMs: kit.tells.waitMs, limit: 'method' });
    });

    it('draw on a limit that posts do not draw on', () => {
      const { costs, privateNotices } = kit.bot.capabilities;
      if (!privateNotices) return;
      const ofPosts = costs({ ...content, kind: 'notice', notice: notice('reply.held'), mention: null, visibleTo: null, actions: [] });
      expect(costs(content)).not.toEqual([]);
      if (isCard(kit)) return; // a private notice is a card like all others
      expect(costs(content).filter((name) => ofPosts.includes(name))).toEqual([]);
    });
  });
}
