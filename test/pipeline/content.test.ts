import { expect, it } from 'vitest';
import { planCard, planMessage } from '../../src/core/plan.ts';
import { threadContent } from '../../src/pipeline/content.ts';
import { inquiry, now, shop } from '../core/fixtures.ts';

it.each([true, false])('a card, and the one that opens a thread, masks the buyer where the settings say so: %s', (masksBuyer) => {
  const message = { author: 'buyer', parts: [{ kind: 'text', text: 'hello' }], sentAt: now, late: false } as const;
  const opened = { ...inquiry, buyer: { name: 'Somchai' } };
  const unopened = { ...opened, thread: null };
  const first = planMessage(unopened, message, { messageId: 'm', order: '1', opening: true, now });
  const shown = { rootMessages: [], masksBuyer };
  const card = { buyerName: 'Somchai', masksBuyer };
  expect(threadContent(planCard(opened, now), [], opened, shop, shown)).toMatchObject({ kind: 'card', card });
  expect(threadContent(first, [], unopened, shop, shown)).toMatchObject({ kind: 'opening', card });
});
