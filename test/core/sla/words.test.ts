import { describe, expect, it } from 'vitest';
import { defaultWords, isClosing, isFiller, wordsAlone } from '../../../src/core/sla/words.ts';

describe('fillers', () => {
  it.each([
    'hi',
    'Hello',
    'HELLO!!!',
    'hi there 😊',
    '稍等',
    '亲，稍等一下哦～',
    '您好，正在为您处理中',
    'Please wait...',
    'ｈｉ',
    'รอสักครู่ค่ะ',
    'h\u200bi',
  ])('%s', (text) => {
    expect(isFiller(text, defaultWords)).toBe(true);
  });

  it.each(['hi, it was sent', 'history', '稍等，已经发货了', 'yes', '👍', '', ' ', '稍'.repeat(500)])('and none: %s', (text) => {
    expect(isFiller(text, defaultWords)).toBe(false);
  });
});

describe('closing words', () => {
  it.each([
    '谢谢',
    '好的，谢谢亲！',
    'Thanks',
    'thank you so much!!',
    'ok thanks',
    '👍',
    '👍🏻',
    '🙏🙏',
    '谢谢❤️',
    'ขอบคุณค่ะ',
    'Cảm ơn',
    'THX',
  ])('%s', (text) => {
    expect(isClosing(text, defaultWords)).toBe(true);
  });

  it.each([
    'thanks, and when?',
    'thanks?',
    '谢谢？',
    '好的',
    'ok',
    'thanks for nothing',
    '谢谢'.repeat(101),
    '谢谢，什么时候发货',
    '😡',
    '',
    'yes',
  ])('and none: %s', (text) => {
    expect(isClosing(text, defaultWords)).toBe(false);
  });

  it('may be others', () => {
    const words = { fillers: ['On it! 👍'], closingWords: ['Good bye'] };
    expect(isFiller('on it', words)).toBe(true);
    expect(isFiller('hi', words)).toBe(false);
    expect(isClosing('good-bye', words)).toBe(true);
    expect(isClosing('thanks', words)).toBe(false);
    expect(isClosing('thanks', { fillers: [], closingWords: [] })).toBe(false);
  });

  it('are sought for in any text without taking long', () => {
    const words = { fillers: Array.from({ length: 199 }, (_, index) => 'a'.repeat(index + 1)), closingWords: [] };
    expect(isFiller(`${'a'.repeat(199)}b`, words)).toBe(false);
  });
});

describe('a message', () => {
  it('has words alone, or more than words', () => {
    const thanks = { kind: 'text', text: '谢谢' } as const;
    expect(wordsAlone([thanks, { kind: 'text', text: '👍' }])).toBe('谢谢 👍');
    expect(wordsAlone([thanks, { kind: 'image', media: { url: 'https://pictures.example/a.png' } }])).toBeNull();
    expect(wordsAlone([{ kind: 'order', orderId: '577' }])).toBeNull();
  });
});
