import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { templateValues } from '../../../src/core/templates/values.ts';
import { renderTemplate, type TemplateValues, variableNames, variablesIn } from '../../../src/core/templates/variables.ts';
import { locales, text } from '../../../src/core/texts/index.ts';

const values: TemplateValues = {
  'buyer.name': 'Somchai',
  'order.id': '576653688135258178',
  'order.tracking': 'TH0123456789',
  'order.status': 'on its way',
  'agent.alias': 'Nok',
  'shop.name': 'Lamp House',
};
const render = (words: string, changed: Partial<TemplateValues> = {}) => renderTemplate({ text: words }, { ...values, ...changed });

describe('renderTemplate', () => {
  it('puts values in the place of their variables, however these are written', () => {
    expect(render('Hi {{buyer.name}}, {{ Order.Id }} is {{order.status}} ({{order.tracking}}). {{agent.alias}}, {{shop.name}}')).toEqual({
      text: 'Hi Somchai, 576653688135258178 is on its way (TH0123456789). Nok, Lamp House',
    });
    expect(render('您好｛｛buyer.name｝｝，{｛ｂｕｙｅｒ．name}}')).toEqual({ text: '您好Somchai，Somchai' });
    expect(render('{no} {{{buyer.name}}} $& $1')).toEqual({ text: '{no} {Somchai} $& $1' });
  });

  it('says what has no value here, each once, and then gives no text', () => {
    expect(render('{{buyer.name}} {{order.id}} {{buyer.name}}', { 'buyer.name': null, 'order.id': ' \u200b\n' })).toEqual({
      missing: ['buyer.name', 'order.id'],
    });
    expect(render('{{buyer.nmae}}')).toEqual({ missing: ['buyer.nmae'] });
  });

  it('needs no value that is not named', () => {
    const none = Object.fromEntries(variableNames.map((name) => [name, null])) as unknown as TemplateValues;
    expect(renderTemplate({ text: 'It ships today.' }, none)).toEqual({ text: 'It ships today.' });
  });

  it('never expands what a value holds, and lets no control character or line through', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
      fc.constantFrom(
        '{{shop.name}}',
        '{{order.id',
        'order.id}}',
        '{{',
        '$&',
        "$'",
        '\u202e{{agent.alias}}',
        'a\u0000\u0007b',
        'a\r\nb\u2028c',
        '{',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (name, shop) => {
        const rendered = render('<{{buyer.name}}|{{shop.name}}>', {
          'buyer.name': name,
          'shop.name': shop,
          'order.id': 'SECRET',
          'agent.alias': 'SECRET',
        });
        if ('missing' in rendered) return;
        expect(rendered.text).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect(rendered.text).not.toContain('SECRET');
        expect(rendered.text.isWellFormed()).toBe(true);
        // What is put in stands there as it does when it is put in alone.
        const alone = (value: string) => render('{{buyer.name}}', { 'buyer.name': value }) as { readonly text: string };
        expect(rendered.text).toBe(`<${alone(name).text}|${alone(shop).text}>`);
      }),
    );
  });

  it('leaves a text without variables as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (words) => {
        fc.pre(!/[{}｛｝]/.test(words));
        expect(render(words)).toEqual({ text: words });
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    const heap = '{{'.repeat(5_000) + '{{buyer.name'.repeat(2_000);
    expect(variablesIn(heap)).toEqual({ known: [], unknown: [], broken: true });
  });
});

describe('variablesIn', () => {
  it('tells known, unknown and broken ones', () => {
    expect(variablesIn('{{buyer.name}} {{Buyer.Name}} {{order.nr}} {{}} x')).toEqual({
      known: ['buyer.name'],
      unknown: ['order.nr', ''],
      broken: false,
    });
    for (const words of ['{{buyer.name}', '{{buyer.name', 'buyer.name}}', '｛｛buyer', '{{a{{buyer.name}}']) {
      expect(variablesIn(words).broken, words).toBe(true);
    }
    expect(variablesIn('{a} {b}').broken).toBe(false);
  });

  it('knows all that the catalogue names', () => {
    for (const locale of locales) {
      const words = text(locale, 'config.expected.template-variables');
      expect(variablesIn(words)).toEqual({
        known: [...variableNames].sort((a, b) => words.indexOf(a) - words.indexOf(b)),
        unknown: [],
        broken: false,
      });
    }
  });
});

describe('templateValues', () => {
  const order = {
    ...{
      id: '576',
      status: 'in-transit' as const,
      platformStatus: 'IN_TRANSIT',
      buyerId: null,
      items: [],
      total: null,
      cashOnDelivery: false,
    },
    shipments: [
      { carrier: 'J&T', trackingNumber: 'TH1' },
      { carrier: null, trackingNumber: null },
      { carrier: null, trackingNumber: 'TH2' },
    ],
    ...{ createdAt: null, paidAt: null, deliveredAt: null, cancelledAt: null },
  };
  const context = { buyerName: 'Somchai', shopName: 'Lamp House', agentAlias: null, order, orderId: '575', language: 'zh-TW' };

  it('takes the order, and tells its status in the language of the text as far as there is one', () => {
    expect(templateValues(context)).toEqual({
      'buyer.name': 'Somchai',
      'shop.name': 'Lamp House',
      'agent.alias': null,
      'order.id': '576',
      'order.tracking': 'TH1, TH2',
      'order.status': '运输中',
    });
    expect(templateValues({ ...context, language: 'th' })['order.status']).toBe('on its way');
  });

  it('knows nothing of an order that could not be looked up but its number, and no status that it has no words for', () => {
    expect(templateValues({ ...context, order: null })).toMatchObject({ 'order.id': '575', 'order.tracking': null, 'order.status': null });
    expect(templateValues({ ...context, order: { ...order, status: 'unknown', shipments: [] } })).toMatchObject({
      'order.tracking': null,
      'order.status': null,
    });
  });
});
