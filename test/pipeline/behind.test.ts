import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import { planned } from '../../src/core/plan.ts';
import { createBacklog } from '../../src/pipeline/backlog.ts';
import { createBehindWatch } from '../../src/pipeline/behind.ts';

const start = new Date('2026-11-27T08:00:00Z');
const at = (seconds: number) => new Date(start.getTime() + seconds * 1_000);
/** What a buyer wrote `seconds` after the start; its turn comes ten seconds later. */
const message = (lane: string, seconds: number, more: Partial<Delivery> = {}): Delivery => ({
  ...planned({
    id: `${lane}-${seconds}`,
    gate: 'bot:slack/default',
    lane,
    order: String(seconds).padStart(6, '0'),
    content: { kind: 'card' },
    priority: 'message',
    now: at(seconds),
    channelId: 'C1',
  }),
  queue: 'posts',
  ...more,
});

function stage() {
  const backlog = createBacklog(true);
  const watch = createBehindWatch(backlog);
  const send = (...deliveries: readonly Delivery[]) => {
    for (const delivery of deliveries) {
      backlog.begin(delivery.lane);
      backlog.end(delivery, [delivery._id]);
    }
  };
  const look = (seconds: number) => watch.look(at(seconds).getTime()).map(({ channelId, lateMs }) => `${channelId} ${lateMs / 1_000}`);
  return { backlog, send, look };
}
const flood = (seconds: number) => ['a', 'b', 'c'].map((lane) => message(lane, seconds));

describe('a channel that falls behind', () => {
  it('is told of once its posts are a minute late, and then no more', () => {
    const { backlog, look } = stage();
    backlog.planned(flood(0));
    expect([look(30), look(59), look(60), look(65), look(4_000)]).toEqual([[], [], ['C1 50'], [], []]);
  });

  it('is told of again after it has caught up, but not within the hour', () => {
    const { backlog, send, look } = stage();
    const [first, second, third] = [flood(0), flood(200), flood(4_000)];
    backlog.planned(first);
    expect(look(60)).toHaveLength(1);
    send(...first);
    backlog.planned(second);
    expect([look(205), look(300)]).toEqual([[], []]);
    send(...second);
    backlog.planned(third);
    expect([look(4_005), look(4_060)]).toEqual([[], ['C1 50']]);
  });

  it('is not one in which few wait, or wait for their time, or other things than posts do', () => {
    const { backlog, look } = stage();
    backlog.planned([message('a', 0), message('b', 0)]);
    backlog.planned(['h', 'i', 'j'].map((lane) => message(lane, 0, { channelId: 'C2', dueAt: at(9_000) })));
    backlog.planned(['d', 'e', 'f'].map((lane) => message(lane, 0, { channelId: 'C3', queue: 'cards' })));
    expect(look(600)).toEqual([]);
    backlog.planned([message('g', 590)]);
    expect(look(611)).toEqual(['C1 601']);
  });
});
