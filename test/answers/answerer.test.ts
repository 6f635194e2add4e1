import { describe, expect, it } from 'vitest';
import type { ChatBot } from '../../bots/bot.ts';
import { type AnswererDeps, type AnswerQuestion, createAnswerer } from '../../src/answers/answerer.ts';
import { help } from '../../src/answers/help.ts';
import { createAnswerQuestion } from '../../src/answers/questions.ts';
import { type Ask, type Form, sentence } from '../../src/core/ask.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { AnswerContent } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';

const command = (words: string): Ask => ({
  ...{ kind: 'command', text: words, mentions: [], userId: 'U1', channelId: 'C1', answerTo: 'https://there' },
});
const wantsForm: Ask = {
  ...{ kind: 'form', form: 'snooze', value: 'q-1', userId: 'U1', post: { channelId: 'C1', messageId: '1' }, rootId: '1' },
  ...{ trigger: 'now', answerTo: 'https://there' },
};
const form: Form = { kind: 'form', name: 'snooze', locale: 'en', title: 'Snooze', submit: 'Snooze', intro: '', fields: [], context: 'q-1' };

/** A bot that notes what it is told to show; time goes on when the test says so. */
function stand(
  answer: AnswerQuestion,
  {
    open = async () => {},
    askerOf = async () => ({ locale: 'zh-CN', mayAsk: true, mayAnswer: true, agent: null }),
    carries = true,
  }: { readonly open?: () => Promise<void>; readonly askerOf?: AnswererDeps['askerOf']; readonly carries?: boolean } = {},
) {
  const followed: { readonly to: string; readonly content: AnswerContent; readonly locale: Locale }[] = [];
  const opened: Form[] = [];
  const errors: string[] = [];
  const waiting = new Set<{ readonly ms: number; readonly task: () => void }>();
  const bot = {
    answers: {
      deadlineMs: 3_000,
      ...(carries
        ? { acknowledge: async (content: AnswerContent, locale: Locale) => ({ status: 200, body: JSON.stringify({ content, locale }) }) }
        : {}),
      follow: async (to: string, content: AnswerContent, locale: Locale) => void followed.push({ to, content, locale }),
    },
    openForm: async (_trigger: string, made: Form) => {
      await open();
      opened.push(made);
    },
  } as unknown as ChatBot;
  const quiet = () => {};
  const deps: AnswererDeps = {
    bots: new Map([
      ['slack/default', bot],
      ['other/default', {} as unknown as ChatBot],
    ]),
    answer,
    askerOf,
    channelLocale: () => 'en',
    timers: {
      after(ms, task) {
        const one = { ms, task };
        waiting.add(one);
        return () => void waiting.delete(one);
      },
    },
    log: {
      debug: quiet,
      info: quiet,
      warn: (_fields, words) => void errors.push(words),
      error: (_fields, words) => void errors.push(words),
    },
  };
  return {
    answerer: createAnswerer(deps),
    ...{ followed, opened, errors, waiting },
    passes(ms: number) {
      for (const one of [...waiting]) if (one.ms <= ms) one.task();
    },
  };
}

const shown = (answer: { readonly body?: string } | null) => JSON.parse(answer?.body ?? 'null') as unknown;
const settled = () => new Promise(setImmediate);
const said = (key: Parameters<typeof sentence>[0], locale = 'zh-CN') => ({ content: sentence(key), locale });

describe('answers at once', () => {
  it('go with the acknowledgement, in the language of whoever asked', async () => {
    const { answerer, waiting, followed } = stand(async ({ ask }) => sentence(ask.kind === 'command' ? 'reply.held' : 'note.kept'));
    expect(shown(await answerer('slack/default', command('queue'), 0))).toEqual(said('reply.held'));
    await settled();
    expect(waiting.size).toBe(0);
    expect(followed).toEqual([]);
  });

  it('follow the acknowledgement when they take longer than people like to wait', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<AnswerContent>();
    const { answerer, passes, followed, waiting } = stand(() => promise);
    const acknowledged = answerer('slack/default', command('stats'), 0);
    await settled();
    passes(1_000);
    expect(shown(await acknowledged)).toEqual(said('answer.coming'));
    expect(followed).toEqual([]);
    finish(sentence('reply.held'));
    await settled();
    expect(followed).toEqual([{ to: 'https://there', ...said('reply.held') }]);
    expect(waiting.size).toBe(0);
  });

  it('follow at once where an acknowledgement carries nothing, and nobody waits for them', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<AnswerContent>();
    const { answerer, followed } = stand(() => promise, { carries: false });
    expect(await answerer('slack/default', command('stats'), 0)).toBeNull();
    finish(sentence('reply.held'));
    await settled();
    expect(followed).toEqual([{ to: 'https://there', ...said('reply.held') }]);
  });

  it('do not wait where storing the event has taken most of the time', async () => {
    const { answerer, followed } = stand(async () => sentence('reply.held'));
    expect(shown(await answerer('slack/default', command('stats'), 2_500))).toEqual(said('answer.coming'));
    await settled();
    expect(followed).toHaveLength(1);
  });

  it('wait no longer for who asks, or for what a link is made of', async () => {
    const nobody = stand(async () => sentence('reply.held'), { askerOf: () => new Promise(() => {}) });
    const acknowledged = nobody.answerer('slack/default', command('stats'), 0);
    await settled();
    nobody.passes(1_000);
    expect(shown(await acknowledged)).toEqual(said('answer.coming', 'en'));
  });

  it('are not for guests', async () => {
    let asked = 0;
    const answer: AnswerQuestion = async () => {
      asked += 1;
      return sentence('reply.held');
    };
    const askerOf = async () => ({ locale: null, mayAsk: false, mayAnswer: false, agent: null });
    const { answerer, followed } = stand(answer, { askerOf });
    expect(shown(await answerer('slack/default', command('stats'), 0))).toEqual(said('answer.not-allowed', 'en'));
    await answerer('slack/default', wantsForm, 0);
    await settled();
    expect(followed).toEqual([{ to: 'https://there', ...said('answer.not-allowed', 'en') }]);
    expect(asked).toBe(0);
  });

  it('say so when nobody can tell who asks', async () => {
    const away = new PlatformError('away', { kind: 'transient', platform: 'slack' });
    const { answerer } = stand(async () => sentence('reply.held'), { askerOf: () => Promise.reject(away) });
    expect(shown(await answerer('slack/default', command('stats'), 0))).toEqual(said('answer.failed', 'en'));
  });

  it('say so when they fail', async () => {
    const { answerer, errors } = stand(() => Promise.reject(new Error('the store is away')));
    expect(shown(await answerer('slack/default', command('stats'), 0))).toEqual(said('answer.failed'));
    expect(errors).toEqual(['a question could not be answered']);
  });

  it('are not given where the bot has no way, or nobody has a say', async () => {
    const { answerer } = stand(async () => null);
    for (const bot of ['slack/default', 'other/default', 'gone/default']) expect(await answerer(bot, command('x'), 0)).toBeNull();
  });
});

describe('forms', () => {
  it('open beside the acknowledgement, which does not wait for them', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<void>();
    const { answerer, opened, waiting } = stand(async () => form, { open: () => promise });
    expect(await answerer('slack/default', wantsForm, 0)).toBeNull();
    await settled();
    expect(opened).toEqual([]);
    finish();
    await settled();
    expect(opened).toEqual([form]);
    expect(waiting.size).toBe(0);
  });

  it('are told of in words when it is too late for them', async () => {
    const late = new PlatformError('too late', { kind: 'rejected', platform: 'slack', code: 'expired_trigger_id' });
    const { answerer, followed } = stand(async () => form, { open: () => Promise.reject(late) });
    expect(await answerer('slack/default', wantsForm, 0)).toBeNull();
    await settled();
    expect(followed).toEqual([{ to: 'https://there', ...said('answer.form-late') }]);
  });

  it('may be answered by words in their place, or by nothing', async () => {
    const words = stand(async () => sentence('reply.not-allowed'));
    await words.answerer('slack/default', wantsForm, 0);
    await settled();
    expect(words.followed).toMatchObject([{ content: sentence('reply.not-allowed') }]);
    const nothing = stand(async () => null);
    await nothing.answerer('slack/default', wantsForm, 0);
    await settled();
    expect([nothing.followed, nothing.opened, nothing.errors]).toEqual([[], [], []]);
  });
});

describe('questions', () => {
  const ask = (words: string) =>
    createAnswerQuestion({
      commands: new Map([
        ['help', help],
        [
          'stats',
          async ({ words: rest, locale }) => ({ kind: 'answer', parts: [{ kind: 'title', words: `${rest}|${locale}` }], actions: [] }),
        ],
      ]),
      desk: async ({ text: all }) => (all.startsWith('claim') ? sentence('answer.taken', { word: all }) : null),
      form: async ({ ask: { value } }) => sentence('command.unknown', { word: value ?? '' }),
    })({
      bot: 'slack/default',
      ask: words === '<form>' ? wantsForm : command(words),
      locale: 'en',
      asker: { locale: 'en', mayAsk: true, mayAnswer: true, agent: null },
      signal: new AbortController().signal,
    });

  it('go to the verb that they begin with, however it is written', async () => {
    for (const words of ['stats 7d shop', ' ＳＴＡＴＳ  7d   shop ', 'Stats 7d shop'])
      expect(await ask(words)).toMatchObject({ parts: [{ words: '7d shop|en' }] });
  });

  it('go to the desk where they change something, as they were typed', async () => {
    expect(await ask('claim  4f2a1c')).toEqual(sentence('answer.taken', { word: 'claim  4f2a1c' }));
  });

  it('without a verb get help', async () => {
    expect(await ask('')).toEqual(await ask('help'));
    expect(JSON.stringify(await ask('help'))).toContain(text('en', 'help.note'));
  });

  it('with a verb that nobody knows are told so', async () => {
    for (const words of ['frobnicate now', 'constructor', '__proto__'])
      expect(await ask(words)).toEqual(sentence('answer.command-unknown', { command: words.split(' ')[0] ?? '' }));
  });

  it('for a form go their own way', async () => {
    expect(await ask('<form>')).toEqual(sentence('command.unknown', { word: 'q-1' }));
  });
});
