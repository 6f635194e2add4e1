import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyConfig } from '../../src/apply.ts';
import { readConfigFile } from '../../src/config/file.ts';
import { ConfigError, describeProblem } from '../../src/config/problem.ts';
import type { ReplyLimits } from '../../src/core/compose.ts';
import { text } from '../../src/core/texts/index.ts';
import type { Stand } from '../shops/stand.ts';
import { openStand, silent } from '../shops/stand.ts';

const limits: ReplyLimits = { maxReplyChars: 100, images: 'unsupported', maxImageBytes: 0, imageTypes: [], ownHosts: [] };
const known = { marketplaces: ['tiktok-shop', 'shopee'], bots: ['slack'] };
const read = (yaml: string) => readConfigFile(yaml, {}, known);
const problemsOf = (yaml: string): readonly string[] => {
  try {
    read(yaml);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => describeProblem(problem, 'en'));
  }
};

describe('the section templates', () => {
  it('takes variants in normal form, for any marketplace and language unless it says so', () => {
    const yaml =
      'templates:\n  - { name: Shipped, marketplace: tiktok-shop, language: TH, text: "Hi {{buyer.name}}" }\n  - name: hello\n    text: |\n      One\n      Two\n';
    expect(read(yaml).sections.templates).toEqual([
      { name: 'shipped', marketplace: 'tiktok-shop', language: 'th', text: 'Hi {{buyer.name}}' },
      { name: 'hello', marketplace: null, language: null, text: 'One\nTwo' },
    ]);
    expect(read(yaml).warnings).toEqual([]);
  });

  it('says what is wrong, where, and without the words themselves', () => {
    const problems = problemsOf(
      [
        'templates:',
        '  - { name: two words, text: a }',
        '  - { name: a, marketplace: ebay, text: a }',
        '  - { name: b, language: thai, text: a }',
        '  - { name: c, text: "Hi {{buyer.secret-value}}" }',
        '  - { name: d, text: "Hi {{buyer.name}" }',
        '  - { name: e, text: "\u200b" }',
        `  - { name: f, text: ${'x'.repeat(10_001)} }`,
        '  - { name: g }',
        '  - { name: new, text: a }',
        '  - { name: h, text: a, lang: th }',
      ].join('\n'),
    );
    expect(problems.join()).not.toContain('secret-value');
    expect(problems).toEqual([
      expect.stringContaining('threadmart.yaml:2:13 templates[0].name: must be one word of letters, digits, - and _, at most'),
      expect.stringContaining('threadmart.yaml:3:29 templates[1].marketplace: must be one of: tiktok-shop, shopee'),
      expect.stringContaining('threadmart.yaml:4:26 templates[2].language: must be a language, such as th or zh-TW'),
      expect.stringContaining('threadmart.yaml:5:22 templates[3].text: names a variable that is not known; there are {{buyer.name}}'),
      expect.stringContaining('threadmart.yaml:6:22 templates[4].text: Two braces stand where no variable is; a variable is written as'),
      expect.stringContaining('threadmart.yaml:7:22 templates[5].text: must not be empty'),
      expect.stringContaining('threadmart.yaml:8:22 templates[6].text: has more than 10,000 characters'),
      expect.stringContaining('threadmart.yaml:9:5 templates[7].text: is missing'),
      expect.stringContaining('threadmart.yaml:10:13 templates[8].name: must be one word of letters, digits, - and _,'),
      expect.stringContaining('threadmart.yaml:11:25 templates[9].lang: is not known here'),
    ]);
  });

  it('has one variant a place', () => {
    expect(problemsOf('templates:\n  - { name: a, language: th, text: x }\n  - { name: A, language: TH, text: y }')).toEqual([
      'threadmart.yaml:3:13 templates[1].name: is there twice, first as templates[0]',
    ]);
  });
});

describe('templates of a file', () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await openStand();
  });
  afterAll(() => stand.close());
  beforeEach(() => stand.empty());

  const on = { marketplaces: new Map([['tiktok-shop', limits]]), bots: new Set(['slack/default']) };
  const apply = async (yaml: string, dryRun = false) => {
    const { differences, warnings } = await applyConfig(read(yaml), { ...stand, on, log: silent }, { dryRun });
    return {
      changes: differences.map(({ key, params }) => text('en', key, params)),
      warnings: warnings.map((warning) => describeProblem(warning, 'en')),
    };
  };
  const texts = async () => Object.fromEntries((await stand.templates.list()).map(({ _id, text: words }) => [_id, words]));
  const file = 'templates:\n  - { name: shipped, language: th, text: one }\n  - { name: hello, text: two }\n';
  const change = { at: new Date('2026-11-27T00:00:00Z'), by: 'U1' };

  it('are saved once, and told', async () => {
    expect((await apply(file, true)).changes).toEqual(['template shipped/*/th: added', 'template hello/*/*: added']);
    expect(await texts()).toEqual({});
    expect((await apply(file)).changes).toHaveLength(2);
    expect((await apply(file)).changes).toEqual([]);
    expect(await texts()).toEqual({ 'hello/*/*': 'two', 'shipped/*/th': 'one' });
  });

  it('leave alone what was edited or removed in chat, until the file says something else of it', async () => {
    await apply(file);
    await stand.templates.save({ name: 'shipped', marketplace: null, language: 'th', text: 'edited' }, change);
    await stand.templates.remove('hello/*/*');
    expect((await apply(`${file}reply: { undoSeconds: 3 }`)).changes).toEqual(['reply.undoSeconds: 8 -> 3']);
    expect(await texts()).toEqual({ 'shipped/*/th': 'edited' });
    expect((await apply(file.replace('text: one', 'text: three'))).changes).toEqual(['template shipped/*/th: changed']);
    expect(await texts()).toEqual({ 'shipped/*/th': 'three' });
  });

  it('stay when the file leaves them out', async () => {
    await apply(file);
    await apply('reply: { undoSeconds: 3 }');
    expect(Object.keys(await texts())).toHaveLength(2);
  });

  it('are refused where they could never be sent, and remarked upon where they would be held', async () => {
    const long = `templates:\n  - { name: long, marketplace: tiktok-shop, text: ${'word '.repeat(110)} }\n`;
    await expect(apply(long)).rejects.toThrow('threadmart.yaml:2:51 templates[0].text');
    expect(await texts()).toEqual({});
    const held = await apply('templates:\n  - { name: call, text: "Call +66 81 234 5678" }\n');
    expect(held.warnings[0]).toBe('threadmart.yaml:2:25 templates[0].text: On tiktok-shop it would be held:');
    expect(Object.keys(await texts())).toEqual(['call/*/*']);
  });
});
