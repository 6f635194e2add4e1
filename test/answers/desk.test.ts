import { expect, it } from 'vitest';
import { desk } from '../../src/answers/desk.ts';
import { sentence } from '../../src/core/ask.ts';
import { inquiryId, shortIdOf } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { inquiry, now, settings } from '../core/fixtures.ts';

const of = (id: string, changes: Partial<Inquiry> = {}): Inquiry => ({ ...inquiry, _id: inquiryId(id), ...changes });
const closed = { open: false, status: 'resolved' } as const;

function ask(words: string, known: readonly Inquiry[] = [], mayAnswer = true) {
  const answer = desk({
    inquiries: { beginningWith: async (beginning) => known.filter(({ _id }) => _id.startsWith(beginning)) },
    settings: () => ({
      ...settings,
      agents: [{ name: 'Ann', role: 'agent', accounts: [{ platform: 'slack', userId: 'U1' }], zone: 'Asia/Bangkok' }],
    }),
    clock: { now: () => now },
  });
  return answer({
    ...{ bot: 'slack/default', text: words, mentions: [], userId: 'U1', channelId: 'C1', locale: 'en' },
    ...{ asker: { locale: 'en', mayAsk: true, mayAnswer, agent: 'Ann' }, signal: new AbortController().signal },
  });
}

it('takes a command for the one inquiry that is meant, and leads there', async () => {
  const [open, other] = [of('4f2a1c0000'), of('4f2a1c1111', closed)];
  const taken = { parts: [{ kind: 'lines', lines: [{ post: { channelId: 'C1', messageId: '1.0' } }] }] };
  expect(await ask(`claim ${shortIdOf(open._id)}`, [open, other])).toMatchObject(taken);
  expect(await ask('reopen 4f2a1c1', [open, other])).toMatchObject(taken);
});

it('says so where none is meant, or several are', async () => {
  const none = sentence('answer.no-inquiry', { id: '4f2a1c' });
  expect(await ask('claim 4f2a1c', [])).toEqual(none);
  expect(await ask('claim 4f2a1c', [of('4f2a1c0000'), of('4f2a1c1111')])).toEqual(none);
  expect(await ask('reopen 4f2a1c', [of('4f2a1c0000', closed), of('4f2a1c1111', closed)])).toEqual(none);
  expect(await ask('claim')).toEqual(sentence('answer.which-inquiry', { word: 'claim' }));
  expect(await ask('undo')).toEqual(sentence('answer.in-thread', { word: 'undo' }));
});

it('tells until when somebody is away, by their own clock', async () => {
  expect(await ask('away until 21:00')).toEqual(sentence('command.away-until', { time: '11-24 21:00' }));
  expect(await ask('back')).toEqual(sentence('command.back'));
});

it('refuses who may not answer, and leaves to others what it does not know', async () => {
  expect(await ask('away', [], false)).toEqual(sentence('reply.not-allowed'));
  expect(await ask('stats 7d', [], false)).toBeNull();
});
