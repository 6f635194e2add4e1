import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findsPattern, patternProblem } from '../../src/patterns.ts';
import { cpuMsOf } from '../cpu-time.ts';

describe('findsPattern', () => {
  it.each([
    ['refund|return', 'I want a REFUND'],
    ['order\\s*#?\\d{6,}', 'Order #123456'],
    ['^hi\\b', 'hi there'],
    ['^order #\\d+$', 'Hello\norder #12\nplease'],
    ['退款|退货', '我要退款'],
    ['\\p{Thai}{3}', 'คืนเงิน'],
    ['(?-i)SOS', 'SOS!'],
    ['ｓｉｚｅ', 'size M'],
    ['💥+', 'boom 💥💥'],
  ])('/%s/ finds something in %j', (pattern, text) => {
    expect(findsPattern(pattern, text)).toBe(true);
  });

  it.each([
    ['(?-i)SOS', 'sos'],
    ['^hi\\b', 'high'],
    ['a.c', 'a\nc'],
    ['(', 'a ( b'],
  ])('/%s/ finds nothing in %j', (pattern, text) => {
    expect(findsPattern(pattern, text)).toBe(false);
  });

  it('agrees with the expressions of the language on what both know', () => {
    const pattern = fc.constantFrom('a+b', '(?:ab|ba)*c', '[^ab]+a', '^a?b{1,3}$', 'a.*b.*a', '(a|b)\\s(c|$)');
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', 'A'), maxLength: 12 }), (source, text) => {
        expect(findsPattern(source, text)).toBe(new RegExp(source, 'i').test(text));
      }),
    );
  });
});

describe('patternProblem', () => {
  it.each([
    ['(?=a)b', 'unsupported'],
    ['(?<!a)b', 'unsupported'],
    ['(a)\\1', 'escape'],
    ['(a', 'unclosed'],
    ['a)', 'unclosed'],
    ['[a', 'unclosed'],
    ['*a', 'repetition'],
    ['a**', 'repetition'],
    ['a{1001}', 'repetition'],
    ['(a{100}){100}', 'repetition'],
    ['[z-a]', 'escape'],
    ['\\', 'escape'],
    ['\\p{Nothing}', 'escape'],
    [`${'(a{1000})'}${'(b{900})'}`, 'too-large'],
    ['a'.repeat(1_001), 'too-large'],
    ['('.repeat(500), 'unclosed'],
  ])('of /%s/: %s', (pattern, problem) => {
    expect(patternProblem(pattern)).toBe(problem);
  });

  it('is a word of the catalogue or none, and found at once, whatever is written', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '*',
      '+',
      '?',
      '{9}',
      '{999}',
      '|',
      '\\',
      '^',
      '$',
      '.',
      'a',
      '\\b',
      '(?:',
      '(?i',
      '\\p{L}',
      '退',
      '\ud800',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
        (pattern) => {
          expect([null, 'unsupported', 'unclosed', 'repetition', 'escape', 'too-large', 'broken']).toContain(patternProblem(pattern));
          expect(cpuMsOf(() => patternProblem(pattern))).toBeLessThan(1_000);
        },
      ),
    );
  });
});

describe('a hostile pattern over a hostile text', () => {
  /** Each brings an engine that tries one way after another to its knees. */
  const hostile: readonly (readonly [pattern: string, text: (length: number) => string])[] = [
    ['(a+)+$', (length) => `${'a'.repeat(length)}!`],
    ['(a|a)*b', (length) => 'a'.repeat(length)],
    ['(.*)*x', (length) => 'a'.repeat(length)],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', (length) => 'a'.repeat(length)],
    ['(?:a?){50}a{50}', (length) => 'a'.repeat(length)],
    ['(a|b)*a(a|b){12}$', (length) => 'ab'.repeat(length / 2)],
    ['\\b(?:\\w+\\s?)*\\b!', (length) => 'a '.repeat(length / 2)],
    ['(退+)+款', (length) => '退'.repeat(length)],
    ['.{0,400}x', (length) => 'a'.repeat(length)],
  ];

  it.each(hostile)('/%s/ takes time in proportion to the text', (pattern, textOf) => {
    expect(patternProblem(pattern)).toBeNull();
    findsPattern(pattern, textOf(100));
    const timeOf = (length: number) => Math.min(...[1, 2, 3].map(() => cpuMsOf(() => findsPattern(pattern, textOf(length)))));
    // Four times the text: four times as long, and some slack for clocks and caches; sixteen times where it grew with the square.
    expect(timeOf(40_000)).toBeLessThan(10 * timeOf(10_000) + 20);
    // As much as is ever looked at.
    expect(timeOf(4_000)).toBeLessThan(1_000);
  });
});
