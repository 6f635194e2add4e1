import { describe, expect, it } from 'vitest';
import { decideDelivery, isDropped } from '../../../src/core/decide-delivery.ts';
import { decideMessages } from '../../../src/core/decide-marketplace.ts';
import type { Delivery } from '../../../src/core/delivery.ts';
import { decideDue } from '../../../src/core/desk/due.ts';
import { type FollowUpWords, isFollowUp } from '../../../src/core/desk/follow-up.ts';
import { nextDue } from '../../../src/core/desk/moments.ts';
import type { Inquiry } from '../../../src/core/inquiry.ts';
import { defaultSettings, type Settings } from '../../../src/core/settings.ts';
import type { Turn } from '../../../src/core/turn.ts';
import { at, clocking, conversationView, incoming, inquiry, now, threadView } from '../fixtures.ts';

const hour = 3_600;
const settings: Settings = {
  ...defaultSettings,
  desk: { ...defaultSettings.desk, followUp: { template: 'still', afterMs: 72 * hour * 1_000 } },
};
const { desk } = settings;
const answered: Inquiry = { ...inquiry, status: 'answered', waitingSince: null, lastReplyAt: at(60), firstReplyAt: at(60) };
const dueAt = 72 * hour + 60;

const words: FollowUpWords = {
  how: 'automatic',
  word: { kind: 'ready', name: 'still', text: 'Was that all?', numbers: [] },
  compose: { ...threadView().compose, signature: 'Lamp House' },
};
const due = (of: Inquiry, seconds: number, followUpWords: FollowUpWords | null = words, given = settings) =>
  decideDue({ ...clocking, inquiry: of, settings: given, followUpWords, lane: 'due', turnId: 't1', now: at(seconds) });

const repliesOf = (turn: Turn | null): readonly Delivery[] => turn?.deliveries.filter(({ content }) => content.kind === 'reply') ?? [];
const said = (turn: Turn | null) => turn?.deliveries.flatMap(({ content }) => (content.kind === 'notice' ? content.notice.key : []));

describe('when a silent buyer is asked', () => {
  it.each<[string, Partial<Inquiry>, Date | null]>([
    ['our answer has the last word', {}, at(dueAt)],
    ['it was given in Seller Center', { lastReplyAt: null, lastOutsideReplyAt: at(90) }, at(72 * hour + 90)],
    ['somebody took the case up later', { stirredAt: at(hour) }, at(73 * hour)],
    ['the buyer had the last word, and it was thanks', { lastBuyerAt: at(120) }, at(24 * hour + 120)],
    ['the buyer waits', { status: 'waiting', waitingSince: now }, null],
    ['it is snoozed', { snoozedUntil: at(hour) }, at(hour)],
    ['they were asked: resolving counts from then', { followedUpAt: at(dueAt) }, at(dueAt + 24 * hour)],
    ['it is resolved', { status: 'resolved', open: false }, null],
  ])('where %s', (_, changes, expected) => expect(nextDue({ ...answered, ...changes }, desk)).toEqual(expected));

  it('never, where nobody has switched it on, or where it is not known', () => {
    const { followUp, ...older } = defaultSettings.desk;
    for (const policy of [defaultSettings.desk, older]) expect(nextDue(answered, policy)).toEqual(at(24 * hour + 60));
    expect(followUp).toBeNull();
  });

  it('though nothing is ever resolved by time', () => {
    expect(nextDue(answered, { ...desk, autoResolveHours: 0 })).toEqual(at(dueAt));
    expect(nextDue({ ...answered, followedUpAt: now }, { ...desk, autoResolveHours: 0 })).toBeNull();
  });
});

describe('what a silent buyer is asked', () => {
  it('goes in nobody’s name after the time to take it back, and is asked once', () => {
    const turn = due(answered, dueAt);
    expect(turn?.inquiry).toMatchObject({ status: 'answered', open: true, followedUpAt: at(dueAt), lastReplyAt: at(60) });
    expect(turn?.inquiry.dueAt).toEqual(at(dueAt + 24 * hour));
    expect(repliesOf(turn)).toMatchObject([
      { _id: `i1:follow-up:${now.getTime()}`, dueAt: at(dueAt + 8), content: { author: null, parts: [{ text: 'Was that all?' }] } },
    ]);
    expect(turn?.history).toEqual([]);
    expect(turn && due(turn.inquiry, dueAt + hour)).toBeNull();
    expect(turn && due(turn.inquiry, dueAt + 24 * hour)?.inquiry).toMatchObject({ status: 'resolved' });
  });

  it('is shown with a button where the marketplace takes no automatic texts', () => {
    const turn = due(answered, dueAt, { ...words, how: 'suggested' });
    expect(repliesOf(turn)).toMatchObject([{ state: 'held', content: { author: null } }]);
    const shown = turn?.deliveries.flatMap(({ content }) => (content.kind === 'answer' ? [content] : []));
    expect(shown).toMatchObject([
      { parts: [{ notice: { key: 'follow-up.suggested' } }, {}], actions: [{ action: 'send' }, { action: 'discard' }], visibleTo: null },
    ]);
    expect(repliesOf(turn).map(isFollowUp)).toEqual([false]);
  });

  it.each(['automatic', 'suggested'] as const)('is told in the thread where it cannot be filled (%s)', (how) => {
    const turn = due(answered, dueAt, { ...words, how, word: { kind: 'said', said: { key: 'template.empty', params: {} }, lines: [] } });
    expect(repliesOf(turn)).toEqual([]);
    expect(said(turn)).toEqual(['follow-up.in-vain']);
    expect(turn?.inquiry.followedUpAt).toEqual(at(dueAt));
  });

  it('is nothing where the marketplace takes nothing any more; the case is resolved in its time all the same', () => {
    const turn = due(answered, dueAt, null);
    expect(turn).toMatchObject({ deliveries: [], inquiry: { followedUpAt: at(dueAt) } });
  });

  it('does not come a day late: that counts as done in its time', () => {
    expect(repliesOf(due(answered, dueAt + 24 * hour))).toHaveLength(1);
    const late = due(answered, dueAt + 24 * hour + 1);
    expect(repliesOf(late)).toEqual([]);
    expect(late?.inquiry).toMatchObject({ followedUpAt: at(dueAt), status: 'resolved' });
  });

  it('is put off by settings that have changed since the moment was written down', () => {
    const turn = due({ ...answered, dueAt: at(24 * hour + 60) }, 24 * hour + 60);
    expect(turn).toMatchObject({ deliveries: [], history: [], inquiry: { status: 'answered', followedUpAt: null, dueAt: at(dueAt) } });
  });
});

describe('between the decision and the buyer', () => {
  const asked = due(answered, dueAt);
  const [reply] = repliesOf(asked);
  if (!asked || !reply) throw new Error('nobody was asked');

  it.each<[string, Partial<Inquiry>, number, boolean]>([
    ['goes while the silence goes on', {}, 8, false],
    ['is dropped once the buyer has written', { status: 'waiting', followedUpAt: null }, 8, true],
    ['is dropped once the buyer has said thanks', { followedUpAt: null }, 8, true],
    ['is dropped once a colleague has written', { lastReplyAt: at(dueAt + 4) }, 8, true],
    ['is dropped once the case is resolved', { status: 'resolved', open: false }, 8, true],
    ['is dropped once somebody wrote in Seller Center', { lastOutsideReplyAt: at(dueAt + 4) }, 8, true],
    ['is dropped where it comes long after', {}, hour, true],
  ])('it %s', (_, changes, seconds, dropped) =>
    expect(isDropped(reply, { ...asked.inquiry, ...changes }, settings, at(dueAt + seconds))).toBe(dropped),
  );

  it('it is told once it has arrived, answers nothing and makes no case an automatic one', () => {
    const turn = decideDelivery({
      ...clocking,
      ...{
        lead: { ...reply, sentIds: ['x1'] },
        members: [],
        inquiry: asked.inquiry,
        settings,
        readMarks: true,
        drawsCard: false,
        turnId: 't3',
        now: at(dueAt + 8),
      },
      outcome: { final: 'sent', at: at(dueAt + 8), posts: [], reason: null },
    });
    expect(turn?.inquiry).toMatchObject({ status: 'answered', autoRepliedAt: null, lastReplyAt: at(60), counters: { replies: 0 } });
    expect(turn?.history).toMatchObject([{ kind: 'auto-replied', by: null }]);
    expect(turn?.deliveries.map(({ content }) => content)).toMatchObject([{ parts: [{ notice: { key: 'follow-up.sent' } }, {}] }]);
  });
});

describe('a buyer who writes again', () => {
  const silent: Inquiry = { ...answered, followedUpAt: at(dueAt) };
  const back = (seconds: number, changes: Partial<Inquiry> = {}) =>
    decideMessages(conversationView({ inquiry: { ...silent, ...changes }, settings }), [incoming('m2', seconds)]).turn;

  it('ends the silence, and takes back what nobody has sent', () => {
    const turn = back(dueAt + hour);
    expect(turn?.inquiry).toMatchObject({ status: 'waiting', followedUpAt: null });
    expect(turn?.patches).toMatchObject([
      {
        id: `i1:follow-up:${now.getTime()}:template`,
        onlyIn: ['held'],
        set: { state: 'cancelled' },
        whenApplied: [{ content: { notice: { key: 'follow-up.over' } } }],
      },
    ]);
  });

  it('is asked again in the next silence, under a name of its own', () => {
    const next: Inquiry = { ...silent, followedUpAt: null, lastBuyerAt: at(dueAt + hour), lastReplyAt: at(dueAt + 2 * hour) };
    expect(repliesOf(due(next, 2 * dueAt + 2 * hour))).toMatchObject([{ _id: `i1:follow-up:${at(dueAt + hour).getTime()}` }]);
  });

  it('changes nothing with words that were written before our answer and come late', () => {
    expect(back(30)).toMatchObject({ patches: [], inquiry: { status: 'answered', followedUpAt: at(dueAt) } });
  });
});
