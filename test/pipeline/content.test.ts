import { expect, it } from 'vitest';
import { planCard, planMessage } from '../../src/core/plan.ts';
import { newClock } from '../../src/core/sla/clock.ts';
import { heldReply } from '../../src/core/sla/presets.ts';
import { threadContent } from '../../src/pipeline/content.ts';
import { at, inquiry, now, shop } from '../core/fixtures.ts';
import { threeMinutes } from '../core/sla/fixtures.ts';

it.each([true, false])('a card, and the one that opens a thread, masks the buyer where the settings say so: %s', (masksBuyer) => {
  const message = { author: 'buyer', parts: [{ kind: 'text', text: 'hello' }], sentAt: now, late: false } as const;
  const opened = { ...inquiry, buyer: { name: 'Somchai' } };
  const unopened = { ...opened, thread: null };
  const first = planMessage(unopened, message, { messageId: 'm', order: '1', opening: true, now });
  const shown = { rootMessages: [], masksBuyer, policies: [] };
  const card = { buyerName: 'Somchai', masksBuyer };
  expect(threadContent(planCard(opened, now), [], opened, shop, shown)).toMatchObject({ kind: 'card', card });
  expect(threadContent(first, [], unopened, shop, shown)).toMatchObject({ kind: 'opening', card });
});

it('a card shows the clocks that run, the worst first, as the team calls them', () => {
  const clock = (policy: string, seconds: number, missed: boolean) => ({
    ...newClock(policy),
    ...{ startedAt: now, dueAt: at(seconds), missed: missed ? now : null },
  });
  const policies = [
    threeMinutes,
    { ...threeMinutes, name: 'fast', owner: 'team', title: 'Two minutes' } as const,
    { ...threeMinutes, name: 'case', owner: 'team', rule: { kind: 'resolution', withinMs: 3_600_000 } } as const,
    { ...threeMinutes, name: heldReply.name, owner: 'team' } as const,
  ];
  const clocks = [
    clock('case', 3_600, false),
    clock('three-minutes', 180, false),
    clock(heldReply.name, 1, true),
    clock('fast', 120, true),
    clock('gone', 1, true),
    newClock('three-minutes'),
  ];
  const shown = { rootMessages: [], masksBuyer: false, policies };
  expect(threadContent(planCard(inquiry, now), [], { ...inquiry, clocks }, shop, shown)).toMatchObject({
    card: {
      clocks: [
        { owner: 'team', title: 'Two minutes', asks: 'answer', dueAt: at(120), state: 'missed' },
        { owner: 'marketplace', title: null, asks: 'answer', dueAt: at(180), state: 'running' },
        { owner: 'team', title: 'case', asks: 'resolve', dueAt: at(3_600), state: 'running' },
      ],
    },
  });
});
