import { connect, type Socket } from 'node:net';

/** A crowd of connections that mean no good. */
export interface Crowd {
  /** Resolves when each has been let in, or refused. */
  readonly gathered: Promise<unknown>;
  /** How many of them the server has not closed yet. */
  open(): number;
  close(): void;
}

interface Member {
  readonly socket: Socket;
  /** What it goes on saying every 100 ms; null: nothing. */
  readonly drip: (() => string | Uint8Array) | null;
}

const dripMs = 100;

/** `begin` says what each says first, and may keep it from reading. A connection that is refused or cut counts as closed. */
export function crowd(port: number, size: number, begin: (socket: Socket) => Member['drip']): Crowd {
  const members = Array.from({ length: size }, (): Member => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    // Read and forgotten, or the end of the line would never be seen.
    socket.resume();
    return { socket, drip: begin(socket) };
  });
  const timer = setInterval(() => {
    for (const { socket, drip } of members) if (drip && socket.writable && !socket.writableNeedDrain) socket.write(drip());
  }, dripMs);
  const arrived = ({ socket }: Member) => new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()));
  return {
    gathered: Promise.all(members.map(arrived)),
    open: () => members.filter(({ socket }) => !socket.destroyed).length,
    close() {
      clearInterval(timer);
      for (const { socket } of members) socket.destroy();
    },
  };
}

const head = (path: string, ...headers: readonly string[]): string => [`POST ${path} HTTP/1.1`, 'Host: x', ...headers, '', ''].join('\r\n');
const megabyte = Buffer.alloc(1024 * 1024, 0x20);
const chunk = Buffer.concat([Buffer.from('100000\r\n'), megabyte, Buffer.from('\r\n')]);

/** What each kind of crowd does at one of the hooks, to be shown out for it soon. */
export const crowds: Readonly<Record<string, (path: string) => (socket: Socket) => Member['drip']>> = {
  'connects and says nothing': () => () => null,
  'drips its headers': (path) => (socket) => {
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nX-`);
    return () => 'a';
  },
  'drips its body': (path) => (socket) => {
    socket.write(head(path, 'Content-Length: 900000'));
    return () => '{';
  },
  'drips its body in chunks': (path) => (socket) => {
    socket.write(head(path, 'Transfer-Encoding: chunked'));
    return () => '1\r\n{\r\n';
  },
  'sends endless headers': (path) => (socket) => {
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n`);
    return () => `X-Header: ${'a'.repeat(4_000)}\r\n`;
  },
  'sends ten megabytes': (path) => (socket) => {
    socket.write(head(path, `Content-Length: ${10 * megabyte.length}`));
    return () => megabyte;
  },
  'sends ten megabytes in chunks': (path) => (socket) => {
    socket.write(head(path, 'Transfer-Encoding: chunked'));
    return () => chunk;
  },
  'says goodbye in the middle': (path) => (socket) => {
    socket.end(`${head(path, 'Content-Length: 100')}{`);
    return null;
  },
  'sends no HTTP, line after line': () => () => () => '\u0016\u0003\u0001 GARBAGE \r\n\r\n',
};

const question = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
/** What may stay for minutes: it could be a platform that keeps its line, or a slow reader of a long answer. */
export const tolerated: Readonly<Record<string, (socket: Socket) => Member['drip']>> = {
  'has asked once and stays': (socket) => {
    socket.write(question);
    return null;
  },
  'asks again and again and never reads': (socket) => {
    socket.pause();
    return () => question.repeat(5);
  },
};
