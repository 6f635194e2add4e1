import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../src/config/file.ts';
import { planApply } from '../../src/config/plan.ts';
import { ConfigError, describeProblem } from '../../src/config/problem.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { elapsedBusinessMs } from '../../src/core/sla/hours.ts';
import { text } from '../../src/core/texts/index.ts';

const known = { marketplaces: ['tiktok-shop'], bots: ['slack'], slaPolicies: ['tiktok-shop/response'] };
const read = (yaml: string) => readConfigFile(yaml, {}, known);

function problemsOf(yaml: string): readonly string[] {
  try {
    read(yaml);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => describeProblem(problem, 'en'));
    throw error;
  }
  return [];
}

const minute = 60_000;

describe('sla', () => {
  it('reads policies as a supervisor writes them', () => {
    const { sections } = read(`
sla:
  policies:
    - name: team
      title: Two minutes
      within: 2m
      reminders: [{ after: 50%, to: assignee }, { after: 100s, to: supervisor }]
    - { name: same-day, receivedUntil: "18:00", answeredBy: 19:00, zone: Asia/Manila, holidays: [2026-12-25], marketplaces: [tiktok-shop] }
    - { name: tiktok-shop/response, target: 95, shops: ["749"], hours: business, outside: paused, scoredBy: inquiry }
    - { name: night, kind: resolution, within: 2d, zone: shop, week: { daily: 22:00-06:00 }, onlyWhenNamed: true }
    - { name: held-reply, off: true }
  fillers: [on it]
  closingWords: null
`);
    expect(sections.sla).toEqual({
      policies: [
        {
          name: 'team',
          title: 'Two minutes',
          withinMs: 2 * minute,
          steps: [
            { percent: 50, to: 'assignee' },
            { afterMs: 100_000, to: 'supervisor' },
          ],
        },
        {
          name: 'same-day',
          kind: 'cut-off',
          receivedUntil: 1_080,
          answeredBy: 1_140,
          zone: 'Asia/Manila',
          holidays: ['2026-12-25'],
          marketplaces: ['tiktok-shop'],
        },
        { name: 'tiktok-shop/response', target: 95, shops: ['749'], hours: 'business', outside: 'paused', scoredBy: 'inquiry' },
        {
          name: 'night',
          kind: 'resolution',
          withinMs: 2 * 1_440 * minute,
          zone: null,
          hours: Array.from({ length: 7 }, () => [
            { from: 0, to: 360 },
            { from: 1_320, to: 1_440 },
          ]),
          onlyWhenNamed: true,
        },
        { name: 'held-reply', off: true },
      ],
      fillers: ['on it'],
      closingWords: null,
    });
  });

  it.each([
    ['{ name: team }', 'sla.policies[0]: is a policy of your own, so it needs "within" (a cut-off: "receivedUntil" and "answeredBy")'],
    [
      '{ name: team, kind: cut-off, within: 2m }',
      'sla.policies[0]: is a policy of your own, so it needs "within" (a cut-off: "receivedUntil" and "answeredBy")',
    ],
    [
      '{ name: team, receivedUntil: 18:00 }',
      'sla.policies[0]: is a policy of your own, so it needs "within" (a cut-off: "receivedUntil" and "answeredBy")',
    ],
    [
      '{ name: tiktok-shop/respnse, within: 2m }',
      'sla.policies[0].name: names no policy that a marketplace brings along; one of your own is called in small letters, digits and hyphens',
    ],
    [
      '{ name: My Team, within: 2m }',
      'sla.policies[0].name: names no policy that a marketplace brings along; one of your own is called in small letters, digits and hyphens',
    ],
    ['{ name: team, within: 2 minutes }', 'sla.policies[0].within: must be a span of time, such as 50s, 3m, 12h or 2d'],
    ['{ name: team, within: 0m }', 'sla.policies[0].within: must be a span of time, such as 50s, 3m, 12h or 2d'],
    [
      '{ name: team, within: 2m, reminders: [{ after: 50, to: group }] }',
      'sla.policies[0].reminders[0].after: must be text: write it in quotes, since 19-digit numbers lose digits',
    ],
    [
      '{ name: team, within: 2m, reminders: [{ after: 0%, to: group }] }',
      'sla.policies[0].reminders[0].after: must be a span of time or a share, such as 50s or 80%',
    ],
    [
      '{ name: team, within: 2m, reminders: [{ after: 50%, to: boss }] }',
      'sla.policies[0].reminders[0].to: must be one of: assignee, group, supervisor',
    ],
    ['{ name: team, within: 2m, answeredBy: 25:00 }', 'sla.policies[0].answeredBy: must be a time of day, such as 18:00'],
    ['{ name: team, within: 2m, week: { mon: 9-18 } }', 'sla.policies[0].week.mon[0]: must be hours, such as 09:00-18:00'],
    ['{ name: team, within: 2m, week: { monday: 09:00-18:00 } }', 'sla.policies[0].week.monday: is not known here'],
    ['{ name: team, within: 2m, zone: Mars }', 'sla.policies[0].zone: must be "shop" or an IANA time zone, such as Asia/Bangkok'],
    ['{ name: team, within: 2m, holidays: [25.12.] }', 'sla.policies[0].holidays[0]: must be a day, such as 2026-12-25'],
    ['{ name: team, within: 2m, target: 101 }', 'sla.policies[0].target: must be at most 100'],
    ['{ name: team, within: 2m, kind: rolling }', 'sla.policies[0].kind: must be one of: turn, first-response, cut-off, resolution'],
  ])('says what is wrong with %s', (policy, problem) => {
    const [told = ''] = problemsOf(`sla:\n  policies:\n    - ${policy}\n`);
    expect(told.replace(/^threadmart\.yaml:3:\d+ /, '')).toBe(problem);
  });

  it('lets a later entry change one of the team’s own', () => {
    const { sections } = read('sla: { policies: [{ name: team, within: 2m }, { name: team, shops: ["1"], target: 90 }] }');
    expect(sections.sla?.policies).toHaveLength(2);
  });
});

describe('businessHours', () => {
  it('reads a week by days and by groups of days; what names fewer days holds', () => {
    const { sections } = read(`
businessHours:
  zone: Asia/Bangkok
  week: { daily: 10:00-16:00, mon-fri: [09:00-12:00, 13:00-18:00], wed: [], fri: 20:00-02:00, sun: 00:00-24:00 }
  holidays: [2026-12-05]
  shops:
    - { shop: "749", week: null, zone: shop }
`);
    const work = [
      { from: 540, to: 720 },
      { from: 780, to: 1_080 },
    ];
    expect(sections.businessHours).toEqual({
      zone: 'Asia/Bangkok',
      week: [
        work,
        work,
        [],
        work,
        [{ from: 1_200, to: 1_440 }],
        [
          { from: 0, to: 120 },
          { from: 600, to: 960 },
        ],
        [{ from: 0, to: 1_440 }],
      ],
      holidays: ['2026-12-05'],
      shops: [{ shop: '749', week: null, zone: null }],
    });
  });

  it('takes hours that end when they begin for a day and night', () => {
    const { sections } = read('businessHours: { week: { mon: 09:00-09:00, wed: 00:00-00:00 } }');
    const night = (from: number, to: number) => [{ from, to }];
    expect(sections.businessHours?.week).toEqual([night(540, 1_440), night(0, 540), night(0, 1_440), [], [], [], []]);
  });

  it('joins hours that touch or overlap', () => {
    const { sections } = read('businessHours: { week: { mon: [12:00-14:00, 09:00-12:00, 13:00-15:00], sun: 23:00-01:00 } }');
    const week = sections.businessHours?.week ?? [];
    expect(week[0]).toEqual([
      { from: 0, to: 60 },
      { from: 540, to: 900 },
    ]);
    const monday = new Date('2026-11-30T00:00:00Z');
    expect(elapsedBusinessMs({ zone: 'UTC', week, holidays: [] }, monday, new Date('2026-12-01T00:00:00Z'))).toBe(7 * 60 * minute);
  });

  it('is told where it is wrong', () => {
    expect(problemsOf('businessHours:\n  week:\n    mon: 9 to 5\n  shops:\n    - { week: {} }\n')).toEqual([
      'threadmart.yaml:3:10 businessHours.week.mon[0]: must be hours, such as 09:00-18:00',
      'threadmart.yaml:5:7 businessHours.shops[0].shop: is missing',
    ]);
  });
});

describe('applying them', () => {
  const state = {
    fingerprints: new Map(),
    settings: defaultSettings,
    shops: [],
    templates: [],
    on: { marketplaces: new Map(), bots: new Set<string>() },
  };
  const words = (yaml: string, before = state) =>
    planApply(read(yaml), before).differences.map(({ key, params }) => text('en', key, params));

  it('changes what the file says and leaves the rest', () => {
    const yaml = 'sla: { fillers: [on it] }\nbusinessHours: { holidays: [2026-12-05] }\n';
    const plan = planApply(read(yaml), state);
    expect(plan.settings).toEqual({
      sla: { ...defaultSettings.sla, fillers: ['on it'] },
      businessHours: { ...defaultSettings.businessHours, holidays: ['2026-12-05'] },
    });
    expect(words(yaml)).toEqual(['sla.fillers: changed', 'businessHours.holidays: changed']);
    const applied = { ...state, fingerprints: plan.fingerprints, settings: { ...defaultSettings, ...plan.settings } };
    expect(words(yaml, applied as typeof state)).toEqual([]);
  });
});
