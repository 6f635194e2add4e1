import type { PostRef, Showing, ThreadState } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotAccess, Posted } from '../bot.ts';
import { type ListedMessage, readHistory } from './history.ts';
import { blockIdOf, filePrefixOf, metadataType } from './names.ts';
import { toPosts } from './posts.ts';
import { postMissing, type ShowDeps, standsInChannel } from './show.ts';

/** Slack's clock stamps the posts and ours the attempt. A guess, and harmless: ids tell posts apart, not times. */
const clockMarginMs = 60_000;

/**
 * Did this showing arrive? Its posts carry the delivery's id in metadata and, in case the app may not read metadata, a mark of it in their first block; its files
 * carry the mark in their names. What arrived in part is completed here. Null: nothing of it is there.
 */
export async function findPosted(
  deps: ShowDeps,
  thread: ThreadState,
  showing: Showing,
  { since }: { readonly since: Date },
  access: BotAccess,
): Promise<Posted | null> {
  const { content, deliveryId } = showing;
  // A reaction or an update may simply be repeated, and what one person alone was shown is nowhere to be found.
  if (content.kind === 'receipt' || content.kind === 'card' || ('visibleTo' in content && content.visibleTo !== null)) return null;
  const { channelId } = thread;
  const { signal } = access;
  const inChannel = standsInChannel(content, thread);
  const oldest = (Math.max(0, since.getTime() - clockMarginMs) / 1_000).toFixed(6);
  const read = (rootId: string | null) => readHistory(deps.client, { channelId, rootId, oldest, signal });
  const plan = toPosts(content, { locale: thread.locale, previousUrl: null });

  const isHead = (message: ListedMessage) => isPart(message, deliveryId, 0);
  let listed = await read(inChannel ? null : thread.rootId).catch(emptyWhenGone);
  let opened = inChannel;
  if (content.kind === 'messages' && thread.rootId !== null && !listed.some(isHead)) {
    // Posted when its inquiry had no thread yet, it stands in the channel as a root of its own.
    listed = await read(null);
    opened = true;
  }
  const head = listed.find(isHead);
  if (!head) return null;
  // What follows the root of a new thread hangs under it, where the channel's history does not show it. A report opens none.
  if (opened && content.kind !== 'answer' && plan.posts.length + plan.attachments.length > 1) listed = [head, ...(await read(head.ts))];

  const posts = new Map<number, PostRef>();
  for (const part of plan.posts.keys()) {
    const found = listed.find((message) => isPart(message, deliveryId, part));
    if (found) posts.set(part, { channelId, messageId: found.ts });
  }
  const isUpload = (message: ListedMessage) =>
    isPart(message, deliveryId, plan.posts.length) || message.files?.some(({ name }) => name?.startsWith(filePrefixOf(deliveryId)));
  const upload = listed.find(isUpload);
  return postMissing(deps, thread, showing, access, { posts, uploads: upload ? { channelId, messageId: upload.ts } : null });
}

function isPart({ metadata, blocks }: ListedMessage, deliveryId: Showing['deliveryId'], part: number): boolean {
  const payload = metadata?.event_type === metadataType ? metadata.event_payload : null;
  if (payload?.['delivery_id'] === deliveryId && Number(payload['part'] ?? 0) === part) return true;
  return blocks?.some(({ block_id }) => block_id === blockIdOf(deliveryId, part)) ?? false;
}

/** The thread itself is gone, and what was posted in it. */
function emptyWhenGone(error: unknown): ListedMessage[] {
  if (error instanceof PlatformError && error.code === 'thread_not_found') return [];
  throw error;
}
