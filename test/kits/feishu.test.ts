import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as lark from '@larksuiteoapi/node-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { FeishuFake, FeishuFakeOptions } from './feishu/fake.ts';
import { startFeishuFake } from './feishu/fake.ts';
import { decodeFrame, encodeFrame, type Frame } from './feishu/frames.ts';
import { renderMarkdown, renderText } from './feishu/markdown.ts';
import { decrypt } from './feishu/sign.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: FeishuFakeOptions = {}): Promise<FeishuFake> {
  const fake = await startFeishuFake(options);
  closers.push(fake.close);
  fake.world.addChat('oc_1');
  fake.world.addUser({ openId: 'ou_1', name: 'mai' });
  return fake;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly code: number;
  readonly data: Record<string, unknown>;
  readonly body: Record<string, unknown>;
}

async function post(url: string, body: unknown) {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function tokenOf(fake: FeishuFake): Promise<string> {
  const { body } = await post(`${fake.url}/open-apis/auth/v3/tenant_access_token/internal`, {
    app_id: fake.appId,
    app_secret: fake.appSecret,
  });
  return String(body['tenant_access_token']);
}

async function call(fake: FeishuFake, method: string, path: string, body?: object, token?: string): Promise<Answer> {
  const response = await fetch(`${fake.url}/open-apis/${path}`, {
    method,
    headers: { authorization: `Bearer ${token ?? (await tokenOf(fake))}`, 'content-type': 'application/json; charset=utf-8' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  return {
    status: response.status,
    headers: response.headers,
    code: Number(answer['code']),
    data: (answer['data'] ?? {}) as Record<string, unknown>,
    body: answer,
  };
}

const text = (words: string) => ({ msg_type: 'text', content: JSON.stringify({ text: words }) });
const interactive = (card: unknown) => ({ msg_type: 'interactive', content: JSON.stringify(card) });
const cardOf = (...elements: unknown[]) => ({ schema: '2.0', config: { update_multi: true }, body: { elements } });
const words = (content: string) => ({ tag: 'markdown', content });
const button = (label: string, value: unknown) => ({
  tag: 'button',
  text: { tag: 'plain_text', content: label },
  behaviors: [{ type: 'callback', value }],
});
const create = (fake: FeishuFake, body: object, chat = 'oc_1') =>
  call(fake, 'POST', 'im/v1/messages?receive_id_type=chat_id', { receive_id: chat, ...body });
const reply = (fake: FeishuFake, id: unknown, body: object) =>
  call(fake, 'POST', `im/v1/messages/${String(id)}/reply`, { reply_in_thread: true, ...body });
const idOf = ({ data }: Answer) => String(data['message_id']);

/** An app on loopback: answers as `answer` says and keeps what came. */
async function startApp(answer: (count: number) => number, says = '') {
  const got: { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer(got.length)).end(says);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const typesOf = (fake: FeishuFake) => fake.events.map(({ payload }) => (payload['header'] as { event_type: string }).event_type);
const eventsOf = (fake: FeishuFake) => fake.events.map(({ payload }) => payload['event'] as Record<string, Record<string, unknown>>);

describe('Feishu fake: OpenAPI', () => {
  it('gives a token to the right secret, the same one while it has long to go, and takes no other', async () => {
    let now = 1_700_000_000_000;
    const fake = await start({ now: () => now });
    const ask = (app_id: string, app_secret: string) =>
      post(`${fake.url}/open-apis/auth/v3/tenant_access_token/internal`, { app_id, app_secret });
    const first = await ask(fake.appId, fake.appSecret);
    expect(first.body).toMatchObject({ code: 0, expire: 7200, tenant_access_token: expect.stringMatching(/^t-/) });
    now += 80 * 60_000;
    expect((await ask(fake.appId, fake.appSecret)).body).toMatchObject({
      expire: 2400,
      tenant_access_token: first.body['tenant_access_token'],
    });
    now += 20 * 60_000;
    const second = await ask(fake.appId, fake.appSecret);
    expect(second.body['tenant_access_token']).not.toBe(first.body['tenant_access_token']);
    const info = async (token: unknown) => (await call(fake, 'GET', 'bot/v3/info', undefined, String(token))).code;
    expect([await info(first.body['tenant_access_token']), await info(second.body['tenant_access_token'])]).toEqual([0, 0]);
    now += 30 * 60_000;
    expect([await info(first.body['tenant_access_token']), await info(second.body['tenant_access_token'])]).toEqual([99991663, 0]);
    expect(await ask(fake.appId, 'wrong')).toMatchObject({ status: 200, body: { code: 10014 } });
    expect(await ask('cli_0000000000000000', fake.appSecret)).toMatchObject({ status: 200, body: { code: 10014 } });
    expect(await ask('', '')).toMatchObject({ status: 200, body: { code: 10003 } });
    const bare = await fetch(`${fake.url}/open-apis/bot/v3/info`);
    expect([bare.status, await bare.json()]).toMatchObject([400, { code: 99991661 }]);
    fake.auth.expireTokens();
    expect(await info(second.body['tenant_access_token'])).toBe(99991663);
    fake.auth.state = 'stopped';
    expect(await info(second.body['tenant_access_token'])).toBe(99991662);
  });

  it('posts a root, replies in its topic, keeps replies in it, and lists chat and topic apart', async () => {
    const fake = await start();
    const root = await create(fake, interactive(cardOf(words('root'))));
    expect(root.data).toMatchObject({ message_id: expect.stringMatching(/^om_/), chat_id: 'oc_1', msg_type: 'interactive' });
    expect(root.data).not.toHaveProperty('thread_id');
    const first = await reply(fake, idOf(root), text('one'));
    expect(first.data).toMatchObject({ root_id: idOf(root), parent_id: idOf(root), thread_id: expect.stringMatching(/^omt_/) });
    const inside = await reply(fake, idOf(first), { ...text('two'), reply_in_thread: false });
    expect(inside.data).toMatchObject({ root_id: idOf(root), parent_id: idOf(first), thread_id: first.data['thread_id'] });
    const other = await create(fake, text('beside'));
    const quoted = await reply(fake, idOf(other), { ...text('quoting'), reply_in_thread: false });
    expect(quoted.data).toMatchObject({ root_id: idOf(other) });
    expect(quoted.data).not.toHaveProperty('thread_id');
    const list = async (query: string) => {
      const { data } = await call(fake, 'GET', `im/v1/messages?${query}`);
      return { ...data, ids: (data['items'] as { message_id: string }[]).map(({ message_id }) => message_id) };
    };
    const thread = `container_id_type=thread&container_id=${String(first.data['thread_id'])}`;
    expect((await list(thread)).ids).toEqual([root, first, inside].map(idOf));
    expect((await list(`${thread}&sort_type=ByCreateTimeDesc`)).ids).toEqual([inside, first, root].map(idOf));
    expect((await list('container_id_type=chat&container_id=oc_1')).ids).toEqual([root, other, quoted].map(idOf));
    const page = await list(`${thread}&page_size=2`);
    expect(page).toMatchObject({ has_more: true, ids: [root, first].map(idOf) });
    expect(await list(`${thread}&page_size=2&page_token=${String((page as Record<string, unknown>)['page_token'])}`)).toMatchObject({
      has_more: false,
      ids: [idOf(inside)],
    });
    expect((await call(fake, 'GET', `im/v1/messages?${thread}&start_time=1`)).code).toBe(99992402);
    expect((await call(fake, 'GET', `im/v1/messages?${thread}&page_size=51`)).code).toBe(99992402);
    expect((await call(fake, 'GET', 'im/v1/messages?container_id_type=thread&container_id=omt_9')).code).toBe(230019);
  });

  it('sends once per uuid within an hour, and answers the same', async () => {
    let now = 1_700_000_000_000;
    const fake = await start({ now: () => now });
    const root = await create(fake, { ...text('root'), uuid: 'd-1' });
    expect((await create(fake, { ...text('root'), uuid: 'd-1' })).data).toEqual(root.data);
    const first = await reply(fake, idOf(root), { ...text('one'), uuid: 'd-2' });
    expect(idOf(await reply(fake, idOf(root), { ...text('one'), uuid: 'd-2' }))).toBe(idOf(first));
    expect(fake.posts('oc_1')).toHaveLength(2);
    now += 3_600_001;
    expect(idOf(await create(fake, { ...text('root'), uuid: 'd-1' }))).not.toBe(idOf(root));
    expect((await create(fake, { ...text('x'), uuid: 'x'.repeat(51) })).code).toBe(99992402);
  });

  it('refuses with the code of what is wrong, by HTTP 400 and 200 in turns', async () => {
    const fake = await start();
    fake.world.addChat('oc_2', { withBot: false });
    fake.world.addChat('oc_3').dissolved = true;
    fake.world.addChat('oc_4').allowsTopics = false;
    const root = await create(fake, text('root'));
    const plain = await create(fake, text('no topics'), 'oc_4');
    const gone = fake.personPosts('ou_1', 'oc_1', null, 'gone');
    const topic = await create(fake, text('topic'));
    const inTopic = await reply(fake, idOf(topic), text('reply'));
    fake.personRecalls(gone.id);
    await call(fake, 'DELETE', `im/v1/messages/${idOf(topic)}`);
    const refused = [
      await create(fake, text('x'), 'oc_9'),
      await create(fake, text('x'), 'oc_2'),
      await create(fake, text('x'), 'oc_3'),
      await create(fake, { msg_type: 'text', content: 'no json' }),
      await create(fake, { msg_type: 'song', content: '{}' }),
      await create(fake, text('')),
      await reply(fake, 'om_9', text('x')),
      await reply(fake, gone.id, text('x')),
      await reply(fake, idOf(inTopic), text('x')),
      await reply(fake, idOf(plain), text('x')),
      await call(fake, 'PATCH', `im/v1/messages/${idOf(root)}`, { content: JSON.stringify(cardOf(words('x'))) }),
    ];
    expect(refused.map(({ code }) => code)).toEqual([
      230001, 230002, 232009, 230001, 230001, 230001, 230001, 230011, 230019, 230071, 230001,
    ]);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([400, 200]));
    expect((await call(fake, 'POST', 'im/v1/messages?receive_id_type=thread_id', { receive_id: 'omt_1', ...text('x') })).code).toBe(
      99992402,
    );
    expect((await fetch(`${fake.url}/open-apis/im/v9/shout`, { headers: { authorization: `Bearer ${await tokenOf(fake)}` } })).status).toBe(
      404,
    );
  });

  it('changes its own shared cards for fourteen days, five times a second', async () => {
    let now = 1_700_000_000_000;
    const fake = await start({ now: () => now });
    const shared = await create(fake, interactive(cardOf(words('before'))));
    const unshared = await create(fake, interactive({ ...cardOf(words('before')), config: {} }));
    const patch = (id: string, card: unknown = cardOf(words('after'))) =>
      call(fake, 'PATCH', `im/v1/messages/${id}`, { content: JSON.stringify(card) });
    for (let count = 0; count < 5; count += 1) expect((await patch(idOf(shared))).code).toBe(0);
    expect(await patch(idOf(shared))).toMatchObject({ code: 230020 });
    expect(fake.posts('oc_1')[0]).toMatchObject({ text: 'after', updates: 5 });
    now += 1_000;
    expect((await patch(idOf(unshared))).code).toBe(230001);
    expect((await patch(idOf(shared), { ...cardOf(words('x')), config: {} })).code).toBe(230001);
    now += 14 * 86_400_000;
    expect((await patch(idOf(shared))).code).toBe(230031);
  });

  it('keeps to the sizes of texts and cards', async () => {
    const fake = await start({ limits: {} });
    expect((await create(fake, text('x'.repeat(150_000)))).code).toBe(0);
    expect((await create(fake, text('x'.repeat(154_000)))).code).toBe(230025);
    expect((await create(fake, interactive(cardOf(words('灯'.repeat(10_000)))))).code).toBe(0);
    expect((await create(fake, interactive(cardOf(words('灯'.repeat(10_300)))))).code).toBe(230025);
  });

  it('takes reactions that there are, once, and only its own away', async () => {
    const fake = await start();
    const { id } = fake.personPosts('ou_1', 'oc_1', null, 'hello');
    const react = (emoji_type: string, message = id) =>
      call(fake, 'POST', `im/v1/messages/${message}/reactions`, { reaction_type: { emoji_type } });
    const first = await react('DONE');
    expect(first.data).toMatchObject({
      operator: { operator_id: fake.appId, operator_type: 'app' },
      reaction_type: { emoji_type: 'DONE' },
    });
    expect((await react('DONE')).data['reaction_id']).toBe(first.data['reaction_id']);
    expect((await react('NO_SUCH')).code).toBe(231001);
    expect((await react('DONE', 'om_9')).code).toBe(231003);
    fake.personReacts('ou_1', id, 'THUMBSUP');
    const { data } = await call(fake, 'GET', `im/v1/messages/${id}/reactions`);
    const [own, theirs] = data['items'] as { reaction_id: string }[];
    const remove = async (reaction: string | undefined) => (await call(fake, 'DELETE', `im/v1/messages/${id}/reactions/${reaction}`)).code;
    expect([await remove(theirs?.reaction_id), await remove(own?.reaction_id), await remove(own?.reaction_id)]).toEqual([
      231008, 0, 231010,
    ]);
    expect(fake.posts('oc_1')[0]?.reactions).toEqual([{ emoji: 'THUMBSUP', by: 'ou_1' }]);
    fake.removeBot('oc_1');
    expect((await react('DONE')).code).toBe(231002);
  });

  it('takes images and files within their sizes, and hands out what people posted, where they posted it', async () => {
    const fake = await start();
    const upload = async (kind: 'image' | 'file', fields: Readonly<Record<string, string>>, bytes: Buffer) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      form.set(kind, new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'lamp.png');
      const response = await fetch(`${fake.url}/open-apis/im/v1/${kind}s`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await tokenOf(fake)}` },
        body: form,
      });
      return (await response.json()) as { code: number; data?: Record<string, string> };
    };
    const image = await upload('image', { image_type: 'message' }, png);
    const file = await upload('file', { file_type: 'stream', file_name: 'a.csv' }, png);
    expect((await create(fake, { msg_type: 'image', content: JSON.stringify(image.data) })).code).toBe(0);
    expect((await create(fake, { msg_type: 'file', content: JSON.stringify(file.data) })).code).toBe(0);
    expect(fake.posts('oc_1')).toMatchObject([{ images: [png] }, { text: 'a.csv' }]);
    expect((await create(fake, { msg_type: 'image', content: '{"image_key":"img_v3_9"}' })).code).toBe(230001);
    expect((await upload('image', { image_type: 'message' }, Buffer.alloc(10 * 1024 * 1024 + 1))).code).toBe(234006);
    expect((await upload('image', { image_type: 'message' }, Buffer.alloc(0))).code).toBe(234010);
    expect((await upload('image', { image_type: 'avatar' }, png)).code).toBe(234001);
    expect((await upload('file', { file_type: 'song', file_name: 'x' }, png)).code).toBe(234001);
    const theirs = fake.personPosts('ou_1', 'oc_1', null, 'see', { files: [{ name: 'l.png', mimeType: 'image/png', bytes: png }] });
    const key = (JSON.parse(theirs.content) as { content: { image_key?: string }[][] }).content[1]?.[0]?.image_key ?? '';
    const download = async (id: string, wanted: string, type = 'image') => {
      const url = `${fake.url}/open-apis/im/v1/messages/${id}/resources/${wanted}?type=${type}`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${await tokenOf(fake)}` } });
      const bytes = Buffer.from(await response.arrayBuffer());
      return response.headers.get('content-type') === 'image/png' ? bytes : (JSON.parse(bytes.toString()) as { code: number }).code;
    };
    expect(await download(theirs.id, key)).toEqual(png);
    expect(await download(theirs.id, key, 'file')).toBe(234003);
    expect(await download(fake.posts('oc_1')[0]?.id ?? '', key)).toBe(234003);
    fake.scopes.delete('im:resource');
    expect(await download(theirs.id, key)).toBe(99991672);
  });

  it('writes to a person alone, in one conversation, and not to bots or people of other organisations', async () => {
    const fake = await start();
    fake.world.addUser({ openId: 'ou_2', tenantKey: 'other' });
    const send = (receive_id: string) => call(fake, 'POST', 'im/v1/messages?receive_id_type=open_id', { receive_id, ...text('for you') });
    const [first, second] = [await send('ou_1'), await send('ou_1')];
    expect(first.data['chat_id']).toBe(second.data['chat_id']);
    expect(first.data['chat_id']).not.toBe('oc_1');
    expect([(await send('ou_2')).code, (await send(fake.world.app.openId)).code, (await send('ou_9')).code]).toEqual([
      230013, 230013, 230001,
    ]);
    fake.personPosts('ou_1', String(first.data['chat_id']), null, 'thanks');
    expect(eventsOf(fake).at(-1)?.['message']).toMatchObject({ chat_type: 'p2p' });
  });

  it('tells of itself, its scopes, its chats and its people', async () => {
    const fake = await start();
    fake.world.addUser({ openId: 'ou_2', name: 'partner', tenantKey: 'other' });
    fake.world.chats.get('oc_1')?.members.add('ou_1').add('ou_2');
    expect((await call(fake, 'GET', 'bot/v3/info')).body).toMatchObject({
      code: 0,
      bot: { open_id: fake.world.app.openId, activate_status: 2 },
    });
    const scopes = (await call(fake, 'GET', 'application/v6/scopes')).data['scopes'];
    expect(scopes).toContainEqual({ scope_name: 'im:message.group_msg', grant_status: 1, scope_type: 'tenant' });
    expect((await call(fake, 'GET', 'im/v1/chats/oc_1')).data).toMatchObject({ name: 'oc_1', chat_status: 'normal' });
    expect((await call(fake, 'GET', 'im/v1/chats/oc_9')).code).toBe(232006);
    expect((await call(fake, 'GET', 'im/v1/chats/oc_1/members')).data['items']).toMatchObject([
      { member_id: 'ou_1', name: 'mai', tenant_key: fake.world.tenantKey },
      { member_id: 'ou_2', tenant_key: 'other' },
    ]);
    expect((await call(fake, 'GET', 'im/v1/chats/oc_1/members/is_in_chat')).data).toEqual({ is_in_chat: true });
    fake.removeBot('oc_1');
    expect((await call(fake, 'GET', 'im/v1/chats/oc_1/members/is_in_chat')).data).toEqual({ is_in_chat: false });
    expect((await call(fake, 'GET', 'im/v1/chats/oc_1/members')).code).toBe(232011);
    const user = async (id: string) => call(fake, 'GET', `contact/v3/users/${id}?user_id_type=open_id`);
    expect((await user('ou_1')).data['user']).toMatchObject({ name: 'mai', email: 'mai@example.com' });
    expect([(await user('ou_2')).code, (await user('ou_9')).code]).toEqual([41050, 41012]);
    fake.scopes.delete('contact:user.base:readonly');
    expect((await user('ou_1')).data['user']).not.toHaveProperty('name');
    const made = await call(fake, 'POST', 'application/v7/app_slash_commands', { command: '/tm', description: 'Threadmart' });
    expect((await call(fake, 'GET', 'application/v7/app_slash_commands')).data['items']).toEqual([made.data]);
  });

  it('asks for scopes, plan and pace, in this order; too often has three faces', async () => {
    let now = 1_700_000_000_000;
    const fake = await start({ now: () => now, timeScale: 10 });
    fake.scopes.delete('im:chat:readonly');
    const denied = await call(fake, 'GET', 'im/v1/chats/oc_1');
    expect(denied).toMatchObject({ status: 400, code: 99991672 });
    expect(denied.body['error']).toMatchObject({
      permission_violations: expect.arrayContaining([{ type: 'action_scope_required', subject: 'im:chat:readonly' }]),
    });
    fake.world.addChat('oc_2');
    const post = (chat = 'oc_1') => create(fake, text('x'), chat);
    for (let count = 0; count < 5; count += 1) expect((await post()).code).toBe(0);
    expect((await post('oc_2')).code).toBe(0);
    const faces = [await post(), await post(), await post()];
    expect(faces.map(({ status, code }) => [status, code])).toEqual([
      [429, 230020],
      [400, 230020],
      [200, 230020],
    ]);
    for (const { headers } of faces) expect(headers.get('x-ogw-ratelimit-reset')).toBe('1');
    now += 20; // a fifth of a second of the platform: one more
    expect([(await post()).code, (await post()).code]).toEqual([0, 230020]);
    const info = async () => (await call(fake, 'GET', 'bot/v3/info')).code;
    const codes = [];
    for (let count = 0; count < 51; count += 1) codes.push(await info());
    expect(codes.filter((code) => code === 99991400)).toHaveLength(1);
    fake.quota.limit = fake.quota.used + 1;
    now += 1_000;
    expect([await info(), await info()]).toEqual([0, 99991403]);
  });

  it('posts nothing that the tenant forbids', async () => {
    const fake = await start();
    fake.forbidWords(/\d{11}/);
    expect((await create(fake, text('call 13800138000'))).code).toBe(230028);
    expect((await create(fake, interactive(cardOf(words('call 138****8000'))))).code).toBe(0);
    expect(fake.posts('oc_1')).toHaveLength(1);
  });

  it('breaks on demand, before and after the effect', async () => {
    const fake = await start();
    const isPost = ({ path }: { path: string }) => path === '/open-apis/im/v1/messages';
    fake.server.failNext(isPost, { kind: 'cut-before' });
    await expect(create(fake, text('a'))).rejects.toThrow();
    fake.server.failNext(isPost, { kind: 'cut-after' });
    await expect(create(fake, { ...text('b'), uuid: 'd-1' })).rejects.toThrow();
    expect(idOf(await create(fake, { ...text('b'), uuid: 'd-1' }))).toBe(fake.posts('oc_1')[0]?.id);
    expect(fake.posts('oc_1').map((seen) => seen.text)).toEqual(['b']);
  });
});

describe('Feishu fake: cards', () => {
  const inForm = (...elements: unknown[]) => cardOf({ tag: 'form', name: 'f', elements });
  const submit = { tag: 'button', name: 'go', text: { tag: 'plain_text', content: 'Go' }, form_action_type: 'submit' };
  const options = ['a', 'b'].map((value) => ({ text: { tag: 'plain_text', content: value.toUpperCase() }, value }));
  const list = { tag: 'select_static', name: 'l', options };
  const input = { tag: 'input', name: 'i' };

  it.each([
    ['no version', { config: {}, body: { elements: [] } }],
    ['the old structure', { config: {}, elements: [words('x')] }],
    ['an unknown tag', cardOf({ tag: 'marquee' })],
    ['an unknown property', cardOf({ ...words('x'), colour: 'red' })],
    ['an action module', cardOf({ tag: 'action', actions: [] })],
    ['a note', cardOf({ tag: 'note', elements: [] })],
    ['a button without a behavior', cardOf({ tag: 'button', text: { tag: 'plain_text', content: 'x' } })],
    ['a button with Markdown on it', cardOf({ ...button('x', {}), text: { tag: 'lark_md', content: 'x' } })],
    ['a label of 101 characters', cardOf(button('x'.repeat(101), {}))],
    ['a button that submits no form', cardOf({ ...button('x', {}), form_action_type: 'submit' })],
    ['an element id twice', cardOf({ ...words('x'), element_id: 'a' }, { ...words('y'), element_id: 'a' })],
    ['an element id that is none', cardOf({ ...words('x'), element_id: '1a' })],
    ['two names alike', inForm(input, { ...input }, submit)],
    ['a form without a button', inForm(input)],
    ['a form without a name', cardOf({ tag: 'form', elements: [submit] })],
    [
      'a form in a column',
      cardOf({ tag: 'column_set', columns: [{ tag: 'column', elements: [{ tag: 'form', name: 'f', elements: [submit] }] }] }),
    ],
    ['a nameless input in a form', inForm({ tag: 'input' }, submit)],
    ['an input for 1001 characters', inForm({ ...input, max_length: 1001 }, submit)],
    ['a default that is too long', inForm({ ...input, max_length: 3, default_value: 'four' }, submit)],
    ['options alike', inForm({ ...list, options: [options[0], options[0]] }, submit)],
    ['a choice that is none', inForm({ ...list, initial_option: 'c' }, submit)],
    ['an unknown margin', cardOf({ ...words('x'), margin: '100px' })],
    [
      'four tags in the header',
      {
        ...cardOf(),
        header: {
          title: { tag: 'plain_text', content: 'x' },
          text_tag_list: Array(4).fill({ tag: 'text_tag', text: { tag: 'plain_text', content: 'x' } }),
        },
      },
    ],
    ['201 elements', cardOf(...Array.from({ length: 201 }, () => ({ tag: 'hr' })))],
    ['an image that nobody uploaded', cardOf({ tag: 'img', img_key: 'img_v3_9', alt: { tag: 'plain_text', content: '' } })],
  ])('refuses a card with %s', async (_what, card) => {
    const fake = await start({ limits: {} });
    const { code } = await create(fake, interactive(card));
    expect([230099, 230001]).toContain(code);
    expect(fake.posts('oc_1')).toEqual([]);
  });

  it('shows what there is to read, press and fill in', async () => {
    const fake = await start();
    const { code } = await create(
      fake,
      interactive({
        ...cardOf(
          words('**bold** &lt;b&gt; &#42;plain&#42; <at id=ou_1></at>'),
          { tag: 'div', text: { tag: 'plain_text', content: '*as it is* <at id=ou_1></at>' } },
          { tag: 'column_set', columns: [{ tag: 'column', width: 'weighted', weight: 1, elements: [button('Claim', { a: 1 })] }] },
          {
            tag: 'table',
            columns: [
              { name: 's', display_name: 'Shop' },
              { name: 'n', display_name: 'Open' },
            ],
            rows: [{ s: 'Lamp House', n: 7 }],
          },
          {
            tag: 'form',
            name: 'f',
            elements: [
              words('Template'),
              { ...list, initial_option: 'b' },
              { ...input, label: { tag: 'plain_text', content: 'Why' }, default_value: 'x' },
              submit,
            ],
          },
        ),
        header: { title: { tag: 'plain_text', content: 'Lamp House' }, template: 'blue' },
      }),
    );
    expect(code).toBe(0);
    expect(fake.posts('oc_1')[0]).toMatchObject({
      text: 'Lamp House\nbold <b> *plain* @mai\n*as it is* <at id=ou_1></at>\nShop        Open\nLamp House  7\nTemplate\nWhy',
      pings: ['ou_1'],
      styled: ['bold'],
      buttons: [
        { label: 'Claim', value: { a: 1 } },
        { label: 'Go', submits: 'f' },
      ],
    });
    expect(fake.formsOf('ou_1')).toMatchObject([
      {
        title: 'Lamp House',
        fields: [
          { name: 'l', label: 'Template', filled: 'b' },
          { name: 'i', label: 'Why', options: null, filled: 'x' },
        ],
      },
    ]);
  });

  it.each([
    ['*a* _b_ ~~c~~ ***d***', 'a b c d', ['d', 'c', 'a', 'b']],
    ['`*a*` x', '*a* x', ['*a*']],
    ['```\na  b\n```', 'a  b\n', ['a  b\n']],
    ['# Head\n> said', 'Head\nsaid', ['Head', 'said']],
    ['[label](https://a.example) [https://a.example](https://a.example)', 'label https://a.example', ['label']],
    ["<font color='red'>red</font> <b>x</b>", 'red x', ['red', 'x']],
    ['2 * 3 * 4 and a_b', '2 * 3 * 4 and a_b', []],
    ['<!channel> a < b', ' a < b', []],
    [':OK: :rotating_light:', '[OK] :rotating_light:', ['[OK]']],
  ])('reads Markdown as the client shows it: %s', async (source, seen, styled) => {
    const { world } = await start();
    expect(renderMarkdown(world, source)).toMatchObject({ text: seen, styled, pings: [] });
  });

  it('reads a bot’s text as the client shows it', async () => {
    const { world } = await start();
    expect(renderText(world, '<at user_id="ou_1">x</at> <b>a</b> [l](https://a.example) <at user_id="all"></at> &lt;')).toMatchObject({
      text: '@mai a l @all &lt;',
      pings: ['ou_1', 'all'],
      styled: ['l', 'a'],
    });
  });
});

describe('Feishu fake: events', () => {
  it('encrypts and signs what it pushes, and challenges an address', async () => {
    const fake = await start({ now: () => 1_700_000_000_000 });
    fake.personPosts('ou_1', 'oc_1', null, 'hello');
    const [request] = fake.kept;
    const { 'x-lark-request-nonce': nonce, 'x-lark-signature': signature } = request?.headers ?? {};
    expect(signature).toBe(createHash('sha256').update(`1700000000${nonce}${fake.encryptKey}${request?.body}`).digest('hex'));
    expect(request?.headers['x-lark-request-timestamp']).toBe('1700000000');
    expect(JSON.parse(decrypt(fake.encryptKey, request?.body ?? '') ?? '')).toMatchObject({
      schema: '2.0',
      header: { event_type: 'im.message.receive_v1', app_id: fake.appId, token: fake.verificationToken, tenant_key: fake.world.tenantKey },
      event: {
        sender: { sender_id: { open_id: 'ou_1' }, sender_type: 'user' },
        message: { chat_id: 'oc_1', message_type: 'text', content: '{"text":"hello"}' },
      },
    });
    expect(JSON.parse(decrypt(fake.encryptKey, fake.challenge('abc').body) ?? '')).toMatchObject({
      challenge: 'abc',
      type: 'url_verification',
    });
  });

  it('tells of messages, recalls, reactions and chats, never of edits, nor of its own bot unless asked', async () => {
    const fake = await start();
    const root = await create(fake, interactive(cardOf(words('root'))));
    const message = fake.personPosts('ou_1', 'oc_1', idOf(root), '<@ou_1> see **this**');
    fake.personEdits(message.id, 'changed');
    await call(fake, 'POST', `im/v1/messages/${message.id}/reactions`, { reaction_type: { emoji_type: 'DONE' } });
    fake.personReacts('ou_1', message.id, 'OK');
    fake.personUnreacts('ou_1', message.id, 'OK');
    fake.personRecalls(message.id);
    fake.removeBot('oc_1');
    fake.personPosts('ou_1', 'oc_1', null, 'unheard');
    fake.addBot('oc_1');
    fake.dissolve('oc_1');
    expect(typesOf(fake)).toEqual([
      'im.message.receive_v1',
      'im.message.reaction.created_v1',
      'im.message.reaction.created_v1',
      'im.message.reaction.deleted_v1',
      'im.message.recalled_v1',
      'im.chat.member.bot.deleted_v1',
      'im.chat.member.bot.added_v1',
      'im.chat.disbanded_v1',
    ]);
    const [received, mine, theirs, , recalled] = eventsOf(fake);
    expect(received?.['message']).toMatchObject({
      root_id: idOf(root),
      thread_id: expect.stringMatching(/^omt_/),
      message_type: 'post',
      mentions: [{ key: '@_user_1', id: { open_id: 'ou_1' }, name: 'mai' }],
    });
    expect(mine).toMatchObject({ operator_type: 'app', app_id: fake.appId });
    expect(theirs).toMatchObject({ operator_type: 'user', user_id: { open_id: 'ou_1' }, message_id: message.id });
    for (const event of [mine, theirs]) expect(event).not.toHaveProperty('chat_id');
    expect(recalled).toMatchObject({ message_id: message.id, chat_id: 'oc_1' });
    fake.emitOld({ type: 'app_ticket', app_ticket: 't' });
    expect(fake.events.at(-1)?.payload).toMatchObject({ type: 'event_callback', event: { type: 'app_ticket', app_id: fake.appId } });
    fake.world.addChat('oc_2');
    fake.echo(true);
    await create(fake, text('mine'), 'oc_2');
    expect(eventsOf(fake).at(-1)?.['sender']).toMatchObject({ sender_type: 'app', sender_id: { open_id: fake.world.app.openId } });
  });

  it('pushes only what calls the bot where the scope for all is missing, and lists nothing', async () => {
    const fake = await start();
    fake.scopes.delete('im:message.group_msg');
    fake.personPosts('ou_1', 'oc_1', null, 'unheard');
    fake.personPosts('ou_1', 'oc_1', null, `<@${fake.world.app.openId}> heard`);
    expect(eventsOf(fake).map((event) => event['message']?.['content'])).toEqual(['{"text":"@_user_1 heard"}']);
    expect((await call(fake, 'GET', 'im/v1/messages?container_id_type=chat&container_id=oc_1')).code).toBe(230027);
  });

  it('sends again four times under the same id, and then gives up', async () => {
    const app = await startApp((count) => (count === 5 ? 200 : 503));
    const fake = await start({ eventsUrl: app.url, timeScale: 1_000_000 });
    fake.personPosts('ou_1', 'oc_1', null, 'taken at last');
    await fake.settled();
    expect(fake.events).toMatchObject([{ state: 'acknowledged', attempts: 5 }]);
    const plain = app.got.map(({ body }) => decrypt(fake.encryptKey, body));
    expect(new Set(plain).size).toBe(1);
    expect(new Set(app.got.map(({ body }) => body)).size).toBe(5);
    const dead = await start({ eventsUrl: (await startApp(() => 500)).url, timeScale: 1_000_000 });
    dead.personPosts('ou_1', 'oc_1', null, 'never taken');
    await dead.settled();
    expect(dead.events).toMatchObject([{ state: 'given up', attempts: 5 }]);
  });

  it('doubles, drops and shuffles on demand', async () => {
    const app = await startApp(() => 200);
    const rolls = [0.9, 0.5, 0.1]; // not dropped, held back, sent twice; then dropped
    const fake = await start({ eventsUrl: app.url, random: () => rolls.shift() ?? 0 });
    fake.disturb({ drop: 0.2, duplicate: 0.2, shuffleMs: 5 });
    fake.personPosts('ou_1', 'oc_1', null, 'twice');
    await fake.settled();
    fake.personPosts('ou_1', 'oc_1', null, 'dropped');
    await fake.settled();
    expect(app.got).toHaveLength(2);
    expect(fake.events.map(({ state }) => state)).toEqual(['acknowledged', 'dropped']);
  });

  it('sends a press once, and shows what the app answers: a toast, another card', async () => {
    const done = cardOf(words('done'));
    const app = await startApp(
      () => 200,
      JSON.stringify({ toast: { type: 'success', content: 'thanks' }, card: { type: 'raw', data: done } }),
    );
    const fake = await start({ eventsUrl: app.url });
    const form = {
      tag: 'form',
      name: 'f',
      elements: [
        { tag: 'input', name: 'why', required: true, label: { tag: 'plain_text', content: 'Why' }, max_length: 5 },
        {
          tag: 'button',
          name: 'go',
          text: { tag: 'plain_text', content: 'Go' },
          form_action_type: 'submit',
          behaviors: [{ type: 'callback', value: { q: 1 } }],
        },
      ],
    };
    const sent = await create(fake, interactive(cardOf(words('<at id=ou_1></at>'), button('Claim', { x: 1 }), form)));
    await expect(fake.submitForm('ou_1', {})).rejects.toThrow('wants Why');
    await expect(fake.submitForm('ou_1', { Why: 'too long' })).rejects.toThrow('too long');
    await expect(fake.pressButton('ou_1', idOf(sent), 'Resolve')).rejects.toThrow('no button Resolve');
    await fake.submitForm('ou_1', { Why: 'so' });
    const press = JSON.parse(decrypt(fake.encryptKey, app.got[0]?.body ?? '') ?? '') as { header: unknown; event: unknown };
    expect(press).toMatchObject({
      header: { event_type: 'card.action.trigger' },
      event: {
        operator: { open_id: 'ou_1' },
        action: { tag: 'button', name: 'go', value: { q: 1 }, form_value: { why: 'so' } },
        context: { open_message_id: idOf(sent), open_chat_id: 'oc_1' },
      },
    });
    expect(fake.toasts).toEqual([{ user: 'ou_1', text: 'thanks' }]);
    expect(fake.posts('oc_1')[0]).toMatchObject({ text: 'done', buttons: [] });
    expect(fake.events).toEqual([]);
    expect(app.got).toHaveLength(1);
  });
});

describe('Feishu fake: the long connection', () => {
  const connect = async (fake: FeishuFake) => {
    const { body } = await post(`${fake.url}/callback/ws/endpoint`, { AppID: fake.appId, AppSecret: fake.appSecret });
    const { URL: address } = body['data'] as { readonly URL: string };
    const connection = new WebSocket(address);
    const frames: Frame[] = [];
    const waiting: (() => void)[] = [];
    connection.on('message', (bytes: Buffer) => {
      frames.push(decodeFrame(bytes));
      for (const tell of waiting.splice(0)) tell();
    });
    await new Promise((resolve, reject) => connection.once('open', resolve).once('error', reject));
    closers.push(async () => connection.terminate());
    const next = async (): Promise<Frame> => {
      while (frames.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return frames.shift() as Frame;
    };
    const answer = (frame: Frame, code: number, data?: string) =>
      connection.send(
        encodeFrame({
          ...frame,
          headers: { ...frame.headers, biz_rt: '1' },
          payload: Buffer.from(JSON.stringify({ code, ...(data ? { data } : {}) })),
        }),
      );
    return { address, connection, next, answer };
  };

  it('reads and writes frames: numbers, headers, bytes', () => {
    const frame: Frame = {
      seqId: 300,
      logId: 2 ** 50 + 1,
      service: 33_554_678,
      method: 1,
      headers: { type: 'event', 名: '值' },
      payload: Buffer.from('{"a":1}'),
    };
    expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
    const ping = encodeFrame({ seqId: 0, logId: 0, service: 1, method: 0, headers: { type: 'ping' }, payload: Buffer.alloc(0) });
    expect(ping.toString('hex')).toBe(['0800', '1000', '1801', '2000', '2a0c', '0a0474797065', '120470696e67', '4200'].join(''));
    expect(() => decodeFrame(Buffer.from('0800', 'hex'))).toThrow('needs field');
    expect(() => decodeFrame(Buffer.from('4a05', 'hex'))).toThrow('ends');
  });

  it('opens with the right secret and a fresh ticket alone, and answers pings', async () => {
    const fake = await start({ delivery: 'socket', pingSeconds: 7 });
    expect((await post(`${fake.url}/callback/ws/endpoint`, { AppID: fake.appId, AppSecret: 'wrong' })).body['code']).toBe(514);
    const { address, connection, next } = await connect(fake);
    await expect(new Promise((resolve, reject) => new WebSocket(address).once('open', resolve).once('error', reject))).rejects.toThrow(
      '403',
    );
    connection.send(encodeFrame({ seqId: 0, logId: 0, service: 1, method: 0, headers: { type: 'ping' }, payload: Buffer.alloc(0) }));
    const pong = await next();
    expect(pong).toMatchObject({ method: 0, headers: { type: 'pong' } });
    expect(JSON.parse(pong.payload.toString())).toMatchObject({ PingInterval: 7, ReconnectCount: -1 });
    expect(fake.socket.pings).toBe(1);
  });

  it('brings events in as many frames as they need, again after a 500 or silence, and keeps them while nobody is there', async () => {
    const fake = await start({ delivery: 'socket', maxFrameBytes: 200, retryScale: 1_000_000, deadlineMs: 50 });
    fake.personPosts('ou_1', 'oc_1', null, 'early');
    const { next, answer } = await connect(fake);
    const whole = async () => {
      const parts: Frame[] = [];
      do parts.push(await next());
      while (parts.length < Number(parts[0]?.headers['sum']));
      const payload = Buffer.concat(parts.map((part) => part.payload));
      return {
        last: parts.at(-1) as Frame,
        parts: parts.length,
        event: JSON.parse(payload.toString()) as { header: { event_id: string } },
      };
    };
    const first = await whole();
    expect(first.parts).toBeGreaterThan(1);
    answer(first.last, 500);
    const second = await whole(); // and nobody answers
    const third = await whole();
    answer(third.last, 200);
    await fake.settled();
    expect(new Set([first, second, third].map(({ event }) => event.header.event_id)).size).toBe(1);
    expect(fake.events).toMatchObject([{ state: 'acknowledged', attempts: 3 }]);
    expect(fake.socket.acknowledged).toBe(1);
  });

  it('carries the answer to a press, loses what is under way when it is cut, and can fall silent', async () => {
    const fake = await start({ delivery: 'socket', retryScale: 1_000_000, deadlineMs: 200 });
    const sent = await create(fake, interactive(cardOf(button('Claim', { x: 1 }))));
    const first = await connect(fake);
    const pressed = fake.pressButton('ou_1', idOf(sent), 'Claim');
    const frame = await first.next();
    first.answer(frame, 200, Buffer.from('{"toast":{"content":"yours"}}').toString('base64'));
    await pressed;
    expect(fake.toasts).toEqual([{ user: 'ou_1', text: 'yours' }]);
    fake.personPosts('ou_1', 'oc_1', null, 'hello');
    await first.next();
    fake.socket.disturb('cut');
    const second = await connect(fake);
    second.answer(await second.next(), 200);
    await fake.settled();
    expect(fake.events).toMatchObject([{ state: 'acknowledged', attempts: 2 }]);
    fake.socket.disturb('silent');
    fake.personPosts('ou_1', 'oc_1', null, 'into the void');
    second.connection.send(encodeFrame({ seqId: 0, logId: 0, service: 1, method: 0, headers: { type: 'ping' }, payload: Buffer.alloc(0) }));
    await fake.settled();
    expect(fake.events.at(-1)).toMatchObject({ state: 'given up' });
    expect([fake.socket.pings, second.connection.readyState]).toEqual([0, WebSocket.OPEN]);
  });
});

describe('Feishu fake: with the real SDK', () => {
  const logger = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined, trace: () => undefined };
  /** The default one belongs to all clients of the process. */
  const ownCache = () => {
    const values = new Map<unknown, unknown>();
    const get = async (key: unknown) => values.get(key);
    const set = async (key: unknown, value: unknown) => values.set(key, value).has(key);
    return { get, set };
  };
  const clientOf = (fake: FeishuFake) =>
    new lark.Client({ appId: fake.appId, appSecret: fake.appSecret, domain: fake.url, cache: ownCache(), logger });

  it('takes what it sends, and lets what is refused with HTTP 200 and 400 be told apart', async () => {
    const fake = await start();
    const { im } = clientOf(fake);
    const sent = await im.v1.message.create({
      params: { receive_id_type: 'chat_id' },
      data: { receive_id: 'oc_1', ...text('root'), uuid: 'd-1' },
    });
    const path = { message_id: String(sent.data?.message_id) };
    const replied = await im.v1.message.reply({ path, data: { ...text('one'), reply_in_thread: true } });
    expect(replied).toMatchObject({ code: 0, data: { root_id: sent.data?.message_id, thread_id: expect.stringMatching(/^omt_/) } });
    expect(await im.v1.messageReaction.create({ path, data: { reaction_type: { emoji_type: 'DONE' } } })).toMatchObject({ code: 0 });
    const refused = () => im.v1.message.create({ params: { receive_id_type: 'chat_id' }, data: { receive_id: 'oc_9', ...text('x') } });
    await expect(refused()).rejects.toMatchObject({ response: { status: 400, data: { code: 230001 } } });
    expect(await refused()).toMatchObject({ code: 230001 });
  });

  it('reads what it signs, and speaks its frames', async () => {
    const fake = await start({ delivery: 'socket', maxFrameBytes: 200, retryScale: 1_000_000 });
    const seen: string[] = [];
    const eventDispatcher = new lark.EventDispatcher({ encryptKey: fake.encryptKey, logger }).register({
      'im.message.receive_v1': async ({ message }) => {
        seen.push(message.content);
        if (seen.length === 1) throw new Error('the store is away');
      },
    });
    const webhook = await start();
    webhook.personPosts('ou_1', 'oc_1', null, 'by webhook');
    const [request] = webhook.kept;
    // As the SDK wants it: the headers hang from the parsed body.
    const data = Object.assign(Object.create({ headers: request?.headers }) as object, JSON.parse(request?.body ?? ''));
    await expect(eventDispatcher.invoke(data)).rejects.toThrow('away');
    const connection = new lark.WSClient({ appId: fake.appId, appSecret: fake.appSecret, domain: fake.url, logger });
    closers.push(async () => connection.close());
    await connection.start({ eventDispatcher });
    // It listens a moment after it has connected; what comes before that is lost, and comes again.
    while (fake.socket.pings === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    fake.personPosts('ou_1', 'oc_1', null, 'over the long connection');
    await fake.settled();
    expect(seen).toEqual(['{"text":"by webhook"}', '{"text":"over the long connection"}']);
    expect(fake.events).toMatchObject([{ state: 'acknowledged', attempts: 1 }]);
    expect(fake.socket.pings).toBe(1);
  });
});
