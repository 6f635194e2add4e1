import { expect, it } from 'vitest';
import type { ChatBot, ChatUser } from '../../bots/bot.ts';
import { createLanguages } from '../../src/answers/languages.ts';
import type { Ask } from '../../src/core/ask.ts';
import type { Locale } from '../../src/core/texts/index.ts';

const asks = (userId: string): Ask => ({
  ...{ kind: 'command', text: '', mentions: [], userId, channelId: 'C1', answerTo: null },
});

function stand(user: (userId: string, access: { readonly signal: AbortSignal }) => Promise<Pick<ChatUser, 'locale'>>) {
  let nowMs = 0;
  let looks = 0;
  const bot = {
    user: (userId: string, access: { readonly signal: AbortSignal }) => {
      looks += 1;
      return user(userId, access);
    },
  } as unknown as ChatBot;
  const languageOf = createLanguages({
    bots: new Map([['slack/default', bot]]),
    channelLocale: (): Locale => 'en',
    clock: { monotonicMs: () => nowMs },
    // At once: whoever does not answer by itself is late.
    timers: {
      after(_ms, task) {
        const timer = setImmediate(task);
        return () => clearImmediate(timer);
      },
    },
  });
  return {
    of: (userId: string, name = 'slack/default') => languageOf(name, asks(userId)),
    looks: () => looks,
    passes(ms: number) {
      nowMs += ms;
    },
  };
}

it('is the one that a person has set, asked for once an hour', async () => {
  const { of, looks, passes } = stand(async (userId) => ({ locale: userId === 'U1' ? 'zh-CN' : null }));
  expect([await of('U1'), await of('U1'), await of('U2')]).toEqual(['zh-CN', 'zh-CN', 'en']);
  expect(looks()).toBe(2);
  passes(60 * 60_000 + 1);
  expect(await of('U1')).toBe('zh-CN');
  expect(looks()).toBe(3);
});

it('is the channel’s where the platform does not tell it in time, and asked for again', async () => {
  const { of, looks } = stand(
    (_userId, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('late')))),
  );
  expect([await of('U1'), await of('U1')]).toEqual(['en', 'en']);
  expect(looks()).toBe(2);
});

it('is the channel’s where nobody can be asked', async () => {
  expect(await stand(async () => ({ locale: 'zh-CN' })).of('U1', 'other/default')).toBe('en');
});
