import type { Delivery } from '../core/delivery.ts';
import { addMs } from '../core/time.ts';

/** What is to be done with the head of a lane. */
export type LaneWork =
  /** `lead` is claimed and sent; `members` are shown with it and never sent by themselves. All in the lane's order. */
  | { readonly do: 'send'; readonly lead: Delivery; readonly members: readonly Delivery[] }
  | { readonly do: 'look-up'; readonly lead: Delivery }
  /** Its fate is stored; what follows from it is not yet. */
  | { readonly do: 'settle'; readonly lead: Delivery }
  /** A former owner (or we, before a restart of the store) was sending it. */
  | { readonly do: 'adopt'; readonly lead: Delivery };

export interface SelectOptions {
  readonly now: Date;
  /** True where the pace is used up: then what may share a post does. */
  readonly saturated: (delivery: Delivery) => boolean;
  /** Of one shared post, UTF-16 code units. */
  readonly maxPostChars: number;
  /** So long what was not tried yet waits for others to share its call: messages a post, cards a drawing. 0: not at all. */
  readonly hold: Hold;
}

export interface Hold {
  readonly messageMs: number;
  readonly cardMs: number;
}

const mostTogether = 20;
/** In one digest; more is a list that nobody reads. */
const mostPings = 30;

/** What a lane stands at. */
export const headOf = (waiting: readonly Delivery[]): Delivery | undefined => waiting.find(({ state }) => state !== 'queued') ?? waiting[0];

/**
 * The next step of one lane, whose waiting deliveries come in order. Null: it has to wait. Pure.
 * What is under way goes first even where an earlier message has arrived since: that one would open a second thread beside the first.
 */
export function selectWork(waiting: readonly Delivery[], options: SelectOptions): LaneWork | null {
  const head = headOf(waiting);
  if (!head) return null;
  switch (head.state) {
    case 'sending':
      return { do: 'adopt', lead: head };
    case 'settling':
      return { do: 'settle', lead: head };
    case 'uncertain':
      return head.dueAt <= options.now ? { do: 'look-up', lead: head } : null;
    case 'queued':
      return dueOf(head, options.hold) <= options.now ? together(head, ready(waiting, options.now), options) : null;
    case 'held':
    case 'merged':
    case 'sent':
    case 'failed':
    case 'cancelled':
    case 'dead':
      return null;
  }
}

/** When it may go, as far as itself is concerned. */
export function dueOf({ state, dueAt, content, createdAt, trace }: Delivery, { messageMs, cardMs }: Hold): Date {
  const holdMs = content.kind === 'message' ? messageMs : content.kind === 'card' ? cardMs : 0;
  if (holdMs === 0 || state !== 'queued' || trace.length > 0) return dueAt;
  const heldUntil = addMs(createdAt, holdMs);
  return heldUntil > dueAt ? heldUntil : dueAt;
}

/** The queued and due ones at the front of the lane. */
function ready(waiting: readonly Delivery[], now: Date): readonly Delivery[] {
  const end = waiting.findIndex((delivery) => delivery.state !== 'queued' || delivery.dueAt > now);
  return end === -1 ? waiting : waiting.slice(0, end);
}

function together(head: Delivery, queued: readonly Delivery[], options: SelectOptions): LaneWork {
  switch (head.content.kind) {
    case 'card': {
      // A card is drawn as the inquiry stands when it is sent: the newest answers for all.
      const run = runOf(queued, ({ content }) => content.kind === 'card');
      return { do: 'send', lead: run.at(-1) ?? head, members: run.slice(0, -1) };
    }
    case 'receipt': {
      // The mark on the reply that was written last vouches for those above it; a reply that was found late is not the last.
      if (head.content.mark !== 'sent' || !options.saturated(head)) return { do: 'send', lead: head, members: [] };
      const run = runOf(queued, ({ content }) => content.kind === 'receipt' && content.mark === 'sent');
      const lead = run.reduce((last, one) => (one.writtenAt >= last.writtenAt ? one : last), head);
      return { do: 'send', lead, members: run.filter((one) => one !== lead) };
    }
    case 'message':
      // One that is tried again goes with what it carried before, and with nothing more: its look-up would miss the rest.
      if (head.members.length > 0) return { do: 'send', lead: head, members: [] };
      return { do: 'send', lead: head, members: options.saturated(head) ? sharers(head, queued.slice(1), options.maxPostChars) : [] };
    case 'ping':
    case 'shift': {
      if (head.members.length > 0) return { do: 'send', lead: head, members: [] };
      const { kind } = head.content;
      return {
        do: 'send',
        lead: head,
        members: runOf(queued, ({ content, members }) => content.kind === kind && members.length === 0).slice(1, mostPings),
      };
    }
    case 'notice':
    case 'announcement':
    case 'answer':
    case 'reply':
    case 'read-mark':
      return { do: 'send', lead: head, members: [] };
  }
}

function runOf(queued: readonly Delivery[], belongs: (delivery: Delivery) => boolean): readonly Delivery[] {
  const end = queued.findIndex((delivery) => !belongs(delivery));
  return end === -1 ? queued : queued.slice(0, end);
}

/** Messages that fit into the post of `head`. */
function sharers(head: Delivery, followers: readonly Delivery[], maxPostChars: number): readonly Delivery[] {
  const shared: Delivery[] = [];
  let chars = charsOf(head);
  for (const delivery of followers) {
    chars += charsOf(delivery);
    if (delivery.content.kind !== 'message' || shared.length + 1 >= mostTogether || chars > maxPostChars / 2) break;
    // It has followers of its own since an earlier attempt; nobody would show them.
    if (delivery.members.length > 0) break;
    shared.push(delivery);
  }
  return shared;
}

/** What each message takes besides its words: author, time, line breaks. */
const frameChars = 100;

function charsOf({ content }: Delivery): number {
  if (content.kind !== 'message') return 0;
  return content.message.parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : frameChars), frameChars);
}
