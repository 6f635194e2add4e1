import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What fits `sun_path` on Linux with its closing zero (https://man7.org/linux/man-pages/man7/unix.7.html). */
const mostPathBytes = 107;

export interface SocketPath {
  readonly path: string;
  /** Removes what was made for it. */
  remove(): void;
}

/** A place for the socket in a folder that only this user may enter: in the data folder, or under the temporary one if that is too deep. */
export function makeSocketPath(dir: string): SocketPath {
  const inside = join(dir, 'socket', 'store.sock');
  const isShort = Buffer.byteLength(inside) <= mostPathBytes;
  const folder = isShort ? join(dir, 'socket') : mkdtempSync(join(tmpdir(), 'store-'));
  const path = isShort ? inside : join(folder, 'store.sock');
  if (Buffer.byteLength(path) > mostPathBytes) throw new Error(`no socket can be made: both ${dir} and ${tmpdir()} are too long paths`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  // Left behind by a process that was killed; the lock on the data folder says that it is gone.
  rmSync(path, { force: true });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
