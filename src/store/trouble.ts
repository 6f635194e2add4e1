import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerError } from 'mongodb';
import mongoose from 'mongoose';

/**
 * Why nothing can be stored. `full`, `read-only` and `disk` (it cannot be read or written) are said by the store of its disk;
 * `away`: nobody answers, or one who takes no writes.
 */
export type StoreTrouble = 'full' | 'read-only' | 'disk' | 'away';

const outOfDiskSpace = 14_031;
/** A member of a replica set that is not, or no longer, the one that writes (error_codes.yml: NotWritablePrimary, PrimarySteppedDown, shutdowns and their kin). */
const notWritable: ReadonlySet<unknown> = new Set([91, 189, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Null for an error that is no fault of the store: a duplicate, a bug of ours. */
export function storeTroubleOf(error: unknown): StoreTrouble | null {
  if (error instanceof mongoose.Error.MongooseServerSelectionError) return 'away';
  if (!(error instanceof MongoError)) return null;
  if (error.code === outOfDiskSpace) return diskTroubleOf(error.message);
  if (!(error instanceof MongoServerError)) return 'away';
  // A bulk write whose command failed as a whole, by a cut connection for instance, wraps the reason and tells no failed write.
  if (error instanceof MongoBulkWriteError && error.code === undefined) return 'away';
  return error instanceof MongoNetworkError || notWritable.has(error.code) ? 'away' : null;
}

/** The built-in store says of its disk more than the one code can. */
function diskTroubleOf(message: string): StoreTrouble {
  if (message.includes('is read-only')) return 'read-only';
  return message.includes('disk error') || message.includes('cannot be opened') ? 'disk' : 'full';
}
