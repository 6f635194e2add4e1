import { buttonsIn } from './blocks.ts';
import { render } from './render.ts';
import type { SlackMessage, SlackWorld } from './world.ts';

/** A message as a person finds it in Slack. */
export interface FarPost {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly user: string;
  readonly fromBot: boolean;
  /** Flattened: what can be read. */
  readonly text: string;
  readonly pings: readonly string[];
  readonly styled: readonly string[];
  readonly metadata: SlackMessage['metadata'];
  /** Names of reactions, and who set them. */
  readonly reactions: readonly { readonly name: string; readonly users: readonly string[] }[];
  readonly buttons: readonly { readonly actionId: string; readonly label: string; readonly value: string }[];
  readonly files: readonly { readonly id: string; readonly name: string; readonly title: string; readonly bytes: Buffer }[];
  readonly broadcast: boolean;
  readonly edited: boolean;
  readonly deleted: boolean;
}

export interface FarThread {
  readonly channel: string;
  readonly rootTs: string;
  /** In the order of the thread, the root first; deleted ones among them, marked. */
  readonly posts: readonly FarPost[];
}

/** Every post of a channel, or of all of them, in the channel's order. */
export function farPosts(world: SlackWorld, channelId?: string): FarPost[] {
  return [...world.channels.values()]
    .filter(({ id }) => channelId === undefined || id === channelId)
    .flatMap((channel) => channel.messages.map((one) => farPost(world, one)));
}

/** Threads in the order of their roots. */
export function farThreads(world: SlackWorld, channelId?: string): FarThread[] {
  const posts = farPosts(world, channelId);
  return posts
    .filter((post) => post.threadTs === null)
    .map((root) => ({
      channel: root.channel,
      rootTs: root.ts,
      posts: [root, ...posts.filter((post) => post.channel === root.channel && post.threadTs === root.ts)],
    }));
}

function farPost(world: SlackWorld, message: SlackMessage): FarPost {
  const { text, pings, styled, fileIds } = render(message);
  return {
    channel: message.channel,
    ts: message.ts,
    threadTs: message.threadTs,
    user: message.user,
    fromBot: message.botId === world.app.botId,
    text,
    pings,
    styled,
    metadata: message.metadata,
    reactions: message.reactions.map(({ name, users }) => ({ name, users: [...users] })),
    buttons: buttonsIn(message.blocks),
    files: fileIds.flatMap((id) => {
      const file = world.files.get(id);
      return file?.bytes ? [{ id, name: file.name, title: file.title, bytes: file.bytes }] : [];
    }),
    broadcast: message.broadcast,
    edited: message.edited !== null,
    deleted: message.deleted,
  };
}
