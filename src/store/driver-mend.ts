import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

/** One connection of the driver, as far as it is touched here. */
interface DriverConnection extends EventEmitter {
  /** Why it ended: there before `close` is emitted, once. */
  readonly error: Error | null;
  /** Resolves when the socket took all of the command. */
  writeCommand(this: DriverConnection, command: unknown, options: unknown): Promise<void>;
}

/**
 * Mends a fault of the driver (mongodb 7.8.0, and 7.9.0 still: `lib/cmap/connection.js`). A socket that cannot take a command at once is waited for until it drains
 * or fails. One that ends without an error does neither, and refuses a command in the same way in the moment before it says `close`: the command then never ends,
 * and no timeout ends it. Where it was the driver's own question whether the server is there, no server is found from then on. Here a write ends with its connection.
 *
 * `test/store/cut-socket.test.ts` shows it; once that is green without this file, the file can go.
 */
const { prototype } = (
  createRequire(import.meta.url)('mongodb/lib/cmap/connection.js') as { readonly Connection: { readonly prototype: DriverConnection } }
).Connection;

const { writeCommand } = prototype;

prototype.writeCommand = function (command, options) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const ended = (): void => reject(this.error);
  this.once('close', ended);
  writeCommand
    .call(this, command, options)
    .then(resolve, reject)
    .finally(() => this.off('close', ended));
  return promise;
};
