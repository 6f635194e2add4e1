import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SocketConnection } from '../../bots/bot.ts';
import { bots } from '../../bots/index.ts';
import type { ListedEvent } from '../../src/core/connector.ts';
import { eventually } from '../e2e/eventually.ts';
import { genuineSlack } from './genuine.ts';
import { mangled } from './mangle.ts';

const frames = 400;
const hello = JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A1' }, debug_info: {} });

/** Slack's end of Socket Mode, which here says whatever it is told to. */
describe('anything that comes over Socket Mode', () => {
  let server: WebSocketServer;
  const stored: ListedEvent[] = [];
  const acknowledged = new Set<string>();
  const early: string[] = [];
  let line: WebSocket | null = null;
  let socket: SocketConnection;

  beforeAll(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (opened) => {
      line = opened;
      opened.on('message', (data) => {
        const { envelope_id } = JSON.parse(String(data)) as { envelope_id?: unknown };
        if (typeof envelope_id !== 'string') return;
        const id = envelope_id;
        if (id.startsWith('honest') && !stored.some(({ key }) => key.endsWith(id))) early.push(id);
        acknowledged.add(id);
      });
      opened.send(hello);
    });
    const definition = bots.find(({ name }) => name === 'slack');
    if (!definition) throw new Error('bots/index.ts has no slack');
    const { port } = server.address() as AddressInfo;
    const answer = () => Response.json({ ok: true, url: `ws://127.0.0.1:${port}/` });
    const silent = () => undefined;
    const bot = await definition.create(
      definition.environment.parse({
        SLACK_BOT_TOKEN: 'xoxb-1',
        SLACK_SIGNING_SECRET: '',
        SLACK_APP_TOKEN: 'xapp-1',
        SLACK_API_URL: 'https://slack.example/api/',
      }),
      {
        fetch: async () => answer(),
        now: () => new Date(),
        random: () => 0,
        log: { debug: silent, info: silent, warn: silent, error: silent },
      },
    );
    if (!bot.socket) throw new Error('there is no socket');
    socket = await bot.socket.start(async ({ ask, ...event }) => {
      stored.push(event);
      return ask ? { status: 200, body: JSON.stringify({ text: 'seven are open' }) } : null;
    });
  });
  afterAll(async () => {
    await socket.close();
    for (const one of server.clients) one.terminate();
    server.close();
  });

  /** Over whatever line is open; a frame may have ended the one before. */
  async function say(frame: string | Uint8Array): Promise<void> {
    const open = await eventually(
      () => (line?.readyState === line?.OPEN ? line : null),
      () => 'no line was opened anew',
    );
    await new Promise<void>((resolve) => open.send(frame, () => resolve()));
  }
  const honest = (id: string) => ({
    envelope_id: id,
    type: 'events_api',
    accepts_response_payload: false,
    payload: { type: 'event_callback', event_id: id, event: { type: 'app_home_opened' } },
  });

  it('ends no process, and what is whole in between is stored before it is acknowledged', async () => {
    const { events, interactions } = await genuineSlack();
    const envelopes = [
      ...events.map((payload, index) => ({
        envelope_id: `e${index}`,
        type: 'events_api',
        accepts_response_payload: false,
        payload,
        retry_attempt: 0,
        retry_reason: '',
      })),
      ...interactions.map((payload, index) => ({ envelope_id: `i${index}`, type: 'interactive', accepts_response_payload: true, payload })),
      { envelope_id: 'c', type: 'slash_commands', payload: { command: '/x', user_id: 'U1', channel_id: 'C1' } },
      { type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'x' } },
      { type: 'hello', num_connections: 1 },
    ];
    const samples = fc.sample(fc.tuple(mangled(envelopes), fc.boolean()), frames);
    for (const [index, [bytes, asText]] of samples.entries()) {
      await say(asText ? Buffer.from(bytes).toString() : bytes);
      if (index % 50 !== 0) continue;
      const id = `honest${index}`;
      // A line that a frame has just ended takes nothing: Slack sends again, over the next one.
      await eventually(
        () => {
          if (!acknowledged.has(id) && line?.readyState === line?.OPEN) line?.send(JSON.stringify(honest(id)));
          return acknowledged.has(id);
        },
        () => `${id} was not taken`,
      );
      expect(stored.some(({ key }) => key === `event:${id}`)).toBe(true);
    }
    expect(early).toEqual([]);
    expect(stored.every(({ key, lane }) => key.length > 0 && lane.length > 0)).toBe(true);
    expect(stored.length).toBeGreaterThan(frames / 20);
  });
});
