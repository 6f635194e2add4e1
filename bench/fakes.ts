import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answers } from './child.ts';
import { marksIn } from './marks.ts';
import { monotonicMs } from './stats.ts';

// Both platforms, as cheap as can be: they answer in the right shape, check nothing, and note when each marked message arrived. The kits under test/kits
// keep whole workspaces and conversations; at a thousand messages a second they would be what is measured.

/** A message that arrived. */
export interface Arrival {
  readonly mark: number;
  /** `monotonicMs` when its request was there. */
  readonly atMs: number;
  readonly channelId: string | null;
  /** The post's own, and that of the thread it stands in; its own where it opened one. */
  readonly ts: string | null;
  readonly threadTs: string | null;
}

const json = { 'content-type': 'application/json; charset=utf-8', 'x-oauth-scopes': 'chat:write', 'x-slack-req-id': 'r1' };
const arrivals = new Map<number, Arrival>();
/** When each link to a post arrived in a channel itself, by `C01 1700.000100`. */
const links = new Map<string, number[]>();
const calls = new Map<string, number>();
let lastTs = Math.floor(Date.now() / 1_000) * 1_000_000;
let lastMessageId = 7_700_000_000_000_000_000n;
/** Requests whose path and body hold one of these are answered with 503, or not at all. */
let away: { readonly holding: readonly string[]; readonly how: 'refuses' | 'hangs' } = { holding: [], how: 'refuses' };

function nextTs(): string {
  lastTs += 100;
  return `${Math.floor(lastTs / 1e6)}.${String(lastTs % 1e6).padStart(6, '0')}`;
}

function note(body: string, place: Pick<Arrival, 'channelId' | 'ts' | 'threadTs'>): void {
  const atMs = monotonicMs();
  for (const mark of marksIn(body)) if (!arrivals.has(mark)) arrivals.set(mark, { mark, atMs, ...place });
}

function noteLinks(body: string): void {
  const atMs = monotonicMs();
  const plain = body.startsWith('{') ? body : decodeURIComponent(body);
  for (const [, channel, seconds, micros] of plain.matchAll(/\/archives\/(\w+)\/p(\d+)(\d{6})/g)) {
    const post = `${channel} ${seconds}.${micros}`;
    links.set(post, [...(links.get(post) ?? []), atMs]);
  }
}

/** A field of a form or of JSON. */
const field = (body: string, name: string): string | null =>
  (body.startsWith('{') ? new RegExp(`"${name}":"([^"]*)"`).exec(body)?.[1] : new RegExp(`(?:^|&)${name}=([^&]*)`).exec(body)?.[1]) ?? null;

function slack(method: string, body: string): object {
  switch (method) {
    case 'chat.postMessage': {
      const ts = nextTs();
      const channel = field(body, 'channel');
      const thread = field(body, 'thread_ts');
      note(body, { channelId: channel, ts, threadTs: thread ?? ts });
      if (thread === null) noteLinks(body);
      return { ok: true, channel, ts, message: { type: 'message', ts } };
    }
    case 'auth.test':
      return {
        ok: true,
        url: 'https://bench.slack.com/',
        team: 'bench',
        user: 'threadmart',
        team_id: 'T0BENCH',
        user_id: 'U0BOT',
        bot_id: 'B0BOT',
      };
    case 'users.info': {
      const id = field(body, 'user') ?? 'U0AGENT';
      return {
        ok: true,
        user: { id, team_id: 'T0BENCH', name: id.toLowerCase(), real_name: id, locale: 'en-US', is_bot: false, profile: {} },
      };
    }
    case 'conversations.replies':
    case 'conversations.history':
      return { ok: true, messages: [], has_more: false };
    case 'conversations.info':
      return { ok: true, channel: { id: field(body, 'channel'), is_archived: false, is_member: true } };
    default:
      return { ok: true };
  }
}

function tiktok(method: string, path: string, body: string): object {
  const conversation = /\/conversations\/([^/?]+)/.exec(path)?.[1] ?? null;
  if (method === 'POST' && path.includes('/messages?')) {
    note(body, { channelId: conversation, ts: null, threadTs: null });
    lastMessageId += 1n;
    return { message_id: String(lastMessageId) };
  }
  if (method === 'POST') return {};
  if (path.includes('/messages?')) return { messages: [], next_page_token: '', unsupported_msg_tips: '' };
  if (path.includes('/202601/conversations/')) {
    const buyer = { role: 'BUYER', user_id: conversation, im_user_id: conversation, nickname: `buyer ${conversation?.slice(-4)}` };
    return { id: conversation, can_send_message: true, participants: [buyer] };
  }
  return { conversations: [], next_page_token: '' };
}

function respond(request: IncomingMessage, response: ServerResponse, body: string): void {
  const { method = 'GET', url = '/' } = request;
  const name = url.startsWith('/api/') ? url.slice('/api/'.length) : `${method} tiktok`;
  calls.set(name, (calls.get(name) ?? 0) + 1);
  if (away.holding.some((one) => url.includes(one) || body.includes(one))) {
    if (away.how === 'refuses') response.writeHead(503).end('upstream connect error');
    return;
  }
  // An app without the platform's own figures: they are read once a day, and would be in the way of what is measured first.
  const refused = url.includes('/performance?');
  const answer = url.startsWith('/api/')
    ? slack(name, body)
    : refused
      ? { code: 105005, message: 'Access denied', request_id: 'r1', data: null }
      : { code: 0, message: 'Success', request_id: 'r1', data: tiktok(method, url, body) };
  const text = JSON.stringify(answer);
  response.writeHead(200, { ...json, 'content-length': Buffer.byteLength(text) }).end(text);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => respond(request, response, Buffer.concat(chunks).toString('utf8')));
});
server.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));

answers({
  port: () => (server.address() as AddressInfo).port,
  /** How many marked messages are there. */
  count: () => arrivals.size,
  /** All of them; forgotten here afterwards, as is the count of calls. */
  take: () => {
    const taken = { arrivals: [...arrivals.values()], calls: Object.fromEntries(calls) };
    arrivals.clear();
    calls.clear();
    return taken;
  },
  /** How many calls of every kind have come since the last `take`. */
  calls: () => [...calls.values()].reduce((sum, count) => sum + count, 0),
  /** How many of these are not there. */
  missing: (marks: readonly number[]) => marks.filter((mark) => !arrivals.has(mark)).length,
  /** When each of these arrived; null: not yet. */
  timesOf: (marks: readonly number[]) => marks.map((mark) => arrivals.get(mark)?.atMs ?? null),
  /** When each link to one of these posts arrived, `monotonicMs`. */
  linksTo: (posts: readonly string[]) => posts.map((post) => links.get(post) ?? []),
  away: (what: typeof away) => {
    away = what;
  },
});
