import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, excerpt, withoutInvisible } from '../../src/core/text-plain.ts';

describe('cleanText', () => {
  it.each([
    ['Hello\r\nthere\rand\u2028here', 'Hello\nthere\nand\nhere'],
    ['a\u0000b\u0007c\u001b[31md\u009b', 'abc[31md'],
    ['tab\tand\nline end stay', 'tab\tand\nline end stay'],
    ['invoice \u202efdp.exe\u202c', 'invoice fdp.exe'],
    ['\u2066isolated\u2069 \u200fmark', 'isolated mark'],
    ['half \ud83d of a pair \ude00', 'half \ufffd of a pair \ufffd'],
    ['👩‍👩‍👧 ครับ नमस्ते', '👩‍👩‍👧 ครับ नमस्ते'],
  ])('turns %j into %j', (given, wanted) => {
    expect(cleanText(given)).toBe(wanted);
  });

  it('is done after one pass', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanText(cleanText(text))).toBe(cleanText(text));
        expect(cleanText(text).isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('withoutInvisible', () => {
  it.each([
    ['w\u200be\u200cc\u200dh\ufeffat', 'wechat'],
    ['1\u00ad2\u20603', '123'],
    ['a\u{e0061}b\ufe0f', 'ab'],
    ['ᅠㅤx\u2800', 'x'],
    ['สวัสดี é नमस्ते', 'สวัสดี é नमस्ते'],
  ])('turns %j into %j', (given, wanted) => {
    expect(withoutInvisible(given)).toBe(wanted);
  });
});

describe('excerpt', () => {
  it.each([
    ['short', 10, 'short'],
    ['  two\n\n lines ', 20, 'two lines'],
    ['hello wonderful world', 10, 'hello won…'],
    ['hello wonderful world', 7, 'hello…'],
    ['👩‍👩‍👧👩‍👩‍👧', 10, '👩‍👩‍👧…'],
    ['👩‍👩‍👧👩‍👩‍👧', 5, '…'],
    ['', 5, ''],
  ])('shortens %j to %i code units', (given, max, wanted) => {
    expect(excerpt(given, max)).toBe(wanted);
  });

  it('never exceeds its limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        expect(excerpt(text, max).length).toBeLessThanOrEqual(max);
        expect(excerpt(text, max).isWellFormed()).toBe(true);
      }),
    );
  });
});
