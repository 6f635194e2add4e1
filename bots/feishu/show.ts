import { shortIdOf } from '../../src/core/ids.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { PostRef, Showing, ThreadContent, ThreadState } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotAccess, Posted, PostSearch } from '../bot.ts';
import type { AnswerView } from './answer-card.ts';
import { type CallEffect, goneCodes, leakCodes, tooOldCodes } from './failures.ts';
import { lookBack } from './look-back.ts';
import { reactionOf, uuidMemoryMs, uuidOf } from './names.ts';
import { type PlannedPost, toPosts } from './posts.ts';
import { type FeishuPost, masked, toContent } from './rich-text.ts';
import { type SendDeps, send } from './send.ts';
import type { LinkTo } from './topics.ts';
import { noUploads, toBeUploaded, uploadAll } from './uploads.ts';

export interface ShowDeps extends SendDeps {
  readonly appId: string;
  readonly linkTo: LinkTo;
  readonly now: () => Date;
}

/** Shows one content. Each message of it has a name of its own, under which the platform takes no second one. */
export async function show(deps: ShowDeps, thread: ThreadState, showing: Showing, access: BotAccess): Promise<Posted> {
  const { content } = showing;
  const { rootId, channelId } = thread;
  if (rootId !== null) deps.topics.learn({ messageId: rootId, chatId: channelId, rootId: null });
  if (content.kind === 'receipt') return react(deps, content, access.signal);
  if (content.kind === 'card') return updateCard(deps, thread, showing, access.signal);
  const plan = await planOf(deps, thread, showing, access);
  return postAll(deps, thread, showing, { plan, arrived: nothing, effect: 'post' }, access.signal);
}

/**
 * Did this showing arrive? A message that is sent again under its name within an hour is not sent twice, and the answer names the first one; so sending it again is
 * looking. Later than that the history is read back for messages of ours that say the same; those that are not there are posted.
 */
export async function findPosted(
  deps: ShowDeps,
  thread: ThreadState,
  showing: Showing,
  { since, ageMs = deps.now().getTime() - since.getTime(), known = noneKnown }: PostSearch,
  access: BotAccess,
): Promise<Posted | null> {
  const { content } = showing;
  // A mark or a card may simply be set again.
  if (content.kind === 'receipt' || content.kind === 'card') return null;
  const { signal } = access;
  const plan = await planOf(deps, thread, showing, access);
  if (ageMs <= uuidMemoryMs) return postAll(deps, thread, showing, { plan, arrived: nothing, effect: 'repeatable' }, signal);
  const { channelId, rootId, locale } = thread;
  const sought = plan.map(({ place, post }, part) => ({
    place,
    versions: versionsOf(post, locale).map((version) => ({
      post: version.post,
      name: uuidOf(showing.deliveryId, `${part}${version.suffix}`),
    })),
    // The root shows how things stand now; what never changes is whose it is.
    mark: content.kind === 'opening' && part === 0 ? text(locale, 'card.id', { id: shortIdOf(content.card.inquiryId) }) : null,
  }));
  const arrived = await lookBack(deps, sought, { channelId, rootId, opensTopic: opensTopic(content), since, known, signal });
  return arrived.size === 0 ? null : postAll(deps, thread, showing, { plan, arrived, effect: 'post' }, signal);
}

/** Pictures and files are uploaded for it. */
async function planOf(deps: ShowDeps, thread: ThreadState, { content }: Showing, access: BotAccess): Promise<readonly PlannedPost[]> {
  const uploads = await uploadAll(deps.client, toBeUploaded(content), access);
  const view: AnswerView = { locale: thread.locale, channelId: thread.channelId, rootId: thread.rootId, uploads, linkTo: deps.linkTo };
  return toPosts(content, view);
}

/** A report opens no topic: what belongs to it stands below it in the group. */
const opensTopic = ({ kind }: ThreadContent): boolean => kind !== 'answer' && kind !== 'announcement';

const nothing: ReadonlyMap<number, PostRef> = new Map();
const noneKnown: NonNullable<PostSearch['known']> = async () => new Set();

interface Posting {
  readonly plan: readonly PlannedPost[];
  /** What is there already, by its number. */
  readonly arrived: ReadonlyMap<number, PostRef>;
  readonly effect: CallEffect;
}

async function postAll(
  deps: ShowDeps,
  thread: ThreadState,
  { content, deliveryId }: Showing,
  { plan, arrived, effect }: Posting,
  signal: AbortSignal,
): Promise<Posted> {
  const { channelId, locale } = thread;
  const posts: PostRef[] = [];
  let root = thread.rootId;
  let requestId: string | undefined;

  async function add(part: number, { place, post }: PlannedPost): Promise<void> {
    const target =
      place === 'group' || root === null ? ({ to: 'group', chatId: channelId } as const) : ({ to: 'topic', messageId: root } as const);
    const sent = await unlessItLeaks(post, locale, (shown, version) =>
      send(deps, { target, post: shown, uuid: uuidOf(deliveryId, `${part}${version}`), effect, signal }),
    );
    posts.push({ channelId, messageId: sent.ref.messageId });
    requestId ??= sent.requestId;
  }

  try {
    for (const [part, planned] of plan.entries()) {
      const there = arrived.get(part);
      if (there) posts.push(there);
      else await add(part, planned);
      if (opensTopic(content)) root ??= posts[0]?.messageId ?? null;
    }
  } catch (error) {
    throw posts.length === 0 ? error : incomplete(error);
  }
  return { posts, ...(requestId === undefined ? {} : { requestId }) };
}

/** As it is, masked, and with every number masked. */
const versionsOf = (post: FeishuPost, locale: Locale) => [
  { post, suffix: '' },
  { post: masked(post, locale, false), suffix: '-masked' },
  { post: masked(post, locale, true), suffix: '-bare' },
];

/** What the tenant's rules against leaks refuse was not posted, and never will be as it stands: it is posted masked, and with every number masked where need be. */
async function unlessItLeaks<T>(post: FeishuPost, locale: Locale, run: (shown: FeishuPost, version: string) => Promise<T>): Promise<T> {
  const leaks = (error: unknown) => error instanceof PlatformError && leakCodes.has(error.code ?? '');
  const versions = [() => run(post, ''), () => run(masked(post, locale, false), '-masked'), () => run(masked(post, locale, true), '-bare')];
  for (const [tried, version] of versions.entries()) {
    try {
      return await version();
    } catch (error) {
      if (!leaks(error) || tried === versions.length - 1) throw error;
    }
  }
  throw new Error('the last version either goes or throws');
}

/** Part of it is there: whatever the failure was, the whole is taken up again under the same names. */
function incomplete(error: unknown): PlatformError {
  const known = error instanceof PlatformError ? error : null;
  return new PlatformError('feishu: a post is there, and what belongs under it is not', {
    kind: 'uncertain',
    platform: 'feishu',
    retryAfterMs: known?.retryAfterMs ?? null,
    ...(known?.code === undefined ? {} : { code: known.code }),
    ...(known?.requestId === undefined ? {} : { requestId: known.requestId }),
    cause: error,
  });
}

/** Setting the same emoji twice sets it once. */
async function react(
  { client }: ShowDeps,
  { on, mark }: Extract<ThreadContent, { kind: 'receipt' }>,
  signal: AbortSignal,
): Promise<Posted> {
  try {
    const { requestId } = await client.call({
      ...{ api: 'reaction.create', method: 'POST', path: `/open-apis/im/v1/messages/${encodeURIComponent(on.messageId)}/reactions` },
      data: { reaction_type: { emoji_type: reactionOf[mark] } },
      ...{ signal, effect: 'repeatable' },
    });
    return { posts: [], ...(requestId === undefined ? {} : { requestId }) };
  } catch (error) {
    // Its message has been recalled: there is nothing left to mark.
    if (error instanceof PlatformError && goneCodes.has(error.code ?? '')) return { posts: [], gone: true };
    throw error;
  }
}

/** A card may be changed for 14 days: https://open.feishu.cn/document/server-docs/im-v1/message-card/patch (2026-11-28). After that the topic goes on, and its card is history. */
async function updateCard(deps: ShowDeps, thread: ThreadState, { content }: Showing, signal: AbortSignal): Promise<Posted> {
  const { channelId, rootId, locale } = thread;
  if (rootId === null) {
    throw new PlatformError('feishu: a card without its topic cannot be shown', { kind: 'rejected', platform: 'feishu', code: 'no_root' });
  }
  const [card] = toPosts(content, { locale, channelId, rootId, uploads: noUploads, linkTo: deps.linkTo });
  if (!card) throw new Error('a card has a post');
  const patch = async (post: FeishuPost): Promise<Posted> => {
    const { requestId } = await deps.client.call({
      ...{ api: 'message.patch', method: 'PATCH', path: `/open-apis/im/v1/messages/${encodeURIComponent(rootId)}` },
      data: { content: toContent(post).content },
      ...{ signal, effect: 'repeatable' },
    });
    return { posts: [{ channelId, messageId: rootId }], ...(requestId === undefined ? {} : { requestId }) };
  };
  try {
    return await unlessItLeaks(card.post, locale, patch);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    const code = error.code ?? '';
    if (goneCodes.has(code) || tooOldCodes.has(code)) return { posts: [], gone: true };
    throw error;
  }
}
