import { createEngine } from '../../src/embedded/engine.ts';
import { startEmbedded } from '../../src/embedded/index.ts';
import { listen } from '../../src/embedded/server.ts';
import { makeSocketPath } from '../../src/embedded/socket-path.ts';
import { openStorage } from '../../src/embedded/storage.ts';

/**
 * Serves the store in a folder until it is killed, and prints its address. With `hasty` it answers before it commits, as an engine must not:
 * the harness has to see that.
 */
const [dir = '', hasty] = process.argv.slice(2);
const { uri } = hasty ? await startHasty(dir) : await startEmbedded(dir);
process.stdout.write(`${uri}\n`);

async function startHasty(folder: string): Promise<{ readonly uri: string }> {
  const storage = openStorage(folder);
  const socket = makeSocketPath(folder);
  await listen(socket.path, createEngine({ ...storage, database: committingLater(storage.database) }, Date.now));
  return { uri: `mongodb://${encodeURIComponent(socket.path)}` };
}

/** A commit is said to be done, and done some milliseconds after. What comes meanwhile joins the open transaction. */
function committingLater<Database extends ReturnType<typeof openStorage>['database']>(database: Database): Database {
  let isPlanned = false;
  const commit = (): void => {
    isPlanned = false;
    database.exec('commit');
  };
  return new Proxy(database, {
    get(target, name) {
      if (name === 'exec') {
        return (sql: string): void => {
          if (sql !== 'commit') target.exec(sql);
          else if (!isPlanned) setTimeout(commit, 20);
          isPlanned ||= sql === 'commit';
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
