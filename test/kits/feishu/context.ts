import type { FakeAnswer } from '../fake-server.ts';
import type { EventAnnouncer } from './announce.ts';
import type { FeishuLimiter } from './limits.ts';
import { FeishuRefusal, refusals } from './refusal.ts';
import type { Json } from './wire.ts';
import type { FeishuChat, FeishuMessage, FeishuWorld } from './world.ts';

export interface SlashCommand {
  readonly id: string;
  command: string;
  description: string;
}

/** What every API works on. */
export interface ApiContext {
  readonly world: FeishuWorld;
  readonly announce: EventAnnouncer;
  readonly limiter: FeishuLimiter;
  /** What the tenant has granted. */
  readonly scopes: Set<string>;
  /** `uuid`s of the last hour, and what was sent with them. */
  readonly uuids: Map<string, { readonly messageId: string; readonly until: number }>;
  readonly slashCommands: Map<string, SlashCommand>;
  /** Tenants may forbid words: what matches is not sent. Null: nothing is forbidden. */
  readonly dataLeakRule: () => RegExp | null;
  /** How many times faster than the real platform it forgets. */
  readonly timeScale: number;
}

export interface ApiCall {
  /** Of the path: `/open-apis/im/v1/messages/:id`. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json;
  /** Of an upload. */
  readonly form: FormData | null;
}

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** One of them is needed; none: any token will do. */
  readonly scopes: readonly string[];
  /** True: what it answers stands beside `code`, not in `data`. */
  readonly flat?: boolean;
  /** `data` of the answer, or bytes. */
  run(call: ApiCall, context: ApiContext): Json | FakeAnswer;
}

/** A string of the body. @throws FeishuRefusal 99992402 */
export function need(body: Json, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw refusals.field(name);
  return value;
}

export const param = ({ params }: ApiCall, name: string): string => params[name] ?? '';

/** The chat that the bot is to write to or read. @throws FeishuRefusal */
export function joinedChat({ world }: ApiContext, id: string): FeishuChat {
  const chat = world.chats.get(id);
  if (!chat) throw refusals.invalid('invalid receive_id');
  if (chat.dissolved) throw refusals.chatDissolved();
  if (!chat.members.has(world.app.openId)) throw refusals.outOfChat();
  return chat;
}

/** A message in a chat of the bot, not recalled. @throws FeishuRefusal */
export function seenMessage(context: ApiContext, id: string): { readonly chat: FeishuChat; readonly message: FeishuMessage } {
  const message = context.world.message(id);
  if (!message) throw refusals.invalid('invalid message_id');
  const chat = joinedChat(context, message.chatId);
  if (message.recalled) throw refusals.recalled();
  return { chat, message };
}

/** @throws FeishuRefusal 230020, 99991400: with the header that says how long to wait */
export function takeFrom(context: ApiContext, name: 'group' | 'message', key: string): void {
  const seconds = context.limiter.take(name, key);
  if (seconds !== null) throw new RateLimited(230020, 'This operation triggers the frequency limit.', seconds);
}

export class RateLimited extends FeishuRefusal {
  readonly seconds: number;

  constructor(code: 230020 | 99991400, message: string, seconds: number) {
    super(code, message);
    this.seconds = seconds;
  }
}
