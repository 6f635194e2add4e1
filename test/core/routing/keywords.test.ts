import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldWords, hasKeyword } from '../../../src/core/routing/keywords.ts';

const has = (text: string, keyword: string): boolean => hasKeyword(foldWords(text), foldWords(keyword));

describe('hasKeyword', () => {
  it.each([
    ['I want a REFUND now', 'refund'],
    ['refund', 'Refund'],
    ['refund?', 'refund'],
    ['ｒｅｆｕｎｄ please', 'refund'],
    ['money  back\nplease', 'money back'],
    ['re\u200bfund', 'refund'],
    ['我要退款', '退款'],
    ['我要refund谢谢', 'refund'],
    ['退款OK吗', 'ok'],
    ['ขอคืนเงินหน่อยค่ะ', 'คืนเงิน'],
    ['返品したいです', '返品'],
    ['환불해 주세요', '환불'],
    ['khi nào giao hàng', 'giao hàng'],
    ['khi nào giao ha\u0300ng', 'giao hàng'],
    ['order #12345', '#12345'],
    ['so good 👍', '👍'],
    ['где заказ', 'заказ'],
  ])('finds in %j the keyword %j', (text, keyword) => {
    expect(has(text, keyword)).toBe(true);
  });

  it.each([
    ['refunds', 'refund'],
    ['prerefund', 'refund'],
    ['refund2', 'refund'],
    ['caféx', 'café'],
    ['cafe\u0301', 'cafe'],
    ['заказы', 'заказ'],
    ['giao hàngs', 'giao hàng'],
    ['', 'refund'],
    ['refund', ''],
  ])('does not find in %j the keyword %j', (text, keyword) => {
    expect(has(text, keyword)).toBe(false);
  });

  it('finds a word among others in any place, whatever stands around it', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 });
    const gap = fc.constantFrom(' ', ', ', '\n', ' - ', '。', '？', '…');
    fc.assert(
      fc.property(words, gap, fc.nat(), (list, between, pick) => {
        const text = list.join(between);
        expect(has(text, list[pick % list.length] ?? '')).toBe(true);
        // The same, looked for by hand.
        for (const word of ['a', 'ab', list[0]?.slice(1) ?? '']) expect(has(text, word)).toBe(word !== '' && list.includes(word));
      }),
    );
  });
});
