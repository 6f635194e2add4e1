import { z } from 'zod';
import { lostInWords } from '../../src/core/shown-words.ts';
import type { PostRef, Showing, ThreadContent, ThreadState } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotAccess, Posted } from '../bot.ts';
import { type LinkTo, linkTo } from './answers.ts';
import { wordsBlock } from './blocks.ts';
import type { SlackClient } from './client.ts';
import type { Identity } from './identity.ts';
import { permalink } from './identity.ts';
import { toMarkup } from './markup.ts';
import { type UploadDeps, uploadAttachments } from './media.ts';
import { blockIdOf, metadataType, reactionOf } from './names.ts';
import { type SlackPost, toPosts } from './posts.ts';

export interface ShowDeps extends UploadDeps {
  readonly client: SlackClient;
  readonly identity: (signal: AbortSignal) => Promise<Identity>;
}

/** Parts of one showing that are known to be there: posts by number, and the uploads (or the words in their place). */
export interface Arrived {
  readonly posts: ReadonlyMap<number, PostRef>;
  readonly uploads: PostRef | null;
}

const nothingArrived: Arrived = { posts: new Map(), uploads: null };

/**
 * Shows one content. Most are one call. Where it takes several (long words, pictures), the words come first with the delivery's id in their metadata and the
 * files follow; when a later call fails the whole is `uncertain`, and `findPosted` completes it from what is there instead of repeating it.
 */
export async function show(deps: ShowDeps, thread: ThreadState, showing: Showing, access: BotAccess): Promise<Posted> {
  const { content } = showing;
  if (content.kind === 'receipt') return react(deps, content, access.signal);
  if (content.kind === 'card') return updateCard(deps, thread, showing, access.signal);
  if ('visibleTo' in content && content.visibleTo !== null) return whisper(deps, thread, content, content.visibleTo, access.signal);
  return postMissing(deps, thread, showing, access, nothingArrived);
}

/** Posts what `arrived` does not have. */
export async function postMissing(
  deps: ShowDeps,
  thread: ThreadState,
  showing: Showing,
  access: BotAccess,
  arrived: Arrived,
): Promise<Posted> {
  const { client } = deps;
  const { content, deliveryId } = showing;
  const { signal } = access;
  const inChannel = standsInChannel(content, thread);
  const view = { locale: thread.locale, previousUrl: await previousUrl(deps, showing, signal) };
  const plan = toPosts(content, view, await linksIn(deps, content, signal));
  const posts: PostRef[] = [];
  let root = inChannel ? null : thread.rootId;
  let requestId: string | undefined;

  async function add(part: number, { text, blocks: [head, ...rest] }: SlackPost): Promise<void> {
    const args = {
      channel: thread.channelId,
      text,
      blocks: [{ ...head, block_id: blockIdOf(deliveryId, part) }, ...rest],
      // Readable by all in the channel: an opaque id, nothing of the buyer.
      metadata: { event_type: metadataType, event_payload: { delivery_id: deliveryId, part } },
      unfurl_links: false,
      unfurl_media: false,
      ...(root === null ? {} : { thread_ts: root }),
      ...(content.kind === 'messages' && content.surface && part === 0 && root !== null ? { reply_broadcast: true } : {}),
    };
    const result = await client.post({ method: 'chat.postMessage', args, signal, effect: 'post' });
    posts.push({ channelId: thread.channelId, messageId: postedTs.parse(result.answer).ts });
    requestId ??= result.requestId;
  }

  try {
    for (const [part, post] of plan.posts.entries()) {
      const there = arrived.posts.get(part);
      if (there) posts.push(there);
      else await add(part, post);
      // A report opens no thread: what belongs to it stands below it in the channel.
      if (content.kind !== 'answer') root ??= posts[0]?.messageId ?? null;
    }
    if (arrived.uploads) posts.push(arrived.uploads);
    else if (plan.attachments.length > 0) {
      const target = { channelId: thread.channelId, rootId: root, deliveryId, locale: thread.locale };
      const lost = await uploadAttachments(deps, target, plan.attachments, access);
      const words = lostInWords(thread.locale, lost);
      if (lost.length > 0) await add(plan.posts.length, { text: toMarkup(words), blocks: [wordsBlock(words)] });
    }
  } catch (error) {
    throw posts.length === 0 ? error : incomplete(error);
  }
  return { posts, ...(requestId === undefined ? {} : { requestId }) };
}

/** Not below a root, but beside the roots. */
export const standsInChannel = ({ kind }: ThreadContent, { rootId }: ThreadState): boolean =>
  kind === 'opening' || kind === 'announcement' || (kind === 'answer' && rootId === null);

const linksIn = async ({ identity }: ShowDeps, content: ThreadContent, signal: AbortSignal): Promise<LinkTo> =>
  content.kind === 'answer' ? linkTo(content, identity, signal) : () => null;

const postedTs = z.object({ ts: z.string() });

/** Part of it is there: whatever the failure was, the whole must not be shown again before a look. */
function incomplete(error: unknown): PlatformError {
  const known = error instanceof PlatformError ? error : null;
  return new PlatformError('slack: a post is there, and what belongs under it is not', {
    kind: 'uncertain',
    platform: 'slack',
    retryAfterMs: known?.retryAfterMs ?? null,
    ...(known?.code === undefined ? {} : { code: known.code }),
    ...(known?.requestId === undefined ? {} : { requestId: known.requestId }),
    cause: error,
  });
}

/** Slack does not keep it: nobody finds it again, and it is not told whether it was seen. https://docs.slack.dev/reference/methods/chat.postEphemeral (2026-11-22) */
async function whisper(deps: ShowDeps, thread: ThreadState, content: ThreadContent, user: string, signal: AbortSignal): Promise<Posted> {
  const [post] = toPosts(content, { locale: thread.locale, previousUrl: null }, await linksIn(deps, content, signal)).posts;
  const where = { channel: thread.channelId, ...(thread.rootId === null ? {} : { thread_ts: thread.rootId }) };
  try {
    const { requestId } = await deps.client.post({
      method: 'chat.postEphemeral',
      args: { ...where, user, ...post },
      signal,
      effect: 'repeatable',
    });
    return { posts: [], ...(requestId === undefined ? {} : { requestId }) };
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'user_not_in_channel') return { posts: [], gone: true };
    throw error;
  }
}

async function react(
  { client }: ShowDeps,
  content: Extract<Showing['content'], { kind: 'receipt' }>,
  signal: AbortSignal,
): Promise<Posted> {
  const args = { channel: content.on.channelId, timestamp: content.on.messageId, name: reactionOf[content.mark] };
  try {
    const { requestId } = await client.post({ method: 'reactions.add', args, signal, effect: 'repeatable' });
    return { posts: [], ...(requestId === undefined ? {} : { requestId }) };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    if (error.code === 'already_reacted') return { posts: [] };
    // Its message has been deleted: there is nothing left to mark.
    if (error.code === 'message_not_found') return { posts: [], gone: true };
    throw error;
  }
}

async function updateCard(deps: ShowDeps, thread: ThreadState, showing: Showing, signal: AbortSignal): Promise<Posted> {
  if (thread.rootId === null) {
    throw new PlatformError('slack: a card without its thread cannot be shown', { kind: 'rejected', platform: 'slack', code: 'no_root' });
  }
  const plan = toPosts(showing.content, { locale: thread.locale, previousUrl: await previousUrl(deps, showing, signal) });
  const [card] = plan.posts;
  // Words and blocks together: Slack takes away what an update leaves out.
  const args = { channel: thread.channelId, ts: thread.rootId, text: card?.text ?? '', blocks: card?.blocks ?? [] };
  const { requestId } = await deps.client.post({ method: 'chat.update', args, signal, effect: 'repeatable' });
  return { posts: [{ channelId: thread.channelId, messageId: thread.rootId }], ...(requestId === undefined ? {} : { requestId }) };
}

/** Made from the workspace's address instead of asked for; without it the card says the same in words alone. */
async function previousUrl({ identity }: ShowDeps, { content }: Showing, signal: AbortSignal): Promise<string | null> {
  const previous = content.kind === 'opening' || content.kind === 'card' ? content.card.previous : null;
  if (!previous?.post || previous.url !== null) return previous?.url ?? null;
  try {
    return permalink(await identity(signal), previous.post);
  } catch (error) {
    if (error instanceof PlatformError) return null;
    throw error;
  }
}
