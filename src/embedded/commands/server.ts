import { type Document, Long } from 'bson';
import { maxMessageBytes } from '../wire.ts';
import { maxDocumentBytes } from '../writes.ts';
import { type Command, ok } from './command.ts';

/** The server version whose answers these are: wire version 21 is MongoDB 7.0's. */
const version = '7.0.0';

const answer = (fields: readonly string[], reply: (command: Document, now: Date) => Document): Command => ({
  fields,
  store: 'untouched',
  run: (command, { now }) => ok(reply(command, now)),
});

/**
 * A standalone: without `setName` the driver sends no transaction numbers, without `topologyVersion` it asks again instead of keeping a
 * stream open, and without `logicalSessionTimeoutMinutes` it would refuse sessions.
 */
export const hello = answer(
  [
    'helloOk',
    'client',
    'compression',
    'backpressure',
    'loadBalanced',
    'topologyVersion',
    'maxAwaitTimeMS',
    'hostInfo',
    'saslSupportedMechs',
    'speculativeAuthenticate',
  ],
  (_, now) => ({
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    maxBsonObjectSize: maxDocumentBytes,
    maxMessageSizeBytes: maxMessageBytes,
    maxWriteBatchSize: 100_000,
    localTime: now,
    logicalSessionTimeoutMinutes: 30,
    connectionId: 1,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
  }),
);

export const ping = answer([], () => ({}));
export const buildInfo = answer([], () => ({
  version,
  versionArray: [7, 0, 0, 0],
  gitVersion: 'built-in store',
  modules: [],
  bits: 64,
  maxBsonObjectSize: maxDocumentBytes,
}));
export const connectionStatus = answer(['showPrivileges'], () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } }));
export const serverStatus = answer([], (_, now) => ({
  version,
  process: 'built-in store',
  pid: Long.fromNumber(process.pid),
  uptime: process.uptime(),
  localTime: now,
}));
/** Sessions carry no state here. */
export const sessions = answer([], () => ({}));
