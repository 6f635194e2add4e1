import type { Delivery } from '../core/delivery.ts';
import { economy } from '../core/economy.ts';
import type { Inquiry } from '../core/inquiry.ts';

/** What a card says that nobody may wait for. */
type Stamp = string;
type Drawn = Pick<Inquiry, '_id' | 'status' | 'assignee'>;

const mostKept = 5_000;

/**
 * When the cards of one gate were drawn: while calls are scarce, one that says nothing new about its status, or who has it, is not drawn again at once. It lives
 * with the gate's owner; after a restart each card is drawn once more.
 */
export function createCardThrift({
  monotonicMs,
  everyMs = economy.cardEveryMs,
}: {
  readonly monotonicMs: () => number;
  readonly everyMs?: number;
}) {
  const last = new Map<string, { readonly stamp: Stamp; readonly atMs: number }>();
  const stampOf = ({ status, assignee }: Drawn): Stamp => `${status} ${assignee?.userId ?? ''}`;
  return {
    /** So long this delivery still waits; 0: it does not. */
    restsMs({ content }: Pick<Delivery, 'content'>, inquiry: Drawn, scarce: boolean): number {
      const before = scarce && content.kind === 'card' ? last.get(inquiry._id) : undefined;
      if (before?.stamp !== stampOf(inquiry)) return 0;
      return Math.max(0, before.atMs + everyMs - monotonicMs());
    },

    /** It is drawn now. */
    drawn({ content }: Pick<Delivery, 'content'>, inquiry: Drawn): void {
      if (content.kind !== 'card') return;
      // The newest stand last.
      last.delete(inquiry._id);
      last.set(inquiry._id, { stamp: stampOf(inquiry), atMs: monotonicMs() });
      if (last.size > mostKept) for (const oldest of [...last.keys()].slice(0, mostKept / 10)) last.delete(oldest);
    },
  };
}
