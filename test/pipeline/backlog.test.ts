import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import { planned } from '../../src/core/plan.ts';
import { createBacklog } from '../../src/pipeline/backlog.ts';

const start = new Date('2026-11-27T08:00:00Z');
const at = (seconds: number) => new Date(start.getTime() + seconds * 1_000);
const all = () => true;

const message = (id: string, more: Partial<Delivery> = {}): Delivery => ({
  ...planned({
    id,
    gate: 'bot:slack/default',
    lane: 'thread:1',
    order: id,
    content: { kind: 'card' },
    priority: 'message',
    now: start,
    channelId: 'C1',
  }),
  queue: 'posts',
  ...more,
});

const dueNow = (backlog: ReturnType<typeof createBacklog>, seconds = 0, perQueue = 10) =>
  backlog.due(at(seconds).getTime(), perQueue, all).map(({ lane, waiting }) => ({ lane, ids: waiting?.map(({ _id }) => _id) ?? null }));

describe('what waits at a gate', () => {
  it('is known without reading where nobody else plans', () => {
    const backlog = createBacklog(true);
    backlog.planned([message('2'), message('1'), message('3', { lane: 'thread:2', dueAt: at(9) }), message('2')]);
    expect(dueNow(backlog)).toEqual([{ lane: 'thread:1', ids: ['1', '2'] }]);
    expect(backlog.nextDueMs(start.getTime())).toBe(at(9).getTime());
    expect(dueNow(backlog, 9)).toHaveLength(2);
  });

  it('is read again and again where others plan, too', () => {
    const backlog = createBacklog(false);
    backlog.planned([message('1')]);
    expect(dueNow(backlog)).toEqual([{ lane: 'thread:1', ids: null }]);
    const [lane] = backlog.due(start.getTime(), 1, all);
    if (!lane) throw new Error('a lane waits');
    backlog.learnt(lane, [message('1')]);
    expect(dueNow(backlog)).toEqual([{ lane: 'thread:1', ids: null }]);
  });

  it('loses what has been sent, and keeps what was planned meanwhile', () => {
    const backlog = createBacklog(true);
    backlog.planned([message('1'), message('2')]);
    backlog.begin('thread:1');
    expect(dueNow(backlog)).toEqual([]);
    expect(backlog.busy()).toBe(1);
    backlog.planned([message('3')]);
    backlog.end(message('1'), ['1', '2'] as Delivery['_id'][]);
    expect(backlog.busy()).toBe(0);
    expect(dueNow(backlog)).toEqual([{ lane: 'thread:1', ids: ['3'] }]);
    backlog.begin('thread:1');
    backlog.end(message('3'), ['3'] as Delivery['_id'][]);
    expect(dueNow(backlog)).toEqual([]);
    expect(backlog.rests(at(99).getTime())).toBe(true);
  });

  it('is read anew after anything but a clean end', () => {
    const backlog = createBacklog(true);
    backlog.planned([message('1'), message('2')]);
    backlog.begin('thread:1');
    backlog.end(message('1'), null);
    expect(dueNow(backlog)).toEqual([{ lane: 'thread:1', ids: null }]);
  });

  it('believes no answer of the store that was overtaken', () => {
    const backlog = createBacklog(true);
    backlog.found([message('1')]);
    const [lane] = backlog.due(start.getTime(), 1, all);
    if (!lane) throw new Error('a lane waits');
    backlog.planned([message('0')]);
    backlog.learnt(lane, [message('1')]);
    expect(dueNow(backlog)).toEqual([{ lane: 'thread:1', ids: null }]);
    // Nor does an empty answer hide what was planned since.
    backlog.learnt(lane, []);
    expect(dueNow(backlog)).toEqual([{ lane: 'thread:1', ids: null }]);
  });

  it('what the store tells of a lane makes memory doubtful: something may stand before it', () => {
    const backlog = createBacklog(true);
    backlog.planned([message('5')]);
    backlog.found([message('1')]);
    expect(dueNow(backlog)).toEqual([{ lane: 'thread:1', ids: null }]);
  });

  it('serves each queue of a channel by rank, so that a full one hides no other', () => {
    const backlog = createBacklog(true);
    backlog.planned([
      message('1', { lane: 'a', rank: at(3) }),
      message('2', { lane: 'b', rank: at(1) }),
      message('3', { lane: 'c', rank: at(2) }),
      message('4', { lane: 'd', rank: at(9), channelId: 'C2' }),
    ]);
    expect(dueNow(backlog, 0, 2).map(({ lane }) => lane)).toEqual(['b', 'c', 'd']);
    expect(backlog.due(start.getTime(), 2, ({ channelId }) => channelId !== 'C1').map(({ lane }) => lane)).toEqual(['d']);
  });

  it('leaves a lane alone whose first is not due, until something comes before it', () => {
    const backlog = createBacklog(true);
    backlog.planned([message('1', { dueAt: at(5) }), message('2')]);
    backlog.waits('thread:1', at(5).getTime());
    expect(dueNow(backlog)).toEqual([]);
    backlog.planned([message('0')]);
    expect(dueNow(backlog)).toEqual([{ lane: 'thread:1', ids: ['0', '1', '2'] }]);
  });

  it('counts nothing that waits for a person', () => {
    const backlog = createBacklog(true);
    backlog.planned([message('1', { state: 'held' })]);
    expect(dueNow(backlog)).toEqual([]);
  });

  it('keeps no more in memory than it has room for', () => {
    const backlog = createBacklog(true);
    const many = Array.from({ length: 61 }, (_, index) => message(String(index).padStart(3, '0')));
    backlog.planned(many);
    expect(dueNow(backlog)).toEqual([{ lane: 'thread:1', ids: null }]);
  });
});
