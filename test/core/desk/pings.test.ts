import { describe, expect, it } from 'vitest';
import { decideMessages } from '../../../src/core/decide-marketplace.ts';
import { type Colleague, calledBy, isStanding } from '../../../src/core/desk/pings.ts';
import type { Inquiry } from '../../../src/core/inquiry.ts';
import { newClock } from '../../../src/core/sla/clock.ts';
import type { Reminder } from '../../../src/core/sla/reminders.ts';
import { at, conversationView, incoming, inquiry, now, routed } from '../fixtures.ts';

const colleague = (userId: string, more: Partial<Colleague> = {}): Colleague => ({
  userId,
  agent: userId,
  groups: [],
  isSupervisor: false,
  mayBeCalled: true,
  ...more,
});
const ann = colleague('ann', { groups: ['thai'] });
const bo = colleague('bo', { groups: ['thai'] });
const boss = colleague('boss', { isSupervisor: true });
const of = (userId: string) => ({ assignee: { userId, name: userId, agent: userId } });
const asleep = (one: Colleague): Colleague => ({ ...one, mayBeCalled: false });

describe('whom a step calls', () => {
  it.each<[string, Reminder['to'], Partial<Inquiry>, readonly Colleague[], readonly string[] | null]>([
    ['who has it', 'assignee', of('ann'), [ann, bo, boss], ['ann']],
    [
      'who has it, under another account of theirs',
      'assignee',
      { assignee: { userId: 'ann-elsewhere', name: 'ann', agent: 'ann' } },
      [ann, bo],
      ['ann'],
    ],
    ['all, where nobody has it', 'assignee', {}, [ann, bo], ['ann', 'bo']],
    ['its group', 'group', { group: 'thai' }, [ann, colleague('cy')], ['ann']],
    ['its group, where who has it is asleep', 'assignee', { ...of('ann'), group: 'thai' }, [asleep(ann), bo, boss], ['bo']],
    ['a supervisor, where the group is asleep', 'group', { group: 'thai' }, [asleep(ann), asleep(bo), boss], ['boss']],
    ['the supervisors', 'supervisor', of('ann'), [ann, boss], ['boss']],
    ['nobody at night', 'assignee', of('ann'), [asleep(ann), asleep(boss)], null],
  ])('%s', (_, to, changes, colleagues, userIds) => {
    expect(calledBy({ to }, { ...inquiry, ...changes }, colleagues)).toEqual(userIds && { userIds, here: false });
  });
  it('whoever is there, where the settings name nobody', () => {
    expect(calledBy({ to: 'group' }, { ...inquiry, ...of('ann') }, [])).toEqual({ userIds: [], here: true });
    expect(calledBy({ to: 'assignee' }, { ...inquiry, ...of('ann') }, [])).toEqual({ userIds: ['ann'], here: false });
  });
});

describe('a reminder', () => {
  const reminder: Reminder = { key: 'k', policy: 'p', owner: 'marketplace', step: 0, to: 'assignee', startedAt: now, dueAt: at(180) };
  const running = { clocks: [{ ...newClock('p'), startedAt: now, dueAt: at(180) }] };
  it.each<[string, Partial<Reminder>, Partial<Inquiry>, boolean]>([
    ['stands while its turn goes on', {}, running, true],
    [
      'stands though it turned out that the buyer had asked before',
      {},
      { clocks: [{ ...newClock('p'), startedAt: at(-60), dueAt: at(120), reminded: { startedAt: now, steps: 1 } }] },
      true,
    ],
    ['falls with the answer', {}, { clocks: [newClock('p')] }, false],
    ['falls with a turn that began anew', { startedAt: at(-60) }, running, false],
    ['falls where no answer is needed', {}, { ...running, noAnswerNeeded: true }, false],
    ['of the marketplace outlasts a snooze', {}, { ...running, snoozedUntil: at(600) }, true],
    ['of the team does not', { owner: 'team' }, { ...running, snoozedUntil: at(600) }, false],
  ])('%s', (_, changes, state, stands) => expect(isStanding({ ...reminder, ...changes }, { ...inquiry, ...state })).toBe(stands));
});

describe('a supervisor whom a rule calls', () => {
  const calls = (notifySupervisor: boolean) =>
    decideMessages(conversationView({ routed: { ...routed, name: 'vip', outcome: { ...routed.outcome, notifySupervisor } } }), [
      incoming('m1'),
      incoming('m2'),
    ]).turn?.deliveries.filter(({ content }) => content.kind === 'ping');
  it('is called once, when the inquiry opens', () => {
    expect(calls(true)).toMatchObject([
      { _id: 'i2:ping:rule', gate: 'bot:slack/default', content: { reminder: { to: 'supervisor', rule: 'vip' } } },
    ]);
    expect(calls(false)).toEqual([]);
  });
  it('is not called where the rule took it in vain: it is resolved', () => {
    const call = { key: 'rule', to: 'supervisor', rule: 'vip' } as const;
    expect([true, false].map((open) => isStanding(call, { ...inquiry, open }))).toEqual([true, false]);
  });
});
