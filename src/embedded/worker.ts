import { parentPort, workerData } from 'node:worker_threads';
import { startCheckpoints } from './checkpoints.ts';
import { createEngine } from './engine.ts';
import { listen } from './server.ts';
import { makeSocketPath } from './socket-path.ts';
import { openStorage } from './storage.ts';
import { toStoreError } from './store-error.ts';

/** The thread that is the store: scans and waits for the disk here do not stop the service. */
const { dir } = workerData as { readonly dir: string };
const tidyEveryMs = 60_000;
/** As often as MongoDB. @see https://www.mongodb.com/docs/manual/core/journaling/ (2026-11-27) */
const flushEveryMs = 100;

/** What goes wrong before the store stands is told, not thrown: a thread that dies of an error takes its open database files with it. */
try {
  await serve();
} catch (error) {
  const { failure, message } = toStoreError(error);
  parentPort?.postMessage({ failure, message });
  parentPort?.close();
}

async function serve(): Promise<void> {
  const storage = openStorage(dir);
  try {
    const socket = makeSocketPath(dir);
    const engine = createEngine(storage, Date.now);
    // A socket that cannot be made ends this thread, which would stay for another that it had started.
    const server = await listen(socket.path, engine);
    const checkpoints = await startCheckpoints(storage.database, dir);
    const timers = [setInterval(engine.tidy, tidyEveryMs), setInterval(storage.flush, flushEveryMs)];
    parentPort?.once('message', async () => {
      for (const timer of timers) clearInterval(timer);
      await server.close();
      await checkpoints.close();
      storage.close();
      socket.remove();
      parentPort?.close();
    });
    parentPort?.postMessage({ path: socket.path });
  } catch (error) {
    storage.close();
    throw error;
  }
}
