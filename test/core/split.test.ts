import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitText } from '../../src/core/split.ts';

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const squeezed = (text: string): string => text.replace(/\s+/g, '');

describe('splitText', () => {
  it.each([
    ['fits', 10, ['fits']],
    ['', 10, ['']],
    ['hello world this is', 8, ['hello', 'world', 'this is']],
    ['hello  \n world', 6, ['hello', 'world']],
    ['exactly ten', 11, ['exactly ten']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['😀😀😀', 3, ['😀', '😀', '😀']],
    ['👩‍👩‍👧👩‍👩‍👧', 9, ['👩‍👩‍👧', '👩‍👩‍👧']],
    ['e\u0301e\u0301e\u0301', 4, ['e\u0301e\u0301', 'e\u0301']],
    ['สวัสดีครับผมชื่อสมชาย', 8, ['สวัสดี', 'ครับผม', 'ชื่อ', 'สมชาย']],
    ['您好，您的包裹今天已经发出。', 8, ['您好，您的包裹', '今天已经发出。']],
    ['  leading white space stays', 20, ['  leading white', 'space stays']],
    ['a\u0301\u0301\u0301\u0301\u0301', 4, ['a\u0301\u0301\u0301', '\u0301\u0301']],
    ['        ', 3, ['']],
  ])('cuts %j at %i', (text, max, wanted) => {
    expect(splitText(text, max)).toEqual(wanted);
  });

  it('does not leave a scrap before a long word only because there was a space', () => {
    expect(splitText(`Ok ${'字'.repeat(20)}`, 10)[0]?.length).toBeGreaterThan(5);
  });

  it('does not begin a part with a comma or a full stop', () => {
    const text = '好的，谢谢您。'.repeat(20);
    for (const part of splitText(text, 10)) expect(part).toMatch(/^[^，。]/);
  });

  it('refuses a limit that cannot hold one character', () => {
    expect(() => splitText('😀', 1)).toThrow(RangeError);
  });

  const texts = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .array(
        fc.constantFrom('hello', ' ', '\n', '  ', '您好', '，', 'ครับ', '👩‍👩‍👧', '🇩🇪', 'e\u0301', 'https://a.example/b', '.', '\r\n'),
        { maxLength: 80 },
      )
      .map((parts) => parts.join('')),
  );

  it('keeps order and all that is not white space at a cut, within the limit', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 60 }), (text, max) => {
        const parts = splitText(text, max);
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(max);
        let at = 0;
        for (const part of parts) {
          const found = text.indexOf(part, at);
          expect(text.slice(at, found).trim()).toBe('');
          at = found + part.length;
        }
        expect(text.slice(at).trim()).toBe('');
        expect(squeezed(parts.join(''))).toBe(squeezed(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('cuts between characters as people see them, wherever one fits', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 30, max: 60 }), (text, max) => {
        const all = [...graphemes.segment(text)];
        fc.pre(all.every(({ segment }) => segment.length <= max));
        const starts = new Set([...all.map(({ index }) => index), text.length]);
        let at = 0;
        for (const part of splitText(text, max)) {
          at = text.indexOf(part, at);
          expect(starts.has(at)).toBe(true);
          at += part.length;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never cuts a surrogate pair, not even in a heap of marks', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\u{1d165}', '\u0301', '😀', 'a', ' '), maxLength: 60 }),
        fc.integer({ min: 2, max: 7 }),
        (text, max) => {
          for (const part of splitText(text, max)) expect(part.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});
