import { describe, expect, it } from 'vitest';
import { figureVerbs } from '../../src/answers/figures.ts';
import type { CommandQuestion } from '../../src/answers/questions.ts';
import type { StatsQuestion } from '../../src/core/figures/answer.ts';
import { noFigures } from '../../src/core/figures/figures.ts';
import { summaryOf } from '../../src/core/figures/summary.ts';

const now = new Date('2026-11-27T02:00:00Z');

function verbs(shopZones: readonly string[], groups = 0) {
  const asked: unknown[] = [];
  const queue = async (...given: readonly unknown[]) => {
    asked.push(given);
    return { now, waiting: 0, atRisk: 0, missed: 0, asleep: 0, noAnswerNeeded: 0, items: [] };
  };
  const known = figureVerbs({
    stats: {
      answer: async ({ range, scope, by }: StatsQuestion) => {
        asked.push([`${range.firstDay}..${range.lastDay}`, range.zone, by]);
        const summary = summaryOf(noFigures);
        const named = Array.from({ length: groups }, (_, index) => ({ key: `market:${index}`, name: `Shop ${index}`, ...summary }));
        return {
          range,
          scope,
          by,
          asOf: now,
          total: summary,
          groups: named,
          agents: [],
          hours: [],
          tags: [],
          keywords: [],
          titles: {},
          performance: [],
          forecast: null,
        };
      },
    },
    desk: { queue: (scope, limit) => queue(scope, limit), mine: (userId) => queue(userId), agents: async () => [] },
    shops: async () => shopZones.map((timezone) => ({ timezone })),
    clock: { now: () => now },
  });
  const say = async (name: string, words: string) => {
    const verb = known.get(name);
    if (!verb) throw new Error(`there is no ${name}`);
    const question: CommandQuestion = {
      ...{ bot: 'slack/default', words, mentions: [], userId: 'U1', channelId: 'C1', locale: 'en', signal: AbortSignal.timeout(1_000) },
      asker: { locale: 'en', mayAsk: true, mayAnswer: true, agent: null },
    };
    return verb(question);
  };
  return { asked, say };
}

describe('/tm', () => {
  it.each([
    ['', ['Asia/Bangkok'], ['2026-11-27..2026-11-27', 'Asia/Bangkok', null]],
    ['7d agent', ['Asia/Bangkok', 'Asia/Bangkok'], ['2026-11-21..2026-11-27', 'Asia/Bangkok', 'agent']],
    ['channel 2026-11-01..2026-11-02', ['Asia/Bangkok', 'UTC'], ['2026-11-01..2026-11-02', 'UTC', 'channel']],
  ])('stats %s', async (words, zones, wanted) => {
    const { asked, say } = verbs(zones);
    const { parts } = await say('stats', words);
    expect(asked).toEqual([wanted]);
    expect(parts.map(({ kind }) => kind)).toEqual(['title', 'table']);
  });

  it.each(['soon', '7d 30d', 'shop agent'])('says how stats are asked for, where it cannot read %s', async (words) => {
    const { asked, say } = verbs(['UTC']);
    expect(await say('stats', words)).toMatchObject({ parts: [{ kind: 'notice', notice: { key: 'figures.how' } }] });
    expect(asked).toEqual([]);
  });

  it('shows the first of many groups, and how many there are besides', async () => {
    const { parts } = await verbs(['UTC'], 23).say('stats', 'shop');
    const tables = parts.flatMap((part) => (part.kind === 'table' ? [part] : []));
    expect(tables.at(-1)?.rows).toHaveLength(20);
    // Numbers stand to the right.
    expect(
      tables
        .at(-1)
        ?.columns.map(({ align }) => align)
        .slice(0, 3),
    ).toEqual(['left', 'right', 'right']);
    expect(parts.at(-1)).toMatchObject({ kind: 'lines', lines: [expect.stringContaining('3')] });
  });

  it('queue, mine and agents', async () => {
    const { asked, say } = verbs(['UTC']);
    expect(await say('queue', '')).toMatchObject({ parts: [{ kind: 'title', words: 'Nobody waits.' }] });
    await say('mine', '');
    expect(await say('agents', '')).toMatchObject({ parts: [{ kind: 'title', words: 'Nobody has anything in hand.' }] });
    expect(asked).toEqual([[{}, 20], ['U1']]);
  });
});
