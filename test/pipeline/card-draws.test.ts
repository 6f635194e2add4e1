import { expect, it } from 'vitest';
import type { Posted } from '../../bots/bot.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { planCard, planReceipt } from '../../src/core/plan.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { ThreadState } from '../../src/core/thread.ts';
import type { PipelineDeps } from '../../src/pipeline/deps.ts';
import type { OwnedGate } from '../../src/pipeline/gate.ts';
import { createSender } from '../../src/pipeline/sender.ts';
import { inquiry, now, shop } from '../core/fixtures.ts';
import { createHandTime } from './hand-time.ts';

const name = 'chat/default';
const thread = { bot: name, channelId: 'C1', rootId: 'r1' };

/** A chat whose threads are cards: each drawing waits until it is let through. */
function stand() {
  const time = createHandTime();
  let stored: Inquiry = { ...inquiry, thread };
  const drawn: { readonly thread: ThreadState; readonly done: (posted?: Partial<Posted>) => void; readonly fail: () => void }[] = [];
  const bot = {
    capabilities: { threads: 'card', maxPostChars: 4_000 },
    show(shown: ThreadState) {
      const { promise, resolve, reject } = Promise.withResolvers<Posted>();
      drawn.push({
        thread: shown,
        done: (posted = {}) => resolve({ posts: [{ channelId: 'C1', messageId: shown.rootId ?? '' }], ...posted }),
        fail: () => reject(new Error('cut')),
      });
      return promise;
    },
  };
  const deps = {
    ...{ clock: time.clock, timers: time.timers, timeScale: 1, probe: async () => undefined, loadMedia: async () => null },
    inquiries: { newestOf: async () => [], messagesOn: async () => [], byIds: async () => new Map([[stored._id, stored]]) },
    outbox: { byIds: async () => [], waitingIn: async () => ({ deliveries: [] }) },
    ...{ settings: () => defaultSettings, slaPresets: () => [], bots: new Map(), marketplaces: new Map() },
  } as unknown as PipelineDeps;
  const sender = createSender(deps, async () => null);
  const lease = { term: 1, valid: () => true, signal: new AbortController().signal };
  const gate = { lease, connector: { kind: 'bot', name, bot } } as unknown as OwnedGate;
  const settled = async () => {
    for (let tick = 0; tick < 20; tick += 1) await time.pass(0);
  };
  return {
    drawn,
    /** `known`: of the inquiry, when it was taken up; what is stored may be newer. */
    begin: async (lead: Delivery, known: Inquiry = stored) => {
      const result = sender.attempt(gate, { lead, members: [], inquiry: known, shop }, 'send');
      await settled();
      return { result };
    },
    store: (change: Partial<Inquiry>) => {
      stored = { ...stored, ...change };
    },
    settled,
  };
}

const open = { ...inquiry, thread };
const card = planCard(open, now);
const receipt = planReceipt(open, { channelId: 'C1', messageId: 'w1' }, 'sent', { messageId: 'm1', now });

it('a card is drawn by one at a time, so that what was seen first is not drawn over what was seen later', async () => {
  const { drawn, begin, settled } = stand();
  const first = await begin(card);
  const second = await begin(receipt);
  expect(drawn).toHaveLength(1);
  drawn[0]?.done();
  await first.result;
  await settled();
  // The same is shown already.
  expect(await second.result).toMatchObject({ kind: 'posted' });
});

it('what waited for its turn draws how things stand then, on the card that is the thread then', async () => {
  const { drawn, begin, store, settled } = stand();
  const known = { ...inquiry, thread };
  const first = await begin(card, known);
  const second = await begin(receipt, known);
  store({ status: 'resolved' });
  drawn[0]?.done({ root: { channelId: 'C1', messageId: 'r2' } });
  await first.result;
  await settled();
  expect(drawn[1]?.thread).toMatchObject({ rootId: 'r2', board: { card: { status: 'resolved' } } });
  drawn[1]?.done();
  await second.result;
});

it('a drawing that fails lets the next one through', async () => {
  const { drawn, begin, settled } = stand();
  const first = await begin(card);
  const second = await begin(receipt);
  drawn[0]?.fail();
  expect(await first.result).toMatchObject({ kind: 'error' });
  await settled();
  expect(drawn).toHaveLength(2);
  drawn[1]?.done();
  expect(await second.result).toMatchObject({ kind: 'posted' });
});
