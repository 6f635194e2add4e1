import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inquiryId } from '../../../src/core/ids.ts';
import { maskContacts } from '../../../src/core/mask.ts';
import { text } from '../../../src/core/texts/index.ts';
import type { PostRef, ThreadContent } from '../../../src/core/thread.ts';
import { channelId, users } from '../../kits/feishu/cast.ts';
import { opening, type Stand, said, showing, stand } from './stand.ts';

let now = new Date();
let here: Stand;
let root: string;
beforeEach(async () => {
  now = new Date();
  here = await stand({ now: () => now.getTime() }, {}, () => now);
  const { posts } = await here.bot.show(here.thread(), showing(opening('is it in stock')), here.access);
  root = posts[0]?.messageId ?? '';
});
afterEach(() => here.close());

const show = (content: ThreadContent, rootId: string | null = root) => here.bot.show(here.thread(rootId), showing(content), here.access);
const words = (...texts: string[]): ThreadContent => ({ kind: 'messages', messages: texts.map(said), surface: false });
const seen = () => here.fake.posts(channelId).map((post) => post.text);
const days = (count: number) => {
  now = new Date(now.getTime() + count * 86_400_000);
};

describe("what the tenant's rules against leaks refuse", () => {
  it('is posted again without numbers and addresses, and says so; buttons still work', async () => {
    here.fake.forbidWords(/(?<!\d)\d{10}(?!\d)|@/);
    await show(words('call me on 0812345678 or write to me@mail.example, order 5768901234567890123'));
    const posted = seen().at(-1) ?? '';
    expect(posted).toContain('*****78');
    expect(posted).toContain('m***');
    expect(posted).not.toMatch(/0812345678|me@mail/);
    expect(posted).toContain('order 5768901234567890123');
    expect(posted).toContain(text('en', 'message.masked'));
    here.fake.forbidWords(/\d{10}/);
    await show(words('order 5768901234567890123'));
    expect(seen().at(-1)).toContain('order *****23');
    const held = { key: 'command.unknown', params: { word: '0812345678' }, reasons: [] } as const;
    const actions = [{ action: 'send', value: 'd-0812345678' }] as const;
    const { posts } = await show({ kind: 'notice', notice: held, mention: null, visibleTo: null, actions });
    expect(seen().at(-1)).not.toContain('0812345678');
    await here.fake.pressButton(users.member, posts[0]?.messageId ?? '', text('en', 'action.send'));
    expect(here.fake.kept).toHaveLength(1);
  });

  it('goes for the card as well', async () => {
    here.fake.forbidWords(/0812345678/);
    const card = { ...(opening('') as Extract<ThreadContent, { kind: 'opening' }>).card, excerpt: 'call 0812345678' };
    expect(await show({ kind: 'card', card, messages: [] })).toMatchObject({ posts: [{ messageId: root }] });
    expect(seen()[0]).toContain('call *****78');
  });

  it('stays refused where nothing is left to mask', async () => {
    here.fake.forbidWords(/forbidden/);
    await expect(show(words('a forbidden word'))).rejects.toMatchObject({ kind: 'rejected', code: '230028' });
  });
});

describe('masking', () => {
  it.each([
    ['+66 81 234 5678', '*****78'],
    ['081-234-5678 ok', '*****78 ok'],
    ['a.b@c.example!', 'a***'],
    ['order 5768901234567890123', 'order 5768901234567890123'],
    ['2026-11-20', '*****20'],
    ['123456', '123456'],
  ])('%s', (given, masked) => expect(maskContacts(given)).toBe(masked));
});

describe('what is gone', () => {
  it('is no failure of a mark or a card', async () => {
    const reply = here.fake.personPosts(users.member, channelId, root, 'sent?');
    here.fake.personRecalls(reply.id);
    const receipt = { kind: 'receipt', on: { channelId, messageId: reply.id }, mark: 'sent' } as const;
    expect(await show(receipt)).toEqual({ posts: [], gone: true });
    const { card } = opening('x') as Extract<ThreadContent, { kind: 'opening' }>;
    days(13);
    expect(await show({ kind: 'card', card, messages: [] })).toMatchObject({ posts: [{ messageId: root }] });
    days(2);
    expect(await show({ kind: 'card', card, messages: [] })).toEqual({ posts: [], gone: true });
  });

  it('is told of as its topic, which nothing can be posted in any more', async () => {
    const message = here.fake.world.message(root);
    if (message) message.recalled = true;
    await expect(show(words('hello'))).rejects.toMatchObject({ kind: 'rejected', reason: 'platform.topic-gone', localToChannel: false });
  });
});

it('says of a group without topics that it is the group', async () => {
  const chat = here.fake.world.chats.get(channelId);
  if (chat) chat.allowsTopics = false;
  await expect(show(words('hello'))).rejects.toMatchObject({ kind: 'auth', code: '230071', localToChannel: true });
});

describe('after the hour in which a message is known by its name', () => {
  const picture = { kind: 'image', media: { url: 'https://pictures.example/a.png' } } as const;
  const long = Array.from({ length: 900 }, (_, index) => `w${index}`).join(' ');
  const held: ThreadContent = {
    ...{ kind: 'notice', mention: users.member, visibleTo: null },
    ...{ notice: { key: 'reply.held', params: {}, reasons: [] }, actions: [{ action: 'send', value: 'd-1' }] },
  };
  const first = opening('is it red') as Extract<ThreadContent, { kind: 'opening' }>;
  const another = { ...first, card: { ...first.card, inquiryId: inquiryId('9f3c21000000') } };
  const report: ThreadContent = {
    ...{ kind: 'answer', actions: [], visibleTo: null },
    parts: [{ kind: 'lines', lines: ['seven are *open*', { words: 'one', post: { channelId, messageId: 'om_1' } }] }],
  };
  const contents: readonly (readonly [string, ThreadContent, 'topic' | 'group'])[] = [
    ['messages', words('hello', 'again & *again*'), 'topic'],
    ['a long one', words([long, long, long].join(' ')), 'topic'],
    ['a picture', { kind: 'messages', surface: false, messages: [{ ...said(''), parts: [picture] }] }, 'topic'],
    ['a surfaced message', { kind: 'messages', surface: true, messages: [said('still there?')] }, 'topic'],
    ['a notice', held, 'topic'],
    ['an opening', another, 'group'],
    ['an announcement', { kind: 'announcement', notice: { key: 'reply.held', params: {}, reasons: [] } }, 'group'],
    ['a report', report, 'group'],
  ];
  const find = (one: ReturnType<typeof showing>, place: 'topic' | 'group', since: Date, bot = here.bot) =>
    bot.findPosted?.(here.thread(place === 'topic' ? root : null), one, { since }, here.access);

  it.each(contents)('%s is found in the history, by its words; what is not there is not', async (_name, content, place) => {
    const since = now;
    const thread = here.thread(place === 'topic' ? root : null);
    const one = showing(content);
    now = new Date(now.getTime() + 51 * 60_000);
    expect(await find(one, place, since)).toBeNull();
    const { posts } = await here.bot.show(thread, one, here.access);
    here.fake.personPosts(users.member, channelId, place === 'topic' ? root : null, 'hello');
    now = new Date(now.getTime() + 51 * 60_000);
    const before = seen().length;
    expect((await find(one, place, since))?.posts).toEqual(posts);
    expect((await find(one, place, since, await here.restarted()))?.posts).toEqual(posts);
    expect(seen()).toHaveLength(before);
    // The same words again, later than that.
    now = new Date(now.getTime() + 5 * 60_000);
    const later = now;
    now = new Date(now.getTime() + 51 * 60_000);
    expect(await find(showing(content), place, later)).toBeNull();
  });

  it('an opening is found though its card shows something else by now', async () => {
    const since = now;
    const { posts } = await here.bot.show(here.thread(null), showing(another), here.access);
    now = new Date(now.getTime() + 51 * 60_000);
    const changed = { ...another, card: { ...another.card, status: 'answered', assignee: { name: 'Mai' } } } as const;
    expect((await find(showing(changed), 'group', since, await here.restarted()))?.posts).toEqual(posts);
  });

  it('what is there in part is completed', async () => {
    const since = now;
    const one = showing(words([long, long, long].join(' ')));
    const isReply = ({ path }: { readonly path: string }) => path.endsWith('/reply');
    here.fake.server.failNext(isReply, { kind: 'slow', ms: 0 });
    here.fake.server.failNext(isReply, { kind: 'cut-before' });
    await expect(here.bot.show(here.thread(root), one, here.access)).rejects.toMatchObject({ kind: 'uncertain' });
    now = new Date(now.getTime() + 61 * 60_000);
    const found = await find(one, 'topic', since, await here.restarted());
    expect(found?.posts.length).toBeGreaterThan(2);
    expect(
      seen()
        .join(' ')
        .match(/\bw899\b/g),
    ).toHaveLength(3);
  });

  it('what was posted masked is found as well', async () => {
    const since = now;
    here.fake.forbidWords(/0812345678/);
    const one = showing(words('call 0812345678'));
    const { posts } = await here.bot.show(here.thread(root), one, here.access);
    now = new Date(now.getTime() + 51 * 60_000);
    expect((await find(one, 'topic', since))?.posts).toEqual(posts);
    expect((await find(one, 'topic', since, await here.restarted()))?.posts).toEqual(posts);
  });

  it('what said the same just before is not taken for it', async () => {
    const since = now;
    await here.bot.show(here.thread(root), showing(words('?')), here.access);
    const twin = showing(words('?'));
    here.fake.server.failNext(({ path }) => path.endsWith('/reply'), { kind: 'cut-before' });
    await expect(here.bot.show(here.thread(root), twin, here.access)).rejects.toMatchObject({ kind: 'uncertain' });
    now = new Date(now.getTime() + 61 * 60_000);
    expect(await find(twin, 'topic', since)).toBeNull();
    // A process that has posted neither goes by what the store knows.
    const [first] = here.fake.posts(channelId).filter(({ text }) => text === '?');
    if (!first) throw new Error('nothing was posted');
    const known = async (posts: readonly PostRef[]) => new Set(posts.filter(({ messageId }) => messageId === first.id));
    const search = { since, known };
    const bot = await here.restarted();
    expect(await bot.findPosted?.(here.thread(root), twin, search, here.access)).toBeNull();
    expect(await bot.findPosted?.(here.thread(root), twin, { since }, here.access)).toMatchObject({ posts: [{ messageId: first.id }] });
  });

  it('a person has to look where the history may not be read', async () => {
    here.fake.scopes.delete('im:message.group_msg');
    const since = now;
    now = new Date(now.getTime() + 51 * 60_000);
    await here.bot.show(here.thread(root), showing(words('hello')), here.access);
    await expect(find(showing(words('hello')), 'topic', since)).rejects.toMatchObject({ kind: 'rejected', code: '230027' });
  });
});

it('shows pictures in the very post of the words that speak of them, and sends other files after it', async () => {
  const before = seen().length;
  const picture = { kind: 'image', media: { url: 'https://pictures.example/a.png' } } as const;
  const file = { kind: 'file', media: { url: 'https://pictures.example/a.pdf', name: 'a.pdf' } } as const;
  const content: ThreadContent = {
    ...{ kind: 'messages', surface: false },
    messages: [{ ...said('one'), parts: [{ kind: 'text', text: 'one' }, picture, file] }, said('two')],
  };
  await show(content);
  const fresh = here.fake.posts(channelId).slice(before);
  expect(fresh.map(({ images }) => images.length)).toEqual([1, 0]);
  expect(fresh[0]?.text).toMatch(/one[\s\S]*two/);
});

it('leads from the group to the topic that has news', async () => {
  await show(words('first reply'));
  await show({ kind: 'messages', messages: [said('still there?')], surface: true });
  const raw = JSON.stringify(here.fake.world.chats.get(channelId)?.messages.at(-1)?.content);
  expect(raw).toContain('client/thread/open?open_chat_id=');
  expect(raw).toContain('still there?');
});

it('draws on its limits as it declares', () => {
  const { costs, limits } = here.bot.capabilities;
  expect(costs(words('hello'))).toEqual(['group', 'message.reply', 'message.reply/s', 'month']);
  expect(costs(opening('x'))).toContain('message.create');
  expect(limits.find(({ name }) => name === 'month')).toMatchObject({ quota: 'month', permits: 50_000 });
});
