import { describe, expect, it } from 'vitest';
import { findVerbs } from '../../src/answers/find.ts';
import type { CommandQuestion } from '../../src/answers/questions.ts';
import { sentence } from '../../src/core/ask.ts';

const parts = [{ kind: 'lines', lines: ['4f2a1c · Somchai'] }] as const;

const question = (mayAnswer: boolean): CommandQuestion => ({
  ...{ bot: 'slack/default', userId: 'U1', channelId: 'C1', words: 'som', mentions: [], locale: 'en' },
  asker: { locale: null, mayAsk: true, mayAnswer, agent: null },
  signal: new AbortController().signal,
});

describe('finding inquiries from the composer', () => {
  it.each(['find', 'search', '查找', '搜索'])('%s names buyers to those alone who may answer them, as in a thread', async (word) => {
    const asked: string[] = [];
    const verb = findVerbs(async (words) => {
      asked.push(words);
      return parts;
    }).get(word);
    expect(await verb?.(question(false))).toEqual(sentence('answer.not-allowed'));
    expect(asked).toEqual([]);
    expect(await verb?.(question(true))).toEqual({ kind: 'answer', parts, actions: [] });
    expect(asked).toEqual(['som']);
  });
});
