import { expect, it } from 'vitest';
import { health } from '../../src/answers/health.ts';
import type { CommandQuestion } from '../../src/answers/questions.ts';
import type { QueueAnswer } from '../../src/core/figures/desk.ts';

it('tells what works, and why something does not', async () => {
  const queue: QueueAnswer = { now: new Date(0), waiting: 2, atRisk: 1, missed: 0, asleep: 0, noAnswerNeeded: 0, items: [] };
  const checks = () => [
    { name: 'store', ok: true },
    { name: 'slack/default', ok: false, problem: 'token_revoked' },
  ];
  const { parts } = await health(checks, { queue: async () => queue })({ locale: 'en' } as CommandQuestion);
  expect(parts).toEqual([
    { kind: 'title', words: '2 wait, 1 of them at risk, 0 late' },
    { kind: 'lines', lines: ['✅ store', '🔴 slack/default (token_revoked)'] },
  ]);
});
