import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import { Binary, MongoClient } from 'mongodb';
import { signRequest } from '../adapters/tiktok-shop/sign.ts';
import { startEmbedded } from '../src/embedded/index.ts';
import { answers } from './child.ts';
import { usage } from './usage.ts';

// The least that could be called the same: Express, the signature checked, one journaled insert under a unique key; and as a relay also one call to the far
// side and one update. On the same store through the same driver. It knows no order, no thread, no retry, no limit, no language, no person.

const { dataDir, fakes, secrets } = JSON.parse(process.env['BENCH_SETUP'] ?? '') as BaselineSetup;

/** What it is started with. */
export interface BaselineSetup {
  readonly dataDir: string;
  /** Where both platforms are, without a slash at the end. */
  readonly fakes: string;
  readonly secrets: { readonly appKey: string; readonly appSecret: string; readonly slackSigning: string; readonly slackToken: string };
}

interface Stored {
  readonly _id: string;
  readonly body: Binary;
  readonly state: 'received' | 'done';
}

const engine = await startEmbedded(dataDir);
const client = await new MongoClient(engine.uri, { maxPoolSize: 40 }).connect();
const inbox = client.db('baseline').collection<Stored>('inbox', { writeConcern: { w: 1, j: true } });
let relays = false;
let failures = 0;

const same = (expected: string, given: string): boolean =>
  expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));

/** @returns false: it was there already */
async function store(_id: string, body: Buffer): Promise<boolean> {
  try {
    await inbox.insertOne({ _id, body: new Binary(body), state: 'received' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 11_000) return false;
    throw error;
  }
}

async function relay(_id: string, send: () => Promise<globalThis.Response>): Promise<void> {
  try {
    const answer = await send();
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    await inbox.updateOne({ _id }, { $set: { state: 'done' } });
  } catch {
    failures += 1;
  }
}

async function fromTikTok(request: Request, response: Response): Promise<void> {
  const body = request.body as Buffer;
  const expected = createHmac('sha256', secrets.appSecret).update(secrets.appKey).update(body).digest('hex');
  if (!same(expected, request.get('authorization') ?? '')) return void response.status(401).end();
  const { data } = JSON.parse(body.toString()) as { data: { message_id: string; conversation_id: string; content: string } };
  const isNew = await store(data.message_id, body);
  response.status(200).end();
  if (relays && isNew) await relay(data.message_id, () => postToSlack(data));
}

async function postToSlack(data: { conversation_id: string; content: string }): Promise<globalThis.Response> {
  const { content } = JSON.parse(data.content) as { content: string };
  return fetch(`${fakes}/api/chat.postMessage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${secrets.slackToken}` },
    body: JSON.stringify({ channel: 'C000000001', text: content, thread_ts: '1700000000.000100' }),
  });
}

async function fromSlack(request: Request, response: Response): Promise<void> {
  const body = request.body as Buffer;
  const at = request.get('x-slack-request-timestamp') ?? '';
  const expected = `v0=${createHmac('sha256', secrets.slackSigning).update(`v0:${at}:`).update(body).digest('hex')}`;
  if (!same(expected, request.get('x-slack-signature') ?? '')) return void response.status(401).end();
  const { event } = JSON.parse(body.toString()) as { event: { channel: string; ts: string; text: string } };
  const _id = `${event.channel}:${event.ts}`;
  const isNew = await store(_id, body);
  response.status(200).end();
  if (relays && isNew) await relay(_id, () => postToTikTok(event.text));
}

async function postToTikTok(text: string): Promise<globalThis.Response> {
  const path = '/customer_service/202309/conversations/7500000000000000001/messages';
  const body = JSON.stringify({ type: 'TEXT', content: JSON.stringify({ content: text }) });
  const query = { app_key: secrets.appKey, shop_cipher: 'cipher', timestamp: String(Math.floor(Date.now() / 1_000)) };
  const sign = signRequest(secrets.appSecret, { path, query, body });
  return fetch(`${fakes}${path}?${new URLSearchParams({ ...query, sign }).toString()}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tts-access-token': 'token' },
    body,
  });
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.raw({ type: () => true, limit: '1mb' }));
app.post('/hooks/tiktok-shop', fromTikTok);
app.post('/bots/slack/events', fromSlack);
const server = app.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));

process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(async () => {
    await client.close();
    await engine.close();
    process.exit(0);
  });
});

answers({
  port: () => (server.address() as AddressInfo).port,
  usage,
  /** Whether what is stored goes on to the far side. */
  relay: (on: boolean) => {
    relays = on;
  },
  failures: () => failures,
});
