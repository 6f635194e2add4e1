import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { text } from '../../../src/core/texts/index.ts';
import type { ThreadContent } from '../../../src/core/thread.ts';
import { board, group, lineOf, message, messages, type Organisation, opening, showing, startOrganisation, thread } from './organisation.ts';

const hello = message('is the lamp in stock');
const since = { since: new Date(0) };

describe('a thread that is a card', () => {
  let org: Organisation;
  beforeEach(async () => {
    org = await startOrganisation();
  });
  afterEach(() => org.close());

  const posts = () => org.fake.posts(group);
  const words = (post = posts()[0]) => (post?.text ?? '').replaceAll('\u200b', '').replaceAll('\u00a0', ' ');

  async function opened(): Promise<string> {
    const { posts: made } = await org.bot.show(thread(null, board([lineOf(hello)])), showing(opening(hello)), org.access);
    return made[0]?.messageId ?? '';
  }

  it('opens with one card, which is known by its own name and by the carrier’s', async () => {
    const { posts: made } = await org.bot.show(thread(null, board([lineOf(hello)])), showing(opening(hello)), org.access);
    const [first] = posts();
    expect(posts()).toHaveLength(1);
    expect(made[0]).toEqual({ channelId: group, messageId: first?.outTrackId });
    expect(made[0]?.messageId).toMatch(/^tm-4f2a1c0123456789abcdef01-[0-9a-f]{12}$/);
    expect(made[1]?.messageId).toMatch(/^carrier/);
    for (const part of ['Lamp House TH', 'Somchai', 'is the lamp in stock', '#4f2a1c', text('en', 'card.status.waiting')])
      expect(words()).toContain(part);
    expect(first?.form?.fields.map(({ name }) => name)).toEqual(['reply_0', 'at']);
    expect(first?.pings).toEqual([]);
  });

  it('is drawn again with what is said, in place, and nobody’s half-written words are touched', async () => {
    const root = await opened();
    const second = message('and in red?');
    const params = org.fake.world.cards.get(root)?.params;
    const { posts: told } = await org.bot.show(thread(root, board([lineOf(hello), lineOf(second)])), showing(messages(second)), org.access);
    expect(told).toEqual([{ channelId: group, messageId: root }]);
    expect(posts()).toHaveLength(1);
    expect(words()).toMatch(/is the lamp in stock[\s\S]*and in red\?/);
    expect(org.fake.world.cards.get(root)?.params['form']).toBe(params?.['form']);
    expect(org.calls()).toEqual(['POST /v1.0/card/instances/createAndDeliver', 'PUT /v1.0/card/instances']);
  });

  it.each([
    ['sent', '✅'],
    ['noted', '📝'],
    ['waiting', '⏳'],
    ['held', '✋'],
    ['failed', '❌'],
    ['withdrawn', '↩️'],
    [null, ''],
  ] as const)('says of a reply that it is %s', async (state, mark) => {
    const root = await opened();
    const on = { channelId: group, messageId: 'reply-1' };
    const reply = lineOf(message('yes, it is'), { post: on, author: { kind: 'member', name: 'Mai' }, state });
    await org.bot.show(thread(root, board([lineOf(hello), reply])), showing({ kind: 'receipt', on, mark: 'sent' }), org.access);
    const after = words().slice(words().indexOf('yes, it is'));
    const marks = ['✅ sent', '📝', '⏳', '✋', '❌', '↩️'].filter((one) => after.split('\n')[1]?.includes(one));
    expect(marks.map((one) => one.split(' ')[0])).toEqual(mark === '' ? [] : [mark]);
  });

  it('goes on in a new card when the old one is out of sight, which then says so and takes no more replies', async () => {
    const root = await opened();
    const second = message('hello?');
    const shown = await org.bot.show(
      thread(root, board([lineOf(hello), lineOf(second)], { buried: true })),
      showing(messages(second)),
      org.access,
    );
    const [old, fresh] = posts();
    expect(posts()).toHaveLength(2);
    expect(shown.root).toEqual({ channelId: group, messageId: fresh?.outTrackId });
    expect(shown.posts[0]).toEqual(shown.root);
    expect(words(fresh)).toContain('hello?');
    expect(words(old)).toContain(text('en', 'board.continued', { id: '4f2a1c' }));
    expect(words(old)).not.toContain('is the lamp in stock');
    expect([old?.form, old?.buttons]).toEqual([null, []]);
    expect(fresh?.form?.fields[0]?.name).toBe('reply_0');
  });

  it('gets a new card where the old one is no more', async () => {
    const second = message('hello?');
    const shown = await org.bot.show(thread('tm-gone', board([lineOf(second)])), showing(messages(second)), org.access);
    expect(posts()).toHaveLength(1);
    expect(shown.root?.messageId).toBe(posts()[0]?.outTrackId);
  });

  it('keeps its newest words; what is being shown and finds no room stands before it, whole', async () => {
    const root = await opened();
    const long = message(Array.from({ length: 1_500 }, (_, index) => `w${String(index).padStart(6, '0')}`).join(' '));
    const { posts: told } = await org.bot.show(thread(root, board([lineOf(hello), lineOf(long)])), showing(messages(long)), org.access);
    const [rootPost, ...beside] = posts();
    const all = [...beside.map(words), words(rootPost)].join('\n').match(/w\d{6}/g) ?? [];
    expect(all).toHaveLength(1_500);
    expect(all).toEqual([...all].sort());
    expect(words(rootPost)).toContain('w001499');
    expect(words(rootPost)).not.toContain('is the lamp in stock');
    expect(told.map(({ messageId }) => messageId)).toEqual([root, ...beside.map(({ outTrackId }) => outTrackId)]);
    expect(beside.every(({ form, buttons }) => form === null && buttons.length === 0)).toBe(true);
    // Drawn again for another reason it stays as it is, and nothing is told twice.
    await org.bot.show(
      thread(root, board([lineOf(hello), lineOf(long)])),
      showing({ kind: 'card', card: board([]).card, messages: [] }),
      org.access,
    );
    expect(posts()).toHaveLength(1 + beside.length);
  });

  it('shows pictures in a card beside it', async () => {
    const root = await opened();
    const pictured = message('', {
      parts: [
        { kind: 'text', text: 'like this' },
        { kind: 'image', media: { url: 'https://pictures.example/a.png' } },
      ],
    });
    await org.bot.show(thread(root, board([lineOf(hello), lineOf(pictured)])), showing(messages(pictured)), org.access);
    expect(posts().map(({ images }) => images.length)).toEqual([0, 1]);
    expect(words()).toContain('like this');
    expect(words(posts()[1])).toContain('#4f2a1c');
  });

  it('takes no replies once it is resolved', async () => {
    const root = await opened();
    const resolved = { ...board([lineOf(hello)]).card, status: 'resolved' as const };
    await org.bot.show(
      thread(root, board([lineOf(hello)], { card: resolved })),
      showing({ kind: 'card', card: resolved, messages: [] }),
      org.access,
    );
    expect(posts()[0]?.form).toBeNull();
  });

  describe('after an unknown outcome', () => {
    const deliver = ({ path }: { path: string }) => path.endsWith('/createAndDeliver');
    const draw = ({ method }: { method: string }) => method === 'PUT';

    it.each(['cut-before', 'cut-after'] as const)('an opening that was %s is there once', async (kind) => {
      const one = showing(opening(hello));
      const state = thread(null, board([lineOf(hello)]));
      org.fake.api.failNext(deliver, { kind });
      await expect(org.bot.show(state, one, org.access)).rejects.toMatchObject({ kind: 'uncertain' });
      const found = await org.bot.findPosted?.(state, one, since, org.access);
      expect(found?.posts[0]?.messageId).toBe(kind === 'cut-after' ? posts()[0]?.outTrackId : undefined);
      if (!found) await org.bot.show(state, one, org.access);
      expect(posts()).toHaveLength(1);
    });

    it('an update may be repeated, so it is never uncertain', async () => {
      const root = await opened();
      const one = showing(messages(hello));
      for (const kind of ['cut-before', 'cut-after'] as const) {
        org.fake.api.failNext(draw, { kind });
        await expect(org.bot.show(thread(root, board([lineOf(hello)])), one, org.access)).rejects.toMatchObject({ kind: 'transient' });
      }
      expect(await org.bot.findPosted?.(thread(root, board([lineOf(hello)])), one, since, org.access)).toBeNull();
    });

    it('what was made in part is completed, each part once', async () => {
      const root = await opened();
      const long = message('many words '.repeat(1_500));
      const state = thread(root, board([lineOf(hello), lineOf(long)]));
      const one = showing(messages(long));
      org.fake.api.failNext((request) => deliver(request) && posts().length === 2, { kind: 'cut-after' });
      await expect(org.bot.show(state, one, org.access)).rejects.toMatchObject({ kind: 'uncertain' });
      const found = await org.bot.findPosted?.(state, one, since, org.access);
      const ids = posts().map(({ outTrackId }) => outTrackId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(new Set(found?.posts.map(({ messageId }) => messageId))).toEqual(new Set(ids));
      expect(words()).toContain('many words');
    });

    it('a new card that is there has its old one told', async () => {
      const root = await opened();
      const state = thread(root, board([lineOf(hello)], { buried: true }));
      const one = showing(messages(hello));
      org.fake.api.failNext(draw, { kind: 'status', status: 503 });
      await expect(org.bot.show(state, one, org.access)).rejects.toMatchObject({ kind: 'uncertain' });
      const found = await org.bot.findPosted?.(state, one, since, org.access);
      expect(found?.root?.messageId).toBe(posts()[1]?.outTrackId);
      expect(words()).toContain(text('en', 'board.continued', { id: '4f2a1c' }));
    });

    it('a card that was made and did not come through is brought there later', async () => {
      const inGroup = org.fake.world.groups.get(group);
      const one = showing(opening(hello));
      const state = thread(null, board([lineOf(hello)]));
      if (inGroup) inGroup.hasRobot = false;
      await expect(org.bot.show(state, one, org.access)).rejects.toMatchObject({
        kind: 'auth',
        localToChannel: true,
        code: 'chatbotNotInstall',
      });
      if (inGroup) inGroup.hasRobot = true;
      const { posts: told } = await org.bot.show(state, one, org.access);
      expect(posts().map(({ outTrackId }) => outTrackId)).toEqual([told[0]?.messageId]);
    });
  });

  describe('beside threads', () => {
    const told: ThreadContent = {
      kind: 'notice',
      notice: { key: 'reply.held', params: {}, reasons: [] },
      mention: null,
      visibleTo: null,
      actions: [{ action: 'retry', value: 'd-1' }],
    };

    it('a notice is a card of its own, mentions whom it is for, and is found again', async () => {
      const root = await opened();
      const one = showing({ ...told, mention: 'mai' });
      const { posts: made } = await org.bot.show(thread(root), one, org.access);
      const post = posts()[1];
      expect(post).toMatchObject({ pings: ['mai'], outTrackId: made[0]?.messageId });
      expect(words(post)).toContain('@Mai');
      expect(post?.buttons[0]?.event.params).toEqual({ actionId: 'threadmart.retry', params: { value: 'd-1', channel: group, root } });
      expect((await org.bot.findPosted?.(thread(root), one, since, org.access))?.posts).toEqual(made);
      expect(await org.bot.findPosted?.(thread(root), showing(told), since, org.access)).toBeNull();
    });

    it('a private one is seen by one person, and no failure where they are not there', async () => {
      const root = await opened();
      const seen = await org.bot.show(thread(root), showing({ ...told, visibleTo: 'mai' }), org.access);
      expect(seen.posts).toEqual([]);
      expect(posts()[1]?.recipients).toEqual(['mai']);
      org.fake.world.groups.get(group)?.members.delete('mai');
      expect(await org.bot.show(thread(root), showing({ ...told, visibleTo: 'mai' }), org.access)).toMatchObject({ posts: [], gone: true });
    });

    it('whoever is called is everybody, where it is “here”', async () => {
      const content: ThreadContent = {
        kind: 'answer',
        parts: [{ kind: 'lines', lines: ['late'] }],
        actions: [],
        visibleTo: null,
        calls: { userIds: ['mai'], here: false },
      };
      await org.bot.show(thread(null), showing(content), org.access);
      await org.bot.show(thread(null), showing({ ...content, calls: { userIds: [], here: true } }), org.access);
      expect(posts().map(({ pings }) => pings)).toEqual([['mai'], ['@ALL']]);
    });

    it('reaches a person in their talk with the robot', async () => {
      await org.bot.show({ ...thread(null), channelId: 'user:mai' }, showing({ ...told, visibleTo: 'mai' }), org.access);
      expect(org.fake.world.direct.get('mai')).toHaveLength(1);
      expect(posts()).toEqual([]);
    });
  });
});
