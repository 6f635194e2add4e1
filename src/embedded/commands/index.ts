import type { Document } from 'bson';
import { CommandError, onlyFields, unsupported } from '../errors.ts';
import * as collections from './collections.ts';
import { type Command, objectIn } from './command.ts';
import { explain } from './explain.ts';
import * as read from './read.ts';
import * as server from './server.ts';
import * as write from './write.ts';

const commands: Readonly<Record<string, Command>> = {
  hello: server.hello,
  isMaster: server.hello,
  ismaster: server.hello,
  ping: server.ping,
  buildInfo: server.buildInfo,
  buildinfo: server.buildInfo,
  connectionStatus: server.connectionStatus,
  serverStatus: server.serverStatus,
  endSessions: server.sessions,
  refreshSessions: server.sessions,
  find: read.find,
  getMore: read.getMore,
  killCursors: read.killCursors,
  count: read.count,
  distinct: read.distinct,
  aggregate: read.aggregate,
  explain,
  insert: write.insert,
  update: write.update,
  delete: write.remove,
  findAndModify: write.findAndModify,
  findandmodify: write.findAndModify,
  create: collections.create,
  drop: collections.drop,
  dropDatabase: collections.dropDatabase,
  listDatabases: collections.listDatabases,
  listCollections: collections.listCollections,
  createIndexes: collections.createIndexes,
  listIndexes: collections.listIndexes,
  dropIndexes: collections.dropIndexes,
};

/** What a document would do with the store, were it run. */
export function storeUse(document: Document): Command['store'] {
  const name = Object.keys(document)[0] ?? '';
  return (Object.hasOwn(commands, name) ? commands[name]?.store : undefined) ?? 'untouched';
}

/** Whether the answer to a write says that the disk has it: every one's does that did not ask for less. */
export const waitsForDisk = ({ writeConcern }: Document): boolean => (writeConcern as Document | undefined)?.['j'] !== false;

/** Fields that any command may have. Their meaning is kept, or they ask for nothing that could be kept or broken. */
const common = [
  '$db',
  '$clusterTime',
  '$readPreference',
  'lsid',
  'comment',
  'maxTimeMS',
  'readConcern',
  'writeConcern',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
];

/** The command that a document is, once all its fields are known to be understood. */
export function commandIn(document: Document): Command {
  const name = Object.keys(document)[0] ?? '';
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (document['txnNumber'] !== undefined || document['startTransaction'] !== undefined || document['autocommit'] !== undefined) {
    // Not 20, as a standalone says: the driver turns that into talk of retryable writes.
    throw unsupported('transactions', 263);
  }
  if (!command) throw new CommandError(59, `no such command: '${name}'`);
  onlyFields(document, name, [name, ...common, ...command.fields]);
  checkConcerns(document);
  return command;
}

/** Every answered write is seen by all, and on disk where `j` is not false, so these concerns hold without more work. Others cannot be kept by one server. */
function checkConcerns(document: Document): void {
  const w: unknown = objectIn(document['writeConcern'], 'writeConcern')['w'];
  if (w !== undefined && w !== 'majority' && !(Number(w) <= 1))
    throw new CommandError(2, "cannot use 'w' > 1 when a host is not replicated");
  const level: unknown = objectIn(document['readConcern'], 'readConcern')['level'];
  if (level !== undefined && !['local', 'available', 'majority', 'linearizable'].includes(String(level))) {
    throw new CommandError(72, `the built-in store has no read concern '${String(level)}'`);
  }
}
