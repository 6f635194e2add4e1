import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { marketplaces } from '../../adapters/index.ts';
import { bots } from '../../bots/index.ts';
import { readConfigFile } from '../../src/config/file.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { loadConfig } from '../../src/config.ts';
import { cpuMsOf } from '../cpu-time.ts';
import { must, run } from './guards.ts';
import { anyText, mangled, oddKeys } from './mangle.ts';

const example = readFileSync(new URL('../../threadmart.example.yaml', import.meta.url), 'utf8');
const known = { marketplaces: ['tiktok-shop'], bots: ['slack'] };
/** In the place of every token. */
const secret = 'hush-hush-0123456789';
const environment = { TT_ACCESS_TOKEN: secret, TT_REFRESH_TOKEN: secret, TT_SHOP_CIPHER: secret, NAME: secret };

/** A file is read, or refused in sentences that hold none of its values. Anything else is a bug. */
function read(text: string): 'read' | 'refused' {
  try {
    const { sections, warnings } = readConfigFile(text, environment, known);
    must(typeof sections === 'object' && Array.isArray(warnings), 'it was read as something else');
    return 'read';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const locale of ['en', 'zh-CN'] as const) must(!error.describe(locale).includes('hush-hush'), 'a problem tells a value');
    must(error.problems.length > 0, 'it was refused without a problem');
    return 'refused';
  }
}

const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x,x]',
  ...'bcdefghij'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(10)}]`),
];
const times = 100_000;
/** Each of them has brought down a reader of YAML. */
const nasty: readonly (readonly [name: string, text: string])[] = [
  ['aliases of aliases', bomb.join('\n')],
  ['aliases of aliases in a section', `shops: &a [1]\n${'routes: [*a,*a]\n'.repeat(3)}`],
  ['many aliases', `shops: &a []\nroutes: [${'*a,'.repeat(times)}]`],
  ['a cycle', 'shops: &a [*a]'],
  ['a cycle through keys', 'shops: &a\n  ? *a\n  : *a'],
  ['an alias before its anchor', 'shops: *a\nroutes: &a []'],
  ['merge keys', 'base: &b { marketplace: tiktok-shop }\nshops: [{ <<: *b, externalId: "1" }]'],
  ['a merge of prototypes', 'shops: [{ <<: { __proto__: { polluted: 1 } }, externalId: "1" }]'],
  ['prototype keys', '__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }\nshops: []'],
  [
    'prototype keys in credentials',
    'shops: [{ marketplace: tiktok-shop, externalId: "1", credentials: { accessToken: x, __proto__: y, constructor: z } }]',
  ],
  ['tags', 'shops: !!js/function "function () { return 1 }"\nroutes: !<tag:yaml.org,2002:python/object/apply:os.system> ["ls"]'],
  ['known tags', 'shops: !!set { a, b }\nroutes: !!omap [a: 1]\nagents: !!binary aGk=\nreply: !!timestamp 2026-01-01'],
  ['keys twice', 'shops: []\nshops: []\nreply: { undoSeconds: 1, undoSeconds: 2 }'],
  ['several documents', 'shops: []\n---\nshops: []\n...\n---\n'],
  ['directives', '%YAML 9.9\n%TAG ! tag:x,2000:\n---\nshops: []'],
  ['tabs', 'shops:\n\t- marketplace: x'],
  ['deep lists', `shops: ${'['.repeat(times)}`],
  ['deep closed lists', `shops: ${'['.repeat(times)}${']'.repeat(times)}`],
  ['deep maps', `shops: ${'{a: '.repeat(times)}`],
  ['deep blocks', Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ['deep dashes', `shops:\n${'- '.repeat(times)}`],
  ['many keys', Array.from({ length: 50_000 }, (_, index) => `k${index}: 0`).join('\n')],
  ['many items', `shops:\n${'- 1\n'.repeat(times)}`],
  ['open quotes', `shops: "${'\\"'.repeat(times)}`],
  ['variables in variables', `shops: "${`\${NAME}\${`.repeat(times / 10)}"`],
  ['variables that grow', `shops: "${`\${NAME}`.repeat(times)}"`],
  ['braces before a variable', `shops: ${'{['.repeat(times)}\${NAME`],
  [
    'numbers',
    `reply: { undoSeconds: 1${'0'.repeat(times)}, staleAfterMinutes: .inf, reopenHours: .nan }\nshops: 0o777\nroutes: 0x${'f'.repeat(400)}`,
  ],
  [
    'times',
    'shops: [{ marketplace: tiktok-shop, externalId: "1", credentials: { accessToken: a, accessTokenExpiresAt: 9999999-99-99T99:99:99Z } }]',
  ],
  ['a byte order mark', '\ufeffshops: []'],
  ['nothing', ''],
  ['no map', '- 1'],
  ['control characters', 'shops: "\u0000\u0007"\u0000'],
  ['halves of characters', 'shops: "\ud800"'],
  ['other line ends', 'shops: []\r\nroutes: []\rreply: {}\u2028ops: x\u0085'],
  ['too much', 'x'.repeat(1_000_001)],
];

describe('any configuration file', () => {
  it.each(nasty)('of %s is read or refused in words, and soon', (_name, text) => {
    expect(cpuMsOf(() => read(text))).toBeLessThan(2_000);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('made of a good one with anything wrong in it is read or refused in words', async () => {
    const asJson = mangled([parse(example), full]).map((bytes) => Buffer.from(bytes).toString());
    const line = fc.oneof(
      fc.constantFrom(...nasty.map(([, text]) => text).filter((text) => text.length < 1_000)),
      fc.tuple(fc.constantFrom(...oddKeys), anyText(10)).map(([key, value]) => `${key}: ${value}`),
      fc.constantFrom(
        '  - &x',
        '*x',
        '<<: *x',
        '? ',
        ': ',
        '|',
        '>-',
        '---',
        '...',
        '!!',
        '!a',
        '&',
        '%',
        '@',
        '`',
        "'",
        '"',
        '{',
        '}',
        '[',
        ']',
        '#',
        '${',
        '\t',
      ),
    );
    const asText = fc
      .array(fc.tuple(fc.nat({ max: example.split('\n').length }), fc.constantFrom('before', 'instead', 'within'), line), { maxLength: 4 })
      .map((changes) => changes.reduce(changed, example.split('\n')).join('\n'));
    await run(fc.oneof(asJson, asText), 0.05, (text) => void read(text));
  });
});

function changed(lines: readonly string[], [at, how, line]: readonly [number, string, string]): readonly string[] {
  const old = lines[at] ?? '';
  const middle = Math.floor(old.length / 2);
  const next = how === 'within' ? [`${old.slice(0, middle)}${line}${old.slice(middle)}`] : how === 'before' ? [line, old] : [line];
  return [...lines.slice(0, at), ...next, ...lines.slice(at + 1)];
}

/** All that a file may say. */
const full = {
  shops: [
    {
      ...{
        marketplace: 'tiktok-shop',
        externalId: '7494049642642441621',
        name: 'Lamp House',
        timezone: 'Asia/Bangkok',
        locale: 'th',
        region: 'TH',
        alias: 'lh',
      },
      credentials: { accessToken: secret, accessTokenExpiresAt: '2026-12-01T00:00:00Z', refreshToken: secret, shopCipher: secret },
    },
  ],
  channels: [{ platform: 'slack', connection: 'default', id: 'C0123456789', name: 'th-support', mode: 'reply', locale: 'en' }],
  ops: 'slack/C0123456789',
  routes: [
    { when: { marketplace: 'tiktok-shop', shop: '7494049642642441621' }, channel: 'slack/C0123456789' },
    {
      name: 'all',
      when: {
        ...{
          marketplace: ['tiktok-shop'],
          shop: ['7'],
          buyer: 'new',
          buyerTag: ['vip'],
          language: ['th'],
          product: '1',
          category: ['lamps'],
        },
        ...{ orderStatus: 'PAID', time: [{ zone: 'Asia/Bangkok', hours: { mon: '22:00-06:00' } }], keyword: ['退款'] },
        pattern: ['order\\s*#?\\d{6,}', '(a|b)+'],
      },
      ...{ channel: ['slack/C0123456789'], group: 'thai', assign: 'sticky', priority: 'high', tags: ['x'], sla: ['fast'], suggest: 'a' },
      ...{ autoReply: { text: 'hello' }, notifySupervisor: true },
    },
  ],
  categories: [{ name: 'lamps', products: ['17'] }],
  agents: [
    { name: 'ann', role: 'supervisor', accounts: ['slack/U0123456789', { platform: 'slack', userId: 'U1' }] },
    {
      ...{ name: 'bo', accounts: ['slack/U2'], groups: ['thai'], zone: 'Asia/Bangkok', capacity: 3, pingOffDuty: true },
      hours: { 'mon-fri': ['09:00-12:00', '13:00-18:00'] },
    },
  ],
  reply: { undoSeconds: 8, notePrefixes: ['//'], staleAfterMinutes: 30, reopenHours: 24 },
  screening: { off: ['digits'], warn: ['link'], release: 'supervisor' },
  sla: {},
};

describe('any environment', () => {
  it('is read, or refused in sentences that hold none of its values', async () => {
    const names = [
      ...[
        'HOST',
        'PORT',
        'PUBLIC_URL',
        'MONGODB_URI',
        'DATA_DIR',
        'LOG_LEVEL',
        'THREADMART_CONFIG',
        'SECRET_KEY',
        'ADMIN_TOKEN',
        '__proto__',
      ],
      ...['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'SLACK_API_URL', 'TIKTOK_SHOP_APP_KEY', 'TIKTOK_SHOP_APP_SECRET'],
      ...['TIKTOK_SHOP_API_URL', 'TIKTOK_SHOP_AUTH_URL', 'TIKTOK_SHOP_MEDIA_HOSTS'],
    ];
    const value = fc.oneof(
      anyText(20).map((text) => `${secret}${text}`),
      fc.constantFrom(
        '',
        ' ',
        '-1',
        '65536',
        '99999',
        '1e3',
        `http://${secret}`,
        `https://x/${'/'.repeat(2_000)}`,
        `mongodb://a:${secret}@h/d`,
        `${'A'.repeat(43)}=,${secret}`,
      ),
    );
    await run(fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 8 }), 0.02, (pairs) => {
      try {
        loadConfig(Object.fromEntries(pairs), { marketplaces, bots });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        must(!error.describe('en').includes('hush-hush') && !error.describe('zh-CN').includes('hush-hush'), 'a problem tells a value');
      }
    });
  });
});
