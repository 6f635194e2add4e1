import type { EventAnnouncer } from './announce.ts';
import type { Ephemeral, ResponseAddress } from './private.ts';
import { SlackRefusal } from './refusal.ts';
import type { SocketMode } from './socket.ts';
import type { Json } from './wire.ts';
import type { SlackChannel, SlackMessage, SlackWorld } from './world.ts';

export interface StoredView {
  readonly id: string;
  /** Who has it before them. */
  readonly user: string;
  hash: string;
  view: Json;
}

/** What every Web API method works on. */
export interface ApiContext {
  readonly world: SlackWorld;
  readonly announce: EventAnnouncer;
  readonly socket: SocketMode;
  readonly scopes: Set<string>;
  /** Trigger ids: whose press it was, and until when they are good (real milliseconds). */
  readonly triggers: Map<string, { readonly user: string; readonly until: number; used: boolean }>;
  readonly views: Map<string, StoredView>;
  readonly ephemerals: Ephemeral[];
  /** Addresses that came with commands and presses, by the last part of their path. */
  readonly responses: Map<string, ResponseAddress>;
  serverUrl(): string;
}

export interface ApiMethod {
  /** One of them is needed; none: any token will do. */
  readonly scopes: readonly string[];
  readonly token?: 'app';
  run(args: Args, context: ApiContext): Json;
}

export interface Args {
  /** @throws SlackRefusal `invalid_arguments` when it is missing */
  need(name: string): string;
  get(name: string): string | null;
  flag(name: string): boolean;
  /** A JSON value, sent as such or as a string. @throws SlackRefusal when it does not parse */
  json(name: string): unknown;
  number(name: string, fallback: number): number;
}

export function toArgs(values: Readonly<Record<string, unknown>>): Args {
  const get = (name: string): string | null => {
    const value = values[name];
    if (value === undefined || value === null || value === '') return null;
    return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  return {
    get,
    need(name) {
      const value = get(name);
      if (value === null)
        throw new SlackRefusal('invalid_arguments', { response_metadata: { messages: [`[ERROR] missing required field: ${name}`] } });
      return value;
    },
    flag: (name) => ['true', '1'].includes(get(name) ?? ''),
    number: (name, fallback) => Number(get(name) ?? fallback),
    json(name) {
      const value = values[name];
      if (typeof value !== 'string' || value === '') return value === '' ? undefined : value;
      try {
        return JSON.parse(value);
      } catch {
        throw new SlackRefusal(name === 'blocks' ? 'invalid_blocks_format' : 'invalid_arguments');
      }
    },
  };
}

/** A channel that the app may see. @throws SlackRefusal `channel_not_found` */
export function visibleChannel(context: ApiContext, id: string): SlackChannel {
  const channel = context.world.channels.get(id);
  if (!channel || (channel.isPrivate && !channel.members.has(context.world.app.userId))) throw new SlackRefusal('channel_not_found');
  return channel;
}

/** A channel that the app may write to. @throws SlackRefusal `channel_not_found`, `not_in_channel`, `is_archived` */
export function writableChannel(context: ApiContext, id: string): SlackChannel {
  const channel = visibleChannel(context, id);
  if (channel.archived) throw new SlackRefusal('is_archived');
  if (!channel.members.has(context.world.app.userId)) throw new SlackRefusal('not_in_channel');
  return channel;
}

export function rootIn(context: ApiContext, channel: SlackChannel, threadTs: string): SlackMessage {
  const root = context.world.message(channel.id, threadTs);
  if (!root || root.threadTs !== null) throw new SlackRefusal('thread_not_found');
  return root;
}
