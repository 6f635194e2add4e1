import { describe, expect, it } from 'vitest';
import { inquiryId } from '../../src/core/ids.ts';
import type { InquirySource } from '../../src/core/message.ts';
import type { Order, OrdersFound } from '../../src/core/order.ts';
import { text } from '../../src/core/texts/index.ts';
import { quickReply } from '../../src/pipeline/quick-reply.ts';
import type { StoredTemplate } from '../../src/store/templates.ts';
import { lampHouse } from '../http/stand.ts';

const stored = (name: string, language: string | null, words: string): StoredTemplate => ({
  ...{ _id: `${name}/*/${language ?? '*'}`, name, marketplace: null, language, text: words, changedAt: new Date(0), changedBy: null },
});
const all = [
  stored('hello', null, 'Hi {{buyer.name}}, {{agent.alias}} here.'),
  stored('hello', 'zh', '{{buyer.name}}，您好！'),
  stored('shipped', 'zh', '订单 {{order.id}}：{{order.status}}，{{order.tracking}}'),
  stored('order', null, 'About {{order.id}}'),
];
const order: Order = {
  ...{ id: '576', status: 'in-transit', platformStatus: 'IN_TRANSIT', buyerId: 'b1', items: [], total: null, cashOnDelivery: false },
  shipments: [{ carrier: 'J&T', trackingNumber: 'TH0123456789' }],
  ...{ createdAt: null, paidAt: null, deliveredAt: null, cancelledAt: null },
};

async function make(
  name: string,
  more: { readonly language?: string | null; readonly source?: InquirySource; readonly found?: OrdersFound },
) {
  const { language = null, source = null, found = { orders: [order], problem: null } } = more;
  let lookedUp = 0;
  const made = await quickReply(
    { ...{ _id: inquiryId('i1'), shopId: lampHouse._id, marketplace: 'stub', source }, buyer: { name: 'Li', externalId: 'b1' } },
    { name, language: null },
    language,
    {
      templates: { list: async () => all },
      orders: {
        async ordersFor() {
          lookedUp += 1;
          return found;
        },
      },
      shops: { byId: async () => ({ ...lampHouse, alias: 'Nok' }) },
    },
  );
  const said = 'problem' in made ? [made.problem, ...made.reasons].map(({ key, params }) => text('en', key, params)) : made.text;
  return { made, said, lookedUp };
}

describe('quickReply', () => {
  it("is the variant for the buyer, with the inquiry's own words in it", async () => {
    expect(await make('hello', {})).toMatchObject({ said: 'Hi Li, Nok here.', lookedUp: 0 });
    expect(await make('hello', { language: 'zh' })).toMatchObject({ said: 'Li，您好！', lookedUp: 0 });
    expect(await make('shipped', { language: 'zh' })).toMatchObject({
      said: '订单 576：运输中，TH0123456789',
      made: { numbers: ['576', 'TH0123456789'] },
      lookedUp: 1,
    });
  });

  it('does without the order where its number is enough, and the buyer came from it', async () => {
    const found: OrdersFound = { orders: [], problem: { key: 'order.busy', params: {} } };
    expect(await make('order', { source: { kind: 'order', id: '575' }, found })).toMatchObject({
      said: 'About 575',
      made: { numbers: ['575'] },
    });
  });

  it('says what is missing, and why', async () => {
    const found: OrdersFound = { orders: [], problem: { key: 'order.scope-missing', params: {} } };
    const { said } = await make('shipped', { language: 'zh', found });
    expect(said).toEqual([
      'Template shipped was not sent; for this inquiry there is no {{order.id}}, {{order.status}}, {{order.tracking}}.',
      expect.stringMatching(/^The marketplace does not let this app see orders/),
    ]);
    expect((await make('helo', {})).said).toEqual(['There is no template helo. Is hello meant?']);
    expect((await make('shipped', { language: 'th' })).said).toEqual([
      'Template shipped has nothing for this buyer. There is: shipped/*/zh.',
    ]);
  });
});
