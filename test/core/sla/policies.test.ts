import { describe, expect, it } from 'vitest';
import { slaPolicyNames, slaPresets } from '../../../adapters/presets.ts';
import { businessCalendar, slaContext } from '../../../src/core/sla/policies.ts';
import { daily } from '../../../src/core/sla/presets.ts';
import type { BusinessHours, PolicySetting } from '../../../src/core/sla/settings.ts';
import { defaultBusinessHours, defaultSla } from '../../../src/core/sla/settings.ts';
import { defaultWords } from '../../../src/core/sla/words.ts';
import { shop } from '../fixtures.ts';

const minute = 60_000;
const nineToSix = daily(9 * 60, 18 * 60);
const presets = slaPresets('tiktok-shop', 'TH');
const businessHours: BusinessHours = { zone: null, week: nineToSix, holidays: ['2026-12-05'], shops: [] };

function policiesWith(settings: readonly PolicySetting[], named: readonly string[] | null = null, of = shop) {
  const { policies } = slaContext(of, { presets, sla: { ...defaultSla, policies: settings }, businessHours }, named);
  return policies;
}
const namesOf = (...given: Parameters<typeof policiesWith>) => policiesWith(...given).map(({ name }) => name);

describe('the policies of a shop', () => {
  it('are its marketplace’s own and the one of held replies, as long as nobody settled anything', () => {
    expect(policiesWith([])).toMatchObject([
      {
        name: 'tiktok-shop/response',
        owner: 'marketplace',
        rule: { kind: 'turn', withinMs: 720 * minute },
        calendar: { zone: 'Asia/Bangkok', week: null },
      },
      { name: 'held-reply', owner: 'team', rule: { withinMs: 5 * minute } },
    ]);
    const { words } = slaContext(shop, { presets: [], sla: defaultSla, businessHours: defaultBusinessHours }, null);
    expect(words).toEqual(defaultWords);
  });

  it('gain a target of the team, in its business hours', () => {
    expect(policiesWith([{ name: 'team', withinMs: 2 * minute, holidays: ['2026-12-10'] }]).at(-1)).toMatchObject({
      name: 'team',
      owner: 'team',
      rule: { kind: 'turn', withinMs: 2 * minute },
      outside: 'paused',
      calendar: { zone: 'Asia/Bangkok', week: nineToSix, holidays: ['2026-12-05', '2026-12-10'] },
    });
  });

  it('take every number that the team gives instead, and keep their owner', () => {
    const steps = [{ percent: 90, to: 'supervisor' } as const, { afterMs: minute, to: 'group' } as const];
    const changes: PolicySetting = {
      name: 'tiktok-shop/response',
      withinMs: 360 * minute,
      steps,
      zone: 'Asia/Jakarta',
      hours: nineToSix,
      target: 95,
    };
    expect(policiesWith([changes])[0]).toMatchObject({
      owner: 'marketplace',
      rule: { kind: 'turn', withinMs: 360 * minute },
      steps: steps.toReversed(),
      calendar: { zone: 'Asia/Jakarta', week: nineToSix, holidays: [] },
      target: 95,
      source: presets[0]?.source,
    });
    const cutOff: PolicySetting = { name: 'tiktok-shop/response', kind: 'cut-off', receivedUntil: 18 * 60, answeredBy: 19 * 60 };
    expect(policiesWith([cutOff, { name: 'tiktok-shop/response', answeredBy: 20 * 60 }])[0]?.rule).toEqual({
      kind: 'cut-off',
      receivedUntil: 18 * 60,
      answeredBy: 20 * 60,
    });
  });

  it('may be meant for some shops or marketplaces only, or switched off', () => {
    const team = { name: 'team', withinMs: minute };
    expect(namesOf([{ ...team, shops: ['749'] }])).toContain('team');
    expect(namesOf([{ ...team, shops: [shop._id] }])).toContain('team');
    expect(namesOf([{ ...team, shops: ['750'] }])).not.toContain('team');
    expect(namesOf([{ ...team, marketplaces: ['shopee'] }])).not.toContain('team');
    expect(namesOf([team, { name: 'team', shops: ['749'], off: true }])).not.toContain('team');
    expect(namesOf([{ name: 'tiktok-shop/response', off: true }])).toEqual(['held-reply']);
    // Changes to what this shop's marketplace does not have.
    for (const change of [{ target: 90 }, { withinMs: minute }])
      expect(namesOf([{ name: 'shopee/response', ...change }])).toEqual(['tiktok-shop/response', 'held-reply']);
  });

  it('are those of the team that a route names, and always the marketplace’s', () => {
    const settings = [
      { name: 'team', withinMs: 2 * minute },
      { name: 'vip', withinMs: minute, onlyWhenNamed: true },
      { name: 'vip', shops: ['749'], target: 90 },
    ];
    expect(namesOf(settings)).toEqual(['tiktok-shop/response', 'held-reply', 'team']);
    expect(namesOf(settings, ['vip'])).toEqual(['tiktok-shop/response', 'held-reply', 'vip']);
    expect(namesOf(settings, [])).toEqual(['tiktok-shop/response', 'held-reply']);
  });
});

describe('business hours', () => {
  it('are the shop’s own where it has some', () => {
    expect(businessCalendar(shop, defaultBusinessHours)).toEqual({ zone: 'Asia/Bangkok', week: null, holidays: [] });
    const given: BusinessHours = {
      ...businessHours,
      shops: [
        { shop: '749', zone: 'Asia/Shanghai' },
        { shop: '750', week: null },
      ],
    };
    expect(businessCalendar(shop, given)).toEqual({ zone: 'Asia/Shanghai', week: nineToSix, holidays: ['2026-12-05'] });
  });
});

describe('what marketplaces bring along', () => {
  it.each([
    ['tiktok-shop', 'TH', 12 * 60],
    ['tiktok-shop', 'US', 24 * 60],
    ['tiktok-shop', null, 24 * 60],
    ['shopee', 'MY', 12 * 60],
    ['amazon', 'DE', 24 * 60],
    ['douyin', 'CN', 3],
    ['taobao', 'CN', 3],
    ['wechat-shop', 'CN', 3],
  ])('%s in %s: so many minutes a turn', (marketplace, region, minutes) => {
    expect(slaPresets(marketplace, region)).toMatchObject([{ rule: { kind: 'turn', withinMs: minutes * minute } }]);
  });

  it('tells a late turn that costs all from one that costs itself, and a cut-off', () => {
    expect(slaPresets('douyin', 'CN')).toMatchObject([{ scoredBy: 'inquiry', zone: 'Asia/Shanghai', outside: 'uncounted' }]);
    expect(slaPresets('taobao', 'CN')).toMatchObject([{ scoredBy: 'turn' }]);
    expect(slaPresets('lazada', 'PH')).toMatchObject([{ rule: { kind: 'cut-off', receivedUntil: 18 * 60, answeredBy: 19 * 60 } }]);
    expect(slaPresets('nowhere', 'CN')).toEqual([]);
  });

  it('names its source and the day it was read, and reminds before it is too late', () => {
    expect(slaPolicyNames).toHaveLength(8);
    for (const name of slaPolicyNames) {
      const [marketplace = ''] = name.split('/');
      for (const policy of slaPresets(marketplace, null)) {
        expect(policy.owner).toBe('marketplace');
        expect(policy.source?.page).toMatch(/\S/);
        expect(policy.source?.readOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        expect(policy.steps.map(({ to }) => to)).toEqual(expect.arrayContaining(['assignee', 'group', 'supervisor']));
      }
    }
  });
});
