import { signRequest } from '../test/kits/slack/sign.ts';
import { webhookSign } from '../test/kits/tiktok-shop/signing.ts';
import { markOf } from './marks.ts';

/** Who signs what. They are the bench's own. */
export const secrets = {
  appKey: 'bench-app',
  appSecret: 'bench-app-secret',
  slackSigning: 'bench-signing-secret',
  slackToken: 'xoxb-bench-token',
} as const;

export const agentId = 'U0AGENT01';

/** One buyer's talk with a shop. */
export interface Talk {
  readonly shopId: string;
  readonly conversationId: string;
  readonly channelId: string;
}

/** A talk whose thread is known. */
export interface OpenTalk extends Talk {
  readonly rootTs: string;
}

export const shopName = (index: number): string => `74940000000000${String(index).padStart(5, '0')}`;
export const channelName = (index: number): string => `C${String(index + 1).padStart(9, '0')}`;

/** A request as bytes, and the number of the message in it. */
export interface Marked {
  readonly mark: number;
  readonly request: Buffer;
}

const firstId = 7_600_000_000_000_000_000n;
const words = [
  'Is this lamp still in stock?',
  'Does it ship to Chiang Mai by Friday?',
  'Which size fits a small room, please?',
  'My parcel is late, can you look?',
];

function post(path: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const lines = Object.entries({
    host: '127.0.0.1',
    connection: 'keep-alive',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  });
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
}

/** The body of a buyer's message, as TikTok Shop sends it. */
export function webhookBody({ shopId, conversationId }: Talk, id: string, text: string, seconds: number): string {
  const data = {
    content: JSON.stringify({ content: text }),
    conversation_id: conversationId,
    create_time: seconds,
    is_visible: true,
    message_id: id,
    index: id,
    type: 'TEXT',
    sender: { im_user_id: conversationId, role: 'BUYER' },
  };
  return JSON.stringify({ type: 14, tts_notification_id: `n${id}`, shop_id: shopId, timestamp: seconds, data });
}

export const wordsFor = (index: number): string => words[index % words.length] ?? '';

/** The webhook of a buyer's message, signed. `seconds`: Unix time at which it was written. */
export function buyerWrites(talk: Talk, mark: number, seconds = Math.floor(Date.now() / 1_000)): Marked {
  const id = String(firstId + BigInt(mark));
  const body = webhookBody(talk, id, `${wordsFor(mark)} ${markOf(mark)}`, seconds);
  const headers = { 'content-type': 'application/json', authorization: webhookSign(secrets.appKey, secrets.appSecret, Buffer.from(body)) };
  return { mark, request: post('/hooks/tiktok-shop', headers, body) };
}

/** The event of an agent's words in a thread, signed, as Slack sends it. To be sent within five minutes. */
export function agentWrites({ channelId, rootTs }: OpenTalk, mark: number): Marked {
  const seconds = Math.floor(Date.now() / 1_000);
  const ts = `${seconds}.${String(mark % 1_000_000).padStart(6, '0')}`;
  const event = {
    type: 'message',
    user: agentId,
    ts,
    client_msg_id: `c${mark}`,
    text: `Yes, it is, and it ships tomorrow. ${markOf(mark)}`,
    team: 'T0BENCH',
    thread_ts: rootTs,
    parent_user_id: 'U0BOT',
    channel: channelId,
    event_ts: ts,
    channel_type: 'channel',
  };
  const payload = {
    token: 'verification-token',
    team_id: 'T0BENCH',
    api_app_id: 'A0BENCH',
    event,
    type: 'event_callback',
    event_id: `Ev${mark}`,
    event_time: seconds,
    authorizations: [{ enterprise_id: null, team_id: 'T0BENCH', user_id: 'U0BOT', is_bot: true, is_enterprise_install: false }],
    is_ext_shared_channel: false,
    event_context: `4-Ev${mark}`,
  };
  const { headers, body } = signRequest(secrets.slackSigning, JSON.stringify(payload), 'application/json', seconds);
  return { mark, request: post('/bots/slack/events', headers, body) };
}
