import { expect, it } from 'vitest';
import type { ChatBot, ChatUser } from '../../bots/bot.ts';
import { createAskers } from '../../src/answers/askers.ts';
import type { Ask } from '../../src/core/ask.ts';
import { type AgentSetting, defaultSettings } from '../../src/core/settings.ts';

const asks = (userId: string): Ask => ({
  ...{ kind: 'command', text: '', mentions: [], userId, channelId: 'C1', answerTo: null },
});
const user = (changes: Partial<ChatUser> = {}): ChatUser => ({
  ...{ userId: 'U1', name: 'mai', kind: 'member', email: null, locale: 'zh-CN' },
  ...changes,
});

function stand(answer: (userId: string) => Promise<ChatUser>, agents: readonly AgentSetting[] = []) {
  let nowMs = 0;
  let looks = 0;
  const bot = {
    user: (userId: string) => {
      looks += 1;
      return answer(userId);
    },
  } as unknown as ChatBot;
  const seen: string[] = [];
  const askerOf = createAskers({
    bots: new Map([['slack/default', bot]]),
    settings: () => ({ ...defaultSettings, agents }),
    sawUser: async (name, { userId }) => void seen.push(`${name} ${userId}`),
    clock: { monotonicMs: () => nowMs },
  });
  return {
    of: (userId: string, name = 'slack/default') => askerOf(name, asks(userId), new AbortController().signal),
    looks: () => looks,
    seen,
    passes(ms: number) {
      nowMs += ms;
    },
  };
}

it('is looked up once an hour, and again after a failure', async () => {
  const answers = [Promise.resolve(user()), Promise.resolve(user({ locale: null }))];
  const { of, looks, passes } = stand(() => answers.shift() ?? Promise.reject(new Error('away')));
  expect([await of('U1'), await of('U1')]).toMatchObject([{ locale: 'zh-CN' }, { locale: 'zh-CN' }]);
  expect(looks()).toBe(1);
  passes(60 * 60_000 + 1);
  expect(await of('U1')).toMatchObject({ locale: null });
  for (const _time of ['once', 'twice']) await expect(of('U2')).rejects.toThrow('away');
  expect(looks()).toBe(4);
});

it.each([
  ['member', false, true],
  ['guest', false, false],
  ['external', false, false],
  ['bot', false, false],
  ['member', true, true],
  ['guest', true, true],
  ['external', true, true],
  ['bot', true, false],
] as const)('who is a %s (named among the agents: %s) may ask: %s', async (kind, named, mayAsk) => {
  const agent = { name: 'Mai', role: 'agent', accounts: [{ platform: 'slack', userId: named ? 'U1' : 'U9' }] } as unknown as AgentSetting;
  for (const agents of [[agent], ...(named ? [] : [[]])])
    expect(await stand(async () => user({ kind }), agents).of('U1')).toEqual({
      ...{
        locale: 'zh-CN',
        mayAsk,
        mayAnswer: named ? kind !== 'bot' : agents.length === 0 && kind === 'member',
        agent: named ? 'Mai' : null,
      },
    });
});

it('reads the language that the team gives them before the one that they have set', async () => {
  const agent = { name: 'Mai', role: 'agent', accounts: [{ platform: 'slack', userId: 'U1' }], locale: 'en' } as const;
  expect((await stand(async () => user(), [agent]).of('U1')).locale).toBe('en');
  expect((await stand(async () => user({ userId: 'U2' }), [agent]).of('U2')).locale).toBe('zh-CN');
});

it('is whom their e-mail address makes them, which is remembered', async () => {
  const agent = { name: 'Mai', role: 'agent', accounts: [], email: 'mai@shop.example' } as const;
  const { of, seen } = stand(async () => user({ email: 'Mai@Shop.example' }), [agent]);
  expect(await of('U1')).toMatchObject({ mayAnswer: true, agent: 'Mai' });
  expect(seen).toEqual(['slack/default U1']);
});

it('is a member where the platform cannot be asked', async () => {
  expect(await stand(async () => user({ kind: 'guest' })).of('U1', 'other/default')).toEqual({
    ...{ locale: null, mayAsk: true, mayAnswer: true, agent: null },
  });
});
