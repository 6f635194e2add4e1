import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environment } from '../../../adapters/tiktok-shop/settings.ts';
import { signWebhook } from '../../../adapters/tiktok-shop/sign.ts';
import { receiveWebhook, toEvents } from '../../../adapters/tiktok-shop/webhook.ts';
import type { RawEvent, RawRequest } from '../../../src/core/connector.ts';
import { PlatformError } from '../../../src/errors.ts';

const settings = environment.parse({ TIKTOK_SHOP_APP_KEY: '68xu9ks5p4i8', TIKTOK_SHOP_APP_SECRET: 'e59af819cc' });
const receivedAt = new Date('2026-11-24T08:00:00Z');

function signedRequest(body: string | Uint8Array, signature?: string): RawRequest {
  const bytes = Buffer.from(body);
  const authorization = signature ?? signWebhook(settings.appKey, settings.appSecret, bytes);
  return { method: 'POST', path: '/hooks/tiktok-shop', query: {}, headers: { authorization }, body: bytes, receivedAt };
}
const receive = (body: string | Uint8Array) => receiveWebhook(settings, signedRequest(body));

const rawEvent = (body: object | string): RawEvent => ({
  key: 'k',
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  contentType: 'application/json',
  receivedAt,
});
const messageEvent = (data: object) => ({
  type: 14,
  tts_notification_id: '7327112393057371910',
  shop_id: '7494049642642441621',
  timestamp: 1644412885,
  data: {
    conversation_id: '7494560109732334085',
    message_id: '7494560109732334999',
    create_time: 1644412885,
    is_visible: true,
    index: '1644412885000',
    type: 'TEXT',
    content: '{"content":"hello"}',
    sender: { im_user_id: '7494560109732330001', role: 'BUYER' },
    ...data,
  },
});
const eventOf = (data: object) => toEvents(rawEvent(messageEvent(data)))[0];
const messageOf = (data: object) => {
  const event = eventOf(data);
  if (event?.kind !== 'message') throw new Error(`a message was expected, not ${event?.kind}`);
  return event.message;
};

describe('receiving a webhook', () => {
  it('names a message by its own id, its conversation as the lane, and answers an empty 200', () => {
    expect(receive(JSON.stringify(messageEvent({})))).toEqual({
      kind: 'event',
      key: '7494560109732334999',
      shop: '7494049642642441621',
      lane: '7494560109732334085',
      answer: { status: 200 },
    });
  });

  it('names every other event by the id of the notification, and orders it with its conversation or shop', () => {
    const shop = { tts_notification_id: '11', shop_id: '22' };
    expect(receive(JSON.stringify({ ...shop, type: 13, data: { conversation_id: '33' } }))).toMatchObject({
      key: '11',
      lane: '33',
      shop: '22',
    });
    expect(receive(JSON.stringify({ ...shop, type: 6, data: { message: 'x' } }))).toMatchObject({ key: '11', lane: '22', shop: '22' });
    expect(receive(JSON.stringify({ ...shop, type: 4711, data: [] }))).toMatchObject({ kind: 'event', key: '11', lane: '22' });
  });

  it('names an event without any id by its bytes', () => {
    const received = receive('{"type":6,"shop_id":"22"}');
    expect(received).toMatchObject({ kind: 'event', key: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
  });

  it('keeps ids that came as numbers of 64 bits', () => {
    const body =
      '{"type":14,"shop_id":7494049642642441621,"data":{"message_id":7494560109732334999,"conversation_id":7494560109732334085}}';
    expect(receive(body)).toMatchObject({ key: '7494560109732334999', shop: '7494049642642441621', lane: '7494560109732334085' });
  });

  it.each([
    ['another signature', 'b11825717a79b8c1263da6baf994b6c33a6cf2e44101c585006e8c97f3f498a3'],
    ['none', ''],
    ['one that is longer in bytes than in characters', '你'.repeat(64)],
  ])('refuses %s', (_name, signature) => {
    expect(() => receiveWebhook(settings, signedRequest('{"type":6,"shop_id":"22"}', signature))).toThrow(
      expect.objectContaining({ name: 'PlatformError', kind: 'rejected' }),
    );
  });

  it('refuses a body that was changed by one byte', () => {
    const { headers } = signedRequest('{"type":6,"shop_id":"22"}');
    const request = { ...signedRequest('{"type":6,"shop_id":"23"}'), headers };
    expect(() => receiveWebhook(settings, request)).toThrow(expect.objectContaining({ kind: 'rejected' }));
  });

  it.each([
    ['no JSON', '{"type":14'],
    ['an empty body', ''],
    ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['a list', '[]'],
    ['no shop', '{"type":14,"data":{}}'],
    ['a message without ids', '{"type":14,"shop_id":"22","data":{"type":"TEXT"}}'],
    ['a message whose data is a text', '{"type":14,"shop_id":"22","data":"x"}'],
    ['a deep nest', '['.repeat(200_000)],
    ['a deep nest that is closed', '['.repeat(200_000) + ']'.repeat(200_000)],
  ])('calls %s malformed, once signed', (_name, body) => {
    expect(receive(body)).toMatchObject({ kind: 'malformed', answer: { status: 200 } });
  });
});

describe('what a webhook tells', () => {
  it('tells a message of a buyer', () => {
    expect(eventOf({})).toEqual({
      kind: 'message',
      conversation: '7494560109732334085',
      message: {
        externalId: '7494560109732334999',
        author: 'buyer',
        parts: [{ kind: 'text', text: 'hello' }],
        sentAt: new Date(1_644_412_885_000),
        order: '001644412885-00000001644412885000',
        visible: true,
      },
    });
  });

  it.each([
    ['CUSTOMER_SERVICE', 'agent'],
    ['SHOP', 'automatic'],
    ['ROBOT', 'automatic'],
    ['SYSTEM', 'system'],
    ['A_ROLE_TO_COME', 'system'],
  ])('goes by the role: %s is %s', (role, author) => {
    const message = messageOf({ sender: { im_user_id: '1', role } });
    expect([message.author, message.writer]).toEqual([author, author === 'agent' ? '1' : undefined]);
  });

  it.each([undefined, '', 7, null])('leaves open who of the agents wrote where the id is %j', (id) => {
    const message = messageOf({ sender: { im_user_id: id, role: 'CUSTOMER_SERVICE' } });
    expect([message.author, message.writer]).toEqual(['agent', id === 7 ? '7' : undefined]);
  });

  it('says that the platform wants a message hidden', () => {
    expect(messageOf({ is_visible: false }).visible).toBe(false);
  });

  it.each([
    [
      'IMAGE',
      { url: 'https://p.example/a~b.image', width: '304', height: '290' },
      [{ kind: 'image', media: { url: 'https://p.example/a~b.image' } }],
    ],
    [
      'VIDEO',
      { url: 'https://v.example/x', duration: '20.504', expire_time: '1681980481', format: 'mp4', size: 400000 },
      [
        {
          kind: 'video',
          durationSeconds: 20.504,
          media: { url: 'https://v.example/x', bytes: 400000, mimeType: 'video/mp4', expiresAt: new Date(1_681_980_481_000) },
        },
      ],
    ],
    ['PRODUCT_CARD', { product_id: '7494560109732334265' }, [{ kind: 'product', productId: '7494560109732334265' }]],
    ['ORDER_CARD', { order_id: '7494560109732334267' }, [{ kind: 'order', orderId: '7494560109732334267' }]],
    [
      'RETURN_REFUND_CARD',
      { order_id: '12345', sku_id: '45678' },
      [
        { kind: 'order', orderId: '12345' },
        { kind: 'unsupported', type: 'RETURN_REFUND_CARD' },
      ],
    ],
    [
      'LOGISTICS_CARD',
      { order_id: '12345' },
      [
        { kind: 'order', orderId: '12345' },
        { kind: 'unsupported', type: 'LOGISTICS_CARD' },
      ],
    ],
    ['COUPON_CARD', { coupon_id: '1' }, [{ kind: 'unsupported', type: 'COUPON_CARD' }]],
    ['EMOTICONS', { content: '[smile]' }, [{ kind: 'sticker', label: '[smile]' }]],
    ['EMOTICONS', { something: 'else' }, [{ kind: 'unsupported', type: 'EMOTICONS' }]],
    ['OTHER', { content: 'see the app' }, [{ kind: 'unsupported', type: 'OTHER', hint: 'see the app' }]],
    ['A_TYPE_TO_COME', { content: 'x' }, [{ kind: 'unsupported', type: 'A_TYPE_TO_COME' }]],
  ])('shows %s %o', (type, content, parts) => {
    const message = messageOf({ type, content: JSON.stringify(content) });
    expect(message).toMatchObject({ author: 'buyer' });
    expect(message.parts).toEqual(parts);
  });

  it.each([
    ['no JSON', 'hello'],
    ['another shape', '{"text":"hello"}'],
    ['nothing', ''],
  ])('shows a text whose content is %s as unsupported, never as an error', (_name, content) => {
    expect(messageOf({ content }).parts).toEqual([{ kind: 'unsupported', type: 'TEXT' }]);
  });

  it('keeps a product id that came as a number', () => {
    expect(messageOf({ type: 'PRODUCT_CARD', content: '{"product_id":7494560109732334265}' }).parts).toEqual([
      { kind: 'product', productId: '7494560109732334265' },
    ]);
  });

  it.each(['NOTIFICATION', 'ALLOCATED_SERVICE', 'BUYER_ENTER_FROM_TRANSFER'])(
    'calls %s the words of the marketplace, whoever is named',
    (type) => {
      expect(messageOf({ type })).toMatchObject({ author: 'system', parts: [{ kind: 'system', text: 'hello' }] });
    },
  );

  it('makes of an entry from a product or an order the source', () => {
    const at = new Date(1_644_412_885_000);
    expect(eventOf({ type: 'BUYER_ENTER_FROM_PRODUCT', content: '{"product_id":"5"}' })).toEqual({
      kind: 'source',
      conversation: '7494560109732334085',
      source: { kind: 'product', id: '5' },
      at,
    });
    expect(eventOf({ type: 'BUYER_ENTER_FROM_ORDER', content: '{"order_id":"6"}' })).toMatchObject({ source: { kind: 'order', id: '6' } });
  });

  it('tells the events of the shop', () => {
    expect(toEvents(rawEvent({ type: 6, shop_id: '22', data: { message: 'x' } }))).toEqual([{ kind: 'deauthorized' }]);
    expect(toEvents(rawEvent({ type: 7, shop_id: '22', data: { message: 'x', expiration_time: '1681980481' } }))).toEqual([
      { kind: 'authorization-expiring', expiresAt: new Date(1_681_980_481_000) },
    ]);
    expect(toEvents(rawEvent({ type: 13, shop_id: '22', data: { conversation_id: '33', create_time: 1 } }))).toEqual([
      { kind: 'conversation-changed', conversation: '33' },
    ]);
    expect(toEvents(rawEvent({ type: 33, shop_id: '22', data: {} }))).toEqual([{ kind: 'unknown', type: '33' }]);
  });

  it('throws where a message lacks its time', () => {
    expect(() => eventOf({ create_time: 'yesterday' })).toThrow();
  });

  it('orders by time first, then by an index that has gaps and up to 19 digits', () => {
    const sent = [
      { create_time: 1644412886, index: '3' },
      { create_time: 1644412885, index: '7494560109732334274' },
      { create_time: 1644412885, index: '999' },
      { create_time: 999999999, index: '7494560109732334999' },
    ];
    const sorted = sent.map((data) => messageOf(data).order).sort();
    expect(sorted).toEqual([sent[3], sent[2], sent[1], sent[0]].map((data) => messageOf(data ?? {}).order));
  });
});

describe('whatever is signed', () => {
  const fields = ['__proto__', 'constructor', 'content', 'create_time', 'index', 'type', 'sender', 'message_id', 'conversation_id'];
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(7494560109732334999n.toString(), 1e300, -1, '\u0000', '\ud800'));
  const data = fc.oneof(value, fc.dictionary(fc.constantFrom(...fields), value));
  const body = fc.record(
    { type: fc.oneof(fc.constantFrom(14, 13, 7, 6), fc.integer()), tts_notification_id: value, shop_id: value, data },
    { requiredKeys: ['type'] },
  );

  it('is an event or malformed, and an event tells something or is refused in words', () => {
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), (json) => {
        const text = JSON.stringify(json);
        const received = receive(text);
        if (received.kind !== 'event') return received.kind === 'malformed';
        try {
          return toEvents(rawEvent(text)).length > 0;
        } catch (error) {
          return error instanceof PlatformError && error.code === 'malformed-event';
        }
      }),
    );
  });
});
