import { afterEach, beforeEach, expect, it } from 'vitest';
import { notice } from '../../src/core/plan.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { type ChatStage, openChatStage } from './chat-stage.ts';

const channel = (platform: string) => ({ platform, connection: 'default', id: `OPS-${platform}` });
const settings = { ...defaultSettings, ops: channel('one'), opsElsewhere: [channel('two')] };

let stage: ChatStage;
beforeEach(async () => {
  stage = await openChatStage(['one/default', 'two/default'], settings, Date.UTC(2026, 10, 24));
});
afterEach(() => stage.close());

/** What each channel was told, in order. */
const told = () => {
  const lines = stage.shown.map(({ channelId, content }) => {
    if (content.kind !== 'announcement') throw new Error(`nobody announces a ${content.kind}`);
    const { key, params } = content.notice;
    return [channelId, `${key} ${Object.values(params).join(' ')}`] as const;
  });
  return Object.fromEntries([...Map.groupBy(lines, ([where]) => where)].map(([where, said]) => [where, said.map(([, words]) => words)]));
};
const trouble = (what: string) => stage.announce(what, notice('trouble.away', { name: what }));

it('is told in the first channel, and by another bot of the one whose credentials are refused; nothing is lost', async () => {
  await trouble('before');
  await stage.pass(2_000);
  expect(told()).toEqual({ 'OPS-one': ['trouble.away before'] });

  stage.refused.add('one/default');
  await trouble('meets the refusal');
  await stage.pass(2_000);
  expect(stage.owned().find(({ connector }) => connector.kind === 'bot' && connector.name === 'one/default')?.paused).toBe('token_revoked');
  await trouble('meanwhile');
  await stage.pass(2_000);
  expect(told()).toEqual({
    'OPS-one': ['trouble.away before'],
    'OPS-two': ['trouble.bot-paused one/default token_revoked', 'trouble.away meanwhile'],
  });

  // A restart forgets neither the pause nor what waits.
  await stage.restart();
  await stage.pass(120_000);
  stage.refused.delete('one/default');
  await stage.pass(120_000);
  await trouble('after');
  await stage.pass(2_000);
  expect(told()).toEqual({
    'OPS-one': ['trouble.away before', 'trouble.away meets the refusal', 'trouble.away after'],
    'OPS-two': ['trouble.bot-paused one/default token_revoked', 'trouble.away meanwhile', 'trouble.back one/default'],
  });
});

it('waits in the first channel while none takes posts', async () => {
  for (const bot of ['one/default', 'two/default']) stage.refused.add(bot);
  await trouble('first');
  await stage.pass(2_000);
  await trouble('second');
  await stage.pass(2_000);
  expect(told()).toEqual({});
  stage.refused.clear();
  await stage.pass(120_000);
  const all = Object.values(told()).flat();
  expect(all.filter((words) => words.startsWith('trouble.away')).toSorted()).toEqual(['trouble.away first', 'trouble.away second']);
  expect(all.filter((words) => words.startsWith('trouble.bot-paused'))).toHaveLength(2);
  expect(all.filter((words) => words.startsWith('trouble.back'))).toHaveLength(2);
});
