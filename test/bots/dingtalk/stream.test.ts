import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SocketConnection } from '../../../bots/bot.ts';
import { type StreamTiming, startStream, topics } from '../../../bots/dingtalk/stream.ts';
import type { Frame } from '../../../bots/dingtalk/stream-link.ts';
import type { ConnectorDeps } from '../../../src/core/connector.ts';
import { type Gateway, startGateway } from './gateway.ts';

const timing: StreamTiming = {
  ...{ openMs: 5_000, idleMs: 60_000, steadyMs: 60_000, firstPauseMs: 5, maxPauseMs: 20, drainMs: 50, lastWordsMs: 50 },
};

function frame(messageId: string, data: object = { hello: 1 }) {
  const headers = { topic: topics.robot, messageId, contentType: 'application/json', time: '1700000000000' };
  return { specVersion: '1.0', type: 'CALLBACK', headers, data: JSON.stringify(data) };
}

const system = (topic: string, data: object) => ({
  type: 'SYSTEM',
  headers: { topic, messageId: `s-${topic}` },
  data: JSON.stringify(data),
});

describe('the stream', () => {
  let gateway: Gateway;
  let connection: SocketConnection | null;
  let logged: string[];
  const taken: Frame[] = [];
  beforeEach(async () => {
    gateway = await startGateway();
    connection = null;
    taken.length = 0;
    logged = [];
  });
  afterEach(async () => {
    await connection?.close();
    await gateway.close();
  });

  async function start(
    options: Partial<StreamTiming> & { secret?: string; handle?: (frame: Frame) => Promise<object> } = {},
  ): Promise<SocketConnection> {
    const log = (fields: object, sentence: string) =>
      void logged.push(`${sentence} ${JSON.stringify(fields, (_key, value) => (value instanceof Error ? String(value) : value))}`);
    const deps: ConnectorDeps = { fetch, now: () => new Date(), random: () => 0.5, log: { debug: log, info: log, warn: log, error: log } };
    const { secret = 'shh', handle, ...times } = options;
    const keep = async (one: Frame) => {
      taken.push(one);
      return { response: null };
    };
    const stream = { clientId: 'app', clientSecret: secret, baseUrl: gateway.server.url };
    connection = await startStream(stream, deps, handle ?? keep, { ...timing, ...times });
    return connection;
  }

  const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

  it('is healthy once it is open, and not when it is closed', async () => {
    const one = await start();
    expect(one.healthy()).toBe(true);
    await one.close();
    expect(one.healthy()).toBe(false);
    await soon(() => expect(gateway.sockets).toHaveLength(0));
  });

  it('hands over what is pushed, and acknowledges it with the answer', async () => {
    await start();
    gateway.push(gateway.sockets[0], frame('m-1', { text: 'hi' }));
    await soon(() => expect(gateway.answers).toHaveLength(1));
    expect(taken).toEqual([{ topic: topics.robot, messageId: 'm-1', timeMs: 1_700_000_000_000, data: '{"text":"hi"}' }]);
    expect(gateway.answers[0]).toMatchObject({ code: 200, headers: { messageId: 'm-1' }, data: '{"response":null}' });
  });

  it('acknowledges nothing before it is stored, nor what could not be', async () => {
    const waiting = new Map<string, { readonly stored: () => void; readonly failed: () => void }>();
    const handle = ({ messageId }: Frame) =>
      new Promise<object>((resolve, reject) => {
        waiting.set(messageId, { stored: () => resolve({}), failed: () => reject(new Error('the store is away')) });
      });
    await start({ handle });
    const [socket] = gateway.sockets;
    gateway.push(socket, frame('m-1'));
    gateway.push(socket, frame('m-2'));
    gateway.push(socket, system('ping', { opaque: 'x' }));
    await soon(() => expect(gateway.answers.map(({ headers }) => headers.messageId)).toEqual(['s-ping']));
    waiting.get('m-2')?.failed();
    waiting.get('m-1')?.stored();
    await soon(() => expect(gateway.answers.map(({ headers }) => headers.messageId)).toEqual(['s-ping', 'm-1']));
    gateway.push(socket, system('ping', { opaque: 'y' }));
    await soon(() => expect(gateway.answers).toHaveLength(3));
    expect(gateway.answers.map(({ headers }) => headers.messageId)).not.toContain('m-2');
  });

  it('is closed once what came is stored and acknowledged, since nobody sends it again; but not much later', async () => {
    const stored = Promise.withResolvers<object>();
    const one = await start({ handle: () => stored.promise, lastWordsMs: 60_000 });
    gateway.push(gateway.sockets[0], frame('m-1'));
    gateway.push(gateway.sockets[0], system('ping', { opaque: 'x' }));
    await soon(() => expect(gateway.answers).toHaveLength(1));
    const closing = one.close();
    expect(one.healthy()).toBe(false);
    stored.resolve({});
    await closing;
    await soon(() => expect(gateway.answers.map(({ headers }) => headers.messageId)).toEqual(['s-ping', 'm-1']));
    const other = await start({ handle: () => new Promise(() => undefined) });
    gateway.push(gateway.sockets.at(-1), frame('m-2'));
    gateway.push(gateway.sockets.at(-1), system('ping', { opaque: 'y' }));
    await soon(() => expect(gateway.answers).toHaveLength(3));
    await other.close();
  });

  it('echoes pings', async () => {
    await start();
    gateway.push(gateway.sockets[0], system('ping', { opaque: '123-dsfs' }));
    await soon(() => expect(gateway.answers).toHaveLength(1));
    expect(gateway.answers[0]).toMatchObject({ code: 200, headers: { messageId: 's-ping' }, data: '{"opaque":"123-dsfs"}' });
  });

  it('has a successor open before it leaves a connection that is about to be closed, and takes from both', async () => {
    const one = await start({ steadyMs: 0, drainMs: 60_000 });
    const [old] = gateway.sockets;
    gateway.push(old, system('disconnect', { reason: 'connection is expired' }));
    await soon(() => expect(gateway.sockets).toHaveLength(2));
    gateway.push(old, frame('m-1'));
    gateway.push(gateway.sockets[1], frame('m-2'));
    await soon(() => expect(taken.map(({ messageId }) => messageId).sort()).toEqual(['m-1', 'm-2']));
    await soon(() => expect(gateway.answers).toHaveLength(2));
    expect(one.healthy()).toBe(true);
    old?.close();
    await soon(() => expect(gateway.sockets).toHaveLength(1));
    expect(one.healthy()).toBe(true);
    expect(gateway.tickets()).toBe(2);
  });

  it('hangs up a connection that it has left', async () => {
    await start({ steadyMs: 0 });
    const [old] = gateway.sockets;
    gateway.push(old, system('disconnect', {}));
    await soon(() => expect(gateway.tickets()).toBe(2));
    await soon(() => expect(gateway.sockets).not.toContain(old));
    expect(gateway.sockets).toHaveLength(1);
  });

  it('leaves a connection that has fallen silent', async () => {
    const one = await start({ idleMs: 90, steadyMs: 0 });
    const [old] = gateway.sockets;
    gateway.fallSilent();
    await soon(() => expect(gateway.sockets).not.toContain(old));
    await soon(() => expect(one.healthy()).toBe(true));
  });

  it('keeps one that answers pings, though nothing is pushed', async () => {
    await start({ idleMs: 2_400 });
    const pings = new Promise<void>((resolve) => {
      let count = 0;
      gateway.sockets[0]?.on('ping', () => {
        count += 1;
        if (count === 4) resolve();
      });
    });
    await pings;
    expect(gateway.tickets()).toBe(1);
  });

  it('comes back when the connection is cut', async () => {
    const one = await start();
    gateway.sockets[0]?.terminate();
    await soon(() => expect(gateway.tickets()).toBe(2));
    await soon(() => expect(one.healthy()).toBe(true));
    expect(gateway.sockets).toHaveLength(1);
  });

  it.each(['refuse', 'slam'] as const)(
    'makes no storm where sockets are turned away (%s): one attempt at a time, each after a longer pause',
    async (how) => {
      gateway[how](true);
      const began = performance.now();
      const one = await start({ firstPauseMs: 20, maxPauseMs: 10_000 });
      await soon(() => expect(gateway.tickets()).toBeGreaterThanOrEqual(4));
      // 20, 40, 80 ms at three quarters: attempts that do not pile up cannot be sooner.
      expect(performance.now() - began).toBeGreaterThanOrEqual(0.75 * (20 + 40 + 80) - 5);
      expect(gateway.sockets.length).toBeLessThanOrEqual(1);
      gateway[how](false);
      await soon(() => expect(one.healthy()).toBe(true));
      const tickets = gateway.tickets();
      gateway.push(gateway.sockets[0], frame('m-1'));
      await soon(() => expect(taken).toHaveLength(1));
      expect(gateway.tickets()).toBe(tickets);
    },
  );

  it('starts with the gateway away, and tells', async () => {
    gateway.server.failNext(() => true, { kind: 'status', status: 503 }, 2);
    const one = await start();
    expect(one.healthy()).toBe(false);
    await soon(() => expect(one.healthy()).toBe(true));
  });

  it('is not opened with the wrong secret, and says no secret in the log', async () => {
    const one = await start({ secret: 'wrong-secret' });
    expect(one.healthy()).toBe(false);
    await soon(() => expect(logged.filter((line) => line.includes('authFailed')).length).toBeGreaterThan(1));
    await start();
    gateway.refuse(true);
    gateway.sockets[0]?.terminate();
    await soon(() => expect(logged.some((line) => line.includes('refused'))).toBe(true));
    expect(logged.join('\n')).not.toMatch(/wrong-secret|shh|ticket-\d/);
    await one.close();
  });

  it('passes over frames that are none', async () => {
    await start();
    const [socket] = gateway.sockets;
    for (const words of ['', '{', 'null', '[]', '42', '{"type":"CALLBACK"}', '{"type":1,"headers":{}}']) socket?.send(words);
    socket?.send(Buffer.from([1, 2, 3]));
    gateway.push(socket, frame('m-1'));
    await soon(() => expect(taken).toHaveLength(1));
    expect(gateway.sockets).toHaveLength(1);
  });
});
