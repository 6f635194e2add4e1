import { strFromU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { ChatBot, FetchedMedia } from '../../bots/bot.ts';
import { exportVerb } from '../../src/answers/export.ts';
import { sentence } from '../../src/core/ask.ts';
import { noFigures } from '../../src/core/figures/figures.ts';
import { eachDay, type StatsRange } from '../../src/core/figures/range.ts';
import { summaryOf } from '../../src/core/figures/summary.ts';
import { type FailureKind, PlatformError } from '../../src/errors.ts';
import type { Stats } from '../../src/figures/stats.ts';

const now = new Date('2026-11-27T02:00:00Z');
const summary = summaryOf(noFigures);

function chat({
  fails,
  groups = 1,
  canSend = true,
}: {
  readonly fails?: FailureKind;
  readonly groups?: number;
  readonly canSend?: boolean;
} = {}) {
  const sent: { readonly userId: string; readonly file: FetchedMedia }[] = [];
  const asked: string[] = [];
  const sendFile: NonNullable<ChatBot['sendFile']> = async (userId, file) => {
    if (fails) throw new PlatformError('no', { kind: fails, platform: 'slack', code: 'no' });
    sent.push({ userId, file });
  };
  const named = Array.from({ length: groups }, (_, index) => ({ key: `market:${index}`, name: `Shop ${index}`, ...summary }));
  const bot: Pick<ChatBot, 'sendFile'> = canSend ? { sendFile } : {};
  const verb = exportVerb({
    bots: new Map([['slack/default', bot]]),
    stats: {
      performance: async () => [],
      daily: async (range: StatsRange, _scope: object, by: string | null) => {
        asked.push(`${range.firstDay}..${range.lastDay} ${range.zone} ${by}`);
        return eachDay(range).map(({ firstDay }) => ({ day: firstDay, summary, groups: by === null ? [] : named }));
      },
      answer: async () => ({ total: summary, agents: [] }),
    } as unknown as Stats,
    shops: async () => [{ timezone: 'Asia/Bangkok' }],
    clock: { now: () => now },
    log: { warn() {} },
  });
  const say = (words: string, mayAnswer = true) =>
    verb({
      ...{ bot: 'slack/default', words, mentions: [], userId: 'U1', channelId: 'C1', locale: 'en', signal: AbortSignal.timeout(60_000) },
      asker: { locale: 'en', mayAsk: true, mayAnswer, agent: null },
    });
  return { sent, asked, say };
}

describe('/tm export', () => {
  it('is for those who may answer buyers', async () => {
    const { sent, asked, say } = chat();
    expect(await say('', false)).toEqual(sentence('answer.not-allowed'));
    expect([sent, asked]).toEqual([[], []]);
  });

  it.each([
    ['', '2026-10-29..2026-11-27 Asia/Bangkok null', 'threadmart-2026-10-29..2026-11-27.xlsx'],
    ['csv today', '2026-11-27..2026-11-27 Asia/Bangkok null', 'threadmart-days-2026-11-27..2026-11-27.csv'],
    ['agent xlsx 2026-11-01..2026-11-02', '2026-11-01..2026-11-02 Asia/Bangkok agent', 'threadmart-2026-11-01..2026-11-02.xlsx'],
  ])('%j is handed to whoever asked', async (words, question, name) => {
    const { sent, asked, say } = chat();
    expect(await say(words)).toEqual(sentence('export.sent', { name }));
    expect(asked).toEqual([question]);
    expect(sent).toMatchObject([{ userId: 'U1', file: { name } }]);
  });

  it('is what the command line writes', async () => {
    const { sent, say } = chat({ groups: 2 });
    await say('csv shop yesterday');
    const lines = strFromU8(sent[0]?.file.bytes.subarray(3) ?? new Uint8Array()).split('\r\n');
    expect(lines.map((line) => line.split(',').slice(0, 3).join())).toEqual([
      'day,shop,shop_name',
      '2026-11-26,market:0,Shop 0',
      '2026-11-26,market:1,Shop 1',
      '',
    ]);
    expect(sent[0]?.file.mimeType).toBe('text/csv; charset=utf-8');
  });

  it.each(['soon', 'csv xlsx', '7d 30d'])('says how it is asked for, where it cannot read %s', async (words) => {
    expect(await chat().say(words)).toEqual(sentence('export.how'));
  });

  it('is no more than a chat should wait for', async () => {
    const { sent, say } = chat({ groups: 400 });
    const tooMuch = (rows: number) => sentence('export.too-much', { days: 366, rows });
    expect(await say('367d')).toEqual(tooMuch(2_000));
    expect(await say('6d shop')).toEqual(tooMuch(2_000));
    expect(await say('30d shop csv')).toEqual(tooMuch(10_000));
    expect(sent).toEqual([]);
    expect(await say('6d shop csv')).toEqual(sentence('export.sent', { name: 'threadmart-days-2026-11-22..2026-11-27.csv' }));
  });

  it('says so where it cannot be handed over', async () => {
    expect(await chat({ canSend: false }).say('')).toEqual(sentence('export.not-here'));
    for (const kind of ['auth', 'rejected'] as const) expect(await chat({ fails: kind }).say('7d')).toEqual(sentence('export.refused'));
    for (const kind of ['transient', 'uncertain', 'rate-limited'] as const)
      expect(await chat({ fails: kind }).say('7d')).toEqual(sentence('export.failed'));
  });
});
