import { readFileSync } from 'node:fs';
import net from 'node:net';

// Once loaded, counts what goes to and fro on the Unix socket of the store, at next to no cost.

/** What a process has used since it began. */
export interface Usage {
  /** Of all its threads, the built-in store's among them. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** Messages sent to the store; the driver writes each by itself. */
  readonly roundTrips: number;
  /** On the store's socket, both ways. */
  readonly storeBytes: number;
  /** Handed to the disk (`write_bytes` of https://man7.org/linux/man-pages/man5/proc_pid_io.5.html); 0 elsewhere than on Linux. */
  readonly diskBytes: number;
}

const sockets = new Set<net.Socket>();
let roundTrips = 0;
let closedBytes = 0;

const connect = net.createConnection as (...args: unknown[]) => net.Socket;
net.createConnection = ((...args: unknown[]) => {
  const socket = connect(...args);
  const [options] = args;
  if (typeof options !== 'object' || options === null || !('path' in options)) return socket;
  sockets.add(socket);
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean;
  socket.write = (...given: unknown[]) => {
    roundTrips += 1;
    return write(...given);
  };
  socket.once('close', () => {
    sockets.delete(socket);
    closedBytes += socket.bytesRead + socket.bytesWritten;
  });
  return socket;
}) as typeof net.createConnection;

export function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const openBytes = [...sockets].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0);
  return {
    cpuMs: (user + system) / 1_000,
    rssBytes: process.memoryUsage.rss(),
    roundTrips,
    storeBytes: closedBytes + openBytes,
    diskBytes: process.platform === 'linux' ? Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0) : 0,
  };
}
