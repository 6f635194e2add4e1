import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideThread } from '../../src/core/decide-chat.ts';
import { decideMessages } from '../../src/core/decide-marketplace.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import type { HistoryEvent, Inquiry } from '../../src/core/inquiry.ts';
import type { IncomingMessage } from '../../src/core/message.ts';
import { threadActionNames } from '../../src/core/thread.ts';
import type { Member, ThreadEvent } from '../../src/core/thread-view.ts';
import { agentMessageId, replyIdOf } from '../../src/core/thread-view.ts';
import type { Turn } from '../../src/core/turn.ts';
import { at, conversationView, incoming, member, now, threadView } from './fixtures.ts';

type Step = { readonly lane: 'conversation'; readonly message: IncomingMessage } | { readonly lane: 'thread'; readonly event: ThreadEvent };

/** What a store holds after some turns, each applied as the pipeline does it; nothing is sent meanwhile. */
interface World {
  inquiry: Inquiry | null;
  readonly deliveries: Map<string, Delivery>;
  readonly messages: Set<string>;
  readonly links: Set<string>;
  readonly history: HistoryEvent[];
}

function apply(world: World, turn: Turn | null): void {
  if (!turn) return;
  expect(turn.base).toBe(world.inquiry?.version ?? 0);
  world.inquiry = turn.inquiry;
  const insert = (delivery: Delivery) => {
    if (!world.deliveries.has(delivery._id)) world.deliveries.set(delivery._id, delivery);
  };
  for (const { id, by, onlyIn, set, whenApplied, whenTooLate } of turn.patches) {
    const target = world.deliveries.get(id);
    const inTime = target !== undefined && onlyIn.includes(target.state);
    if (inTime) world.deliveries.set(id, { ...target, ...set, patchedBy: by });
    (inTime ? whenApplied : whenTooLate).forEach(insert);
  }
  turn.deliveries.forEach(insert);
  for (const { _id } of turn.links) world.links.add(_id);
  for (const { _id } of turn.messages) world.messages.add(_id);
  world.history.push(...turn.history);
}

function decide(world: World, steps: readonly Step[]): Turn | null {
  const { inquiry } = world;
  const replies = [...world.deliveries.values()].filter(({ content }) => content.kind === 'reply');
  const messages = steps.flatMap((step) => (step.lane === 'conversation' ? [step.message] : []));
  if (messages.length > 0) return decideMessages(conversationView({ inquiry, known: world.links }), messages).turn;
  if (!inquiry) return null;
  const view = threadView({
    inquiry,
    known: world.links,
    replies: new Map(replies.map((reply) => [String(reply._id), reply])),
    latestReplies: replies.filter(({ state }) => isOpen.has(state)).toReversed(),
  });
  return decideThread(
    view,
    steps.flatMap((step) => (step.lane === 'thread' ? [step.event] : [])),
  ).turn;
}

const isOpen: ReadonlySet<Delivery['state']> = new Set(['queued', 'held']);

/** A turn is of one lane. */
function turnsOf(batch: readonly Step[]): Step[][] {
  const turns: Step[][] = [];
  for (const step of batch) {
    const last = turns.at(-1);
    if (last?.[0]?.lane === step.lane) last.push(step);
    else turns.push([step]);
  }
  return turns;
}

function play(batches: readonly (readonly Step[])[]): World {
  const world: World = { inquiry: null, deliveries: new Map(), messages: new Set(), links: new Set(), history: [] };
  for (const turn of batches.flatMap(turnsOf)) apply(world, decide(world, turn));
  return world;
}

const colleague: Member = { ...member, userId: 'U2', name: 'Bo' };
const outsider: Member = { ...member, userId: 'U3', name: 'Cy', mayAnswer: false };
const posts = ['p1', 'p2', 'p3', 'p4', 'p5'];
const internal = ['// keep this inside', '备注：不要发送', '!undo', '!resolve', '!claim', '!what'];
const blocked = 'call 081-234-5678';
const doubtful = 'notes : ask Ann';
const texts = ['Hello', 'It is on its way', ...internal, blocked, doubtful];

const post = fc.constantFrom(...posts).map((messageId) => ({ channelId: 'C1', messageId }));
const people = fc.constantFrom(member, member, colleague, outsider);
const thread = (event: ThreadEvent): Step => ({ lane: 'thread', event });

/** By position in the sequence, so that times and orders rise as they do in a chat. */
type StepAt = (position: number) => Step;
const buyerStep: fc.Arbitrary<StepAt> = fc
  .tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: -600, max: 600 }),
    fc.constantFrom('buyer' as const, 'buyer' as const, 'agent' as const, 'automatic' as const, 'system' as const),
    fc.boolean(),
  )
  .map(([id, seconds, author, visible]) => () => ({ lane: 'conversation', message: incoming(`m${id}`, seconds, { author, visible }) }));
const writtenStep: fc.Arbitrary<StepAt> = fc.tuple(post, people, fc.constantFrom(...texts), fc.constantFrom([], [], ['U9'])).map(
  ([where, who, text, mentions]) =>
    (position) =>
      thread({ kind: 'message', post: where, member: who, text, mentions, files: [], sentAt: now, order: String(100 + position) }),
);
const editStep: fc.Arbitrary<StepAt> = fc.tuple(post, people, fc.constantFrom(...texts)).map(
  ([where, who, text]) =>
    (position) =>
      thread({ kind: 'edit', post: where, member: who, text, mentions: [], editedAt: at(position), sentAt: now, order: where.messageId }),
);
const deleteStep: fc.Arbitrary<StepAt> = post.map(
  (where) => (position) => thread({ kind: 'delete', post: where, deletedAt: at(position) }),
);
const actionStep: fc.Arbitrary<StepAt> = fc.tuple(post, people, fc.constantFrom(...threadActionNames)).map(
  ([where, who, action]) =>
    (position) =>
      thread({
        kind: 'action',
        action,
        value: replyIdOf(agentMessageId('slack/default', where)),
        member: who,
        post: null,
        at: at(position),
      }),
);

const sequence = fc
  .array(fc.oneof(buyerStep, writtenStep, editStep, deleteStep, actionStep), { minLength: 1, maxLength: 14 })
  .map((steps): Step[] => [{ lane: 'conversation', message: incoming('m0') }, ...steps.map((step, position) => step(position))]);
/** Cut wherever the second list says. */
const split = fc.tuple(sequence, fc.array(fc.boolean(), { minLength: 15, maxLength: 15 })).map(([steps, cuts]) => {
  const batches: Step[][] = [[]];
  steps.forEach((step, position) => {
    if (cuts[position]) batches.push([]);
    batches.at(-1)?.push(step);
  });
  return { steps, batches };
});

/** All but what says how many turns it took. */
function outcomeOf({ inquiry, deliveries, messages, links }: World) {
  const kept = [...deliveries.values()].filter(({ content }) => content.kind !== 'card' && content.kind !== 'notice');
  return {
    inquiry: inquiry && { ...inquiry, version: 0, applied: [] },
    deliveries: kept.map(({ _id, state, order, content }) => ({ _id, state, order, content })).sort((a, b) => (a._id < b._id ? -1 : 1)),
    messages: [...messages].sort(),
    links: [...links].sort(),
  };
}

describe('turns', () => {
  it('come to the same in any split as one event at a time', () => {
    fc.assert(
      fc.property(split, ({ steps, batches }) => {
        expect(outcomeOf(play(batches))).toEqual(outcomeOf(play(steps.map((step) => [step]))));
      }),
      { numRuns: 400 },
    );
  });

  it('number the history without a gap', () => {
    fc.assert(
      fc.property(split, ({ batches }) => {
        const { history, inquiry } = play(batches);
        expect(history.map(({ sequence }) => sequence)).toEqual(history.map((_, index) => index + 1));
        expect(inquiry?.lastEvent ?? 0).toBe(history.length);
      }),
    );
  });

  it('never let out what is internal, blocked or in doubt', () => {
    fc.assert(
      fc.property(split, ({ steps, batches }) => {
        const released = steps.some(
          (step) => step.lane === 'thread' && step.event.kind === 'action' && /send|retry/.test(step.event.action),
        );
        for (const { content, state, author } of repliesOf(play(batches))) {
          expect(internal).not.toContain(content);
          expect(author).not.toBe(outsider.userId);
          if (content === blocked) expect(state).not.toBe('queued');
          if (content === doubtful && !released) expect(state).not.toBe('queued');
        }
      }),
      { numRuns: 400 },
    );
  });
});

function repliesOf({ deliveries }: World) {
  return [...deliveries.values()].flatMap(({ content, state }) =>
    content.kind === 'reply'
      ? content.parts.map((part) => ({ content: part.kind === 'text' ? String(part.text) : '', state, author: content.author?.userId }))
      : [],
  );
}
