import { describe, expect, it } from 'vitest';
import { decideThread } from '../../../src/core/decide-chat.ts';
import { commandOf, commands } from '../../../src/core/desk/commands.ts';
import { durationMs, priorityOf, tagOf, timeOfDay } from '../../../src/core/desk/parse.ts';
import { localTime, momentOf, timeInBoth } from '../../../src/core/desk/when.ts';
import type { HistoryEvent } from '../../../src/core/inquiry.ts';
import { member, settings, threadView } from '../fixtures.ts';

const minute = 60_000;

describe('the command table', () => {
  it('has no word that stands for two', () => {
    const words = Object.values(commands).flatMap((command) => command.words);
    expect(words.toSorted()).toEqual([...new Set<string>(words)].toSorted());
  });
  it('knows each word, in both languages', () => {
    for (const [verb, { words }] of Object.entries(commands))
      for (const word of words) expect(commandOf(word, ' rest ')).toEqual({ kind: 'command', verb, rest: 'rest' });
  });
  it.each([
    ['asign', 'assign'],
    ['reslove', 'resolve'],
    ['snoze', 'snooze'],
    ['qwertzuiop', null],
  ])('%s: did you mean %s', (word, meant) => {
    expect(commandOf(word, '')).toEqual({ kind: 'unknown', word, meant });
  });
});

describe('a time that one person reads', () => {
  const at = new Date('2026-11-26T17:00:00Z');
  it.each([
    ['Asia/Bangkok', 'Europe/Berlin', 'en', '11-27 00:00 (your 11-26 18:00)'],
    ['Asia/Bangkok', 'Asia/Shanghai', 'zh-CN', '11-27 00:00（您的 11-27 01:00）'],
    // The same clock under another name.
    ['Asia/Bangkok', 'Asia/Jakarta', 'en', '11-27 00:00'],
    ['Asia/Bangkok', null, 'en', '11-27 00:00'],
  ] as const)('of a shop in %s, by somebody in %s', (shop, own, locale, words) => {
    expect(timeInBoth(at, shop, own, locale)).toBe(words);
  });

  it('is in the history that they ask for, in their language', () => {
    const agents = [{ name: 'Ann', role: 'agent', accounts: [], zone: 'Europe/Berlin' }] as const;
    const history = [{ kind: 'opened', at, by: null } as HistoryEvent];
    const asks = { kind: 'command', id: 'c1', word: 'history', rest: '', mentions: [], at } as const;
    const view = threadView({ zone: 'Asia/Bangkok', settings: { ...settings, agents } });
    const of = (agent: string | null) => {
      const event = { ...asks, member: { ...member, agent, locale: 'zh-CN' } } as const;
      const { turn } = decideThread({ ...view, asked: { ...view.asked, history } }, [event]);
      return turn?.deliveries.flatMap(({ content }) =>
        content.kind === 'notice' ? content.notice.reasons.map(({ params }) => params['time']) : [],
      );
    };
    expect(of('Ann')).toEqual(['11-27 00:00（您的 11-26 18:00）']);
    expect(of(null)).toEqual(['11-27 00:00']);
  });
});

describe('what follows a command', () => {
  it.each([
    ['2h', 120 * minute],
    ['30m', 30 * minute],
    ['1d', 1_440 * minute],
    ['1h30m', 90 * minute],
    ['1 h 30 m', 90 * minute],
    ['２h', 120 * minute],
    ['2小时', 120 * minute],
    ['30分钟', 30 * minute],
    ['0m', null],
    ['2', null],
    ['2h later', null],
    ['9999d', null],
    ['', null],
  ])('%j is a duration of %s ms', (words, ms) => expect(durationMs(words)).toBe(ms));

  it.each([
    ['until 09:00', { hour: 9, minute: 0 }],
    ['9:05', { hour: 9, minute: 5 }],
    ['至09：00', { hour: 9, minute: 0 }],
    ['24:00', null],
    ['09:60', null],
    ['nine', null],
  ])('%j is a time of day', (words, time) => expect(timeOfDay(words)).toEqual(time));

  it.each([
    ['urgent', 'urgent'],
    ['紧急', 'urgent'],
    [' HIGH ', 'high'],
    ['whatever', null],
  ])('%j is a priority', (words, priority) => expect(priorityOf(words)).toBe(priority));

  it.each([
    ['#Refund', 'refund'],
    ['Late delivery', 'late-delivery'],
    ['退款', '退款'],
    ['#', null],
    ['x'.repeat(41), null],
  ])('%j is a tag', (words, tag) => expect(tagOf(words)).toBe(tag));
});

describe('until when', () => {
  const now = new Date('2026-11-27T12:00:00Z');
  it.each([
    ['2h', 'Asia/Bangkok', '2026-11-27T14:00:00Z'],
    ['until 20:30', 'Asia/Bangkok', '2026-11-27T13:30:00Z'],
    ['until 09:00', 'Asia/Bangkok', '2026-11-28T02:00:00Z'],
    ['19:00', 'Asia/Bangkok', '2026-11-28T12:00:00Z'],
    ['until 18:00', 'Asia/Kathmandu', '2026-11-27T12:15:00Z'],
  ])('%j in %s', (words, zone, expected) => expect(momentOf(words, now, zone)).toEqual(new Date(expected)));

  it('a time that the clocks leave out comes as long after the change', () => {
    // 2026-03-29 02:00 becomes 03:00 in Berlin.
    expect(momentOf('02:30', new Date('2026-03-28T23:00:00Z'), 'Europe/Berlin')).toEqual(new Date('2026-03-29T01:30:00Z'));
  });
  it('is nothing for words', () => expect(momentOf('tomorrow', now, 'UTC')).toBeNull());
  it('is shown as a clock there has it', () => expect(localTime(now, 'Asia/Kathmandu')).toBe('11-27 17:45'));
});
