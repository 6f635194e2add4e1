import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { SlackFake, SlackFakeOptions } from './slack/fake.ts';
import { startSlackFake } from './slack/fake.ts';
import { render, typed } from './slack/render.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: SlackFakeOptions = {}): Promise<SlackFake> {
  const fake = await startSlackFake(options);
  closers.push(fake.close);
  fake.world.addChannel('C1');
  fake.world.addUser({ id: 'U1', name: 'mai' });
  return fake;
}

async function call(fake: SlackFake, method: string, args: Record<string, unknown> = {}, token = fake.botToken) {
  const fields = Object.entries(args).map(([key, value]): [string, string] => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const response = await fetch(fake.apiUrl + method, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

const client = (fake: SlackFake) =>
  new WebClient(fake.botToken, {
    slackApiUrl: fake.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });

/** An app on loopback: answers as `answer` says and keeps what came. */
async function startApp(answer: (count: number) => number) {
  const got: { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer(got.length)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const eventsOf = (fake: SlackFake) => fake.events.map(({ payload }) => payload['event'] as Record<string, unknown>);

describe('Slack fake: Web API', () => {
  it('speaks to the real SDK: post, thread, metadata only when asked for', async () => {
    const fake = await start();
    const slack = client(fake);
    const metadata = { event_type: 'delivery', event_payload: { id: 'd-1' } };
    const root = await slack.chat.postMessage({ channel: 'C1', text: 'root', metadata });
    await slack.chat.postMessage({ channel: 'C1', text: 'reply', thread_ts: String(root.ts), reply_broadcast: true });
    const plain = await slack.conversations.replies({ channel: 'C1', ts: String(root.ts) });
    const whole = await slack.conversations.replies({ channel: 'C1', ts: String(root.ts), include_all_metadata: true });
    expect(plain.messages?.map(({ text }) => text)).toEqual(['root', 'reply']);
    expect(plain.messages?.[0]).not.toHaveProperty('metadata');
    expect(whole.messages?.[0]).toMatchObject({ metadata });
    const listed = await slack.conversations.history({ channel: 'C1' });
    expect(listed.messages?.map(({ text, subtype }) => [text, subtype])).toEqual([
      ['reply', 'thread_broadcast'],
      ['root', undefined],
    ]);
  });

  it('gives timestamps that are unique in a channel and rise, even when the clock stands still', async () => {
    const fake = await start({ now: () => 1_700_000_000_000, limits: {} });
    const first = await call(fake, 'chat.postMessage', { channel: 'C1', text: 'a' });
    fake.personPosts('U1', 'C1', null, 'b');
    const last = await call(fake, 'chat.postMessage', { channel: 'C1', text: 'c' });
    expect(first.body['ts']).toBe('1700000000.000100');
    expect(fake.posts('C1').map(({ ts }) => ts)).toEqual(
      fake
        .posts('C1')
        .map(({ ts }) => ts)
        .sort(),
    );
    expect(new Set(fake.posts('C1').map(({ ts }) => ts)).size).toBe(3);
    expect(String(last.body['ts'])).toMatch(/^1700000000\.\d{6}$/);
  });

  it('pages, and keeps to oldest and latest', async () => {
    const fake = await start({ limits: {} });
    const root = fake.personPosts('U1', 'C1', null, 'root');
    const replies = ['1', '2', '3', '4'].map((text) => fake.personPosts('U1', 'C1', root.ts, text));
    const first = await call(fake, 'conversations.replies', { channel: 'C1', ts: root.ts, limit: 3 });
    expect(first.body).toMatchObject({ has_more: true });
    const { next_cursor: cursor } = first.body['response_metadata'] as { next_cursor: string };
    const second = await call(fake, 'conversations.replies', { channel: 'C1', ts: root.ts, limit: 3, cursor });
    expect((second.body['messages'] as { text: string }[]).map(({ text }) => text)).toEqual(['root', '4']);
    const later = await call(fake, 'conversations.replies', { channel: 'C1', ts: root.ts, oldest: replies[1]?.ts });
    expect((later.body['messages'] as { text: string }[]).map(({ text }) => text)).toEqual(['root', '3', '4']);
  });

  it.each([
    ['channel_not_found', 'chat.postMessage', { channel: 'C9', text: 'x' }],
    ['not_in_channel', 'chat.postMessage', { channel: 'C2', text: 'x' }],
    ['is_archived', 'chat.postMessage', { channel: 'C3', text: 'x' }],
    ['no_text', 'chat.postMessage', { channel: 'C1' }],
    ['thread_not_found', 'chat.postMessage', { channel: 'C1', text: 'x', thread_ts: '1600000000.000100' }],
    ['thread_not_found', 'conversations.replies', { channel: 'C1', ts: '1600000000.000100' }],
    ['message_not_found', 'reactions.add', { channel: 'C1', timestamp: '1600000000.000100', name: 'eyes' }],
    ['message_not_found', 'chat.update', { channel: 'C1', ts: '1600000000.000100', text: 'x' }],
    ['user_not_found', 'users.info', { user: 'U9' }],
    ['file_not_found', 'files.info', { file: 'F9' }],
    ['invalid_trigger_id', 'views.open', { trigger_id: 't', view: {} }],
    ['unknown_method', 'chat.shout', {}],
    ['invalid_arguments', 'chat.postMessage', { text: 'x' }],
  ])('answers %s to %s with HTTP 200', async (error, method, args) => {
    const fake = await start();
    fake.world.addChannel('C2', { withBot: false });
    fake.world.addChannel('C3').archived = true;
    expect(await call(fake, method, args)).toMatchObject({ status: 200, body: { ok: false, error } });
  });

  it('knows good, foreign, missing, revoked and inactive tokens, and scopes', async () => {
    const fake = await start();
    const good = await call(fake, 'auth.test');
    expect(good.body).toMatchObject({ ok: true, bot_id: fake.world.app.botId });
    expect(good.headers.get('x-oauth-scopes')).toContain('chat:write');
    expect((await call(fake, 'auth.test', {}, 'xoxb-other')).body).toMatchObject({ error: 'invalid_auth' });
    expect((await call(fake, 'auth.test', {}, fake.appToken)).body).toMatchObject({ error: 'not_allowed_token_type' });
    fake.scopes.delete('reactions:write');
    const refused = await call(fake, 'reactions.add', { channel: 'C1', timestamp: '1', name: 'eyes' });
    expect(refused.body).toMatchObject({ error: 'missing_scope', needed: 'reactions:write' });
    expect(refused.body['provided']).toContain('chat:write');
    fake.revokeToken();
    expect((await call(fake, 'auth.test')).body).toMatchObject({ error: 'token_revoked' });
    fake.uninstall();
    expect((await call(fake, 'auth.test')).body).toMatchObject({ error: 'account_inactive' });
    expect(eventsOf(fake).map(({ type }) => type)).toEqual(['tokens_revoked', 'app_uninstalled']);
  });

  it('limits posts per channel and other methods per workspace, with Retry-After in whole seconds', async () => {
    let now = 1_700_000_000_000;
    const fake = await start({ now: () => now, timeScale: 10 });
    fake.world.addChannel('C2');
    const post = async (channel: string) => (await call(fake, 'chat.postMessage', { channel, text: 'x' })).status;
    expect([await post('C1'), await post('C1'), await post('C1'), await post('C1')]).toEqual([200, 200, 200, 429]);
    expect(await post('C2')).toBe(200);
    const refused = await call(fake, 'chat.postMessage', { channel: 'C1', text: 'x' });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.body).toEqual({ ok: false, error: 'ratelimited' });
    expect(fake.posts('C1')).toHaveLength(3);
    now += 100; // one second of the platform
    expect([await post('C1'), await post('C1')]).toEqual([200, 429]);
    const info = async () => (await call(fake, 'conversations.list')).status;
    for (let count = 0; count < 20; count += 1) expect(await info()).toBe(200);
    expect(await info()).toBe(429);
  });

  it('keeps to the limits of text and blocks', async () => {
    const fake = await start({ limits: {} });
    const section = (length: number) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } });
    const post = async (blocks: unknown) => (await call(fake, 'chat.postMessage', { channel: 'C1', text: 'x', blocks })).body['error'];
    expect(await post([section(3000)])).toBeUndefined();
    expect(await post([section(3001)])).toBe('invalid_blocks');
    expect(await post([section(0)])).toBe('invalid_blocks');
    expect(await post(Array.from({ length: 51 }, () => ({ type: 'divider' })))).toBe('invalid_blocks');
    expect(await post([1, 2, 3, 4, 5].map(() => section(2700)))).toBe('msg_blocks_too_long');
    expect(await post([{ type: 'marquee' }])).toBe('invalid_blocks');
    expect(await post('no json')).toBe('invalid_blocks_format');
    const long = await call(fake, 'chat.postMessage', { channel: 'C1', text: 'y'.repeat(40_100) });
    expect((long.body['message'] as { text: string }).text).toHaveLength(40_000);
  });

  it('updates and deletes only its own messages; without blocks the earlier ones go', async () => {
    const fake = await start();
    const theirs = fake.personPosts('U1', 'C1', null, 'mine');
    expect((await call(fake, 'chat.update', { channel: 'C1', ts: theirs.ts, text: 'x' })).body).toMatchObject({
      error: 'cant_update_message',
    });
    const blocks = [{ type: 'section', text: { type: 'plain_text', text: 'card' } }];
    const own = await call(fake, 'chat.postMessage', { channel: 'C1', text: 'card', blocks });
    await call(fake, 'chat.update', { channel: 'C1', ts: own.body['ts'], text: 'only words' });
    expect(fake.posts('C1').at(-1)).toMatchObject({ text: 'only words', edited: true });
    await call(fake, 'chat.delete', { channel: 'C1', ts: own.body['ts'] });
    expect(fake.posts('C1').at(-1)?.deleted).toBe(true);
    expect(eventsOf(fake).map(({ subtype }) => subtype)).toEqual([undefined, undefined, 'message_changed', 'message_deleted']);
  });

  it('marks once', async () => {
    const fake = await start();
    const { ts } = fake.personPosts('U1', 'C1', null, 'hello');
    const args = { channel: 'C1', timestamp: ts, name: 'eyes' };
    expect((await call(fake, 'reactions.add', args)).body['ok']).toBe(true);
    expect((await call(fake, 'reactions.add', args)).body['error']).toBe('already_reacted');
    expect(fake.posts('C1')[0]?.reactions).toEqual([{ name: 'eyes', users: [fake.world.app.userId] }]);
    expect((await call(fake, 'reactions.remove', args)).body['ok']).toBe(true);
    expect((await call(fake, 'reactions.remove', args)).body['error']).toBe('no_reaction');
  });

  it('takes an upload in three steps through the SDK, and serves it to the right token only', async () => {
    const fake = await start();
    const root = fake.personPosts('U1', 'C1', null, 'root');
    await client(fake).filesUploadV2({ channel_id: 'C1', thread_ts: root.ts, file: png, filename: 'lamp.png', initial_comment: 'see' });
    const post = fake.threads('C1')[0]?.posts[1];
    expect(post).toMatchObject({ text: 'see', fromBot: true, files: [{ name: 'lamp.png', bytes: png }] });
    const id = post?.files[0]?.id;
    const info = await call(fake, 'files.info', { file: id });
    const file = info.body['file'] as { shares: unknown; url_private_download: string };
    expect(file.shares).toMatchObject({ public: { C1: [{ ts: post?.ts, thread_ts: root.ts }] } });
    const good = await fetch(file.url_private_download, { headers: { authorization: `Bearer ${fake.botToken}` } });
    expect(Buffer.from(await good.arrayBuffer())).toEqual(png);
    const bad = await fetch(file.url_private_download);
    expect([bad.status, bad.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });

  it('opens one conversation with a person, takes files there by its id alone, and tells the app nothing of it', async () => {
    const fake = await start();
    const open = async (users: string) => (await call(fake, 'conversations.open', { users })).body;
    const first = await open('U1');
    const { id } = first['channel'] as { readonly id: string };
    expect(first).not.toHaveProperty('already_open');
    expect(await open('U1')).toMatchObject({ channel: { id }, already_open: true });
    await client(fake).filesUploadV2({ channel_id: id, file: png, filename: 'figures.csv' });
    expect(fake.posts(id)).toMatchObject([{ fromBot: true, files: [{ name: 'figures.csv', bytes: png }] }]);
    await expect(client(fake).filesUploadV2({ channel_id: 'U1', file: png, filename: 'figures.csv' })).rejects.toThrow('invalid_arguments');
    expect((await call(fake, 'conversations.list', { types: 'public_channel,private_channel' })).body['channels']).toMatchObject([
      { id: 'C1' },
    ]);
    expect(fake.kept).toEqual([]);
    expect((await open('U9'))['error']).toBe('user_not_found');
    expect((await open(fake.world.app.userId))['error']).toBe('cannot_dm_bot');
    fake.scopes.delete('im:write');
    expect(await open('U1')).toMatchObject({ error: 'missing_scope', needed: 'im:write' });
  });

  it('breaks on demand, before and after the effect', async () => {
    const fake = await start();
    const isPost = ({ path }: { path: string }) => path === '/api/chat.postMessage';
    fake.server.failNext(isPost, { kind: 'cut-before' });
    await expect(call(fake, 'chat.postMessage', { channel: 'C1', text: 'a' })).rejects.toThrow();
    fake.server.failNext(isPost, { kind: 'cut-after' });
    await expect(call(fake, 'chat.postMessage', { channel: 'C1', text: 'b' })).rejects.toThrow();
    expect(fake.posts('C1').map(({ text }) => text)).toEqual(['b']);
  });
});

describe('Slack fake: events', () => {
  it('signs what it pushes, and challenges an address', async () => {
    const fake = await start({ now: () => 1_700_000_000_000 });
    fake.personPosts('U1', 'C1', null, 'hello');
    const [request] = fake.kept;
    const expected = createHmac('sha256', fake.signingSecret).update(`v0:1700000000:${request?.body}`).digest('hex');
    expect(request?.headers).toMatchObject({ 'x-slack-signature': `v0=${expected}`, 'x-slack-request-timestamp': '1700000000' });
    const echo = createServer((incoming, response) => {
      incoming.on('data', (chunk: Buffer) => response.end((JSON.parse(String(chunk)) as { challenge: string }).challenge));
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => echo.close(() => resolve())));
    expect(await fake.verifyUrl(`http://127.0.0.1:${(echo.address() as AddressInfo).port}/`)).toBe(true);
  });

  it('tells of replies, edits, deletes and other bots as Slack does, with its noise', async () => {
    const fake = await start();
    fake.world.addUser({ id: 'UBOT2', kind: 'bot' });
    const root = fake.personPosts('U1', 'C1', null, 'root');
    const reply = fake.personPosts('U1', 'C1', root.ts, `<@${fake.world.app.userId}> see https://a.example/x & <b>`);
    fake.personEdits('C1', reply.ts, 'new');
    fake.personDeletes('C1', reply.ts);
    fake.otherBotPosts('UBOT2', 'C1', root.ts, 'beep');
    const kinds = eventsOf(fake).map(({ type, subtype, hidden }) => `${String(type)}/${String(subtype ?? '')}${hidden ? ' hidden' : ''}`);
    expect(kinds).toEqual([
      'message/',
      'message/',
      'app_mention/',
      'message/message_changed hidden', // the root, because a reply landed
      'message/ hidden', // message_replied
      'message/message_changed hidden', // the link unfurled
      'message/message_changed hidden', // the edit
      'message/message_deleted hidden',
      'message/',
      'message/message_changed hidden',
      'message/ hidden',
    ]);
    expect(eventsOf(fake)[1]).toMatchObject({
      text: `<@${fake.world.app.userId}> see <https://a.example/x> &amp; &lt;b&gt;`,
      thread_ts: root.ts,
      parent_user_id: 'U1',
    });
    expect(fake.events[0]?.payload).toMatchObject({
      type: 'event_callback',
      team_id: fake.world.team.id,
      event_id: expect.stringMatching(/^Ev/),
    });
  });

  it('tells nothing of channels that the app is not in', async () => {
    const fake = await start();
    fake.world.addChannel('C2', { withBot: false });
    fake.personPosts('U1', 'C2', null, 'private talk');
    expect(fake.events).toEqual([]);
  });

  it('sends again three times, saying why, and then gives up', async () => {
    const app = await startApp((count) => (count === 4 ? 200 : 503));
    const fake = await start({ eventsUrl: app.url, timeScale: 100_000 });
    fake.personPosts('U1', 'C1', null, 'taken at last');
    await fake.settled();
    expect(fake.events).toMatchObject([{ state: 'acknowledged', attempts: 4 }]);
    expect(app.got.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1', '2', '3']);
    expect(app.got[1]?.headers['x-slack-retry-reason']).toBe('http_error');
    expect(new Set(app.got.map(({ body }) => body)).size).toBe(1);
    const dead = await start({ eventsUrl: (await startApp(() => 500)).url, timeScale: 100_000 });
    dead.personPosts('U1', 'C1', null, 'never taken');
    await dead.settled();
    expect(dead.events).toMatchObject([{ state: 'given up', attempts: 4 }]);
  });

  it('doubles, drops and shuffles on demand', async () => {
    const app = await startApp(() => 200);
    const rolls = [0.9, 0.5, 0.1]; // not dropped, held back, sent twice; then dropped
    const fake = await start({ eventsUrl: app.url, random: () => rolls.shift() ?? 0 });
    fake.disturb({ drop: 0.2, duplicate: 0.2, shuffleMs: 5 });
    fake.personPosts('U1', 'C1', null, 'twice');
    await fake.settled();
    fake.personPosts('U1', 'C1', null, 'dropped');
    await fake.settled();
    expect(app.got).toHaveLength(2);
    expect(fake.events.map(({ state }) => state)).toEqual(['acknowledged', 'dropped']);
  });

  it('presses buttons, uses shortcuts and commands, and opens forms with their trigger', async () => {
    const fake = await start();
    const button = { type: 'button', text: { type: 'plain_text', text: 'Retry' }, action_id: 'retry', value: 'd-1' };
    const posted = await call(fake, 'chat.postMessage', { channel: 'C1', text: 'x', blocks: [{ type: 'actions', elements: [button] }] });
    fake.kept.length = 0;
    await fake.pressButton('U1', 'C1', String(posted.body['ts']), 'Retry');
    await fake.useShortcut('U1', 'C1', String(posted.body['ts']), 'close');
    await fake.useCommand('U1', 'C1', '/stats', 'today');
    const forms = fake.kept.map(({ body }) => new URLSearchParams(body));
    const press = JSON.parse(String(forms[0]?.get('payload'))) as { trigger_id: string };
    expect(press).toMatchObject({ type: 'block_actions', user: { id: 'U1' }, actions: [{ action_id: 'retry', value: 'd-1' }] });
    expect(JSON.parse(String(forms[1]?.get('payload')))).toMatchObject({ type: 'message_action', callback_id: 'close' });
    expect(forms[2]?.get('command')).toBe('/stats');
    const view = { type: 'modal', title: { type: 'plain_text', text: 'Edit' }, blocks: [] };
    const opened = await call(fake, 'views.open', { trigger_id: press.trigger_id, view });
    expect(opened.body['ok']).toBe(true);
    expect((await call(fake, 'views.open', { trigger_id: press.trigger_id, view })).body['error']).toBe('exchanged_trigger_id');
  });

  it('opens forms within three seconds, within its limits, and submits what was filled in', async () => {
    let now = 1_700_000_000_000;
    const fake = await start({ now: () => now });
    const input = (label: string, element: object, more: object = {}) => ({
      ...{ type: 'input', block_id: label, label: { type: 'plain_text', text: label }, element: { action_id: 'v', ...element } },
      ...more,
    });
    const options = ['a', 'b'].map((value) => ({ text: { type: 'plain_text', text: value.toUpperCase() }, value }));
    const words = input('Words', { type: 'plain_text_input', max_length: 5 });
    const view = (blocks: object[], more: object = {}) => ({
      ...{ type: 'modal', title: { type: 'plain_text', text: 'Edit' }, submit: { type: 'plain_text', text: 'Save' }, blocks },
      ...more,
    });
    async function open(shown: object, afterMs = 0) {
      await fake.useCommand('U1', 'C1', '/x', '');
      const trigger = new URLSearchParams(fake.kept.at(-1)?.body).get('trigger_id') ?? '';
      now += afterMs;
      return (await call(fake, 'views.open', { trigger_id: trigger, view: shown })).body['error'];
    }
    expect(await open(view([words]), 3_001)).toBe('expired_trigger_id');
    const long = { type: 'plain_text', text: 'x'.repeat(25) };
    for (const more of [{ title: long }, { submit: long }, { close: long }, { submit: undefined }, { callback_id: 'x'.repeat(256) }])
      expect(await open(view([words], more))).toBe('invalid_arguments');
    const wrong = [
      input('A', { type: 'plain_text_input', initial_value: 'too long', max_length: 5 }),
      input('A', { type: 'static_select', options: [] }),
      input('A', { type: 'static_select', options: Array<object>(101).fill(options[0] ?? {}) }),
      input('A', { type: 'static_select', options, initial_option: { text: { type: 'plain_text', text: 'C' }, value: 'c' } }),
    ];
    for (const block of wrong) expect(await open(view([block]))).toBe('invalid_blocks');
    const list = input('List', { type: 'static_select', options, initial_option: options[1] });
    const more = { callback_id: 'edit', private_metadata: 'q-1' };
    expect(await open(view([words, list, input('Why', { type: 'plain_text_input' }, { optional: true })], more))).toBeUndefined();
    expect(fake.formsOf('U1')).toMatchObject([
      { title: 'Edit', fields: [{ label: 'Words' }, { label: 'List', options: ['A', 'B'], filled: 'B' }, { label: 'Why' }] },
    ]);
    await expect(fake.submitForm('U1', {})).rejects.toThrow('wants Words');
    await fake.submitForm('U1', { Words: 'hello' });
    expect(JSON.parse(new URLSearchParams(fake.kept.at(-1)?.body).get('payload') ?? '')).toMatchObject({
      ...{ type: 'view_submission', user: { id: 'U1' } },
      view: {
        ...more,
        state: {
          values: { Words: { v: { value: 'hello' } }, List: { v: { selected_option: { value: 'b' } } }, Why: { v: { value: null } } },
        },
      },
    });
    expect(fake.formsOf('U1')).toEqual([]);
  });

  it('shows to one person alone, who must be in the channel, and carries presses without their message', async () => {
    const fake = await start();
    const root = fake.personPosts('U1', 'C1', null, 'root').ts;
    const button = { type: 'button', text: { type: 'plain_text', text: 'Retry' }, action_id: 'retry', value: 'd-1' };
    const shown = { channel: 'C1', text: 'psst', blocks: [{ type: 'actions', elements: [button] }], thread_ts: root };
    const show = async (more: object) => (await call(fake, 'chat.postEphemeral', { ...shown, ...more })).body['error'];
    expect(await show({ user: 'U2' })).toBe('user_not_in_channel');
    expect(await show({ user: 'U1', thread_ts: '1.000000' })).toBe('thread_not_found');
    expect(await show({ user: 'U1' })).toBeUndefined();
    expect(fake.posts('C1')).toHaveLength(1);
    expect(fake.ephemerals).toMatchObject([{ user: 'U1', threadTs: root, text: 'psst' }]);
    await fake.pressPrivate('U1', 'Retry');
    const press = JSON.parse(new URLSearchParams(fake.kept.at(-1)?.body).get('payload') ?? '') as object;
    expect(press).toMatchObject({ container: { is_ephemeral: true, channel_id: 'C1' }, actions: [{ value: 'd-1' }] });
    expect(press).not.toHaveProperty('message');
  });

  it('takes five answers to a command, for half an hour', async () => {
    let now = 1_700_000_000_000;
    const fake = await start({ now: () => now });
    const address = async () => {
      await fake.useCommand('U1', 'C1', '/x', 'a & <@U1>');
      const form = new URLSearchParams(fake.kept.at(-1)?.body);
      expect(form.get('text')).toBe('a &amp; <@U1>');
      return form.get('response_url') ?? '';
    };
    const answer = async (to: string, body: object = { response_type: 'ephemeral', text: 'here' }) => {
      const response = await fetch(to, { method: 'POST', body: JSON.stringify(body) });
      return [response.status, await response.text()];
    };
    const one = await address();
    for (let use = 0; use < 5; use += 1) expect(await answer(one)).toEqual([200, 'ok']);
    expect(await answer(one)).toEqual([404, '{"ok":false,"error":"used_url"}']);
    expect(fake.ephemerals).toHaveLength(5);
    expect(await answer(await address(), { response_type: 'ephemeral', blocks: [{ type: 'header' }] })).toEqual([
      404,
      '{"ok":false,"error":"invalid_blocks"}',
    ]);
    const other = await address();
    now += 30 * 60_000 + 1;
    expect(await answer(other)).toEqual([404, '{"ok":false,"error":"expired_url"}']);
  });

  it('tells of emoji with their skin, and that they were taken away', async () => {
    const fake = await start();
    const { ts } = fake.personPosts('U1', 'C1', null, 'hello');
    fake.personReacts('U1', 'C1', ts, '+1::skin-tone-3');
    fake.personUnreacts('U1', 'C1', ts, '+1::skin-tone-3');
    const item = { type: 'message', channel: 'C1', ts };
    expect(eventsOf(fake).slice(-2)).toMatchObject([
      { type: 'reaction_added', user: 'U1', reaction: '+1::skin-tone-3', item },
      { type: 'reaction_removed', user: 'U1', reaction: '+1::skin-tone-3', item },
    ]);
    expect(fake.posts('C1')[0]?.reactions).toEqual([]);
  });

  it('shows what the acknowledgement of a command carries', async () => {
    const server = createServer((_request, response) => void response.end('{"response_type":"ephemeral","text":"seven"}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(() => resolve())));
    const fake = await start({ eventsUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    await fake.useCommand('U1', 'C1', '/x', '');
    expect(fake.ephemerals).toMatchObject([{ user: 'U1', text: 'seven', threadTs: null }]);
  });
});

describe('Slack fake: Socket Mode', () => {
  async function connect(fake: SlackFake) {
    const opened = await call(fake, 'apps.connections.open', {}, fake.appToken);
    const socket = new WebSocket(String(opened.body['url']));
    closers.push(async () => socket.terminate());
    const frames: Record<string, unknown>[] = [];
    const waiting: (() => void)[] = [];
    socket.on('message', (data) => {
      frames.push(JSON.parse(String(data)) as Record<string, unknown>);
      for (const tell of waiting.splice(0)) tell();
    });
    const next = async (): Promise<Record<string, unknown>> => {
      while (frames.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return frames.shift() ?? {};
    };
    expect(await next()).toMatchObject({ type: 'hello' });
    return { socket, next };
  }

  it('says hello, sends envelopes and takes acknowledgements', async () => {
    const fake = await start({ delivery: 'socket' });
    const { socket, next } = await connect(fake);
    fake.personPosts('U1', 'C1', null, 'hello');
    const envelope = await next();
    expect(envelope).toMatchObject({ type: 'events_api', payload: { event: { text: 'hello' } } });
    socket.send(JSON.stringify({ envelope_id: envelope['envelope_id'] }));
    await fake.settled();
    expect(fake.socket.acknowledged).toHaveLength(1);
    expect(fake.kept).toEqual([]);
  });

  it('sends an envelope that nobody acknowledged over another connection', async () => {
    const fake = await start({ delivery: 'socket', deadlineMs: 20 });
    const first = await connect(fake);
    fake.personPosts('U1', 'C1', null, 'hello');
    const one = await first.next();
    first.socket.terminate();
    const second = await connect(fake);
    const again = await second.next();
    expect(again['envelope_id']).toBe(one['envelope_id']);
    expect(Number(again['retry_attempt'])).toBeGreaterThan(0);
    fake.socket.disconnect('refresh_requested');
    let frame = await second.next();
    while (frame['type'] === 'events_api') frame = await second.next();
    expect(frame).toMatchObject({ type: 'disconnect', reason: 'refresh_requested' });
  });

  it('refuses a connection without a ticket', async () => {
    const fake = await start();
    const socket = new WebSocket(`${fake.url.replace('http', 'ws')}/link/?ticket=none`);
    await expect(new Promise((_resolve, reject) => socket.on('error', reject))).rejects.toThrow('401');
  });
});

describe('Slack fake: what people see', () => {
  const seen = (text: string) => render({ text, blocks: [], mrkdwn: true, fileIds: [] });

  it.each([
    ['a *bold* word', 'a bold word', ['bold'], []],
    ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name', [], []],
    ['`code`', 'code', ['code'], []],
    ['<!channel> hi', '@channel hi', [], ['channel']],
    ['<@U1> hi', '@U1 hi', [], ['U1']],
    ['&lt;!channel&gt; &amp;amp;', '<!channel> &amp;', [], []],
    ['<https://evil.example|your bank>', 'your bank', ['your bank'], []],
    ['<https://a.example>', 'https://a.example', [], []],
    ['&gt; quoted', 'quoted', ['quoted'], []],
  ])('%s', (source, text, styled, pings) => {
    expect(seen(source)).toMatchObject({ text, styled, pings });
  });

  it('takes rich text literally', () => {
    const elements = [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: '*a* <!here> ' },
          { type: 'user', user_id: 'U1' },
        ],
      },
    ];
    const blocks = [{ type: 'rich_text', elements }];
    expect(render({ text: '', blocks, mrkdwn: true, fileIds: [] })).toMatchObject({ text: '*a* <!here> @U1', styled: [], pings: ['U1'] });
  });

  it('types as a person does', () => {
    expect(typed('1 < 2 & <@U1> http://x.example/?a=1')).toBe('1 &lt; 2 &amp; <@U1> <http://x.example/?a=1>');
  });
});
