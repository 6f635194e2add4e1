import type { Delivery } from './delivery.ts';
import type { Message } from './inquiry.ts';
import type { BoardLine, ShownMessage } from './thread.ts';
import { keptAsNote } from './waiting-reply.ts';

/** Of a card; what is being shown is never left out, nor a reply that is not settled, nor words that nobody has answered. */
const mostLines = 12;

/** A message that is being shown, and may not be stored yet. */
export interface BeingShown {
  readonly messageId: string | null;
  readonly message: ShownMessage;
}

/** What became of a reply. */
type Fate = Pick<Delivery, 'state' | 'outcome' | 'reason'>;

/** The lines of a thread that is a card. Pure. @param replies by the id of their message */
export function boardLines(
  stored: readonly Message[],
  replies: ReadonlyMap<string, Fate>,
  shown: readonly BeingShown[],
): readonly BoardLine[] {
  const before = inTheirOrder(stored);
  const answered = before.findLastIndex(({ direction }) => direction === 'out') + 1;
  const newest = before.slice(Math.min(answered, Math.max(0, before.length - mostLines)));
  const kept = new Set([...newest.map(({ _id }) => _id), ...shown.flatMap(({ messageId }) => messageId ?? [])]);
  const lines = before.map((message) => ({ id: message._id, line: lineOf(message, replies.get(message._id)) }));
  const known = new Set(before.map(({ _id }) => _id));
  const fresh = shown.flatMap(({ messageId, message: { author, parts, sentAt } }): BoardLine[] =>
    messageId !== null && known.has(messageId) ? [] : [{ post: null, author: { kind: author, name: null }, parts, sentAt, state: null }],
  );
  return fresh.reduce(
    placed<BoardLine>,
    lines.flatMap(({ id, line }) => (kept.has(id) || isOpen(line) ? line : [])),
  );
}

/** Whoever wrote it still has to see what becomes of it. */
const isOpen = ({ state }: BoardLine): boolean => state === 'waiting' || state === 'held' || state === 'failed';

/** A buyer's in the marketplace's order, which is finer than its times; between the sides times are all there is. */
function inTheirOrder(stored: readonly Message[]): Message[] {
  const byOrder = stored.toSorted((a, b) => (a.order < b.order ? -1 : 1));
  const buyers = byOrder.filter(({ direction }) => direction === 'in');
  const others = byOrder.filter(({ direction }) => direction !== 'in').sort(byTime);
  return others.reduce(placed<Message>, buyers);
}

/** After all that is not later. */
function placed<T extends { readonly sentAt: Date }>(before: readonly T[], one: T): T[] {
  const at = before.findLastIndex((other) => byTime(other, one) <= 0) + 1;
  return before.toSpliced(at, 0, one);
}

const byTime = (a: { readonly sentAt: Date }, b: { readonly sentAt: Date }): number => a.sentAt.getTime() - b.sentAt.getTime();

function lineOf(message: Message, reply: Fate | undefined): BoardLine {
  const { post, author, parts, sentAt, direction } = message;
  const state = direction === 'note' ? 'noted' : author.kind === 'member' && reply ? stateOf(reply) : null;
  return { post, author: { kind: author.kind, name: author.name }, parts, sentAt, state };
}

/** What is known, and no more: nothing is called sent before the marketplace has it. */
function stateOf({ state, outcome, reason }: Fate): BoardLine['state'] {
  switch (state === 'settling' && outcome ? outcome.final : state) {
    case 'sent':
      return 'sent';
    case 'held':
      return 'held';
    case 'failed':
    case 'dead':
      return 'failed';
    case 'cancelled':
      return reason?.key === keptAsNote.key ? 'noted' : 'withdrawn';
    case 'queued':
    case 'sending':
    case 'uncertain':
    case 'settling':
    case 'merged':
      return 'waiting';
  }
}
