import { describe, expect, it } from 'vitest';
import { judgeReminders, nothingWrong, type ReminderEvidence, type Waiting } from './checker-reminders.ts';

const [left, answered] = ['C1 1.0', 'C1 2.0'];
const turn = (thread: string, changes: Partial<Waiting> = {}): Waiting => ({
  ...{ thread, writtenAt: 100_400, startedAt: 100_000, until: Number.POSITIVE_INFINITY, answeredAt: null, markedAt: null },
  ...changes,
});
const line = (thread: string, policy: string, at: number) => ({ thread, leads: true, policy, at });

/** One buyer waits and was claimed; the other was answered after the first step, and asks again. */
const good: ReminderEvidence = {
  steps: [
    { policy: 'after-4', afterMs: 4_000 },
    { policy: 'after-8', afterMs: 8_000 },
  ],
  waiting: [
    turn(left),
    turn(answered, { answeredAt: 105_000, markedAt: 105_200, until: 110_300 }),
    turn(answered, { writtenAt: 110_300, startedAt: 110_000 }),
  ],
  lines: [
    line(left, 'after-4', 104_010),
    line(left, 'after-8', 130_000),
    line(answered, 'after-4', 104_010),
    line(answered, 'after-4', 114_000),
    line(answered, 'after-8', 118_000),
  ],
  cards: [
    { thread: left, assignees: [null, 'agent-1', null], taken: true },
    { thread: answered, assignees: [null, 'agent-2', null], taken: true },
    { thread: 'C1 3.0', assignees: [null], taken: false },
  ],
};

const without = (index: number) => ({ lines: good.lines.toSpliced(index, 1) });
const more = (...lines: ReminderEvidence['lines']) => ({ lines: [...good.lines, ...lines] });
const card = (assignees: readonly (string | null)[], taken = true) => ({ cards: [{ thread: left, assignees, taken }] });

describe('the checker of reminders', () => {
  it('finds nothing where all is as promised', () => expect(judgeReminders(good)).toEqual(nothingWrong));

  it.each<[string, Partial<ReminderEvidence>, keyof typeof nothingWrong]>([
    ['a reminder that never came', without(1), 'lost'],
    ['one of a buyer who asked again that never came', without(4), 'lost'],
    ['a reminder that came twice', more(line(left, 'after-4', 140_000)), 'doubled'],
    ['one that came twice in one post', more(line(left, 'after-8', 130_000)), 'doubled'],
    ['a reminder of what had been answered', more(line(answered, 'after-8', 108_000)), 'needless'],
    ['a reminder before its time', { lines: good.lines.with(0, line(left, 'after-4', 103_999)) }, 'early'],
    ['a reminder before anybody wrote', more(line(left, 'after-4', 100_300)), 'stray'],
    ['a reminder that leads nowhere', more(line('C2 1.0', 'after-4', 104_000)), 'stray'],
    ['a claim that ran out and still stands', card([null, 'agent-1']), 'claims'],
    ['a claim that was never shown', card([null]), 'claims'],
    ['a claim whose end was shown twice', card([null, 'agent-1', null, 'agent-1', null]), 'claims'],
    ['a claim of nobody', card([null, 'agent-1', null], false), 'claims'],
  ])('finds %s, and nothing else', (_, changes, kind) => {
    const verdict = judgeReminders({ ...good, ...changes });
    expect(verdict[kind]).toHaveLength(1);
    expect({ ...verdict, [kind]: [] }).toEqual(nothingWrong);
  });
});
