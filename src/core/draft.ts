import type { Delivery } from './delivery.ts';
import { nextDue } from './desk/moments.ts';
import type { Presence } from './desk/presence.ts';
import type { HistoryEvent, HistoryKind, Inquiry, Link, Message } from './inquiry.ts';
import type { DeskPolicy } from './settings.ts';
import type { DeliveryPatch, Turn } from './turn.ts';

/** How many lanes an inquiry remembers the last turn of; it has about six. */
const rememberedLanes = 24;

/** A turn in the making: the inquiry as it will be, and what goes with it. Lives only inside one pure decision. */
export interface Draft {
  inquiry: Inquiry;
  readonly base: number;
  readonly messages: Message[];
  readonly history: HistoryEvent[];
  readonly links: Link[];
  readonly deliveries: Delivery[];
  readonly patches: DeliveryPatch[];
  /** Who went away or came back: of the person, not of the inquiry. */
  readonly presence: Presence[];
  changed: boolean;
}

export function draftOf(inquiry: Inquiry, base: number = inquiry.version): Draft {
  return {
    inquiry: { ...inquiry, version: base + 1 },
    base,
    messages: [],
    history: [],
    links: [],
    deliveries: [],
    patches: [],
    presence: [],
    changed: base === 0,
  };
}

export function change(draft: Draft, fields: Partial<Inquiry>): void {
  draft.inquiry = { ...draft.inquiry, ...fields };
  draft.changed = true;
}

export function count(draft: Draft, counter: keyof Inquiry['counters'], by = 1): void {
  change(draft, { counters: { ...draft.inquiry.counters, [counter]: draft.inquiry.counters[counter] + by } });
}

/** Adds a line to the inquiry's history. */
export function note(draft: Draft, kind: HistoryKind, at: Date, by: string | null = null, data: HistoryEvent['data'] = {}): void {
  const { _id, shopId, thread, lastEvent } = draft.inquiry;
  const sequence = lastEvent + 1;
  const channel = thread && `${thread.bot}/${thread.channelId}`;
  change(draft, { lastEvent: sequence });
  draft.history.push({ _id: `${_id}#${sequence}`, inquiryId: _id, shopId, channel, sequence, kind, at, by, data });
}

export interface TurnOptions {
  readonly id: string;
  readonly lane: string;
  readonly desk: DeskPolicy;
}

/** Null when nothing came of it. */
export function toTurn(draft: Draft, { id, lane, desk }: TurnOptions): Turn | null {
  if (draft.changed) draft.inquiry = { ...draft.inquiry, dueAt: nextDue(draft.inquiry, desk) };
  const { inquiry, base, messages, history, links, deliveries, patches } = draft;
  if (!draft.changed && messages.length + links.length + deliveries.length + patches.length === 0) return null;
  const applied = [...inquiry.applied.filter((mark) => mark.lane !== lane), { lane, turn: id }].slice(-rememberedLanes);
  return { id, lane, inquiryId: inquiry._id, base, inquiry: { ...inquiry, applied }, messages, history, links, deliveries, patches };
}
