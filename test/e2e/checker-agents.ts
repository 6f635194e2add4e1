import { type AgentPost, type ConversationLog, type Evidence, type Threads, threadId } from './evidence.ts';
import type { Faults } from './verdict.ts';
import { countOf, kindOf } from './words.ts';

/** A change that was taken this long before the old words arrived should have been heeded. Real time: a slow machine is slow. */
const heedMs = 2_000;

/** How the service tells, in a thread, what became of a message. */
const told = {
  editedTooLate: 'Too late: the buyer has the earlier text',
  deletedTooLate: 'Too late: the buyer has this message already',
  cancelled: 'Cancelled in time',
  nothingToUndo: 'no reply left to undo',
  held: 'This reply is held',
} as const;

/** One agent's message, and what became of it. */
interface Fate extends AgentPost {
  readonly conversation: ConversationLog;
  /** Whose words it took back: the reply that was written last before it. */
  readonly undoes: AgentPost | null;
  readonly undoneBy: AgentPost | null;
  readonly arrived: { readonly text: string; readonly at: number } | null;
}

/** What agents wrote: at the marketplace exactly once and in order, or not at all where it must not; and told of in the thread. */
export function judgeAgents(evidence: Evidence, threads: Threads, faults: Faults): void {
  const arrivals = arrivalsOf(evidence);
  const byThread = Map.groupBy(evidence.agents, ({ channelId, rootTs }) => threadId(channelId, rootTs));
  const posted = new Set(evidence.agents.flatMap(({ versions }) => countOf(versions[0].text) ?? []));
  for (const [count, all] of arrivals) if (count === undefined || !posted.has(count)) faults.leaked.push(...all.map(({ text }) => text));
  for (const [thread, posts] of byThread) {
    const conversation = threads.get(thread);
    if (!conversation) continue;
    const fates = withUndos(posts).map((post): Fate => {
      const count = countOf(post.versions[0].text);
      const found = (count && arrivals.get(count)) || [];
      if (found.length > 1) faults.doubled.push(post.versions[0].text);
      for (const { text, conversationId } of found) if (conversationId !== conversation.id) faults.misplaced.push(text);
      return { ...post, conversation, arrived: found[0] ?? null };
    });
    for (const fate of fates) judgeFate(fate, evidence, faults);
    judgeOrder(fates, faults);
    const [channel = '', rootTs = ''] = thread.split(' ');
    const here = (post: { readonly channel: string; readonly threadTs: string | null }) =>
      post.channel === channel && post.threadTs === rootTs;
    const words = (posts: readonly { readonly text: string }[]) => posts.map(({ text }) => text);
    judgeReceipts(
      fates,
      { notices: words(evidence.shown.filter(here)), whispers: words(evidence.whispered.filter(here)), marks: evidence.marks },
      faults,
    );
  }
  // The service shows buyers' words and its own, never an agent's: its own sends come back as echoes.
  for (const { text } of evidence.shown) faults.doubled.push(...(text.match(/answer \d+(?:\.\d)? for \d+/g) ?? []));
}

interface Arrival {
  readonly conversationId: string;
  readonly text: string;
  readonly at: number;
}

/** By the number that their texts carry; what carries none was written by nobody. */
function arrivalsOf({ conversations }: Evidence): ReadonlyMap<string | undefined, Arrival[]> {
  const all = conversations.flatMap(({ id, received }) => received.map((one): Arrival => ({ ...one, conversationId: id })));
  return Map.groupBy(all, ({ text }) => countOf(text));
}

/** In the order of writing. */
function withUndos(posts: readonly AgentPost[]): (AgentPost & Pick<Fate, 'undoes' | 'undoneBy'>)[] {
  let last: AgentPost | null = null;
  const targets = new Map<AgentPost, AgentPost>();
  for (const post of posts) {
    const kind = kindOf(post.versions[0].text);
    if (kind === 'undo' && last) targets.set(post, last);
    if (kind === 'reply') last = post;
  }
  const undos = new Map([...targets].map(([undo, target]) => [target, undo]));
  return posts.map((post) => ({ ...post, undoes: targets.get(post) ?? null, undoneBy: undos.get(post) ?? null }));
}

/** What may have arrived of it, and whether something must. */
function promised({ versions: [first, edit], deletion, undoneBy }: Fate): { readonly may: readonly string[]; readonly must: boolean } {
  const takenBack = deletion !== null || undoneBy !== null;
  const edited = edit ? kindOf(edit.text) : null;
  switch (kindOf(first.text)) {
    case 'reply':
      if (!edit) return { may: [first.text], must: !takenBack };
      return edited === 'reply' ? { may: [first.text, edit.text], must: !takenBack } : { may: [first.text], must: false };
    case 'blocked':
      return edit && edited === 'reply' ? { may: [edit.text], must: !takenBack && edit.acknowledgedAt !== null } : { may: [], must: false };
    case 'note':
      // Where the note itself was never heard of in time, the words that the edit left are all there is.
      return edit && edited === 'reply' && (first.acknowledgedAt ?? Number.POSITIVE_INFINITY) > edit.at
        ? { may: [edit.text], must: false }
        : { may: [], must: false };
    case 'undo':
    case 'command':
      return { may: [], must: false };
  }
}

function judgeFate(fate: Fate, { undoMs, marks }: Pick<Evidence, 'undoMs' | 'marks'>, { lost, leaked, unheeded }: Faults): void {
  const { versions, deletion, undoneBy, arrived, owed } = fate;
  const [first, edit] = versions;
  const { may, must } = promised(fate);
  // Whoever reads that it was sent writes no other.
  if (!arrived && ((must && owed) || fate.marks.includes(marks.sent))) lost.push((edit ?? first).text);
  if (!arrived) return;
  if (!may.includes(arrived.text)) leaked.push(arrived.text);
  const changes = [...(arrived.text === first.text && edit ? [edit] : []), ...(deletion ? [deletion] : []), ...(undoneBy?.versions ?? [])];
  const inTime = changes.some(
    ({ at, acknowledgedAt }) => at < first.at + undoMs && acknowledgedAt !== null && acknowledgedAt + heedMs < arrived.at,
  );
  if (inTime) unheeded.push(arrived.text);
}

function judgeOrder(fates: readonly Fate[], { outOfOrder }: Faults): void {
  // A reply that was held goes when it is let go.
  const sent = fates.filter(({ arrived, versions }) => arrived && kindOf(versions[0].text) === 'reply');
  for (const [index, earlier] of sent.entries()) {
    const { received } = earlier.conversation;
    const place = ({ arrived }: Fate) => received.findIndex(({ text }) => text === arrived?.text);
    for (const later of sent.slice(index + 1)) {
      const { acknowledgedAt } = earlier.versions[0];
      const known = acknowledgedAt !== null && acknowledgedAt < later.versions[0].at;
      if (known && place(later) < place(earlier)) outOfOrder.push(`${later.arrived?.text} before ${earlier.arrived?.text}`);
    }
  }
}

/** Every message is told of: by a mark of its own or one that vouches for it, or by a notice. A notice of which there are too many was told twice, or told wrongly. */
function judgeReceipts(
  fates: readonly Fate[],
  {
    notices,
    whispers,
    marks: { sent, noted },
  }: { readonly notices: readonly string[]; readonly whispers: readonly string[] } & Pick<Evidence, 'marks'>,
  faults: Faults,
): void {
  const notTold = (fate: Fate) => faults.withoutReceipt.push(fate.versions.at(-1)?.text ?? '');
  fates.forEach((fate, index) => {
    const { versions, deletion, arrived, marks, owed } = fate;
    if (deletion || (!owed && !arrived)) return;
    const [first, edit] = versions;
    const vouched = () => fates.slice(index).some((later) => later.marks.includes(sent));
    const last = kindOf((edit?.acknowledgedAt ? edit : first).text);
    if (arrived) {
      if (!vouched()) notTold(fate);
    } else if (kindOf(first.text) === 'note' || last === 'note') {
      if (!marks.includes(noted)) notTold(fate);
    }
    if (kindOf(first.text) === 'command') {
      const about = (text: string) => text.includes(`"${first.text.slice(1).split(' ')[0]}"`);
      if (!whispers.some(about)) notTold(fate);
      if (notices.some(about)) faults.leaked.push(`notice about ${first.text}`);
    }
  });

  const counted = (words: string, must: readonly Fate[], may: readonly Fate[]) => {
    const count = notices.filter((text) => text.includes(words)).length;
    if (count < must.length) must.slice(count).forEach(notTold);
    if (count > must.length + may.length)
      faults.doubled.push(`"${words}" is said ${count} times, for ${must.length + may.length} messages`);
  };
  const split = (some: readonly Fate[], must: (fate: Fate) => boolean) => [some.filter(must), some.filter((one) => !must(one))] as const;
  const firstKind = ({ versions }: Fate) => kindOf(versions[0].text);
  /** It was told of the change after it had been told of the message. */
  const heard = ({ versions: [first] }: Fate, change: { readonly acknowledgedAt: number | null } | null | undefined) =>
    change?.acknowledgedAt != null && first.acknowledgedAt !== null && first.acknowledgedAt < change.acknowledgedAt;

  const editedLate = fates.filter(({ versions: [first, edit], arrived }) => edit && arrived?.text === first.text);
  counted(told.editedTooLate, ...split(editedLate, (fate) => heard(fate, fate.versions[1])));
  const deletedLate = fates.filter(({ deletion, arrived }) => deletion && arrived);
  counted(told.deletedTooLate, ...split(deletedLate, (fate) => heard(fate, fate.deletion)));
  const deleted = fates.filter((fate) => fate.deletion && !fate.arrived && ['reply', 'blocked'].includes(firstKind(fate)));
  const undone = fates.filter(({ undoneBy, arrived, deletion }) => undoneBy && !arrived && !deletion);
  const [heardDeleted, otherDeleted] = split(deleted, (fate) => heard(fate, fate.deletion));
  counted(told.cancelled, [...heardDeleted, ...undone], otherDeleted);
  const undoneLate = fates.filter(({ undoneBy, arrived }) => undoneBy && arrived);
  const idleUndos = fates.filter((fate) => firstKind(fate) === 'undo' && !fate.undoes);
  counted(told.nothingToUndo, [...undoneLate, ...idleUndos], []);
  const held = fates.filter((fate) => firstKind(fate) === 'blocked');
  counted(told.held, ...split(held, ({ versions, deletion }) => versions.length === 1 && !deletion));
}
