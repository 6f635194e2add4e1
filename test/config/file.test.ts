import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../src/config/file.ts';
import { ConfigError, describeProblem } from '../../src/config/problem.ts';

const known = { marketplaces: ['tiktok-shop'], bots: ['slack'], receiptEmoji: ['white_check_mark'] };
const env = { TT_ACCESS_TOKEN: 'access', TT_REFRESH_TOKEN: 'refresh', TT_SHOP_CIPHER: 'cipher', EMPTY: '' };
const read = (text: string) => readConfigFile(text, env, known);

function problemsOf(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => describeProblem(problem, 'en'));
    throw error;
  }
  throw new Error('accepted');
}

const smallest = readFileSync(new URL('./smallest.yaml', import.meta.url), 'utf8');

describe('readConfigFile', () => {
  it('knows what silent buyers are asked, and when', () => {
    const followUp = { template: 'still', afterMs: 72 * 3_600_000 };
    expect(read('desk: { followUp: { template: still } }').sections).toEqual({ desk: { followUp } });
    expect(read('desk: { followUp: { template: still, after: 2d } }').sections.desk?.followUp?.afterMs).toBe(48 * 3_600_000);
    expect(read('desk: { followUp: null }').sections).toEqual({ desk: { followUp: null } });
    expect(problemsOf('desk: { followUp: { after: soon } }')).toHaveLength(2);
  });

  it('gives the marks of a bot no second meaning', () => {
    expect(problemsOf('desk:\n  reactions:\n    eyes: claim\n    white_check_mark: resolve\n')).toEqual([
      'threadmart.yaml:4:23 desk.reactions.white_check_mark: is a mark that the service sets itself; choose another emoji',
    ]);
    expect(read('desk: { reactions: { eyes: claim } }').sections).toEqual({ desk: { reactions: { eyes: 'claim' } } });
  });

  it('reads the smallest useful file', () => {
    const { sections, warnings } = read(smallest);
    expect(warnings).toEqual([]);
    expect(sections).toEqual({
      shops: [
        {
          marketplace: 'tiktok-shop',
          externalId: '7494049642642441621',
          profile: { name: 'Lamp House TH', timezone: 'Asia/Bangkok', locale: 'en' },
          credentials: {
            accessToken: 'access',
            accessTokenExpiresAt: new Date('2026-12-01T00:00:00Z'),
            refreshToken: 'refresh',
            refreshTokenExpiresAt: new Date('2027-06-01T00:00:00Z'),
            extra: { shopCipher: 'cipher' },
          },
        },
      ],
      channels: [{ platform: 'slack', connection: 'default', id: 'C0123456789', name: 'th-support', mode: 'reply', locale: null }],
      routes: [{ when: { marketplace: 'tiktok-shop' }, channel: { platform: 'slack', connection: 'default', id: 'C0123456789' } }],
      reply: { undoSeconds: 8 },
      agents: [],
    });
  });

  it.each(['', '# nothing yet\n', '{}', '---\n'])('takes an empty file: %j', (text) => {
    const { sections, warnings } = read(text);
    expect({ sections, warnings }).toEqual({ sections: {}, warnings: [] });
  });

  it('takes a channel with its connection, a shop without credentials, agents by mention or mapping', () => {
    const { sections } = read(`
shops: [{ marketplace: tiktok-shop, externalId: "1" }]
channels: [{ platform: slack, id: C1, mode: note, locale: zh-Hant }]
ops: slack/default/C1
routes: [{ when: {}, channel: slack/default/C1 }]
agents:
  - { name: Somchai, accounts: [slack/U1, { platform: slack, userId: U2 }, tiktok-shop/707], role: supervisor }
  - { name: Nok, email: nok@shop.example }
  - { name: Dao, accounts: [slack/eu/U1, { platform: slack, connection: us, userId: U1 }] }
screening: { release: nobody }
backup: { everyHours: 6, keep: 28 }
`);
    expect(sections.ops).toEqual({ platform: 'slack', connection: 'default', id: 'C1' });
    expect(read('ops: [slack/C1, slack/C2]').sections.ops).toMatchObject([{ id: 'C1' }, { id: 'C2' }]);
    expect(problemsOf('ops: []')).toEqual(['threadmart.yaml:1:6 ops: must not be empty']);
    expect(sections.channels?.[0]).toMatchObject({ mode: 'note', locale: 'zh-CN' });
    expect(sections.shops?.[0]).toEqual({ marketplace: 'tiktok-shop', externalId: '1', profile: {}, credentials: null });
    expect(sections.agents).toEqual([
      {
        name: 'Somchai',
        accounts: [
          { platform: 'slack', userId: 'U1' },
          { platform: 'slack', userId: 'U2' },
          { platform: 'tiktok-shop', userId: '707' },
        ],
        role: 'supervisor',
      },
      { name: 'Nok', accounts: [], email: 'nok@shop.example', role: 'agent' },
      {
        ...{ name: 'Dao', role: 'agent' },
        accounts: [
          { platform: 'slack', connection: 'eu', userId: 'U1' },
          { platform: 'slack', connection: 'us', userId: 'U1' },
        ],
      },
    ]);
    expect(sections.screening).toEqual({ release: 'nobody' });
    expect(sections.backup).toEqual({ everyHours: 6, keep: 28 });
  });

  it('tells where, what and how, for everything that is wrong at once', () => {
    expect(
      problemsOf(`shops:
  - marketplace: tiktok-shop
    externalId: 7494049642642441621
    timezone: +07:00
    nmae: Lamp House
    credentials:
      accessToken: \${NOT_SET}
      accessTokenExpiresAt: tomorrow
      refreshtoken: x
  - marketplace: ebay
    name: [Lamp]
channels:
  - { platform: slack, id: C1 }
  - { platform: slack, id: C1 }
ops: C1
routes:
  - { when: { langauge: th }, channel: slack/C1 }
  - { when: {}, channel: slack/C2 }
  - { channel: teams/C1 }
reply:
  undoSeconds: 8.5
  staleAfterMinutes: 0
agents:
  - { name: A, accounts: [slack/U1] }
  - { name: B, accounts: [slack/U1, U2] }
telegram: {}
`),
    ).toEqual([
      'threadmart.yaml:3:17 shops[0].externalId: must be text: write it in quotes, since 19-digit numbers lose digits',
      'threadmart.yaml:4:15 shops[0].timezone: must be an IANA time zone, such as Asia/Bangkok',
      'threadmart.yaml:5:5 shops[0].nmae: is not known here',
      'threadmart.yaml:7:20: needs the environment variable NOT_SET, which is not set',
      'threadmart.yaml:8:29 shops[0].credentials.accessTokenExpiresAt: must be a time with its zone, such as 2026-12-01T00:00:00Z',
      'threadmart.yaml:9:7 shops[0].credentials.refreshtoken: is not known here',
      'threadmart.yaml:10:5 shops[1].externalId: is missing',
      'threadmart.yaml:10:18 shops[1].marketplace: must be one of: tiktok-shop',
      'threadmart.yaml:11:11 shops[1].name: must be text',
      'threadmart.yaml:15:6 ops: must be a channel, such as slack/C0123456789',
      'threadmart.yaml:17:15 routes[0].when.langauge: is not known here',
      'threadmart.yaml:19:5 routes[2].when: is missing',
      'threadmart.yaml:19:16 routes[2].channel: names a chat platform that is not known here',
      'threadmart.yaml:21:16 reply.undoSeconds: must be a whole number',
      'threadmart.yaml:22:22 reply.staleAfterMinutes: must be at least 1',
      'threadmart.yaml:25:37 agents[1].accounts[1]: must be a person on a chat platform or at a marketplace, such as slack/U0123456789',
      'threadmart.yaml:26:1 telegram: is not known here',
    ]);
  });

  it('takes rules with all their conditions and outcomes, and agents with hours', () => {
    const { sections } = read(`
routes:
  - name: refunds at night
    when:
      marketplace: [tiktok-shop]
      shop: ["1", "2"]
      buyer: returning
      buyerTag: vip
      language: [th, zh]
      product: "17"
      category: lamps
      orderStatus: [IN_TRANSIT, DELIVERED]
      time: { zone: Asia/Bangkok, hours: { sat: 22:00-06:00 } }
      keyword: [refund, 退款]
      pattern: 'order\\s*#?\\d{6,}'
    channel: [slack/C1, slack/C2]
    group: thai
    assign: round-robin
    priority: high
    tags: [Refund]
    sla: fast
    autoReply: { text: 正在为您处理中 }
    suggest: refund-steps
    notifySupervisor: true
  - { when: { time: [{ hours: { mon: 00:00-24:00 } }] }, channel: slack/C1, sla: [a, b], autoReply: { template: hello } }
categories: [{ name: lamps, products: ["17", "18"] }]
agents:
  - { name: A, accounts: [slack/U1], groups: [thai, money], zone: Asia/Bangkok, hours: { mon-fri: 09:00-18:00 }, capacity: 5, pingOffDuty: true }
`);
    const [first, second] = ['C1', 'C2'].map((id) => ({ platform: 'slack', connection: 'default', id }));
    expect(sections.routes).toEqual([
      {
        name: 'refunds at night',
        when: {
          ...{ marketplace: ['tiktok-shop'], shop: ['1', '2'], buyer: 'returning', buyerTag: 'vip', language: ['th', 'zh'], product: '17' },
          ...{ category: 'lamps', orderStatus: ['IN_TRANSIT', 'DELIVERED'], keyword: ['refund', '退款'], pattern: 'order\\s*#?\\d{6,}' },
          time: { zone: 'Asia/Bangkok', hours: [[], [], [], [], [], [{ from: 1_320, to: 1_440 }], [{ from: 0, to: 360 }]] },
        },
        ...{ channel: [first, second], group: 'thai', assign: 'round-robin', priority: 'high', tags: ['refund'], sla: 'fast' },
        ...{ autoReply: { text: '正在为您处理中' }, suggest: 'refund-steps', notifySupervisor: true },
      },
      {
        when: { time: [{ hours: [[{ from: 0, to: 1_440 }], [], [], [], [], [], []] }] },
        ...{ channel: first, sla: ['a', 'b'], autoReply: { template: 'hello' } },
      },
    ]);
    expect(sections.categories).toEqual([{ name: 'lamps', products: ['17', '18'] }]);
    expect(sections.agents).toEqual([
      {
        ...{ name: 'A', accounts: [{ platform: 'slack', userId: 'U1' }], role: 'agent', groups: ['thai', 'money'], zone: 'Asia/Bangkok' },
        ...{ hours: [...Array(5).fill([{ from: 540, to: 1_080 }]), [], []], capacity: 5, pingOffDuty: true },
      },
    ]);
  });

  it('tells what is wrong in rules and agents, each at its place', () => {
    expect(
      problemsOf(`routes:
  - when: { marketplace: [tiktok-shop, ebay], shop: [1], language: [th, thai], buyer: old, keyword: [] }
    channel: [slack/C1, C2]
    assign: sticky
    colour: red
  - when:
      pattern: [ok, "(?=a)b", "(a"]
      time:
        - { hours: { daily: 9-18 }, zone: Bangkok }
        - { zone: Asia/Bangkok, from: "09:00" }
    channel: []
    priority: highest
    tags: ["#"]
    autoReply: { text: a, template: b }
  - { when: { time: { hours: 09:00-18:00 } }, channel: slack/C1 }
  - { when: {}, channel: slack/C1, assign: sticky }
  - { when: { pattern: "a{999}b{999}" }, channel: slack/C1 }
agents:
  - { name: A, accounts: [slack/U1], hours: { mon: 09:00-18:00 } }
  - { name: B, accounts: [slack/U2], zone: Asia/Bangkok, hours: [], capacity: 0 }
`),
    ).toEqual([
      'threadmart.yaml:2:40 routes[0].when.marketplace[1]: must be one of: tiktok-shop',
      'threadmart.yaml:2:54 routes[0].when.shop[0]: must be text: write it in quotes, since 19-digit numbers lose digits',
      'threadmart.yaml:2:73 routes[0].when.language[1]: must be a language in two small letters, such as th',
      'threadmart.yaml:2:87 routes[0].when.buyer: must be one of: new, returning',
      'threadmart.yaml:2:101 routes[0].when.keyword: must not be empty',
      'threadmart.yaml:3:25 routes[0].channel[1]: must be a channel, such as slack/C0123456789',
      'threadmart.yaml:5:5 routes[0].colour: is not known here',
      'threadmart.yaml:7:21 routes[1].when.pattern[1]: uses what no search in steady time can do (looking ahead or behind, back references): write it without',
      'threadmart.yaml:7:31 routes[1].when.pattern[2]: is no regular expression: a bracket is not closed, or not opened',
      'threadmart.yaml:9:29 routes[1].when.time[0].hours.daily[0]: must be hours, such as 09:00-18:00',
      'threadmart.yaml:9:43 routes[1].when.time[0].zone: must be an IANA time zone, such as Asia/Bangkok',
      'threadmart.yaml:10:11 routes[1].when.time[1].hours: is missing',
      'threadmart.yaml:10:33 routes[1].when.time[1].from: is not known here',
      'threadmart.yaml:11:14 routes[1].channel: must not be empty',
      'threadmart.yaml:12:15 routes[1].priority: must be one of: urgent, high, normal, low',
      'threadmart.yaml:13:12 routes[1].tags[0]: must be a tag, as "!tag" takes it: one short word',
      'threadmart.yaml:14:16 routes[1].autoReply: must have either "template" (the name of one) or "text"',
      'threadmart.yaml:15:30 routes[2].when.time.hours: must be a mapping (name: value)',
      'threadmart.yaml:16:5 routes[3].group: is missing: "assign" needs the group that it assigns to',
      'threadmart.yaml:17:24 routes[4].when.pattern: is too large: use several shorter ones',
      'threadmart.yaml:19:5 agents[0].zone: is missing: "hours" need the time zone that they are in',
      'threadmart.yaml:20:65 agents[1].hours: must be a mapping (name: value)',
      'threadmart.yaml:20:79 agents[1].capacity: must be at least 1',
    ]);
  });

  it('finds what is there twice, and channels that are not listed', () => {
    expect(
      problemsOf(`shops:
  - { marketplace: tiktok-shop, externalId: "1" }
  - { marketplace: tiktok-shop, externalId: "1" }
channels:
  - { platform: slack, id: C1 }
  - { platform: slack, connection: default, id: C1 }
ops: slack/C3
routes:
  - { when: {}, channel: slack/C2 }
agents:
  - { name: A, accounts: [slack/U1], email: a@shop.example }
  - { name: A, accounts: [slack/U1], email: A@Shop.example }
`),
    ).toEqual([
      'threadmart.yaml:3:45 shops[1].externalId: is there twice, first as shops[0]',
      'threadmart.yaml:6:49 channels[1].id: is there twice, first as channels[0]',
      'threadmart.yaml:7:6 ops: names a channel that is not listed under "channels"',
      'threadmart.yaml:9:26 routes[0].channel: names a channel that is not listed under "channels"',
      'threadmart.yaml:12:13 agents[1].name: is there twice, first as agents[0]',
      'threadmart.yaml:12:27 agents[1].accounts[0]: is there twice, first as agents[0]',
      'threadmart.yaml:12:45 agents[1].email: is there twice, first as agents[0]',
    ]);
  });

  it('wants to know an agent by something', () => {
    expect(problemsOf('agents: [{ name: A }, { name: B, accounts: [] }, { name: C, email: c }]')).toEqual([
      'threadmart.yaml:1:10 agents[0].accounts: is missing: a person is known by their accounts, or by an "email"',
      'threadmart.yaml:1:44 agents[1].accounts: is missing: a person is known by their accounts, or by an "email"',
      'threadmart.yaml:1:68 agents[2].email: must be an e-mail address, such as nok@shop.example',
    ]);
  });

  it('takes the rules of the screening by their names alone', () => {
    expect(read('screening: { off: [digits], warn: [link, mail] }').sections.screening).toEqual({
      off: ['digits'],
      warn: ['link', 'mail'],
    });
    const rules = 'empty, too-long, phone, digits, mail, link, messenger';
    expect(problemsOf('screening: { off: [phones], warn: [link, all] }')).toEqual([
      `threadmart.yaml:1:20 screening.off[0]: must be one of: ${rules}`,
      `threadmart.yaml:1:42 screening.warn[1]: must be one of: ${rules}`,
    ]);
  });

  it('warns of sections that this version does not act on', () => {
    const { warnings } = read('reply:\n  undoSeconds: 3\nroles: [{}]\n');
    expect(warnings.map((warning) => describeProblem(warning, 'en'))).toEqual([
      'threadmart.yaml:3:1 roles: is accepted, but this version does not act on it: nothing in it has an effect yet',
    ]);
  });

  it.each([
    ['a: 1\na: 2\n', 'threadmart.yaml:2:1: this key is there twice'],
    ['shops:\n\t- x\n', 'threadmart.yaml:2:1: is indented with a tab; use spaces'],
    ['a: *nowhere\n', 'threadmart.yaml:1:4: refers to a name (*name) that is not defined before'],
    ['a: 1\n---\nb: 2\n', 'threadmart.yaml:2:1: a second document begins here; there must be one only'],
    ['a: !!js/function "secret-value"\n', 'threadmart.yaml:1:4: has a tag (!name) that is not known'],
    ['- 1\n- 2\n', 'threadmart.yaml:1:1: must be a mapping (name: value)'],
    ['just words', 'threadmart.yaml:1:1: must be a mapping (name: value)'],
    ['__proto__: { polluted: true }\n', 'threadmart.yaml:1:1 __proto__: is not known here'],
    [`ops: \${EMPTY}`, 'threadmart.yaml:1:6: needs the environment variable EMPTY, which is not set'],
    [`a: { b: \${NAME} }`, `threadmart.yaml:1:10: is not valid YAML; between { and } a variable needs quotes: "\${NAME}"`],
  ])('says what is wrong with %j', (text, problem) => {
    expect(problemsOf(text)[0]).toBe(problem);
  });

  it('never shows a value, however broken the file is', () => {
    for (const text of [
      'a: "secret-value\n',
      'a: [secret-value\nb: secret-value',
      '%secret-value\n---\n',
      'reply: secret-value',
      '@secret-value',
    ]) {
      expect(problemsOf(text).join('\n')).not.toContain('secret-value');
    }
  });

  it('bounds what aliases can unfold to', () => {
    const levels = Array.from({ length: 12 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(', ')}]`);
    expect(problemsOf(`l0: &l0 [x]\n${levels.join('\n')}\n`)).toEqual(['threadmart.yaml:1:1: repeats too much through aliases (*name)']);
    expect(problemsOf(`a: ${'x'.repeat(1_000_001)}`)).toEqual(['threadmart.yaml: is larger than a million characters']);
  });

  it('lets an alias stand for a value, and finds problems through it', () => {
    const text = 'channels:\n  - &one { platform: slack, id: C1 }\nroutes:\n  - &rule { when: {}, channel: slack/C1 }\n  - *rule\n';
    expect(read(text).sections.routes).toHaveLength(2);
    expect(problemsOf('shops:\n  - &shop { marketplace: tiktok-shop, externalId: 1 }\n  - *shop\n')).toHaveLength(2);
  });

  it('takes what a variable holds as text, not as YAML', () => {
    const shop = (name: string) =>
      readConfigFile(`shops: [{ marketplace: tiktok-shop, externalId: "1", name: "\${SHOP_NAME}" }]`, { SHOP_NAME: name }, known).sections
        .shops?.[0];
    expect(shop(`a: {b}, # c "d" \${HOME}`)?.profile.name).toBe(`a: {b}, # c "d" \${HOME}`);
  });

  it('does not tell a token that a slip has made a key', () => {
    const slip = 'shops:\n  - { marketplace: tiktok-shop, externalId: "1", +alias": "ROW_hush-hush" }\n';
    for (const text of [slip, 'ROW_hush0: 1', '{ "ROW hush": 1 }']) {
      expect(() => readConfigFile(text, {}, known)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hush') }));
    }
  });
});
