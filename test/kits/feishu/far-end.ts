import { render, type SeenButton } from './render.ts';
import type { FeishuMessage, FeishuWorld, MessageType } from './world.ts';

/** A message as a person finds it in Feishu. */
export interface FarPost {
  readonly chatId: string;
  readonly id: string;
  readonly type: MessageType;
  readonly rootId: string | null;
  readonly threadId: string | null;
  readonly sender: string;
  readonly fromBot: boolean;
  /** Flattened: what can be read. */
  readonly text: string;
  readonly pings: readonly string[];
  readonly styled: readonly string[];
  readonly images: readonly Buffer[];
  readonly buttons: readonly SeenButton[];
  readonly reactions: readonly { readonly emoji: string; readonly by: string }[];
  readonly updates: number;
  readonly recalled: boolean;
}

/** Every message of a chat, or of all of them, in the chat's order. */
export function farPosts(world: FeishuWorld, chatId?: string): FarPost[] {
  return [...world.chats.values()]
    .filter(({ id }) => chatId === undefined || id === chatId)
    .flatMap(({ messages }) => messages.map((message) => farPost(world, message)));
}

export function farPost(world: FeishuWorld, message: FeishuMessage): FarPost {
  const { text, pings, styled, imageKeys, buttons } = render(world, message);
  const { id, chatId, type, rootId, threadId, sender, updates, recalled } = message;
  return {
    ...{ id, chatId, type, rootId, threadId, sender, updates, recalled, text, pings, styled, buttons },
    fromBot: sender === world.app.openId,
    images: imageKeys.flatMap((key) => world.files.get(key)?.bytes ?? []),
    reactions: message.reactions.map(({ emoji, by }) => ({ emoji, by })),
  };
}
