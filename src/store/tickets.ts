import type { Connection } from 'mongoose';
import { collectionOf } from './collection.ts';
import type { IndexSpec } from './index-spec.ts';

export const ticketIndexes: readonly IndexSpec[] = [{ collection: 'tickets', key: { expiresAt: 1 }, options: {} }];

/** Something that opens a door once. `_id` is a hash of what its holder has: reading the database opens nothing. */
export interface Ticket {
  readonly _id: string;
  /** `ticket` starts an authorisation; `state` ends it. */
  readonly kind: 'ticket' | 'state';
  readonly marketplace: string;
  readonly expiresAt: Date;
}

export type TicketStore = ReturnType<typeof createTicketStore>;

export function createTicketStore(connection: Connection) {
  const tickets = collectionOf<Ticket>(connection, 'tickets');
  return {
    /** Old ones go with it. */
    async add(ticket: Ticket, now: Date): Promise<void> {
      await tickets.deleteMany({ expiresAt: { $lte: now } } as never);
      await tickets.insertOne(ticket as never);
    },

    /** True once, if all of it is right and the time has not run out. */
    async take({ _id, kind, marketplace }: Omit<Ticket, 'expiresAt'>, now: Date): Promise<boolean> {
      const { deletedCount } = await tickets.deleteOne({ _id, kind, marketplace, expiresAt: { $gt: now } } as never);
      return deletedCount === 1;
    },
  };
}
