import { describe, expect, it } from 'vitest';
import { fillTemplate, needsOrder, pickTemplate, templateLines } from '../../../src/core/templates/prepare.ts';
import type { Template } from '../../../src/core/templates/template.ts';
import type { TemplateValues } from '../../../src/core/templates/variables.ts';
import { text } from '../../../src/core/texts/index.ts';

const template = (name: string, marketplace: string | null, language: string | null, words = 'x'): Template => ({
  name,
  marketplace,
  language,
  text: words,
});
const all = [
  template('hello', null, null),
  template('shipped', null, 'th'),
  template('shipped', 'tiktok-shop', 'vi'),
  template('shipped', 'shopee', null),
];
const thai = { marketplace: 'tiktok-shop', language: 'th', profileLanguage: null, shopLocale: 'en' };
const pick = (name: string, language: string | null = null, to = thai) => {
  const picked = pickTemplate(all, { name, language }, to);
  return 'template' in picked ? picked.template : text('en', picked.problem.key, picked.problem.params);
};

describe('pickTemplate', () => {
  it('takes the variant for the buyer, or the one that was asked for', () => {
    expect(pick('shipped')).toBe(all[1]);
    expect(pick('shipped', 'vi')).toBe(all[2]);
    expect(pick('hello')).toBe(all[0]);
  });

  it('says why there is none', () => {
    expect(pick('shiped')).toBe('There is no template shiped. Is shipped meant?');
    expect(pick('weather')).toBe('There is no template weather.');
    const variants = 'shipped/*/th, shipped/tiktok-shop/vi, shipped/shopee/*';
    expect(pick('shipped', null, { ...thai, language: 'id' })).toBe(`Template shipped has nothing for this buyer. There is: ${variants}.`);
    expect(pick('hello', 'th')).toBe('Template hello has nothing for this buyer. There is: hello/*/*.');
  });
});

describe('fillTemplate', () => {
  const values: TemplateValues = {
    ...{ 'buyer.name': 'Nok', 'shop.name': 'Lamp House', 'agent.alias': null },
    ...{ 'order.id': '576', 'order.tracking': null, 'order.status': null },
  };

  it('gives the text, or names what is missing', () => {
    expect(fillTemplate(template('a', null, null, 'Hi {{buyer.name}}'), values)).toEqual({ text: 'Hi Nok' });
    const filled = fillTemplate(template('a', null, null, '{{order.tracking}} {{agent.alias}}'), values);
    expect('problem' in filled && text('en', filled.problem.key, filled.problem.params)).toBe(
      'Template a was not sent; for this inquiry there is no {{order.tracking}}, {{agent.alias}}.',
    );
  });

  it('needs an order only for what is said of one', () => {
    expect(needsOrder({ text: 'Hi {{buyer.name}}' })).toBe(false);
    expect(needsOrder({ text: '{{ order.status }}' })).toBe(true);
  });
});

it('templateLines tells what there is, and for whom', () => {
  expect(templateLines(all)).toEqual(['hello: *', 'shipped: th, vi tiktok-shop, * shopee']);
});
