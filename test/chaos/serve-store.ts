import { createConnection, createServer } from 'node:net';
import { startEmbedded } from '../../src/embedded/index.ts';

/** The built-in store in a process of its own, for several services: on a TCP port of loopback that it prints. Argument: its folder. */
const { uri } = await startEmbedded(process.argv[2] ?? '');
const path = decodeURIComponent(uri.slice('mongodb://'.length));

const server = createServer((client) => {
  const engine = createConnection(path);
  // Either side may end at any time: a service is killed, the store closes.
  client.on('error', () => engine.destroy()).on('close', () => engine.destroy());
  engine.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.setNoDelay(true).pipe(engine).pipe(client);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.stdout.write(`${address.port}\n`);
});
