import { describe, expect, it } from 'vitest';
import { decideDue } from '../../../src/core/desk/due.ts';
import { nextDue } from '../../../src/core/desk/moments.ts';
import type { Inquiry } from '../../../src/core/inquiry.ts';
import { defaultSettings } from '../../../src/core/settings.ts';
import { at, clocking, inquiry, now } from '../fixtures.ts';

const { desk } = defaultSettings;
const assignee = { userId: 'U1', name: 'Ann', agent: null };
const of = (changes: Partial<Inquiry>): Inquiry => ({ ...inquiry, ...changes });
const due = (changes: Partial<Inquiry>, seconds: number, policy = desk) =>
  decideDue({
    ...clocking,
    ...{ inquiry: of(changes), settings: { ...defaultSettings, desk: policy }, followUpWords: null },
    ...{ lane: 'due', turnId: 't1', now: at(seconds) },
  });

describe('the next moment', () => {
  it.each<[string, Partial<Inquiry>, Date | null]>([
    ['nobody has it, the buyer waits', {}, null],
    ['a claim runs', { assignee, claimedAt: now }, at(600)],
    ['a claim is old and the buyer wrote again', { assignee, claimedAt: at(-5_000), waitingSince: at(60) }, at(660)],
    ['a claim while nobody waits', { assignee, claimedAt: now, status: 'answered', waitingSince: null, lastReplyAt: now }, at(86_400)],
    ['no answer is needed', { assignee, claimedAt: now, noAnswerNeeded: true }, at(86_400)],
    ['it is snoozed', { snoozedUntil: at(60), assignee, claimedAt: now }, at(60)],
    ['it is answered', { status: 'answered', waitingSince: null, lastOutsideReplyAt: at(30) }, at(86_430)],
    ['it is resolved', { status: 'resolved', open: false, snoozedUntil: at(60) }, null],
  ])('where %s', (_, changes, expected) => expect(nextDue(of(changes), desk)).toEqual(expected));
});

describe('what becomes due', () => {
  it('what slept after it was answered stays open for its time', () => {
    const slept = { status: 'answered', waitingSince: null, lastReplyAt: now, snoozedUntil: at(200_000), dueAt: at(200_000) } as const;
    expect(due(slept, 200_000)?.inquiry).toMatchObject({ status: 'answered', snoozedUntil: null, dueAt: at(286_400) });
  });
  it('a claim without an answer goes back to all', () => {
    const turn = due({ assignee, claimedAt: now, dueAt: at(600) }, 600);
    expect(turn?.inquiry).toMatchObject({ assignee: null, claimedAt: null, surfaceNext: true, dueAt: null });
    expect(turn?.history).toMatchObject([{ kind: 'released-claim', by: null }]);
    expect(turn?.deliveries.map(({ content }) => content.kind)).toEqual(['card']);
  });
  it('an answered case is closed in silence', () => {
    const turn = due({ status: 'answered', waitingSince: null, lastReplyAt: now, dueAt: at(86_400) }, 86_400);
    expect(turn?.inquiry).toMatchObject({ status: 'resolved', open: false, dueAt: null });
    expect(turn?.history).toMatchObject([
      { kind: 'resolved', by: null, data: { by: 'policy', openMs: 86_400_000, buyerMessages: 1, replies: 0 } },
    ]);
    expect(turn?.deliveries.map(({ content }) => content.kind)).toEqual(['card']);
  });
  it('and what waited for a decision then is nobody’s trouble any more', () => {
    const answered = { status: 'answered', waitingSince: null, lastReplyAt: now, heldReplies: [{ id: 'r1', since: now }] } as const;
    expect(due({ ...answered, dueAt: at(86_400) }, 86_400)?.inquiry).toMatchObject({ status: 'resolved', heldReplies: [] });
  });
  it('never, where that is what the team wants', () => {
    expect(due({ status: 'answered', waitingSince: null, lastReplyAt: now }, 1e7, { ...desk, autoResolveHours: 0 })).toBeNull();
  });
  it('what slept wakes', () => {
    expect(due({ snoozedUntil: at(60), dueAt: at(60) }, 61)?.inquiry).toMatchObject({ snoozedUntil: null, surfaceNext: true, dueAt: null });
  });
  it('all that is due at once, in one turn', () => {
    const turn = due({ snoozedUntil: at(60), assignee, claimedAt: now, dueAt: at(60) }, 700);
    expect(turn?.history.map(({ kind }) => kind)).toEqual(['snoozed', 'released-claim']);
  });
  it('is nothing where the inquiry has moved on', () => {
    expect(due({ assignee, claimedAt: at(500), dueAt: at(1_100) }, 600)).toBeNull();
  });
  it('a moment that settings have changed since is put right', () => {
    const turn = due({ assignee, claimedAt: now, dueAt: at(60) }, 60);
    expect(turn?.inquiry.dueAt).toEqual(at(600));
    expect(turn?.history).toEqual([]);
  });
});
