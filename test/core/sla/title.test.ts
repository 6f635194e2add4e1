import { describe, expect, it } from 'vitest';
import { slaPolicyNames } from '../../../adapters/presets.ts';
import { clockWords, policyTitle, toldClock } from '../../../src/core/sla/title.ts';
import { locales } from '../../../src/core/texts/index.ts';
import { threeMinutes } from './fixtures.ts';

const policies = [
  threeMinutes,
  { ...threeMinutes, name: 'vip', title: 'VIP buyers' },
  { ...threeMinutes, name: 'case', rule: { kind: 'resolution', withinMs: 1 } } as const,
];

describe('a rule in figures', () => {
  it.each(slaPolicyNames)('%s, which a marketplace brings along, has words in every language', (name) => {
    const titles = locales.map((locale) => policyTitle(name, undefined, locale));
    for (const title of titles) expect(title).not.toContain(name);
    expect(new Set(titles).size).toBe(locales.length);
  });
  it('is called as the team calls it, else by its name', () => {
    expect(policyTitle('shop/response', 'Fast', 'en')).toBe('Fast');
    expect(policyTitle('vip', undefined, 'en')).toBe('vip');
    expect(policyTitle('vip/of-ours', undefined, 'en')).toBe('vip/of-ours');
  });
});

describe('a clock in words', () => {
  it.each([
    ['three-minutes', 'marketplace', 'running', 'Marketplace: answer by 14:05 (shop time)', '平台：请在店铺时间 14:05 前回复'],
    [
      'vip',
      'marketplace',
      'running',
      'Marketplace, "VIP buyers": answer by 14:05 (shop time)',
      '平台“VIP buyers”：请在店铺时间 14:05 前回复',
    ],
    [
      'vip',
      'team',
      'missed',
      'Team target "VIP buyers": overdue since 14:05 (shop time)',
      '团队目标“VIP buyers”：自店铺时间 14:05 起已超时',
    ],
    ['case', 'team', 'running', 'Team target "case": resolve by 14:05 (shop time)', '团队目标“case”：请在店铺时间 14:05 前解决'],
    ['case', 'team', 'met', 'Team target "case": met', '团队目标“case”：已达标'],
    ['gone', 'team', 'running', 'Team target "gone": answer by 14:05 (shop time)', '团队目标“gone”：请在店铺时间 14:05 前回复'],
    ['gone', 'marketplace', 'missed', 'Marketplace: overdue since 14:05 (shop time)', '平台：自店铺时间 14:05 起已超时'],
  ] as const)('%s of the %s, %s', (name, owner, state, en, zh) => {
    const clock = { ...toldClock(name, owner, policies), state };
    expect([clockWords(clock, '14:05', 'en'), clockWords(clock, '14:05', 'zh-CN')]).toEqual([en, zh]);
  });
});
