import { parentPort, workerData } from 'node:worker_threads';
import { createEngine } from './engine.ts';
import { listen } from './server.ts';
import { makeSocketPath } from './socket-path.ts';
import { openStorage } from './storage.ts';

/** The thread that is the store: scans and waits for the disk here do not stop the service. */
const { dir } = workerData as { readonly dir: string };
const tidyEveryMs = 60_000;

const storage = openStorage(dir);
const socket = makeSocketPath(dir);
const engine = createEngine(storage, Date.now);
const server = await listen(socket.path, engine);
const tidying = setInterval(engine.tidy, tidyEveryMs);

parentPort?.once('message', async () => {
  clearInterval(tidying);
  await server.close();
  storage.close();
  socket.remove();
  parentPort?.close();
});
parentPort?.postMessage({ path: socket.path });
