import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../../bots/bot.ts';
import type { RawRequest, Received } from '../../../src/core/connector.ts';
import { channelId, users } from '../../kits/feishu/cast.ts';
import { opening, type Stand, showing, stand } from './stand.ts';

let here: Stand;
beforeEach(async () => {
  here = await stand();
});
afterEach(() => here.close());

const toRequest = ({ headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string }): RawRequest => ({
  ...{ method: 'POST', path: '/', query: {}, headers, body: Buffer.from(body), receivedAt: new Date() },
});
const receive = (payload: object): Received => here.bot.receive(toRequest(here.fake.sign(JSON.stringify(payload))));

/** Received, stored and read, as the inbox does it. */
function take(payload: object): { readonly received: Extract<Received, { kind: 'event' }>; readonly event: ChatEvent | undefined } {
  const received = receive(payload);
  if (received.kind !== 'event' || !received.stored) throw new Error('no event');
  const { key, stored } = received;
  const [event] = here.bot.toEvents({ key, ...stored, receivedAt: new Date(0) });
  return { received, event };
}

const envelope = (event_type: string, event: object, more: object = {}) => ({
  schema: '2.0',
  header: { event_id: 'ev-1', event_type, create_time: '1', app_id: 'cli_1', tenant_key: 'ours', ...more },
  event,
});
const message = (more: object, content: unknown = { text: 'hi' }, sender: object = {}) =>
  envelope('im.message.receive_v1', {
    sender: { sender_id: { open_id: 'ou_mai' }, sender_type: 'user', tenant_key: 'ours', ...sender },
    message: {
      ...{ message_id: 'om_1', chat_id: channelId, chat_type: 'group', message_type: 'text', create_time: '1795000000123' },
      ...{ content: JSON.stringify(content), ...more },
    },
  });

describe('what is stored', () => {
  it('is plain, so that it is read whatever becomes of the key', async () => {
    const { received, event } = take(message({}));
    expect(JSON.parse(Buffer.from(received.stored?.body ?? []).toString())).toMatchObject({ schema: '2.0' });
    expect(event).toMatchObject({ kind: 'message', text: 'hi' });
    const later = await stand({}, { FEISHU_ENCRYPT_KEY: 'another key' });
    const { key, stored } = received;
    if (!stored) throw new Error('nothing is stored');
    expect(later.bot.toEvents({ key, ...stored, receivedAt: new Date(0) })).toEqual([event]);
    await later.close();
  });

  it('may also be the body as it came', () => {
    const { headers, body } = here.fake.sign(JSON.stringify(message({})));
    const raw = { key: 'k', body: Buffer.from(body), contentType: headers['content-type'] ?? '', receivedAt: new Date(0) };
    expect(here.bot.toEvents(raw)).toMatchObject([{ kind: 'message', text: 'hi' }]);
  });

  it('throws where it is none, or its content is none', () => {
    for (const body of ['', '{}', '{"encrypt":"x"}', JSON.stringify(message({ content: '{' }))])
      expect(() => here.bot.toEvents({ key: 'k', body: Buffer.from(body), contentType: '', receivedAt: new Date(0) })).toThrow();
    // It is taken all the same, and becomes a dead letter there.
    expect(receive(message({ content: '{' }))).toMatchObject({ kind: 'event', key: 'message:om_1' });
  });
});

describe('what is read in another process than it came to', () => {
  it('teaches that one where messages stand, and whose people write', async () => {
    const { received } = take(message({ message_id: 'om_2', root_id: 'om_root' }));
    const reader = await here.restarted();
    const read = (key: string, body: Uint8Array) => reader.toEvents({ key, body, contentType: '', receivedAt: new Date(0) });
    const emoji = { message_id: 'om_2', reaction_type: { emoji_type: 'THUMBSUP' }, operator_type: 'user', user_id: { open_id: 'ou_mai' } };
    const reaction = Buffer.from(JSON.stringify(envelope('im.message.reaction.created_v1', emoji)));
    expect(read('r', reaction)).toMatchObject([{ kind: 'unknown' }]);
    read(received.key, received.stored?.body ?? Buffer.alloc(0));
    expect(read('r', reaction)).toMatchObject([{ kind: 'reaction', post: { channelId, messageId: 'om_2' } }]);
    // Outside of what the app may see of the address book: that she is one of ours, the event alone has said.
    here.fake.world.addUser({ openId: 'ou_mai', name: 'mai', tenantKey: 'unseen' });
    expect(await reader.user?.('ou_mai', here.access)).toMatchObject({ kind: 'member' });
  });
});

describe('a message', () => {
  it('is named by itself, not by its event', () => {
    const again = envelope('im.message.receive_v1', message({}).event, { event_id: 'ev-2' });
    expect(take(message({})).received.key).toBe(take(again).received.key);
  });

  it('stands in its topic, or below what it quotes, or in the group itself', () => {
    const topic = take(message({ message_id: 'om_2', root_id: 'om_root', parent_id: 'om_root', thread_id: 'omt_1' }));
    expect([topic.received.lane, topic.event]).toMatchObject([`${channelId}:om_root`, { rootId: 'om_root', order: '1795000000123.om_2' }]);
    expect(take(message({ root_id: 'om_root', parent_id: 'om_9' })).event).toMatchObject({ rootId: 'om_root' });
    // In a group of topics each is a topic of its own.
    expect(take(message({ thread_id: 'omt_2' })).event).toMatchObject({ rootId: null });
  });

  it.each<[string, object, object]>([
    ['the bot itself', { open_id: 'ou_0000000000000000threadmart' }, { fromSelf: true, author: { kind: 'bot' } }],
    ['the app, by its id', { open_id: 'cli_1' }, { fromSelf: true }],
    ['another app', { open_id: 'ou_other' }, { fromSelf: false, author: { kind: 'bot' } }],
    ['nobody who is named', {}, { fromSelf: false, author: { kind: 'bot', userId: '' } }],
  ])('may be one of %s', (_who, sender_id, expected) => {
    const { received, event } = take(message({}, { text: '@_user_1 stats' }, { sender_id, sender_type: 'app' }));
    expect(event).toMatchObject({ kind: 'message', ...expected });
    expect(received.own ?? false).toBe('fromSelf' in expected && expected.fromSelf);
    expect(received.ask).toBeUndefined();
  });

  it('of the platform is no words of anybody', () => {
    expect(take(message({ message_type: 'system' }, { template: '{from_user} invited' })).event).toEqual({
      kind: 'unknown',
      type: 'im.message.receive_v1',
    });
  });
});

describe('a command', () => {
  const us = { key: '@_user_1', id: { open_id: 'ou_0000000000000000threadmart' }, name: 'Threadmart' };

  it.each<[string, object, string, string]>([
    ['that mentions the bot in the group', { mentions: [us] }, '@_user_1 stats week', 'below:om_1'],
    ['with a slash', { mentions: [us] }, '@_user_1 /stats week', 'below:om_1'],
    ['chosen from the list', { mentions: [us] }, '@_user_1 /tm stats week', 'below:om_1'],
    ['typed with our own word, mention or not', {}, '/tm stats week', 'below:om_1'],
    ['in a chat of two', { chat_type: 'p2p', chat_id: 'oc_two' }, 'stats week', 'after:om_1'],
  ])('%s', (_what, more, text, answerTo) => {
    const { received, event } = take(message(more, { text }));
    expect(event).toMatchObject({ kind: 'command', text: 'stats week', mentions: [], userId: 'ou_mai', answerTo });
    expect(received.ask).toMatchObject({ kind: 'command', text: 'stats week', answerTo });
  });

  it('is none in a topic, where words go to the buyer, nor for another bot', () => {
    const other = { key: '@_user_1', id: { open_id: 'ou_other' }, name: 'Other', mentioned_type: 'bot' };
    for (const [more, text] of [
      [{ mentions: [us], root_id: 'om_root' }, 'hello'],
      [{ mentions: [other] }, '@Other hello'],
      [{}, 'hello'],
    ] as const) {
      const { received, event } = take(message(more, { text: more && 'mentions' in more ? '@_user_1 hello' : 'hello' }));
      expect(event).toMatchObject({ kind: 'message', text });
      expect(received.ask).toBeUndefined();
    }
  });

  it('comes from the menu of the bot, too', () => {
    const menu = envelope('application.bot.menu_v6', { event_key: 'stats_week', operator: { operator_id: { open_id: 'ou_mai' } } });
    const { received, event } = take(menu);
    expect(event).toMatchObject({ kind: 'command', text: 'stats week', userId: 'ou_mai', answerTo: 'user:ou_mai' });
    expect(received.ask).toMatchObject({ text: 'stats week' });
  });

  it('is known for one while it is not known which bot is ours', async () => {
    const alone = await stand();
    const { fake } = alone;
    await fake.close();
    const { feishu } = await import('../../../bots/feishu/index.ts');
    const settings = feishu.environment.parse({
      ...{ FEISHU_APP_ID: fake.appId, FEISHU_APP_SECRET: fake.appSecret, FEISHU_ENCRYPT_KEY: fake.encryptKey, FEISHU_BASE_URL: fake.url },
    });
    const silent = () => undefined;
    const log = { debug: silent, info: silent, warn: silent, error: silent };
    const bot = await feishu.create(settings, { fetch, now: () => new Date(), random: () => 0, log });
    const mentions = [{ ...us, mentioned_type: 'bot' }];
    const body = Buffer.from(JSON.stringify(message({ mentions }, { text: '@_user_1 stats' })));
    expect(bot.toEvents({ key: 'k', body, contentType: '', receivedAt: new Date(0) })).toMatchObject([{ kind: 'command', text: 'stats' }]);
  });
});

describe('a press', () => {
  const press = (value: unknown, more: object = {}, id = 'ev-1') =>
    envelope(
      'card.action.trigger',
      {
        operator: { open_id: 'ou_mai', tenant_key: 'ours' },
        context: { open_message_id: 'om_card', open_chat_id: channelId },
        action: { tag: 'button', value, ...more },
      },
      { event_id: id },
    );
  const form = { threadmart: 'form', name: 'note', value: 'q-1', root: 'om_root', locale: 'zh-CN' };

  it('of another card, or of a button that nobody knows any more, is none of ours', () => {
    for (const value of [
      null,
      'x',
      {},
      { threadmart: 'action', name: 'launch', value: '', root: null },
      { threadmart: 'form', name: 'x', value: '', root: null },
    ]) {
      const { received, event } = take(press(value));
      expect(event).toEqual({ kind: 'unknown', type: 'card.action.trigger' });
      expect(received.answer).toMatchObject({ status: 200, body: '{}' });
    }
  });

  it('of a form is one, however often it is pressed, and takes the form away in the language that it was opened in', () => {
    const filled = { form_value: { words: 'hello', other: 7 }, name: 'submit' };
    const [one, twice] = [take(press(form, filled, 'ev-1')), take(press(form, filled, 'ev-2'))];
    expect(twice.received.key).toBe(one.received.key);
    expect(one.event).toMatchObject({
      kind: 'form',
      form: 'note',
      context: 'q-1',
      values: { words: 'hello', other: '' },
      userId: 'ou_mai',
    });
    expect(one.received).toMatchObject({ lane: `${channelId}:om_root` });
    const answer = JSON.parse(one.received.answer.body ?? '') as { card: { data: object } };
    expect(answer).toMatchObject({ card: { type: 'raw', data: { schema: '2.0', config: { update_multi: true } } } });
    expect(JSON.stringify(answer)).toContain('已提交');
    expect(JSON.stringify(answer)).not.toContain('"form"');
  });
});

describe('what names a message alone', () => {
  const recalled = envelope('im.message.recalled_v1', { message_id: 'om_1', chat_id: channelId, recall_time: '1795000009000' });
  const reaction = (message_id: string, operator_type = 'user') =>
    envelope('im.message.reaction.created_v1', {
      ...{ message_id, operator_type, user_id: { open_id: 'ou_mai' }, reaction_type: { emoji_type: 'DONE' }, action_time: '1795000009000' },
    });

  it('is filed with its topic where that was heard of, and else by itself', () => {
    expect(take(recalled)).toMatchObject({ received: { lane: `${channelId}:om_1` }, event: { kind: 'delete', rootId: null } });
    take(message({ root_id: 'om_root', thread_id: 'omt_1' }));
    expect(take(recalled)).toMatchObject({
      received: { key: 'message:om_1:recalled', lane: `${channelId}:om_root` },
      event: { rootId: 'om_root' },
    });
  });

  it('is in no group of ours where nothing was ever heard of it; our own mark is ours', async () => {
    expect(take(reaction('om_9')).event).toMatchObject({ kind: 'unknown' });
    const { posts } = await here.bot.show(here.thread(), showing(opening('hello')), here.access);
    const root = posts[0]?.messageId ?? '';
    expect(take(reaction(root))).toMatchObject({
      received: { lane: `${channelId}:${root}` },
      event: { kind: 'reaction', name: 'DONE', added: true, userId: 'ou_mai', post: { channelId, messageId: root } },
    });
    expect(take(reaction(root, 'app'))).toMatchObject({ received: { own: true }, event: { kind: 'unknown' } });
  });
});

describe('what no event told of', () => {
  it('is found by reading a topic back: replies, recalls, and other words than were heard', async () => {
    const { fake, bot, access, thread } = here;
    const { posts } = await bot.show(thread(), showing(opening('hello')), access);
    const [root] = posts;
    if (!root) throw new Error('there is no root');
    const list = async () => (await bot.listReplies?.(thread(root.messageId), root, access)) ?? [];
    const read = async () =>
      (await list()).flatMap(({ key, body, contentType }) => bot.toEvents({ key, body, contentType, receivedAt: new Date(0) }));
    const kept = fake.personPosts(users.member, channelId, root.messageId, 'first words');
    const gone = fake.personPosts(users.member, channelId, root.messageId, 'oops');
    fake.personRecalls(gone.id);
    const [, , recall] = fake.kept.splice(0);
    expect(await read()).toMatchObject([
      { kind: 'message', text: 'first words' },
      { kind: 'delete', post: { messageId: gone.id }, rootId: root.messageId },
    ]);
    // Under the very names that pushed ones have.
    const pushed = recall ? bot.receive(toRequest(recall)) : null;
    expect((await list())[1]).toMatchObject({ key: pushed?.kind === 'event' ? pushed.key : '', lane: `${channelId}:${root.messageId}` });
    fake.personEdits(kept.id, 'second words');
    expect((await read()).filter(({ kind }) => kind === 'edit')).toMatchObject([
      {
        kind: 'edit',
        post: { messageId: kept.id },
        rootId: root.messageId,
        text: 'second words',
        fromSelf: false,
        author: { userId: users.member },
      },
    ]);
    // Under the same name each time, until there are other words.
    const named = async () => (await list()).map(({ key }) => key).filter((key) => key.includes(':edited:'));
    const [name] = await named();
    expect(await named()).toEqual([name]);
    fake.personEdits(kept.id, 'third words');
    expect(await named()).toHaveLength(1);
  });
});

describe('bad input that is rightly signed', () => {
  /** Any JSON in the place of any part of a genuine payload. */
  const damaged = (genuine: object) =>
    fc.tuple(fc.nat(), fc.jsonValue()).map(([at, junk]) => {
      const copy = structuredClone(genuine) as Record<string, unknown>;
      const places: (readonly [Record<string, unknown>, string])[] = [];
      const walk = (node: unknown) => {
        if (typeof node !== 'object' || node === null) return;
        for (const key of Object.keys(node)) {
          places.push([node as Record<string, unknown>, key]);
          walk((node as Record<string, unknown>)[key]);
        }
      };
      walk(copy);
      const place = places[at % places.length];
      if (place) place[0][place[1]] = junk;
      return copy;
    });
  const mention = { key: '@_user_1', id: { open_id: 'ou_x' }, name: 'X' };
  const genuine = [
    message({ root_id: 'om_root', mentions: [mention] }, { text: '@_user_1 hi' }),
    message(
      { message_type: 'post' },
      {
        title: 't',
        content: [
          [
            { tag: 'text', text: 'x' },
            { tag: 'at', user_id: '@_user_1' },
          ],
        ],
      },
    ),
    envelope('im.message.recalled_v1', { message_id: 'om_1', chat_id: channelId, recall_time: '1' }),
    envelope('card.action.trigger', {
      operator: { open_id: 'ou_mai' },
      context: { open_message_id: 'om_2', open_chat_id: channelId },
      action: { value: { threadmart: 'form', name: 'note', value: 'q', root: 'om_root', locale: 'en' }, form_value: { words: 'x' } },
    }),
    { uuid: 'u', type: 'event_callback', event: { type: 'app_uninstalled' } },
  ];

  it.each(genuine.map((one) => [JSON.stringify(one).slice(0, 120), one] as const))(
    'is taken, and read or thrown over, but nothing hangs: %s',
    (_name, one) => {
      fc.assert(
        fc.property(damaged(one), (payload) => {
          const received = receive(payload);
          expect(received.answer.status).toBe(200);
          if (received.kind !== 'event') return;
          expect(received.key).not.toBe('');
          expect(received.lane).not.toBe('');
          const { key, stored } = received;
          if (!stored) throw new Error('nothing is stored');
          let events: ChatEvent[] = [];
          try {
            events = here.bot.toEvents({ key, ...stored, receivedAt: new Date(0) });
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
          for (const event of events) if ('sentAt' in event) expect(event.sentAt.getTime()).not.toBeNaN();
          expect(Object.getPrototypeOf({})).toBe(Object.prototype);
        }),
        { numRuns: 150 },
      );
    },
  );
});

describe('the app', () => {
  it('is lost when it is uninstalled or stopped, and not when it starts', () => {
    const old = (event: object) => take({ uuid: 'u-1', type: 'event_callback', event: { app_id: 'cli_1', ...event } });
    expect(old({ type: 'app_uninstalled' })).toMatchObject({
      received: { key: 'event:u-1' },
      event: { kind: 'connection-lost', reason: 'uninstalled' },
    });
    expect(old({ type: 'app_status_change', status: 'stop_by_platform' }).event).toEqual({ kind: 'connection-lost', reason: 'revoked' });
    expect(old({ type: 'app_status_change', status: 'start_by_tenant' }).event).toMatchObject({ kind: 'unknown' });
  });

  it('refuses what is for another one, where it is told its token', async () => {
    const strict = await stand({}, { FEISHU_VERIFICATION_TOKEN: 'right' });
    const of = (token: string) => strict.bot.receive(toRequest(strict.fake.sign(JSON.stringify(envelope('x', {}, { token })))));
    expect(of('right').kind).toBe('event');
    expect(() => of('wrong')).toThrow(expect.objectContaining({ kind: 'rejected' }));
    await strict.close();
  });

  it('wants an encrypt key in webhook mode, and says so', async () => {
    const { feishu } = await import('../../../bots/feishu/index.ts');
    const given = { FEISHU_APP_ID: 'cli_1', FEISHU_APP_SECRET: 's' };
    const refused = feishu.environment.safeParse(given);
    expect(refused.error?.issues).toMatchObject([
      { path: ['FEISHU_ENCRYPT_KEY'], message: 'FEISHU_MODE=webhook needs FEISHU_ENCRYPT_KEY.' },
    ]);
    expect(feishu.environment.parse({ ...given, FEISHU_MODE: 'socket' })).toMatchObject({
      socketMode: true,
      baseUrl: 'https://open.feishu.cn',
    });
    const lark = feishu.environment.parse({
      ...given,
      FEISHU_ENCRYPT_KEY: 'k',
      FEISHU_BASE_URL: 'https://open.larksuite.com/',
      FEISHU_MONTHLY_CALLS: '',
    });
    expect(lark).toMatchObject({ baseUrl: 'https://open.larksuite.com', monthlyCalls: null });
  });

  it('is known by where people are from', async () => {
    const userOf = async (openId: string) => (await here.bot.user?.(openId, here.access))?.kind;
    here.fake.world.addUser({ openId: 'ou_out', tenantKey: 'other', name: 'out' });
    take(message({}, { text: 'x' }, { sender_id: { open_id: 'ou_out' }, tenant_key: 'other' }));
    expect(await userOf('ou_out')).toBe('external');
    expect(await userOf(users.member)).toBe('member');
    // Outside of what the app may see of the address book, and of our own organisation by a signed event.
    here.fake.world.addUser({ openId: 'ou_hidden', tenantKey: 'elsewhere', name: 'hidden' });
    expect(await userOf('ou_hidden')).toBe('external');
    take(message({}, { text: 'x' }, { sender_id: { open_id: 'ou_hidden' }, tenant_key: 'ours' }));
    expect(await userOf('ou_hidden')).toBe('member');
  });
});
