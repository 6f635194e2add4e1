import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * - `open`: everything passes
 * - `cut`: every connection is ended, and new ones at once
 * - `no-answers`: what is asked arrives and takes effect; its answer does not come, the connection ends instead
 * - `held`: connections stay and nothing passes, in neither direction, as behind a firewall that forgot them
 */
export type Passage = 'open' | 'cut' | 'no-answers' | 'held';

/** What stands between a service and its store, in the test's hand. */
export interface StoreProxy {
  /** The same store, by way of here. */
  readonly uri: string;
  pass(how: Passage, delayMs?: number): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly store: Socket;
}

/** @param uri a store on a Unix socket or on one host */
export async function startStoreProxy(uri: string): Promise<StoreProxy> {
  const pairs = new Set<Pair>();
  let passage: Passage = 'open';
  let delayMs = 0;
  /** What arrived while nothing passed; told when something does again. */
  let waiting: (() => void)[] = [];
  const { address, rest } = partsOf(uri);

  const end = ({ client, store }: Pair): void => {
    client.destroy();
    store.destroy();
  };

  function forward(from: Socket, to: Socket, pair: Pair, isAnswer: boolean): void {
    from.on('data', (bytes: Buffer) => {
      if (isAnswer && passage === 'no-answers') end(pair);
      else if (passage === 'held') waiting.push(() => to.write(bytes));
      else if (delayMs === 0) to.write(bytes);
      // Equal delays keep their order.
      else setTimeout(() => to.write(bytes), delayMs);
    });
    from.on('error', () => end(pair));
    from.on('close', () => end(pair));
  }

  const server = createServer((client) => {
    if (passage === 'cut') return void client.destroy();
    const pair: Pair = { client, store: connect(address) };
    pairs.add(pair);
    client.once('close', () => pairs.delete(pair));
    forward(client, pair.store, pair, false);
    forward(pair.store, client, pair, true);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = server.address();
  if (own === null || typeof own === 'string') throw new Error('no port');

  return {
    uri: `mongodb://127.0.0.1:${own.port}/${rest}`,
    pass(how, ms = 0) {
      passage = how;
      delayMs = ms;
      if (how === 'cut') for (const pair of pairs) end(pair);
      if (how === 'held') return;
      for (const go of waiting) go();
      waiting = [];
    },
    async close() {
      for (const pair of pairs) end(pair);
      server.close();
      await once(server, 'close');
    },
  };
}

function partsOf(uri: string) {
  const [, host = '', name = '', query = ''] = /^mongodb:\/\/([^/?]+)\/?([^?]*)\??(.*)$/.exec(uri) ?? [];
  const direct = [query, 'directConnection=true'].filter(Boolean).join('&');
  const rest = `${name}?${direct}`;
  const path = decodeURIComponent(host);
  if (path.startsWith('/')) return { address: { path }, rest };
  const [hostname = '', port = '27017'] = host.slice(host.lastIndexOf('@') + 1).split(':');
  return { address: { host: hostname, port: Number(port) }, rest };
}
