import { randomBytes } from 'node:crypto';
import { CommandError } from './errors.ts';

/** The first batch where the client names no size, as MongoDB does it. */
export const firstBatchSize = 101;
const batchBytes = 16 * 1024 * 1024 - 64 * 1024;
const idleMs = 10 * 60_000;

interface Cursor {
  readonly namespace: string;
  readonly documents: Iterator<Uint8Array>;
  readonly keeps: boolean;
  /** Read, but not sent yet; null: the end. */
  next: Uint8Array | null;
  usedAtMs: number;
}

/** Documents for one reply, and the number under which the rest is to be had; 0n: there is none. */
export interface Batch {
  readonly documents: readonly Uint8Array[];
  readonly cursorId: bigint;
}

export type Cursors = ReturnType<typeof createCursors>;

/** Results that are larger than one reply. They hold no lock and no snapshot: what is read later is as it is then. */
export function createCursors(nowMs: () => number) {
  const cursors = new Map<bigint, Cursor>();

  function take(cursor: Cursor, size: number): Uint8Array[] {
    const documents: Uint8Array[] = [];
    let bytes = 0;
    while (cursor.next && documents.length < size && (documents.length === 0 || bytes + cursor.next.length <= batchBytes)) {
      documents.push(cursor.next);
      bytes += cursor.next.length;
      cursor.next = advance(cursor.documents);
    }
    return documents;
  }

  return {
    open(
      namespace: string,
      stream: Iterable<Uint8Array>,
      { batchSize, singleBatch, noTimeout }: { readonly batchSize: number; readonly singleBatch: boolean; readonly noTimeout: boolean },
    ): Batch {
      const documents = stream[Symbol.iterator]();
      const cursor: Cursor = { namespace, documents, keeps: noTimeout, next: advance(documents), usedAtMs: nowMs() };
      const batch = take(cursor, batchSize);
      if (!cursor.next || singleBatch) return { documents: batch, cursorId: 0n };
      const cursorId = randomBytes(8).readBigUInt64BE() >> 1n;
      cursors.set(cursorId, cursor);
      return { documents: batch, cursorId };
    },

    more(cursorId: bigint, namespace: string, batchSize: number): Batch {
      const cursor = cursors.get(cursorId);
      if (!cursor || cursor.namespace !== namespace) throw new CommandError(43, `cursor id ${cursorId} not found`);
      // Until this batch is out, so a cursor whose reading fails is gone.
      cursors.delete(cursorId);
      const documents = take(cursor, batchSize);
      if (!cursor.next) return { documents, cursorId: 0n };
      cursor.usedAtMs = nowMs();
      cursors.set(cursorId, cursor);
      return { documents, cursorId };
    },

    kill: (cursorId: bigint): boolean => cursors.delete(cursorId),

    closeIdle(): void {
      for (const [id, { usedAtMs, keeps }] of cursors) if (!keeps && nowMs() - usedAtMs > idleMs) cursors.delete(id);
    },
  };
}

function advance(documents: Iterator<Uint8Array>): Uint8Array | null {
  const next = documents.next();
  return next.done ? null : next.value;
}
