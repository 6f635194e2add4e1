import { expect, it } from 'vitest';
import type { SocketConnection } from '../bots/bot.ts';
import { startSockets } from '../src/sockets.ts';

const connection: SocketConnection = { healthy: () => true, close: async () => undefined };

it('a socket whose platform does not answer holds up no other one', async () => {
  const silent = Promise.withResolvers<SocketConnection>();
  const opened: string[] = [];
  const bots = new Map([
    ['feishu/default', { socket: { start: () => silent.promise } }],
    ['slack/default', {}],
    ['dingtalk/default', { socket: { start: async () => connection } }],
  ]);
  const all = startSockets(
    bots,
    async () => null,
    (name) => void opened.push(name),
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(opened).toEqual(['dingtalk/default']);
  silent.resolve(connection);
  await all;
  expect(opened).toEqual(['dingtalk/default', 'feishu/default']);
});

it('each event is taken under the name of its bot', async () => {
  const taken: string[] = [];
  const event = { key: 'k', lane: 'l', body: new Uint8Array(), contentType: 'application/json' };
  const bot = {
    socket: {
      async start(take: (given: typeof event) => Promise<unknown>) {
        await take(event);
        return connection;
      },
    },
  };
  await startSockets(
    new Map([
      ['feishu/default', bot],
      ['feishu/eu', bot],
    ]),
    async (name, { key }) => {
      taken.push(`${name} ${key}`);
      return null;
    },
    () => undefined,
  );
  expect(taken).toEqual(['feishu/default k', 'feishu/eu k']);
});
