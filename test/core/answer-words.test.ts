import { expect, it } from 'vitest';
import { answerLines } from '../../src/core/answer-words.ts';
import type { AnswerPart } from '../../src/core/thread.ts';

it('names the inquiry of a line where nothing leads to its thread', () => {
  const post = { channelId: 'C1', messageId: 'm1' };
  const part: AnswerPart = { kind: 'lines', lines: ['one', { words: 'two', post }, { words: 'three', post, number: '4f2a1c' }] };
  expect(answerLines(part, 'en')).toEqual(['one', 'two', 'three']);
  expect(answerLines(part, 'en', true)).toEqual(['one', 'two', 'three · #4f2a1c']);
});
