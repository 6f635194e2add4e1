import { beforeEach, expect, it } from 'vitest';
import type { ChatBot } from '../bots/bot.ts';
import type { Finding } from '../src/core/connector.ts';
import { type ChannelSetting, defaultSettings } from '../src/core/settings.ts';
import { firstLook } from '../src/first-look.ts';

const channel = (platform: string, id: string, locale: ChannelSetting['locale'] = null): ChannelSetting => ({
  ...{ platform, connection: 'default', id, name: null, mode: 'reply', locale },
});
const missing: Finding = { check: 'scope', ok: false, problem: 'it is not there', effect: 'nobody is answered' };

let looked: Map<string, string>;
let asked: (readonly [string, readonly string[], string])[];
let told: (readonly [string, string])[];
let warned: object[];
let findings: () => Promise<readonly Finding[]>;
beforeEach(() => {
  [looked, asked, told, warned] = [new Map(), [], [], []];
  findings = async () => [missing];
});

const start = (channels: readonly ChannelSetting[], names = ['slack/default']) =>
  firstLook({
    bots: new Map(
      names.map((name) => {
        const check = (ids: readonly string[], locale: string) => {
          asked.push([name, ids, locale]);
          return findings();
        };
        return [name, { check } as unknown as ChatBot];
      }),
    ),
    settings: () => ({ ...defaultSettings, channels, ops: channels[0] ?? null }),
    meta: { looked: async (bot) => looked.get(bot) ?? null, setLooked: async (bot, what) => void looked.set(bot, what) },
    announce: async (id, { key, reasons }, about) =>
      void told.push([id, `${about} ${key} ${reasons.map(({ params }) => params['effect']).join()}`]),
    log: { debug() {}, info() {}, warn: (fields) => void warned.push(fields), error() {} },
  });

it('says what is missing, in the language of those who look after trouble, at each start until it is there', async () => {
  const channels = [channel('slack', 'C1', 'zh-CN'), channel('slack', 'C2')];
  await start(channels);
  await start(channels);
  expect(asked).toEqual(Array(2).fill(['slack/default', ['C1', 'C2'], 'zh-CN']));
  expect(warned).toEqual(Array(2).fill({ bot: 'slack/default', check: 'scope', problem: missing.problem, effect: missing.effect }));
  // The same words are one announcement.
  expect(told.map(([, words]) => words)).toEqual(Array(2).fill('slack/default trouble.lacks nobody is answered'));
  expect(new Set(told.map(([id]) => id)).size).toBe(1);
});

it('looks once where all is there, and anew when channels change', async () => {
  findings = async () => [{ check: 'scope', ok: true }];
  await start([channel('slack', 'C1')]);
  await start([channel('slack', 'C1')]);
  expect(asked).toHaveLength(1);
  await start([channel('slack', 'C1'), channel('slack', 'C2')]);
  expect(asked).toHaveLength(2);
  expect([told, warned]).toEqual([[], []]);
});

it('asks each bot about its own channels, one that has none about nothing, and outlives one that does not answer', async () => {
  findings = async () => {
    throw new Error('away');
  };
  await start([channel('slack', 'C1'), channel('feishu', 'oc_1')], ['slack/default', 'feishu/default', 'dingtalk/default']);
  expect(asked.map(([name, ids]) => [name, ids])).toEqual([
    ['slack/default', ['C1']],
    ['feishu/default', ['oc_1']],
  ]);
  expect(warned).toHaveLength(2);
  findings = async () => [
    { ...missing, unanswered: true },
    { check: 'scope', ok: true },
  ];
  await start([channel('slack', 'C1')]);
  expect([looked.size, told.length, warned.length]).toEqual([0, 0, 3]);
});
