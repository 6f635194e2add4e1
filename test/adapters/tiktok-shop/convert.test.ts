import { describe, expect, it } from 'vitest';
import { apiConversation, apiMessage } from '../../../adapters/tiktok-shop/api-types.ts';
import { toConversationInfo, toListedMessage } from '../../../adapters/tiktok-shop/convert.ts';
import { parseJson } from '../../../adapters/tiktok-shop/json.ts';
import { saysText, showsPicture } from '../../../adapters/tiktok-shop/match.ts';
import { toEvents } from '../../../adapters/tiktok-shop/webhook.ts';
import { conversationId } from '../../../src/core/ids.ts';

const listed = (fields: object = {}) =>
  apiMessage.parse({
    id: '722323407926368819',
    type: 'TEXT',
    content: '{"content":"hi"}',
    create_time: 1681790246,
    is_visible: true,
    index: '7494560109732334274',
    sender: { im_user_id: '1', role: 'BUYER', nickname: 'Somchai', avatar: 'https://a.example/1' },
    ...fields,
  });

describe('a listed message', () => {
  const conversation = conversationId('710688832392260838');

  it('goes under the key of its webhook and reads the same', () => {
    const { event, message } = toListedMessage('7494049642642441621', conversation, listed(), undefined);
    expect(event).toMatchObject({ key: '722323407926368819', lane: '710688832392260838', contentType: 'application/json' });
    expect(toEvents({ ...event, receivedAt: new Date(0) })).toEqual([{ kind: 'message', conversation, message }]);
  });

  it('carries no name, and the platform’s hint for a type that cannot be shown', () => {
    const { event, message } = toListedMessage('7', conversation, listed({ type: 'NEW_KIND', content: '{}' }), 'Open the app');
    expect(Buffer.from(event.body).toString()).not.toContain('Somchai');
    expect(message.parts).toEqual([{ kind: 'unsupported', type: 'NEW_KIND', hint: 'Open the app' }]);
    expect(toEvents({ ...event, receivedAt: new Date(0) })).toEqual([{ kind: 'message', conversation, message }]);
  });

  it('is of the marketplace where the buyer only entered from a product', () => {
    const entry = listed({ type: 'BUYER_ENTER_FROM_PRODUCT', content: '{"product_id":"5"}' });
    const { event, message } = toListedMessage('7', conversation, entry, undefined);
    expect(message.author).toBe('system');
    expect(toEvents({ ...event, receivedAt: new Date(0) })[0]?.kind).toBe('source');
  });
});

describe('a conversation', () => {
  const participants = [
    { im_user_id: '1', role: 'SHOP', nickname: 'Lamp House' },
    { im_user_id: '2', user_id: '7494', role: 'BUYER', nickname: 'Somchai' },
  ];

  it('tells the buyer, whether a reply is taken, and the latest message', () => {
    const info = toConversationInfo(
      apiConversation.parse({
        id: '71',
        can_send_message: false,
        participants,
        latest_message: {
          id: '9',
          type: 'TEXT',
          create_time: 1681790246,
          sender: { role: 'ROBOT' },
        },
      }),
    );
    expect(info).toEqual({
      conversation: '71',
      buyer: { externalId: '7494', name: 'Somchai' },
      canSend: false,
      latest: { externalId: '9', author: 'automatic', sentAt: new Date(1_681_790_246_000) },
    });
  });

  it('may be empty, and may not tell whether a reply is taken', () => {
    expect(toConversationInfo(apiConversation.parse({ id: '71', latest_message: {} }))).toEqual({
      conversation: '71',
      buyer: {},
      canSend: true,
      latest: null,
    });
  });
});

describe('finding a sent message', () => {
  it('reads over white space and composed letters, and nothing else', () => {
    const says = saysText('Cà phê  \n sữa');
    expect(says(listed({ content: JSON.stringify({ content: 'Cà phê sữa '.normalize('NFD') }) }))).toBe(true);
    expect(says(listed({ content: JSON.stringify({ content: 'Ca phe sua' }) }))).toBe(false);
    expect(says(listed({ type: 'IMAGE' }))).toBe(false);
  });

  it('knows a picture by its stored object, whatever its host, size and signature', () => {
    const shows = showsPicture('https://p16.example/tos/2ca53c34~tplv-origin.image?from=1');
    const picture = (url: string) => listed({ type: 'IMAGE', content: JSON.stringify({ url }) });
    expect(shows(picture('https://p19.example/tos/2ca53c34~tplv-small.image?x=2'))).toBe(true);
    expect(shows(picture('https://p16.example/tos/other~tplv-origin.image?from=1'))).toBe(false);
    expect(showsPicture(undefined)(picture('https://p16.example/tos/other'))).toBe(true);
  });
});

describe('parsing JSON', () => {
  it('keeps whole numbers beyond 2^53, and every other value as it is', () => {
    expect(parseJson('{"a":7494049642642441621,"b":[-9223372036854775808],"c":9007199254740991,"d":1.5,"e":1e3}')).toEqual({
      a: '7494049642642441621',
      b: ['-9223372036854775808'],
      c: 9007199254740991,
      d: 1.5,
      e: 1000,
    });
    for (const digits of ['7494049642642441621', '-7494049642642441621'])
      for (const text of [digits, ` ${digits}`, `[1,${digits}]`, `{"a":\t${digits}}`, `{"a":"1 ${digits}","b":[\n\n${digits}]}`])
        expect(JSON.stringify(parseJson(text))).toContain(`"${digits}"`);
  });
});
