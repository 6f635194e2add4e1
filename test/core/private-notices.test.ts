import { expect, it } from 'vitest';
import { isRepeatable } from '../../src/core/delivery.ts';
import { notice, planAnnouncement, planAnswer, planNotice, planReport, threadLanes } from '../../src/core/plan.ts';
import { inquiry, now } from './fixtures.ts';

const planned = (visibleTo: string | null) => planNotice(inquiry, notice('reply.held'), { id: 'n1', now, visibleTo });

it('waits in a lane and a queue of its own, behind no post and no mark', () => {
  const [forOne, forAll] = [planned('U1'), planned(null)];
  expect(forOne).toMatchObject({ queue: 'private', content: { visibleTo: 'U1', mention: null } });
  expect(forAll).toMatchObject({ queue: 'posts', content: { visibleTo: null } });
  expect(forOne.lane).not.toBe(forAll.lane);
  for (const { lane } of [forOne, forAll]) expect(threadLanes(inquiry._id)).toContain(lane);
});

it('may be shown twice, since nobody can look for it; one for all may not, nor one that was planned before there were any', () => {
  expect(isRepeatable(planned('U1').content)).toBe(true);
  expect(isRepeatable(planned(null).content)).toBe(false);
  expect(isRepeatable({ kind: 'notice', notice: notice('reply.held'), mention: null, actions: [] })).toBe(false);
});

it('lists and tables go where notices do, and reports where announcements do', () => {
  const content = { kind: 'answer', parts: [{ kind: 'lines', lines: ['one'] }], actions: [] } as const;
  expect(planAnswer(inquiry, content, { id: 'a1', now, visibleTo: 'U1' })).toMatchObject({ queue: 'private', lane: planned('U1').lane });
  expect(planAnswer(inquiry, content, { id: 'a1', now, visibleTo: null })).toMatchObject({ queue: 'posts', lane: planned(null).lane });
  const channel = { platform: 'slack', connection: 'default', id: 'C9' };
  const report = planReport(channel, content, { id: 'daily:2026-11-27', now });
  const announced = planAnnouncement(channel, notice('reply.held'), { id: 'x', now });
  expect(report).toMatchObject({
    channelId: 'C9',
    inquiryId: null,
    lane: announced.lane,
    gate: announced.gate,
    content: { visibleTo: null },
  });
});
