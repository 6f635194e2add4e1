import type { PostRef } from '../../src/core/thread.ts';
import type { PostSearch } from '../bot.ts';
import { type Container, type HistoryDeps, type ListedMessage, readBack, topicIdOf } from './history.ts';
import { readJson } from './payloads.ts';
import type { PlannedPost } from './posts.ts';
import type { FeishuPost } from './rich-text.ts';

export interface LookBackDeps extends HistoryDeps {
  readonly appId: string;
}

/** One message of a showing that is looked for. */
export interface Sought {
  readonly place: PlannedPost['place'];
  /** It may have been posted in any of these versions, each under a name of its own. */
  readonly versions: readonly { readonly post: FeishuPost; readonly name: string }[];
  /** Words that say whose it is, whatever else has changed on it; null: all of its words do. */
  readonly mark: string | null;
}

export interface Search {
  readonly channelId: string;
  readonly rootId: string | null;
  /** True: what is below stands in the topic of the first one. */
  readonly opensTopic: boolean;
  readonly since: Date;
  readonly known: NonNullable<PostSearch['known']>;
  readonly signal: AbortSignal;
}

/**
 * Which of these messages are there, by their number: our own ones since the attempt, told by what they say. The lane sends one after the other, so none of the same
 * words has followed, and those that went before stand for something already. How the history words a card is UNCONFIRMED, so only letters and digits count.
 */
export async function lookBack(deps: LookBackDeps, sought: readonly Sought[], search: Search): Promise<ReadonlyMap<number, PostRef>> {
  const { channelId, rootId, opensTopic, signal } = search;
  const found = new Map<number, PostRef>();
  const taken = new Set<string>();
  let inGroup: readonly ListedMessage[] | null = null;
  let inTopic: readonly ListedMessage[] | null = null;
  let root = rootId;
  for (const [part, one] of sought.entries()) {
    const below = one.place === 'topic' && root !== null ? root : null;
    if (below === null) inGroup ??= await ours(deps, { type: 'chat', id: channelId }, search);
    else inTopic ??= await oursBelow(deps, below, search);
    const match = (below === null ? inGroup : inTopic)?.find(
      (message) => !taken.has(message.message_id) && isThis(one, message, deps.topics.nameOf(message.message_id)),
    );
    if (!match) continue;
    taken.add(match.message_id);
    found.set(part, { channelId, messageId: match.message_id });
    if (opensTopic) root ??= match.message_id;
  }
  signal.throwIfAborted();
  return found;
}

async function oursBelow(deps: LookBackDeps, rootId: string, search: Search): Promise<readonly ListedMessage[]> {
  const topicId = await topicIdOf(deps, rootId, search.signal);
  return topicId === null ? [] : ours(deps, { type: 'thread', id: topicId }, search);
}

/** Those that stand for nothing yet, oldest first. */
async function ours(
  deps: LookBackDeps,
  container: Container,
  { channelId, since, known, signal }: Search,
): Promise<readonly ListedMessage[]> {
  const listed = await readBack(deps, { ...container, rawCards: true }, ({ create_time }) => Number(create_time) < since.getTime(), signal);
  const own = listed
    .filter(({ sender, deleted }) => sender.sender_type === 'app' && sender.id === deps.appId && deleted !== true)
    .map((message) => ({ message, ref: { channelId, messageId: message.message_id } }));
  const taken = await known(own.map(({ ref }) => ref));
  return own.flatMap(({ message, ref }) => (taken.has(ref) ? [] : message)).reverse();
}

const typeOf = { interactive: 'interactive', post: 'post', file: 'file' } as const;

function isThis({ versions, mark }: Sought, { msg_type, body }: ListedMessage, knownName: string | null): boolean {
  if (knownName !== null) return versions.some(({ name }) => name === knownName);
  const listed = partsOf(readJson(body?.content ?? ''));
  return versions.some(({ post }) => {
    if (msg_type !== typeOf[post.type]) return false;
    if (post.type === 'file') return true;
    if (mark !== null) return listed.words.includes(bare(mark));
    const planned = partsOf(post.type === 'post' ? post.paragraphs : post.card);
    if (post.type === 'post') return planned.words === listed.words && planned.images === listed.images;
    return planned.strings.every((words) => listed.words.includes(words));
  });
}

interface Parts {
  /** Letters and digits of each string that is read. */
  readonly strings: readonly string[];
  readonly words: string;
  readonly images: number;
}

const bare = (words: string): string => words.replace(/[^\p{L}\p{N}]/gu, '');

function partsOf(content: unknown): Parts {
  const strings: string[] = [];
  let images = 0;
  (function walk(value: unknown): void {
    if (Array.isArray(value)) for (const one of value) walk(one);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    if ('tag' in value && value.tag === 'img') images += 1;
    for (const [name, one] of Object.entries(value)) {
      // A card comes as a string within its content; what buttons carry is read by nobody.
      if (name === 'json_card' && typeof one === 'string') walk(readJson(one));
      else if ((name === 'content' || name === 'text') && typeof one === 'string') strings.push(bare(one));
      else if (name !== 'value' && name !== 'summary') walk(one);
    }
  })(content);
  return { strings, words: strings.join(''), images };
}
