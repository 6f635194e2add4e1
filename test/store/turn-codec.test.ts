import { expect, it } from 'vitest';
import type { Turn } from '../../src/core/turn.ts';
import { packTurn, withTurn } from '../../src/store/turn-codec.ts';

const turn = {
  ...{ id: 't1', lane: 'bot:slack/default|C1', inquiryId: 'i1', base: 3, messages: [], links: [], patches: [] },
  inquiry: { version: 4, openedAt: new Date('2026-11-27T08:00:00Z'), thread: null },
  history: [{ _id: 'h1', data: { 'a.b': 1, $c: true } }],
  deliveries: [{ content: { kind: 'reply', parts: [{ kind: 'text', text: '你好' }] } }],
} as unknown as Turn;

it('a decision comes back as it was, also as version 1 stored it', () => {
  expect(withTurn({ turn: packTurn(turn) as never })).toEqual({ turn });
  expect(withTurn({ turn: packTurn(turn).buffer as never })).toEqual({ turn });
  expect(withTurn({ turn })).toEqual({ turn });
  expect(withTurn({ turn: null })).toEqual({ turn: null });
});
