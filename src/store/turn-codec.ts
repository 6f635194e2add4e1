import { Binary, BSON } from 'mongodb';
import type { Turn } from '../core/turn.ts';

/**
 * A stored decision as bytes: nobody asks the store for what is in it, so the store need not take it apart, and it is written and dropped with every
 * message.
 */
export const packTurn = (turn: Turn): Binary => new Binary(BSON.serialize(turn, { ignoreUndefined: false }));

/** The same document with its decision to be read. Version 1 stored it as a document. */
export function withTurn<T extends { readonly turn: Turn | null }>(stored: T): T {
  const turn: unknown = stored.turn;
  const bytes = turn instanceof Binary ? turn.buffer : turn;
  return bytes instanceof Uint8Array ? { ...stored, turn: BSON.deserialize(bytes) as Turn } : stored;
}
