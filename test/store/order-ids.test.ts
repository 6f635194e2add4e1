import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inquiryId } from '../../src/core/ids.ts';
import type { MessagePart } from '../../src/core/message.ts';
import { createInquiryStore } from '../../src/store/inquiries.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const words = (text: string): MessagePart => ({ kind: 'text', text });

describe('orderIdsOf', () => {
  it('names the order that the buyer came from, then those of cards, the newest first, and apart from these what was typed', async () => {
    const message = (order: string, externalId: string | null, ...parts: readonly MessagePart[]) => ({
      ...{ _id: `m${order}` as never, inquiryId: 'i1', order, externalId, parts },
    });
    await store.connection.collection('messages').insertMany([
      message('1', 'x1', { kind: 'order', orderId: '100' }, words('is 5766536881352581780 on its way? My number is 0812345678')),
      message('2', 'x2', { kind: 'order', orderId: '200' }, { kind: 'product', productId: '1729592969712208999' }),
      message('3', 'x3', { kind: 'system', text: 'Order 5766536881352580000 has left' }, words('TH12345678X')),
      // Of a colleague, in the thread: nothing that the marketplace has.
      message('4', null, words('note: 5766536881352589999')),
    ]);
    const { orderIdsOf } = createInquiryStore(store.connection);
    const said = ['TH12345678X', '5766536881352581780'];
    expect(await orderIdsOf({ _id: inquiryId('i1'), source: { kind: 'order', id: '50' } })).toEqual({ named: ['50', '200', '100'], said });
    expect(await orderIdsOf({ _id: inquiryId('i1'), source: { kind: 'product', id: '51' } })).toEqual({ named: ['200', '100'], said });
    expect(await orderIdsOf({ _id: inquiryId('i2'), source: null })).toEqual({ named: [], said: [] });
  });
});
