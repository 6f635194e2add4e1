import { describe, expect, it } from 'vitest';
import { inquiryId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { planCard, planPing, planRuleCall } from '../../src/core/plan.ts';
import type { Reminder } from '../../src/core/sla/reminders.ts';
import { addMs } from '../../src/core/time.ts';
import { awaitedOf, withRoots } from '../../src/pipeline/awaited-roots.ts';
import type { LaneWork } from '../../src/pipeline/select.ts';
import { inquiry, now } from '../core/fixtures.ts';

const reminder: Reminder = {
  ...{ key: 'p:1:0', policy: 'p', owner: 'team', step: 0, to: 'group', startedAt: now, dueAt: now },
};
const of = (id: string, rootId: string | null): Inquiry => ({
  ...inquiry,
  ...{ _id: inquiryId(id), thread: { bot: 'slack/default', channelId: 'C1', rootId } },
});
const [open, opening, other] = [of('open', '1.0'), of('opening', null), of('other', null)];
const all = new Map([open, opening, other].map((one) => [one._id, one]));

function pings(...of: readonly Inquiry[]): Extract<LaneWork, { do: 'send' }> {
  const [lead, ...members] = of.flatMap((one) => planPing(one, reminder, now));
  if (!lead) throw new Error('a reminder');
  return { do: 'send', lead, members };
}
function sent(work: LaneWork, afterMs = 0, timeScale = 1): readonly unknown[] | null {
  const found = withRoots(work, all, { now: addMs(now, afterMs), timeScale });
  return found && [found.lead.inquiryId, ...(found.do === 'send' ? found.members.map(({ inquiryId: id }) => id) : [])];
}

describe('reminders of what is only being opened', () => {
  it.each<[string, readonly Inquiry[], readonly string[] | null]>([
    ['wait for their threads', [opening, other], null],
    ['hold up no others that stand before them', [open, opening], ['open']],
    ['hold up no others that stand behind them', [opening, open, other], ['open']],
    ['go once the threads are there', [open], ['open']],
    ['go where nothing is known of them', [of('gone', null)], ['gone']],
  ])('%s', (_, waiting, expected) => expect(sent(pings(...waiting))).toEqual(expected));

  it('go without a link where the thread does not come', () => {
    expect(sent(pings(opening, open), 2 * 60_000 - 1)).toEqual(['open']);
    expect(sent(pings(opening, open), 2 * 60_000)).toEqual(['opening', 'open']);
    expect(sent(pings(opening), 29_999, 20)).toBeNull();
    expect(sent(pings(opening), 30_000, 20)).toEqual(['opening']);
  });

  it('go as they were where they are tried again', () => {
    const { lead } = pings(opening);
    expect(sent({ do: 'send', lead: { ...lead, members: [lead._id] }, members: [] })).toEqual(['opening']);
    expect(sent({ do: 'look-up', lead })).toEqual(['opening']);
  });

  it('wait for as long as it takes where a rule calls somebody', () => {
    const call = (one: Inquiry): LaneWork => ({ do: 'send', lead: planRuleCall(one, 'vip', now), members: [] });
    expect(sent(call(opening), 3_600_000)).toBeNull();
    expect(sent(call(open))).toEqual(['open']);
  });

  it('are all that is looked up besides', () => {
    expect(awaitedOf(pings(open, opening))).toEqual([opening._id]);
    expect(awaitedOf({ do: 'send', lead: planCard(open, now), members: [planCard(opening, now)] })).toEqual([]);
    expect(sent({ do: 'send', lead: planCard(opening, now), members: [] })).toEqual(['opening']);
  });
});
