import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../src/config/file.ts';
import type { AppliedState, ApplyPlan } from '../../src/config/plan.ts';
import { planApply } from '../../src/config/plan.ts';
import { describeProblem } from '../../src/config/problem.ts';
import type { ReplyLimits } from '../../src/core/compose.ts';
import type { Settings } from '../../src/core/settings.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { Shop } from '../../src/core/shop.ts';
import { shopIdOf } from '../../src/core/shop.ts';
import { text } from '../../src/core/texts/index.ts';

const known = { marketplaces: ['tiktok-shop'], bots: ['slack'] };
const limits: ReplyLimits = { maxReplyChars: 100, images: 'unsupported', maxImageBytes: 0, imageTypes: [], ownHosts: [] };
const on = {
  marketplaces: new Map(known.marketplaces.map((name) => [name, limits])),
  bots: new Set(known.bots.map((name) => `${name}/default`)),
};
const at = new Date('2026-11-24T00:00:00Z');
const lampHouse: Shop = {
  _id: shopIdOf('tiktok-shop', '749'),
  marketplace: 'tiktok-shop',
  externalId: '749',
  name: 'Lamp House',
  timezone: 'Asia/Bangkok',
  locale: 'en',
  region: 'TH',
  alias: null,
  state: 'active',
  stateReason: null,
  stateSince: at,
  accessTokenExpiresAt: null,
  refreshTokenExpiresAt: null,
  createdAt: at,
};
const nothing: AppliedState = { fingerprints: new Map(), settings: defaultSettings, shops: [], templates: [], on };

const planOf = (yaml: string, state: Partial<AppliedState> = {}): ApplyPlan =>
  planApply(readConfigFile(yaml, {}, known), { ...nothing, ...state });
const words = (plan: ApplyPlan): readonly string[] => plan.differences.map(({ key, params }) => text('en', key, params));
/** The state after `yaml` was applied, and then changed by people in chat. */
const applied = (yaml: string, changes: Partial<Settings> = {}): Partial<AppliedState> => {
  const plan = planOf(yaml);
  return { fingerprints: plan.fingerprints, settings: { ...defaultSettings, ...plan.settings, ...changes } };
};

const everything = `
shops:
  - marketplace: tiktok-shop
    externalId: "749"
    name: Lamp House TH
    credentials: { accessToken: secret-token, refreshToken: secret-token, shopCipher: secret-token }
channels:
  - { platform: slack, id: C1, name: support }
  - { platform: slack, id: C2, mode: alerts }
ops: slack/C2
routes:
  - { when: {}, channel: slack/C1 }
agents:
  - { name: Somchai, accounts: [slack/U1] }
reply: { undoSeconds: 5, staleAfterMinutes: 60 }
screening: { release: anyone }
backup: { keep: 3 }
`;

describe('planApply', () => {
  it('tells every difference in words, without secrets', () => {
    const plan = planOf(everything);
    expect(plan.problems).toEqual([]);
    expect(plan.warnings).toEqual([]);
    expect(words(plan)).toEqual([
      'channel slack/C1: added',
      'channel slack/C2: added',
      'ops: slack/C2',
      'routes: 1 rule(s), so far 0',
      'agents: 1 people, so far 0',
      'reply.undoSeconds: 8 -> 5',
      'reply.staleAfterMinutes: 30 -> 60',
      'screening.release: "supervisor" -> "anyone"',
      'backup.keep: 7 -> 3',
      'shop tiktok-shop:749: added',
      'shop tiktok-shop:749: credentials taken from the file',
    ]);
    expect(JSON.stringify([plan.differences, [...plan.fingerprints]])).not.toContain('secret-token');
  });

  it('plans nothing when the file says what it said before, however it is written', () => {
    const state = { ...applied(everything), shops: [lampHouse] };
    const reordered = everything.replace(
      '{ undoSeconds: 5, staleAfterMinutes: 60 }',
      '{ staleAfterMinutes: 60, undoSeconds: 5 } # the same',
    );
    for (const yaml of [everything, reordered]) {
      const plan = planOf(yaml, state);
      expect(plan.settings).toEqual({});
      expect(words(plan)).toEqual([]);
      expect(plan.shops).toEqual([expect.objectContaining({ create: false, profile: {}, seedCredentials: false })]);
    }
  });

  it('leaves alone what people changed since, and takes what changed in the file', () => {
    const changed = applied(everything, {
      reply: { ...defaultSettings.reply, undoSeconds: 20, staleAfterMinutes: 60 },
      routes: [],
    });
    const plan = planOf(everything.replace('staleAfterMinutes: 60', 'staleAfterMinutes: 90'), { ...changed, shops: [lampHouse] });
    expect(plan.settings).toEqual({ reply: { ...defaultSettings.reply, undoSeconds: 20, staleAfterMinutes: 90 } });
    expect(words(plan)).toEqual(['reply.staleAfterMinutes: 60 -> 90']);
  });

  it('deletes nothing that the file leaves out', () => {
    const plan = planOf('channels: [{ platform: slack, id: C3 }]', { ...applied(everything), shops: [lampHouse] });
    expect(plan.settings.channels?.map(({ id }) => id)).toEqual(['C1', 'C2', 'C3']);
    expect(Object.keys(plan.settings)).toEqual(['channels']);
    expect(plan.shops).toEqual([]);
    expect(planOf('', { ...applied(everything), shops: [lampHouse] })).toMatchObject({ settings: {}, shops: [], differences: [] });
  });

  it('takes a part that was left out for a while as new', () => {
    const first = applied('reply: { undoSeconds: 5 }');
    const without = planOf('', first);
    const again = planOf('reply: { undoSeconds: 5 }', { fingerprints: without.fingerprints, settings: { ...defaultSettings } });
    expect(again.settings.reply?.undoSeconds).toBe(5);
  });

  it('replaces lists whose meaning is in the whole', () => {
    const plan = planOf('agents: []\nroutes: []', applied(everything));
    expect(plan.settings).toEqual({ agents: [], routes: [] });
  });

  it('names the rules and agents that are new or changed, some of them', () => {
    const plan = planOf(
      everything.replace(
        '  - { when: {}, channel: slack/C1 }',
        '  - { name: nights, when: { buyer: new }, channel: slack/C1 }\n  - { when: {}, channel: slack/C1 }\n  - { when: {}, channel: slack/C2 }',
      ),
      { ...applied(everything), shops: [lampHouse] },
    );
    expect(words(plan)).toEqual(['routes: 3 rule(s), so far 1; new or changed: nights, 3']);
    const many = Array.from({ length: 12 }, (_, index) => `  - { name: A${index}, accounts: [slack/U1${index}] }`).join('\n');
    expect(words(planOf(`agents:\n${many}`, applied(everything)))).toEqual([
      'agents: 12 people, so far 1; new or changed: A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, …',
    ]);
    expect(words(planOf('routes: []', applied(everything)))).toEqual(['routes: 0 rule(s), so far 1']);
  });

  it('warns of groups that nobody is in, and of rules that nothing is left for', () => {
    const yaml = `channels: [{ platform: slack, id: C1 }]
agents:
  - { name: A, accounts: [slack/U1], groups: [thai] }
categories: [{ name: lamps, products: ["17"] }]
sla: { policies: [{ name: fast, within: 2m }] }
routes:
  - { when: { language: th }, channel: slack/C1, group: thai, sla: [fast, fats] }
  - { when: { shop: ["749", "750"], category: [lamps, lapms] }, channel: slack/C1, group: thia }
  - { when: {}, channel: slack/C1, suggest: hello, autoReply: { template: hallo } }
  - { when: { language: en }, channel: slack/C1 }
templates: [{ name: hello, text: Hello }]
`;
    expect(planOf(yaml, { shops: [lampHouse] }).warnings.map((problem) => describeProblem(problem, 'en'))).toEqual([
      'threadmart.yaml:7:75 routes[0].sla[1]: names an SLA policy that is not among those of the team ("sla"); the rules of marketplaces hold in any case',
      'threadmart.yaml:8:29 routes[1].when.shop[1]: names a shop that is not connected yet',
      'threadmart.yaml:8:55 routes[1].when.category[1]: names a category that is not listed under "categories"',
      'threadmart.yaml:8:91 routes[1].group: names a group that no agent is in',
      'threadmart.yaml:9:75 routes[2].autoReply.template: names a template that is not there',
      'threadmart.yaml:10:5 routes[3]: is never reached: rule 3 before it takes everything that it would take',
    ]);
    const followUp = (template: string) =>
      planOf(`desk: { followUp: { template: ${template} } }\ntemplates: [{ name: hello, text: Hello }]`).warnings.map(({ field }) => field);
    expect([followUp('Hello'), followUp('hallo')]).toEqual([[], ['desk.followUp.template']]);
    // What is sent by itself fares like a template.
    const reply = (text: string) => `routes: [{ when: {}, channel: slack/C1, autoReply: { text: "${text}" } }]`;
    expect(planOf(reply('正在为您处理中'), applied(everything)).warnings).toEqual([]);
    expect(planOf(reply('Call +66 81 234 5678'), applied(everything)).warnings.map(({ field }) => field)).toEqual(
      Array(2).fill('routes[0].autoReply.text'),
    );
    // Agents that only the database knows count too.
    const rules = 'routes: [{ when: {}, channel: slack/C1, group: thai }]';
    expect(planOf(rules, applied(yaml)).warnings).toEqual([]);
    expect(planOf(`${rules}\nagents: []`, applied(yaml)).warnings).toHaveLength(1);
  });

  it('changes one field of a shop that people renamed, and does not rename it back', () => {
    const shop = (timezone: string) =>
      `shops: [{ marketplace: tiktok-shop, externalId: "749", name: Lamp House TH, timezone: ${timezone} }]`;
    const plan = planOf(shop('Asia/Singapore'), { ...applied(shop('Asia/Bangkok')), shops: [lampHouse] });
    expect(plan.shops[0]?.profile).toEqual({ timezone: 'Asia/Singapore' });
    expect(words(plan)).toEqual(['shop tiktok-shop:749.timezone: "Asia/Bangkok" -> "Asia/Singapore"']);
  });

  it('seeds credentials again only when they changed in the file', () => {
    const state = { ...applied(everything), shops: [lampHouse] };
    expect(planOf(everything.replace('accessToken: secret-token', 'accessToken: another'), state).shops[0]?.seedCredentials).toBe(true);
    expect(planOf(everything.replace('Lamp House TH', 'Lamps'), state).shops[0]?.seedCredentials).toBe(false);
  });

  it('makes a shop that is gone from the database once more, with its credentials', () => {
    expect(planOf(everything, applied(everything)).shops[0]).toMatchObject({
      create: true,
      seedCredentials: true,
      profile: { name: 'Lamp House TH' },
    });
  });

  it('takes routes to channels that only the database knows, and no others', () => {
    expect(planOf('routes: [{ when: {}, channel: slack/C2 }]', applied(everything)).problems).toEqual([]);
    const { problems } = planOf('ops: slack/C9\nroutes: [{ when: {}, channel: slack/C8 }]', applied(everything));
    expect(problems.map((problem) => describeProblem(problem, 'en'))).toEqual([
      'threadmart.yaml:2:31 routes[0].channel: names a channel that is not listed under "channels"',
      'threadmart.yaml:1:6 ops: names a channel that is not listed under "channels"',
    ]);
  });

  it('takes several channels for trouble, each of them listed', () => {
    const plan = planOf('ops: [slack/C1, slack/C2]', applied(everything));
    expect(words(plan)).toEqual(['ops: slack/C1, slack/C2']);
    expect([plan.settings.ops?.id, plan.settings.opsElsewhere?.map(({ id }) => id)]).toEqual(['C1', ['C2']]);
    const { problems } = planOf('ops: [slack/C1, slack/C9]', applied(everything));
    expect(problems.map((problem) => describeProblem(problem, 'en'))).toEqual([
      'threadmart.yaml:1:17 ops[1]: names a channel that is not listed under "channels"',
    ]);
  });

  it('warns of what is switched off, and of shops nobody knows', () => {
    const yaml = everything.replace('when: {}', 'when: { shop: "750" }');
    const plan = planOf(yaml, { on: { marketplaces: new Map(), bots: new Set() } });
    expect(plan.warnings.map((problem) => describeProblem(problem, 'en'))).toEqual([
      'threadmart.yaml:3:18 shops[0].marketplace: names tiktok-shop, which is switched off: its environment variables are not set',
      'threadmart.yaml:8:17 channels[0].platform: names slack, which is switched off: its environment variables are not set',
      'threadmart.yaml:9:17 channels[1].platform: names slack, which is switched off: its environment variables are not set',
      'threadmart.yaml:12:21 routes[0].when.shop: names a shop that is not connected yet',
    ]);
    expect(planOf(everything.replace('when: {}', 'when: { shop: "749" }')).warnings).toEqual([]);
    const eu = planOf('channels: [{ platform: slack, connection: eu, id: C7 }]').warnings;
    expect(eu.map((problem) => describeProblem(problem, 'en'))).toEqual([
      'threadmart.yaml:1:24 channels[0].platform: names slack/eu, which is switched off: its environment variables are not set',
    ]);
  });
});
