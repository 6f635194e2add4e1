import { describe, expect, it } from 'vitest';
import { templates } from '../../src/answers/templates.ts';
import type { StoredTemplate } from '../../src/store/templates.ts';

const now = new Date('2026-11-27T08:00:00Z');
const stored = (name: string, language: string | null, text = 'Hi'): StoredTemplate => ({
  ...{ _id: `${name}/*/${language ?? '*'}`, name, marketplace: null, language, text, changedAt: now, changedBy: null },
});
const asking = (all: readonly StoredTemplate[], words: string) =>
  templates({
    list: async () => all,
    named: async (name) => all.filter((one) => one.name === name),
    remarks: ({ text }) => (text === 'Hi' ? [] : [{ key: 'template.held', params: { marketplace: 'stub' } }]),
    unknown: async (name) => ({ key: 'template.none-of-this-name', params: { name } }),
  })({
    ...{ bot: 'slack/default', userId: 'U1', channelId: 'C1', mentions: [], locale: 'en' as const, words },
    asker: { locale: 'en', mayAsk: true, mayAnswer: true, agent: null },
    signal: new AbortController().signal,
  });

describe('/tm templates', () => {
  it('lists what there is, and says so where there is nothing', async () => {
    expect(await asking([stored('hello', null), stored('shipped', 'th'), stored('shipped', 'vi')], '')).toMatchObject({
      parts: [
        { kind: 'title', words: 'Templates (*: for any language)' },
        { kind: 'lines', lines: ['hello: *', 'shipped: th, vi'] },
      ],
    });
    expect(await asking([], '')).toMatchObject({ parts: [{ kind: 'notice', notice: { key: 'template.none' } }] });
    const many = Array.from({ length: 103 }, (_, at) => stored(`t${at}`, null));
    const { parts } = await asking(many, '');
    const lines = parts.flatMap((part) => (part.kind === 'lines' ? part.lines : []));
    expect([lines.length, lines.at(-1)]).toEqual([101, '… and 3 more line(s), which do not fit here.']);
  });

  it('shows the texts of one, and what would become of them', async () => {
    expect((await asking([stored('hello', null), stored('hello', 'th', 'a\nb')], ' hello ')).parts).toEqual([
      { kind: 'title', words: 'hello/*/*' },
      { kind: 'lines', lines: ['Hi'] },
      { kind: 'title', words: 'hello/*/th' },
      { kind: 'lines', lines: ['a', 'b', '(On stub it would be held:)'] },
    ]);
    expect(await asking([], 'helo')).toMatchObject({ parts: [{ kind: 'notice', notice: { key: 'template.none-of-this-name' } }] });
  });
});
