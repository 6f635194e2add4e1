import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type DingTalkFake, type DingTalkFakeOptions, startDingTalkFake } from './dingtalk/fake.ts';
import { renderMarkdown } from './dingtalk/markdown.ts';
import type { QuoteShape } from './dingtalk/payloads.ts';
import { cardTopic, robotTopic } from './dingtalk/stream-frames.ts';
import { onePixelPng } from './pictures.ts';

type Json = Readonly<Record<string, unknown>>;

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A group G1 with the robot, mai and boss in it, and a partner of another organisation. */
async function start(options: DingTalkFakeOptions = {}): Promise<DingTalkFake> {
  const fake = await startDingTalkFake({ ackDeadlineMs: 200, ...options });
  closers.push(fake.close);
  const group = fake.world.addGroup('G1', { title: 'support' });
  fake.world.addGroup('G2', { withRobot: false });
  for (const name of ['mai', 'boss']) group.members.add(fake.world.addUser({ id: name, name }).id);
  group.members.add(fake.world.addUser({ id: 'partner', kind: 'outsider' }).id);
  return fake;
}

async function request(url: string, method: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  const init = body === undefined ? {} : { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  const response = await fetch(url, { method, ...init });
  return { status: response.status, body: (await response.json()) as Json };
}

async function token(fake: DingTalkFake): Promise<string> {
  const { body } = await request(`${fake.apiUrl}/v1.0/oauth2/accessToken`, 'POST', {
    appKey: fake.world.app.clientId,
    appSecret: fake.clientSecret,
  });
  return String(body['accessToken']);
}

async function call(fake: DingTalkFake, path: string, body: unknown, method = 'POST') {
  return request(`${fake.apiUrl}${path}`, method, body, { 'x-acs-dingtalk-access-token': await token(fake) });
}

const askUser = async (fake: DingTalkFake, userid: string) =>
  (await request(`${fake.oapiUrl}/topapi/v2/user/get?access_token=${await token(fake)}`, 'POST', { userid })).body;

const send = (fake: DingTalkFake, msgKey: string, param: object, openConversationId = 'G1') =>
  call(fake, '/v1.0/robot/groupMessages/send', {
    ...{ robotCode: fake.world.app.robotCode, openConversationId, msgKey, msgParam: JSON.stringify(param) },
  });

const params = (more: Readonly<Record<string, string>> = {}) => ({
  ...{ title: 'Lamp House', talk: JSON.stringify([{ text: 'hello', image: '' }]), form: '{"fields":[]}', has_form: 'false' },
  ...{ submit: 'Send', form_status: 'normal', buttons: '[]', ...more },
});
const button = (text: string, more: object = {}) => ({
  ...{ text, color: 'blue', status: 'normal' },
  event: { type: 'sendCardRequest', params: { actionId: 'claim', params: { value: 'q-1' } } },
  ...more,
});
const reply = JSON.stringify({
  fields: [
    { name: 'reply_1', label: 'Reply', type: 'TEXT_AREA', required: true },
    { name: 'at', type: 'TEXT', hidden: true, defaultValue: '{"channel":"G1"}' },
  ],
});
const deliver = (fake: DingTalkFake, outTrackId: string, more: Readonly<Record<string, unknown>> = {}) =>
  call(fake, '/v1.0/card/instances/createAndDeliver', {
    ...{ cardTemplateId: fake.cardTemplateId, outTrackId, callbackType: 'STREAM', cardData: { cardParamMap: params() } },
    ...{ openSpaceId: 'dtv1.card//IM_GROUP.G1', imGroupOpenSpaceModel: { supportForward: false } },
    imGroupOpenDeliverModel: { robotCode: fake.world.app.robotCode },
    ...more,
  });
const change = (fake: DingTalkFake, outTrackId: string, cardParamMap: object, updateCardDataByKey = true) =>
  call(fake, '/v1.0/card/instances', { outTrackId, cardData: { cardParamMap }, cardUpdateOptions: { updateCardDataByKey } }, 'PUT');

interface Frame {
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: string;
}

/** A client of the Stream, by hand. It answers each frame as `answer` says; null: not at all. */
async function connect(
  fake: DingTalkFake,
  answer: (frame: Frame) => { code: number; data: string } | null = ({ headers, data }) => ({
    code: 200,
    data: headers['topic'] === 'ping' ? data : '{"response":null}',
  }),
  subscriptions: readonly object[] = [robotTopic, cardTopic].map((topic) => ({ type: 'CALLBACK', topic })),
) {
  const opened = await request(`${fake.apiUrl}/v1.0/gateway/connections/open`, 'POST', {
    ...{ clientId: fake.world.app.clientId, clientSecret: fake.clientSecret, ua: 'by-hand/1.0', subscriptions },
  });
  const socket = new WebSocket(`${String(opened.body['endpoint'])}?ticket=${String(opened.body['ticket'])}`);
  const frames: Frame[] = [];
  socket.on('message', (text) => {
    const frame = JSON.parse(String(text)) as Frame;
    frames.push(frame);
    const made = answer(frame);
    if (!made) return;
    const headers = { contentType: 'application/json', messageId: frame.headers['messageId'] };
    socket.send(JSON.stringify({ code: made.code, headers, message: 'OK', data: made.data }));
  });
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  closers.push(() => socket.terminate());
  return { socket, frames, ended, data: () => frames.map(({ data }) => JSON.parse(data) as Json) };
}

describe('DingTalk fake: tokens', () => {
  it('gives the same token until it expires, and none to a wrong secret', async () => {
    let clock = 1_700_000_000_000;
    const fake = await start({ now: () => clock });
    const first = await token(fake);
    expect(await token(fake)).toBe(first);
    clock += 7_200_001;
    expect(await token(fake)).not.toBe(first);
    const wrong = await request(`${fake.apiUrl}/v1.0/oauth2/accessToken`, 'POST', { appKey: fake.world.app.clientId, appSecret: 'x' });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'invalidClientIdOrSecret' } });
    const old = await request(`${fake.oapiUrl}/gettoken?appkey=${fake.world.app.clientId}&appsecret=x`, 'GET');
    expect(old).toMatchObject({ status: 200, body: { errcode: 40089 } });
    const right = await request(`${fake.oapiUrl}/gettoken?appkey=${fake.world.app.clientId}&appsecret=${fake.clientSecret}`, 'GET');
    expect(right.body).toMatchObject({ errcode: 0, access_token: await token(fake), expires_in: 7200 });
  });

  it('refuses a token that is worth nothing, each host in its own way', async () => {
    const fake = await start();
    const header = { 'x-acs-dingtalk-access-token': 'old' };
    expect(await request(`${fake.apiUrl}/v1.0/robot/groupMessages/send`, 'POST', {}, header)).toMatchObject({
      status: 400,
      body: { code: 'InvalidAuthentication' },
    });
    fake.context.invalidTokenStatus = 401;
    expect(await request(`${fake.apiUrl}/v1.0/robot/groupMessages/send`, 'POST', {}, header)).toMatchObject({ status: 401 });
    expect(await request(`${fake.oapiUrl}/topapi/v2/user/get?access_token=old`, 'POST', {})).toMatchObject({
      status: 200,
      body: { errcode: 88, sub_code: '40014' },
    });
    expect(await request(`${fake.oapiUrl}/media/upload?access_token=old`, 'POST', {})).toMatchObject({ body: { errcode: 40014 } });
  });

  it('says which permission is missing', async () => {
    const fake = await start();
    fake.context.scopes.delete('Card.Instance.Write');
    const refused = await deliver(fake, 'o-1');
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'Forbidden.AccessDenied.AccessTokenPermissionDenied', accessdenieddetail: { requiredScopes: ['Card.Instance.Write'] } },
    });
    fake.context.scopes.delete('qyapi_get_member');
    expect(await askUser(fake, 'mai')).toMatchObject({ errcode: 88, sub_code: '60011' });
  });
});

describe('DingTalk fake: robot messages', () => {
  it('posts what a template takes, calls nobody, and posts it again when asked again', async () => {
    const fake = await start();
    const first = await send(fake, 'sampleMarkdown', { title: 't', text: '**hi** @mai' });
    await send(fake, 'sampleMarkdown', { title: 't', text: '**hi** @mai' });
    expect(first).toMatchObject({ status: 200, body: { processQueryKey: expect.any(String) } });
    expect(fake.posts('G1')).toMatchObject([{ text: 'hi @mai', styled: ['hi'], pings: [], user: null }, { text: 'hi @mai' }]);
  });

  it.each<[string, string, object, string]>([
    ['invalidParameter.msgKey.invalid', 'sampleSong', { content: 'x' }, 'G1'],
    ['invalidParameter.msgParam.invalid', 'sampleText', { words: 'x' }, 'G1'],
    ['invalidParameter.msgParam.invalid', 'sampleText', { content: 'x'.repeat(15_001) }, 'G1'],
    ['invalidParameter.msgParam.invalid', 'sampleImageMsg', { photoURL: '@lALnothing' }, 'G1'],
    ['invalidParameter.msgParam.invalid', 'sampleFile', { mediaId: 'http://x/y', fileName: 'a.csv', fileType: 'csv' }, 'G1'],
    ['invalid.openConversationId', 'sampleText', { content: 'x' }, 'G9'],
    ['invalidParameter.robotCode.notExsit', 'sampleText', { content: 'x' }, 'G2'],
  ])('refuses with %s', async (code, msgKey, param, group) => {
    const fake = await start();
    expect(await send(fake, msgKey, param, group)).toMatchObject({ status: 400, body: { code, requestid: expect.any(String) } });
  });

  it('tells of people who were not reached in an answer that is no failure', async () => {
    const fake = await start();
    fake.context.flowControlled.add('boss');
    const body = { robotCode: fake.world.app.robotCode, msgKey: 'sampleText', msgParam: '{"content":"x"}' };
    const sent = await call(fake, '/v1.0/robot/oToMessages/batchSend', { ...body, userIds: ['mai', 'boss', 'partner'] });
    expect(sent).toMatchObject({ status: 200, body: { invalidStaffIdList: ['partner'], flowControlledStaffIdList: ['boss'] } });
    expect([...fake.world.direct.keys()]).toEqual(['mai']);
    const many = Array.from({ length: 21 }, (_, index) => `u${index}`);
    expect(await call(fake, '/v1.0/robot/oToMessages/batchSend', { ...body, userIds: many })).toMatchObject({ status: 400 });
  });

  it('sends reminders, and names those whom they do not reach', async () => {
    const fake = await start();
    const body = { robotCode: fake.world.app.robotCode, remindType: 1, receiverUserIdList: ['mai', 'partner'], content: 'look' };
    expect((await call(fake, '/v1.0/robot/ding/send', body)).body).toMatchObject({ failedList: { partner: expect.any(String) } });
    expect(fake.world.dings).toEqual([{ remindType: 1, users: ['mai'], content: 'look' }]);
  });

  it('lists the robots of a group', async () => {
    const fake = await start();
    const list = async (openConversationId: string) =>
      (await call(fake, '/v1.0/robot/getBotListInGroup', { openConversationId })).body['chatbotInstanceVOList'];
    expect(await list('G1')).toMatchObject([{ robotCode: fake.world.app.robotCode }]);
    expect(await list('G2')).toEqual([]);
  });

  it('takes uploads within the limits of their sort', async () => {
    const fake = await start();
    const up = async (type: string, name: string, bytes: Uint8Array<ArrayBuffer>) => {
      const form = new FormData();
      form.set('media', new File([bytes], name, { type: 'image/png' }));
      const answer = await fetch(`${fake.oapiUrl}/media/upload?access_token=${await token(fake)}&type=${type}`, {
        method: 'POST',
        body: form,
      });
      return (await answer.json()) as Json;
    };
    const { media_id } = await up('image', 'lamp.png', onePixelPng);
    await send(fake, 'sampleImageMsg', { photoURL: media_id });
    expect(fake.posts('G1')[0]?.images.map((bytes) => new Uint8Array(bytes))).toEqual([new Uint8Array(onePixelPng)]);
    expect(await up('image', 'lamp.webp', onePixelPng)).toMatchObject({ errcode: 40005 });
    expect(await up('file', 'figures.csv', onePixelPng)).toMatchObject({ errcode: 40005 });
    expect(await up('voice', 'a.mp3', new Uint8Array(2 * 1024 * 1024 + 1))).toMatchObject({ errcode: 40006 });
    expect(await up('song', 'a.mp3', onePixelPng)).toMatchObject({ errcode: 40004 });
  });

  it('knows who belongs to the organisation', async () => {
    const fake = await start();
    expect(await askUser(fake, 'mai')).toMatchObject({ errcode: 0, result: { userid: 'mai', name: 'mai', email: 'mai@example.com' } });
    expect(await askUser(fake, 'partner')).toMatchObject({ errcode: 60121 });
  });

  it('lets custom robots speak when they sign, twenty times a minute', async () => {
    const fake = await start();
    const robot = fake.addWebhookRobot('G1');
    const say = async (secret: string, at = Date.now()) => {
      const sign = encodeURIComponent(createHmac('sha256', secret).update(`${at}\n${secret}`).digest('base64'));
      const text = { msgtype: 'text', text: { content: 'overdue' }, at: { atUserIds: ['mai'] } };
      return (await request(`${robot.url}&timestamp=${at}&sign=${sign}`, 'POST', text)).body['errcode'];
    };
    expect(await say('another')).toBe(310000);
    expect(await say(robot.secret, Date.now() - 3_700_000)).toBe(310000);
    const said = [];
    for (let count = 0; count < 22; count += 1) said.push(await say(robot.secret));
    expect(said).toEqual([...Array<number>(20).fill(0), 130101, 130101]);
    expect(robot.said).toHaveLength(20);
    expect(robot.said[0]).toEqual({ text: 'overdue', pings: ['mai'] });
  });
});

describe('DingTalk fake: cards', () => {
  it('delivers a card, and shows what it holds now', async () => {
    const fake = await start();
    const first = await deliver(fake, 'o-1', {
      imGroupOpenDeliverModel: { robotCode: fake.world.app.robotCode, atUserIds: { mai: 'mai' } },
    });
    expect(first).toMatchObject({
      status: 200,
      body: { result: { outTrackId: 'o-1', deliverResults: [{ spaceId: 'G1', success: true, carrierId: expect.any(String) }] } },
    });
    expect(await change(fake, 'o-1', { talk: JSON.stringify([{ text: 'one **two**', image: '' }]) })).toMatchObject({ status: 200 });
    expect(fake.posts('G1')).toMatchObject([{ outTrackId: 'o-1', text: 'Lamp House\none two', styled: ['two'], pings: ['mai'] }]);
  });

  it('replaces everything where it is not told to change by key', async () => {
    const fake = await start();
    await deliver(fake, 'o-1');
    expect(await change(fake, 'o-1', { title: 'alone' }, false)).toMatchObject({ status: 400, body: { code: 'param.invalid' } });
    await change(fake, 'o-1', params({ title: 'whole' }), false);
    expect(fake.posts('G1')[0]?.text).toBe('whole\nhello');
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['param.outTrackIdEmpty', { outTrackId: '' }],
    ['param.cardTemplateIdEmpty', { cardTemplateId: '' }],
    ['param.templateNotExist', { cardTemplateId: 'another' }],
    ['param.cardPublicDataEmpty', { cardData: undefined }],
    ['param.invalid', { cardData: { cardParamMap: { ...params(), title: 7 } } }],
    ['param.invalid', { cardData: { cardParamMap: { ...params(), headline: 'x' } } }],
    ['param.invalid', { cardData: { cardParamMap: params({ talk: 'words' }) } }],
    ['param.openSpaceIdEmpty', { openSpaceId: '' }],
    ['param.openSpaceIdInvalid', { openSpaceId: 'IM_GROUP.G1' }],
    ['param.openDeliverModelEmpty', { imGroupOpenDeliverModel: undefined }],
    ['param.openDeliverModelError', { imGroupOpenDeliverModel: {} }],
    ['param.openSpaceModelInvalid', { imGroupOpenSpaceModel: {} }],
  ])('refuses with %s', async (code, more) => {
    const fake = await start();
    expect(await deliver(fake, 'o-1', more)).toMatchObject({ status: 400, body: { code } });
    expect(fake.posts('G1')).toEqual([]);
  });

  it('refuses a template that is not published, values that are too long where asked, and to change what is not there', async () => {
    const fake = await start({ quirks: { strictParams: true } });
    expect(await deliver(fake, 'o-1', { cardData: { cardParamMap: params({ title: 'x'.repeat(1025) }) } })).toMatchObject({
      body: { code: 'param.invalid' },
    });
    fake.world.templates.set(fake.cardTemplateId, false);
    expect(await deliver(fake, 'o-1')).toMatchObject({ body: { code: 'param.templateUnpublished' } });
    expect(await change(fake, 'o-1', { title: 'x' })).toMatchObject({ status: 400, body: { code: 'param.cardNotExist' } });
  });

  it('knows both ways of a second creation under one id', async () => {
    const refusing = await start();
    await deliver(refusing, 'o-1');
    expect(await deliver(refusing, 'o-1')).toMatchObject({ status: 400, body: { code: 'param.cardAlreadyExist' } });
    const doubling = await start({ quirks: { repeatedOutTrackId: 'delivered-again' } });
    await deliver(doubling, 'o-1');
    await deliver(doubling, 'o-1', { cardData: { cardParamMap: params({ title: 'other' }) } });
    expect(doubling.posts('G1').map(({ text }) => text)).toEqual(['Lamp House\nhello', 'Lamp House\nhello']);
  });

  it.each([
    ['G2', 'chatbotNotInstall', {}],
    ['G9', 'invalid.openConversationId', {}],
    ['G1', 'invalid.user', { recipients: ['nobody'] }],
    ['G1', 'chatbotNotFound', { robotCode: 'another' }],
  ])('hides a delivery to %s that failed with %s in HTTP 200', async (group, errorMsg, model) => {
    const fake = await start();
    const made = await deliver(fake, 'o-1', {
      openSpaceId: `dtv1.card//IM_GROUP.${group}`,
      imGroupOpenDeliverModel: { robotCode: fake.world.app.robotCode, ...model },
    });
    expect(made).toMatchObject({ status: 200, body: { success: true, result: { deliverResults: [{ success: false, errorMsg }] } } });
    expect(fake.posts('G1')).toEqual([]);
    // The instance is there although nobody sees it; delivering it is another call.
    expect(await deliver(fake, 'o-1')).toMatchObject({ body: { code: 'param.cardAlreadyExist' } });
    const again = {
      outTrackId: 'o-1',
      openSpaceId: 'dtv1.card//IM_GROUP.G1',
      imGroupOpenDeliverModel: { robotCode: fake.world.app.robotCode },
    };
    await call(fake, '/v1.0/card/instances/deliver', again);
    expect(fake.posts('G1')).toHaveLength(1);
  });

  it('shows a card to its recipients alone, and to each what is theirs', async () => {
    const fake = await start();
    await deliver(fake, 'o-1', {
      imGroupOpenDeliverModel: { robotCode: fake.world.app.robotCode, recipients: ['mai'] },
      privateData: { mai: { cardParamMap: { title: 'for mai' } } },
    });
    expect(fake.posts('G1', 'boss')).toEqual([]);
    expect(fake.posts('G1', 'mai')).toMatchObject([{ text: 'for mai\nhello' }]);
    expect(() => fake.presses('boss', 'o-1', 'Claim')).toThrow('does not see');
    expect(fake.privateCards('mai')).toHaveLength(1);
  });

  it('carries presses and submissions over the Stream, where the card asked for it', async () => {
    const fake = await start();
    const client = await connect(fake);
    const cardData = {
      cardParamMap: params({
        buttons: JSON.stringify([button('Claim'), button('No', { status: 'disabled' })]),
        form: reply,
        has_form: 'true',
      }),
    };
    await deliver(fake, 'o-1', { cardData });
    await deliver(fake, 'o-2', { cardData, callbackType: undefined });
    fake.presses('mai', 'o-1', 'Claim');
    fake.submits('mai', 'o-1', { Reply: 'on its way' });
    fake.sendHiddenFields(false);
    fake.submits('mai', 'o-1', { Reply: 'soon' });
    expect(fake.presses('mai', 'o-2', 'Claim')).toBeNull();
    expect(() => fake.presses('mai', 'o-1', 'No')).toThrow('can be pressed');
    expect(() => fake.submits('mai', 'o-1', {})).toThrow('the form wants Reply');
    await fake.stream.settled();
    const contents = client.data().map(({ content }) => JSON.parse(String(content)) as Json);
    expect(client.data()[0]).toMatchObject({ type: 'actionCallback', outTrackId: 'o-1', userId: 'mai', spaceId: 'G1' });
    expect(contents).toEqual([
      { cardPrivateData: { actionIds: ['claim'], params: { value: 'q-1' } } },
      { cardPrivateData: { actionIds: ['form'], params: { form: { reply_1: 'on its way', at: '{"channel":"G1"}' } } } },
      { cardPrivateData: { actionIds: ['form'], params: { form: { reply_1: 'soon' } } } },
    ]);
  });

  it('changes a card by the answer to what was done on it', async () => {
    const fake = await start();
    const response = {
      cardUpdateOptions: { updateCardDataByKey: true },
      cardData: { cardParamMap: { form_status: 'disabled' } },
      userPrivateData: { cardParamMap: { title: 'yours' } },
    };
    await connect(fake, () => ({ code: 200, data: JSON.stringify({ response }) }));
    await deliver(fake, 'o-1', { cardData: { cardParamMap: params({ form: reply, has_form: 'true' }) } });
    expect(fake.posts('G1')[0]?.form?.submit).toBe('Send');
    fake.submits('mai', 'o-1', { Reply: 'done' });
    await fake.stream.settled();
    expect(fake.posts('G1', 'boss')).toMatchObject([{ form: null, text: 'Lamp House\nhello' }]);
    expect(fake.posts('G1', 'mai')).toMatchObject([{ text: 'yours\nhello' }]);
  });
});

describe('DingTalk fake: Stream', () => {
  it('gives a ticket to the app alone, good once and for ninety seconds', async () => {
    let clock = 1_700_000_000_000;
    const fake = await start({ now: () => clock });
    const open = (clientSecret: string) =>
      request(`${fake.apiUrl}/v1.0/gateway/connections/open`, 'POST', {
        ...{ clientId: fake.world.app.clientId, clientSecret, subscriptions: [{ type: 'CALLBACK', topic: robotTopic }] },
      });
    expect(await open('x')).toMatchObject({ status: 401, body: { code: 'authFailed' } });
    const visit = async ({ body }: Awaited<ReturnType<typeof open>>) => {
      const socket = new WebSocket(`${String(body['endpoint'])}?ticket=${String(body['ticket'])}`);
      closers.push(() => socket.terminate());
      return new Promise((resolve) =>
        socket
          .once('open', () => resolve('open'))
          .once('unexpected-response', (_request, { statusCode }) => resolve(statusCode))
          .once('error', () => undefined),
      );
    };
    const ticket = await open(fake.clientSecret);
    expect(await visit(ticket)).toBe('open');
    expect(await visit(ticket)).toBe(401);
    const late = await open(fake.clientSecret);
    clock += 90_001;
    expect(await visit(late)).toBe(401);
    fake.stream.refuse('connect');
    expect(await visit(await open(fake.clientSecret))).toBe(401);
    fake.stream.refuse('open');
    expect(await open(fake.clientSecret)).toMatchObject({ status: 503 });
  });

  it('pushes messages that call the robot, and no others', async () => {
    const fake = await start();
    const client = await connect(fake);
    fake.writes('mai', 'G1', 'good morning', { callsRobot: false });
    fake.writes('mai', 'G1', 'ask <@boss> now');
    fake.whispers('mai', 'in private');
    await fake.stream.settled();
    expect(client.frames.map(({ type, headers }) => [type, headers['topic'], headers['contentType']])).toEqual(
      Array(2).fill(['CALLBACK', robotTopic, 'application/json']),
    );
    const [group, direct] = client.data();
    expect(group).toMatchObject({
      msgtype: 'text',
      conversationType: '2',
      conversationId: 'G1',
      senderStaffId: 'mai',
      isInAtList: true,
      text: { content: ' ask @boss now' },
    });
    expect(group?.['atUsers']).toEqual([{ dingtalkId: fake.world.app.chatbotUserId }, { dingtalkId: '$:LWCP_v1:$boss', staffId: 'boss' }]);
    expect(direct).toMatchObject({ conversationType: '1', text: { content: 'in private' } });
    expect(direct).not.toHaveProperty('atUsers');
    expect(fake.stream.records.map(({ state, code }) => [state, code])).toEqual(Array(2).fill(['acknowledged', 200]));
  });

  it('names no user id of people of other organisations', async () => {
    const fake = await start();
    const client = await connect(fake);
    fake.writes('partner', 'G1', 'hello');
    await fake.stream.settled();
    expect(client.data()[0]).not.toHaveProperty('senderStaffId');
    expect(client.data()[0]).toMatchObject({ senderNick: 'partner' });
  });

  it('gives files their shapes, and a link that is good for a while', async () => {
    let clock = Date.now();
    const fake = await start({ now: () => clock });
    const client = await connect(fake);
    const png = { name: 'lamp.png', mimeType: 'image/png', bytes: onePixelPng };
    fake.writes('mai', 'G1', '', { file: png });
    fake.writes('mai', 'G1', 'see', { file: png });
    fake.writes('mai', 'G1', 'a file', { file: { ...png, name: 'a.pdf', mimeType: 'application/pdf' } });
    fake.whispers('mai', '', { file: { ...png, name: 'a.pdf', mimeType: 'application/pdf' } });
    fake.whispers('mai', '', { file: { ...png, name: 'a.amr', mimeType: 'audio/amr', recognition: 'on its way' } });
    fake.whispers('mai', '', { file: { ...png, name: 'a.mp4', mimeType: 'video/mp4' } });
    fake.sendsSomethingElse('mai', 'G1');
    await fake.stream.settled();
    expect(client.data()).toMatchObject([
      { msgtype: 'picture', content: { downloadCode: expect.any(String) } },
      { msgtype: 'richText', content: { richText: [{ text: ' see' }, { type: 'picture', downloadCode: expect.any(String) }] } },
      { msgtype: 'file', conversationType: '1', content: { fileName: 'a.pdf' } },
      { msgtype: 'audio', content: { recognition: 'on its way' } },
      { msgtype: 'video', content: { videoType: 'mp4' } },
      { msgtype: 'unknownMsgType' },
    ]);
    const { downloadCode } = { downloadCode: '', ...(client.data()[0]?.['content'] as Json) };
    const { robotCode } = fake.world.app;
    const { body } = await call(fake, '/v1.0/robot/messageFiles/download', { downloadCode, robotCode });
    const got = await fetch(String(body['downloadUrl']));
    expect([got.headers.get('content-type'), new Uint8Array(await got.arrayBuffer())]).toEqual(['image/png', new Uint8Array(onePixelPng)]);
    expect((await fetch(String(body['downloadUrl']), { headers: { 'x-acs-dingtalk-access-token': 'x' } })).status).toBe(400);
    clock += 3_600_000;
    expect((await fetch(String(body['downloadUrl']))).status).toBe(403);
    expect(await call(fake, '/v1.0/robot/messageFiles/download', { downloadCode: 'no', robotCode })).toMatchObject({ status: 400 });
  });

  it.each<[QuoteShape, object]>([
    [
      'text',
      { text: { isReplyMsg: true, repliedMsg: { msgType: 'text', content: { text: 'words' } } }, originalMsgId: expect.any(String) },
    ],
    ['content', { text: { repliedMsg: { content: { content: 'words' } } } }],
    ['rich', { text: { repliedMsg: { msgType: 'richText', content: { richText: [{ content: 'words' }, { msgType: 'picture' }] } } } }],
    ['query-key', { text: { isReplyMsg: true }, originalProcessQueryKey: expect.any(String) }],
    ['msg-id', { text: { isReplyMsg: true }, originalMsgId: expect.any(String) }],
    ['bare', { text: { isReplyMsg: true } }],
    ['left-out', { text: { content: ' this one' } }],
  ])('quotes as %s', async (shape, expected) => {
    const fake = await start();
    const client = await connect(fake);
    const { body } = await send(fake, 'sampleText', { content: 'words' });
    const msgId = fake.posts('G1')[0]?.msgId ?? '';
    fake.writes('mai', 'G1', 'this one', { quotes: { msgId, shape } });
    await fake.stream.settled();
    const [pushed] = client.data();
    expect(pushed).toMatchObject(expected);
    if (shape === 'query-key') expect(pushed?.['originalProcessQueryKey']).toBe(body['processQueryKey']);
    if (shape === 'bare' || shape === 'left-out') expect(Object.keys(pushed ?? {}).filter((key) => key.startsWith('original'))).toEqual([]);
  });

  it.each<[QuoteShape, object]>([
    [
      'card-tree',
      {
        msgType: 'interactiveCard',
        content: { cardContent: { children: [{ props: { text: 'Lamp House' } }, { props: { text: 'hello' } }] } },
      },
    ],
    ['card-params', { msgType: 'interactiveCard', content: { cardParamMap: params() } }],
  ])('quotes a card as %s, by the id of its delivery', async (shape, repliedMsg) => {
    const fake = await start();
    const client = await connect(fake);
    const { body } = await deliver(fake, 'o-1');
    const { deliverResults } = body['result'] as { readonly deliverResults: readonly { readonly carrierId: string }[] };
    fake.writes('mai', 'G1', 'this one', { quotes: { msgId: fake.posts('G1')[0]?.msgId ?? '', shape } });
    await fake.stream.settled();
    expect(client.data()[0]).toMatchObject({ originalProcessQueryKey: deliverResults[0]?.carrierId, text: { repliedMsg } });
  });

  it('loses what nobody takes: no connection, a dead line, no answer', async () => {
    const fake = await start();
    fake.writes('mai', 'G1', 'nobody is there');
    const client = await connect(fake, () => null);
    fake.writes('mai', 'G1', 'no answer');
    await fake.stream.settled();
    fake.stream.goSilent();
    fake.writes('mai', 'G1', 'dead line');
    expect(await fake.stream.ping()).toBe(0);
    expect(fake.stream.records.map(({ state }) => state)).toEqual(['lost', 'unanswered', 'lost']);
    expect(client.frames).toHaveLength(1);
    expect([client.socket.readyState, fake.stream.connections]).toEqual([WebSocket.OPEN, 1]);
  });

  it('pings, and wants its value back', async () => {
    const fake = await start();
    await connect(fake);
    await connect(fake, () => ({ code: 200, data: '{"opaque":"another"}' }));
    expect(await fake.stream.ping()).toBe(1);
  });

  it('asks a connection to go, leaves it a while, and pushes to the one that has come', async () => {
    const fake = await start({ timeScale: 50 });
    const old = await connect(fake);
    fake.stream.disconnect();
    fake.writes('mai', 'G1', 'still to the old one');
    const fresh = await connect(fake);
    fake.writes('mai', 'G1', 'to the new one');
    await old.ended;
    await fake.stream.settled();
    expect(old.frames.map(({ headers }) => headers['topic'])).toEqual(['disconnect', robotTopic]);
    expect(fresh.frames).toHaveLength(1);
    await expect.poll(() => fake.stream.connections).toBe(1);
  });

  it('pushes to one of several connections, to those that subscribed alone, and some twice', async () => {
    const chances = [0.9, 0, 0.9, 0, 0.9];
    const fake = await start({ random: () => chances.shift() ?? 0.99 });
    const [one, other] = [await connect(fake), await connect(fake)];
    const deaf = await connect(fake, undefined, [{ type: 'CALLBACK', topic: cardTopic }]);
    fake.stream.duplicate(0.5);
    fake.writes('mai', 'G1', 'once or twice');
    fake.writes('mai', 'G1', 'another');
    await fake.stream.settled();
    expect(deaf.frames).toEqual([]);
    const ids = [...one.frames, ...other.frames].map(({ headers }) => headers['messageId']);
    expect([ids.length, new Set(ids).size]).toEqual([3, 2]);
    expect(one.frames.length * other.frames.length).toBeGreaterThan(0);
  });

  it('pushes an event again until it counts as consumed, also to who comes later', async () => {
    const fake = await start();
    fake.event('chat_disband', { openConversationId: 'G1' });
    let calls = 0;
    const client = await connect(fake, () => {
      calls += 1;
      return calls === 1 ? null : { code: 200, data: '{"status":"SUCCESS","message":"ok"}' };
    }, [{ type: 'EVENT', topic: '*' }]);
    await expect.poll(() => fake.stream.records[0]?.state).toBe('acknowledged');
    expect(client.frames).toHaveLength(2);
    expect(client.frames[0]?.headers).toMatchObject({ eventType: 'chat_disband', eventCorpId: fake.world.corpId });
  });
});

describe('DingTalk fake: limits', () => {
  it('enforces calls a second of each API, and calls a month of all, when asked to', async () => {
    const fake = await start({ now: () => 1_700_000_000_000, limits: { perSecond: 2, perMonth: 3 } });
    const codes = [];
    for (let count = 0; count < 3; count += 1) codes.push((await send(fake, 'sampleText', { content: 'x' })).body['code']);
    expect(codes).toEqual([undefined, undefined, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi']);
    expect((await deliver(fake, 'o-1')).status).toBe(200);
    expect(await deliver(fake, 'o-2')).toMatchObject({ status: 403, body: { code: 'Forbidden.AccessDenied.ApiCountLimitForOrg' } });
    expect(await askUser(fake, 'mai')).toMatchObject({ errcode: 0 });
    expect(fake.callsOfMonth()).toBe(3);
  });

  it('meets faults before and after their effect', async () => {
    const fake = await start();
    await token(fake);
    fake.api.failNext(({ path }) => path.startsWith('/v1.0/robot/'), { kind: 'cut-after' });
    await expect(send(fake, 'sampleText', { content: 'arrived' })).rejects.toThrow();
    fake.api.failNext(({ path }) => path.startsWith('/v1.0/robot/'), { kind: 'status', status: 504, body: '{}' });
    expect((await send(fake, 'sampleText', { content: 'lost' })).status).toBe(504);
    expect(fake.posts('G1').map(({ text }) => text)).toEqual(['arrived']);
  });
});

describe('DingTalk fake: what people see of markdown', () => {
  it.each([
    ['plain words', 'plain words', [], []],
    ['a **bold** and *slanted* ~~gone~~ `code`', 'a bold and slanted gone code', ['bold', 'slanted', 'gone', 'code'], []],
    ['\\*not\\* \\_this\\_ \\[x\\](y) \\<b>', '*not* _this_ [x](y) <b>', [], []],
    ['2*3*4 and snake_case_name', '234 and snake_case_name', ['3'], []],
    ['[Your bank](https://evil.example)', 'Your bank', ['Your bank'], []],
    ['<a atId=mai>@mai</a> look', '@mai look', [], ['mai']],
    ['<font color=red>red</font>', 'red', ['<font color=red>'], []],
    ['one\ntwo  \nthree\n\nfour', 'one two\nthree\n\nfour', [], []],
    ['# Head\n> quoted\n- item', 'Head\nquoted\nitem', ['Head', 'quoted', 'item'], []],
    ['```\na  *b*\n c\n```', 'a  *b*\n c', [], []],
    ['Tom & Jerry &lt;3 < 5', 'Tom & Jerry <3 < 5', [], []],
  ])('%j', (source, text, styled, pings) => {
    expect(renderMarkdown(source)).toEqual({ text, styled, pings });
  });
});
