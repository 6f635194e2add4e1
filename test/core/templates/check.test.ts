import { describe, expect, it } from 'vitest';
import type { ReplyLimits } from '../../../src/core/compose.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { checkTemplate, maxTemplateChars, textProblems } from '../../../src/core/templates/check.ts';
import { languageTag, templateId, templateName } from '../../../src/core/templates/template.ts';
import { text } from '../../../src/core/texts/index.ts';

const limit = (maxReplyChars: number): ReplyLimits => ({
  maxReplyChars,
  images: 'unsupported',
  maxImageBytes: 0,
  imageTypes: [],
  ownHosts: [],
});
const limits = new Map([
  ['tiktok-shop', limit(2_000)],
  ['shopee', limit(600)],
]);
const check = (words: string, marketplace: string | null = null) => {
  const { problems, remarks } = checkTemplate(
    { name: 'hello', marketplace, language: null, text: words },
    limits,
    defaultSettings.screening,
  );
  const inWords = (sentences: typeof problems) => sentences.map(({ key, params }) => text('en', key, params));
  return { problems: inWords(problems), remarks: inWords(remarks) };
};
const fine = { problems: [], remarks: [] };

describe('checkTemplate', () => {
  it('has nothing against words that fit', () => {
    expect(check('Hi {{buyer.name}}, it ships today.')).toEqual(fine);
    expect(check('a '.repeat(900), 'tiktok-shop')).toEqual(fine);
  });

  it('says in how many messages it goes out, and where', () => {
    expect(check('word '.repeat(200))).toEqual({
      problems: [],
      remarks: ['On shopee it goes out as 2 messages, of at most 600 characters each.'],
    });
    expect(check('word '.repeat(200), 'tiktok-shop')).toEqual(fine);
  });

  it('refuses what no marketplace takes that it is for, and remarks where only one does not', () => {
    expect(check('word '.repeat(700), 'shopee').problems).toEqual([expect.stringMatching(/3,?000/)]);
    const both = check('word '.repeat(700));
    expect(both.problems).toEqual([]);
    expect(both.remarks).toContain('On shopee it would be held:');
  });

  it('tells what the screening would hold', () => {
    expect(check('Call me: +66 81 234 5678', 'tiktok-shop').remarks[0]).toBe('On tiktok-shop it would be held:');
    expect(check('Call me: +66 81 234 5678', 'tiktok-shop').remarks).toHaveLength(2);
  });

  it('has nothing to go by where the marketplace is switched off', () => {
    expect(check('word '.repeat(1_900), 'lazada')).toEqual(fine);
  });
});

describe('textProblems', () => {
  const words = (given: string) => textProblems(given).map(({ key, params }) => text('en', key, params));
  const names = '{{buyer.name}}, {{order.id}}, {{order.tracking}}, {{order.status}}, {{agent.alias}}, {{shop.name}}';

  it('names what is unknown, and what may be meant', () => {
    expect(words('{{buyer.nmae}}')).toEqual([`There is no variable {{buyer.nmae}}. Is {{buyer.name}} meant? There are: ${names}.`]);
    expect(words('{{weather}}')).toEqual([`There is no variable {{weather}}. There are: ${names}.`]);
  });

  it('refuses nothing, too much, and braces that are left over', () => {
    expect(words(' \u200b\n')).toEqual(['The template has no text.']);
    expect(words('x'.repeat(maxTemplateChars + 1))).toHaveLength(1);
    expect(words('{{buyer.name}')).toEqual(['Two braces stand where no variable is; a variable is written as {{buyer.name}}.']);
  });
});

describe('names and languages', () => {
  it('have one form', () => {
    expect(['Shipped', ' ｓｈｉｐｐｅｄ ', '发货', 'ส่งแล้ว', 'a_b-1'].map(templateName)).toEqual([
      'shipped',
      'shipped',
      '发货',
      'ส่งแล้ว',
      'a_b-1',
    ]);
    expect(['', 'two words', 'a/b', '-a', 'new', 'Edit', '删除', 'x'.repeat(41), '*'].map(templateName)).toEqual(Array(9).fill(null));
    expect(['TH', 'zh-tw', 'zh-hans-cn', 'es-419', 'tiktok-shop', 'thai', 'th-', ''].map(languageTag)).toEqual([
      'th',
      'zh-TW',
      'zh-Hans-CN',
      'es-419',
      null,
      null,
      null,
      null,
    ]);
    expect(templateId({ name: 'a', marketplace: null, language: 'th' })).toBe('a/*/th');
  });
});
