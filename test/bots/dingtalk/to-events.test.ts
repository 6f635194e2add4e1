import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../../bots/dingtalk/socket.ts';
import { topics } from '../../../bots/dingtalk/stream.ts';
import { toEvents } from '../../../bots/dingtalk/to-events.ts';

const at = 1_764_300_000_000;
const push = (topic: string, data: unknown, messageId = 'frame-1') =>
  encodeFrame({ topic, messageId, timeMs: at, data: typeof data === 'string' ? data : JSON.stringify(data) });
const read = (event: ReturnType<typeof push>) => toEvents({ ...event, receivedAt: new Date(at + 1_000) });

const robot = (more: object = {}) => ({
  ...{
    msgId: 'msg1',
    msgtype: 'text',
    conversationId: 'cidGroup==',
    conversationType: '2',
    senderId: '$:LWCP_v1:$abc',
    senderStaffId: 'staff1',
  },
  ...{
    chatbotUserId: '$:LWCP_v1:$bot',
    createAt: at - 500,
    robotCode: 'ding1',
    sessionWebhook: 'https://oapi.dingtalk.com/robot/sendBySession?session=secret',
  },
  ...{ sessionWebhookExpiredTime: at + 5_400_000, text: { content: ' is it in stock? ' }, atUsers: [{ dingtalkId: '$:LWCP_v1:$bot' }] },
  ...more,
});
const said = (content: string, more: object = {}) => read(push(topics.robot, robot({ text: { content }, ...more })))[0];

describe('what is said to the robot', () => {
  it('is a message about nothing in particular, so that it is asked about', () => {
    expect(said(' yes, it is ')).toEqual({
      kind: 'message',
      post: { channelId: 'cidGroup==', messageId: 'msg1' },
      rootId: null,
      author: { userId: 'staff1', kind: 'person' },
      fromSelf: false,
      text: 'yes, it is',
      mentions: [],
      files: [],
      sentAt: new Date(at - 500),
      order: `${String(at - 500).padStart(15, '0')}.msg1`,
      about: { posts: [], ticket: null },
    });
  });

  it.each([
    ['#4f2a1c it ships today', '4f2a1c', 'it ships today'],
    ['  ＃4F2A1C\nit ships today', '4f2a1c', 'it ships today'],
    ['#p12ab3 practice', 'p12ab3', 'practice'],
    ['#4f2a1c', '4f2a1c', ''],
  ])('names its inquiry: %j', (words, ticket, text) => {
    expect(said(words)).toMatchObject({ kind: 'message', text, about: { posts: [], ticket } });
  });

  it.each(['#1 is best', '#4f2a1 short', 'see #4f2a1c', '#4f2a1cz', '#black friday'])('names no inquiry: %j', (words) => {
    expect(said(words)).toMatchObject({ kind: 'message', about: { posts: [], ticket: null } });
  });

  it.each([
    ['stats 7d', 'stats 7d'],
    ['/tm stats', 'stats'],
    ['/stats', 'stats'],
    ['／tm', ''],
    ['', ''],
    ['帮助', '帮助'],
    ['Claim 4f2a1c', 'Claim 4f2a1c'],
  ])('is a command: %j', (words, text) => {
    const command = said(words);
    expect(command).toMatchObject({ kind: 'command', text, userId: 'staff1', channelId: 'cidGroup==', at: new Date(at - 500) });
    const { ask } = push(topics.robot, robot({ text: { content: words } }));
    expect(ask).toMatchObject({ kind: 'command', text, answerTo: command?.kind === 'command' ? command.answerTo : null });
  });

  it('keeps no secret', () => {
    const { body } = push(topics.robot, robot());
    expect(new TextDecoder().decode(body)).not.toMatch(/secret|sessionWebhook/);
    const { ask } = push(topics.robot, robot({ text: { content: 'stats' } }));
    expect(JSON.stringify(ask)).not.toContain('secret');
  });

  it.each([
    ['a text', { msgType: 'text', msgId: 'q1', content: { text: 'Inquiry #4f2a1c' } }],
    ['a text of another shape', { msgType: 'text', msgId: 'q1', content: { content: 'Inquiry #4f2a1c' } }],
    ['words alone', { msgType: 'text', msgId: 'q1', content: 'Inquiry #4f2a1c' }],
    ['JSON in words', { msgType: 'text', msgId: 'q1', content: '{"text":"Inquiry #4f2a1c"}' }],
    [
      'rich text',
      {
        msgType: 'richText',
        msgId: 'q1',
        content: {
          richText: [
            { msgType: 'text', content: 'Inquiry ' },
            { type: 'text', text: '#4f2a1c' },
          ],
        },
      },
    ],
    [
      'a card as a tree',
      {
        msgType: 'interactiveCard',
        msgId: 'q1',
        content: { cardContent: { children: [{ text: 'x' }, { children: [{ value: { content: '#4f2a1c' } }] }] } },
      },
    ],
    [
      'a card as variables',
      { msgType: 'interactiveCard', msgId: 'q1', content: { cardContent: { title: 'Shop', talk: '[{"text":"Inquiry #4f2a1c"}]' } } },
    ],
  ])('quotes %s', (_what, repliedMsg) => {
    const quote = said('on its way', { originalMsgId: 'q1', text: { content: 'on its way', isReplyMsg: true, repliedMsg } });
    expect(quote).toMatchObject({ kind: 'message', text: 'on its way', about: { posts: ['q1'], ticket: '4f2a1c' } });
  });

  it('names no inquiry where what it quotes names several: a buyer may have written one of them', () => {
    const content = { cardContent: { title: 'Shop', talk: '[{"text":"order #abc123"},{"text":"Inquiry #4f2a1c"}]' } };
    const repliedMsg = { msgType: 'interactiveCard', msgId: 'q1', content };
    const quote = said('', { text: { content: 'on its way', isReplyMsg: true, repliedMsg } });
    expect(quote).toMatchObject({ kind: 'message', about: { posts: ['q1'], ticket: null } });
  });

  it('tells every name of what it quotes, the most certain first, each once', () => {
    const text = { content: 'stats', isReplyMsg: true, repliedMsg: { msgType: 'interactiveCard', msgId: 'q1', processQueryKey: 'key2' } };
    const quote = said('', { text, originalProcessQueryKey: 'key1', originalMsgId: 'q1' });
    expect(quote).toMatchObject({ kind: 'message', text: 'stats', about: { posts: ['key1', 'key2', 'q1'], ticket: null } });
  });

  it('is a quote though the quoted message did not come with it', () => {
    expect(said('', { text: { content: 'yes', isReplyMsg: true } })).toMatchObject({ kind: 'message', about: { posts: [], ticket: null } });
  });

  it('is said by a person of another company', () => {
    expect(said('hi', { senderStaffId: undefined })).toMatchObject({ author: { userId: '$:LWCP_v1:$abc', kind: 'person' } });
  });

  it('mentions colleagues, not the robot', () => {
    const atUsers = [
      { dingtalkId: '$:LWCP_v1:$bot', staffId: 'bot' },
      { dingtalkId: 'x', staffId: 'staff2' },
    ];
    expect(said('hi @Mai', { atUsers })).toMatchObject({ mentions: ['staff2'] });
  });

  it('mentions people of other companies, too: what is said to them is for no buyer', () => {
    const atUsers = [{ dingtalkId: '$:LWCP_v1:$bot' }, { dingtalkId: '$:LWCP_v1:$guest' }];
    expect(said('@Guest is it there?', { atUsers })).toMatchObject({ mentions: ['$:LWCP_v1:$guest'] });
  });

  it('takes one without an id of the company for the robot where none has its own', () => {
    const atUsers = [{ dingtalkId: '$:LWCP_v1:$other-name-of-bot' }, { dingtalkId: '$:LWCP_v1:$guest' }];
    expect(said('@Guest is it there?', { atUsers })).toMatchObject({ mentions: ['$:LWCP_v1:$guest'] });
    expect(said('hi', { atUsers: atUsers.slice(0, 1) })).toMatchObject({ mentions: [] });
  });

  it.each([
    ['the robot alone', [], 'on its way'],
    ['a colleague, too', [{ dingtalkId: 'x', staffId: 'staff2' }], '@Threadmart on its way'],
  ])('in rich text calls %s', (_whom, others, text) => {
    const richText = [{ type: 'at', atName: 'Threadmart' }, { text: ' on its way' }];
    const atUsers = [{ dingtalkId: '$:LWCP_v1:$bot' }, ...others];
    expect(said('', { text: undefined, msgtype: 'richText', content: { richText }, atUsers })).toMatchObject({ text });
  });

  it('is said to the robot alone', () => {
    const event = push(topics.robot, robot({ conversationType: '1', conversationId: 'cidDirect' }));
    expect(event.lane).toBe('user:staff1');
    expect(read(event)[0]).toMatchObject({ post: { channelId: 'user:staff1' } });
  });

  it.each([
    ['a picture', { msgtype: 'picture', content: { downloadCode: 'c1' } }, '', [{ fileId: 'c1', name: 'picture' }]],
    ['a file', { msgtype: 'file', content: { downloadCode: 'c1', fileName: 'a.pdf' } }, '', [{ fileId: 'c1', name: 'a.pdf' }]],
    ['a video', { msgtype: 'video', content: { downloadCode: 'c1' } }, '', [{ fileId: 'c1', mimeType: 'video/mp4' }]],
    ['what was heard', { msgtype: 'audio', content: { downloadCode: 'c1', recognition: 'on its way' } }, '🎤 on its way', []],
    ['a sound', { msgtype: 'audio', content: { downloadCode: 'c1' } }, '', [{ fileId: 'c1' }]],
    [
      'rich text',
      { msgtype: 'richText', content: { richText: [{ text: 'see ' }, { type: 'picture', downloadCode: 'c1' }, { text: 'here' }] } },
      'see here',
      [{ fileId: 'c1' }],
    ],
    ['JSON in words', { msgtype: 'picture', content: '{"downloadCode":"c1"}' }, '', [{ fileId: 'c1' }]],
  ])('holds %s', (_what, more, text, files) => {
    expect(said('', { text: undefined, ...more })).toMatchObject({ kind: 'message', text, files });
  });

  it('is of an unknown kind', () => {
    expect(said('', { msgtype: 'unknownMsgType' })).toEqual({ kind: 'unknown', type: 'message.unknownMsgType' });
  });
});

const card = (cardPrivateData: object, more: object = {}) => ({
  ...{
    type: 'actionCallback',
    outTrackId: 'tm-q1-abc',
    userId: 'staff1',
    corpId: 'ding',
    spaceType: 'IM',
    spaceId: 'cidSpace',
    extension: '{}',
  },
  content: JSON.stringify({ cardPrivateData }),
  ...more,
});
const reply = (words: string, draft = '0', more: object = {}) =>
  card({ actionIds: ['form'], params: { form: { [`reply_${draft}`]: words, at: '{"channel":"cidGroup==","locale":"en"}' } } }, more);

describe('what is done on a card', () => {
  it('answers the buyer in the thread of the card', () => {
    const event = push(topics.card, reply(' it ships today '));
    expect(read(event)).toEqual([
      {
        kind: 'message',
        post: { channelId: 'cidGroup==', messageId: event.key },
        rootId: 'tm-q1-abc',
        author: { userId: 'staff1', kind: 'person' },
        ...{ fromSelf: false, text: 'it ships today', mentions: [], files: [], sentAt: new Date(at) },
        order: `${String(at).padStart(15, '0')}.frame-1`,
      },
    ]);
    expect(event.lane).toBe('cidGroup==:tm-q1-abc');
    expect(event).not.toHaveProperty('ask');
  });

  it('is one reply, however often it is pressed, until there is another draft', () => {
    const key = (words: string, draft: string, frame: string, more: object = {}) => push(topics.card, reply(words, draft, more), frame).key;
    expect(key('ok', '0', 'a')).toBe(key('ok', '0', 'b'));
    const others = [
      key('ok', '0', 'a'),
      key('ok', '1a2b', 'a'),
      key('ok!', '0', 'a'),
      key('ok', '0', 'a', { userId: 'staff2' }),
      key('ok', '0', 'a', { outTrackId: 'tm-q2-x' }),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  it('stands where the platform says, when the hidden field did not come back', () => {
    const event = push(topics.card, card({ params: { form: { reply_0: 'yes' } } }));
    expect(read(event)[0]).toMatchObject({ kind: 'message', post: { channelId: 'cidSpace' } });
  });

  it.each([
    ['content as it is', { content: { cardPrivateData: { params: { form: { reply_0: 'yes' } } } } }],
    ['value in its place', { content: undefined, value: JSON.stringify({ cardPrivateData: { params: { form: { reply_0: 'yes' } } } }) }],
    ['the form as words', { content: JSON.stringify({ cardPrivateData: { params: { form: '{"reply_0":"yes"}' } } }) }],
  ])('is read with %s', (_what, more) => {
    expect(read(push(topics.card, card({}, more)))[0]).toMatchObject({ kind: 'message', text: 'yes' });
  });

  it('says nothing when nothing was written', () => {
    expect(read(push(topics.card, reply('  ')))).toEqual([{ kind: 'unknown', type: 'card.form' }]);
  });

  it('presses a button, of the thread or of a notice in it', () => {
    const pressed = (params: object) => push(topics.card, card({ actionIds: ['threadmart.retry'], params }));
    const event = pressed({ value: 'd-1|x y', channel: 'cidGroup==', root: 'tm-q1-root' });
    expect(read(event)).toEqual([
      {
        ...{ kind: 'action', action: 'retry', value: 'd-1|x y', userId: 'staff1', at: new Date(at) },
        ...{ post: { channelId: 'cidGroup==', messageId: 'tm-q1-abc' }, rootId: 'tm-q1-root' },
      },
    ]);
    expect(event).toMatchObject({ key: 'push-frame-1', lane: 'cidGroup==:tm-q1-root' });
    expect(read(pressed({ value: 'd-1', channel: 'cidGroup==' }))[0]).toMatchObject({ rootId: 'tm-q1-abc' });
  });

  it('asks for a form, and fills one in', () => {
    const params = { value: 'q1', channel: 'cidGroup==', root: 'tm-q1-root' };
    const { ask } = push(topics.card, card({ actionIds: ['threadmart.assign'], params }));
    expect(ask).toMatchObject({
      kind: 'form',
      form: 'assign',
      value: 'q1',
      userId: 'staff1',
      post: { messageId: 'tm-q1-abc' },
      rootId: 'tm-q1-root',
    });
    const at = JSON.stringify({ channel: 'cidGroup==', form: 'assign', context: 'q1', root: 'tm-q1-root' });
    const form = { to: { index: 1, value: 'Mai' }, why: 'busy', at };
    const filled = push(topics.card, card({ params: { form } }, { outTrackId: 'tm-form-0123456789abcdef' }));
    expect(read(filled)).toMatchObject([
      { kind: 'form', form: 'assign', values: { to: 'Mai', why: 'busy' }, context: 'q1', userId: 'staff1' },
    ]);
    expect(filled).toMatchObject({ key: 'form-tm-form-0123456789abcdef', lane: 'form:q1' });
    expect(Object.keys((read(filled)[0] as { values: object }).values)).toEqual(['to', 'why']);
  });

  it('is none of ours', () => {
    expect(read(push(topics.card, card({ actionIds: ['like'], params: {} })))).toEqual([{ kind: 'unknown', type: 'card.action' }]);
    expect(read(push('/v1.0/another/topic', {}))).toEqual([{ kind: 'unknown', type: '/v1.0/another/topic' }]);
  });
});

describe('a push', () => {
  it.each(['', '{', 'null', '[]', '"x"', '42', '\u0000', '{"__proto__":{"msgId":"x"}}', '['.repeat(5_000)])(
    'that cannot be read is stored under a name, and becomes a dead letter that somebody sees: %.20s',
    (data) => {
      const event = push(topics.robot, data, '');
      expect(() => read(event)).toThrow('cannot be read');
      expect(() => read(push(topics.card, data))).toThrow('cannot be read');
      expect(event.key).toMatch(/^sha256:/);
      expect(push(topics.robot, data, 'm').key).toBe('push-m');
    },
  );

  it("of words in a shape that nobody knew of is no less somebody's words", () => {
    expect(() => said('it ships today', { atUsers: 'Mai' })).toThrow('cannot be read');
  });

  it('that was stored by something else cannot be read', () => {
    expect(() => toEvents({ key: 'k', body: Buffer.from('{}'), contentType: '', receivedAt: new Date() })).toThrow('cannot be read');
  });
});
