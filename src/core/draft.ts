import type { Delivery } from './delivery.ts';
import type { HistoryEvent, HistoryKind, Inquiry, Link, Message } from './inquiry.ts';
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
  const sequence = draft.inquiry.lastEvent + 1;
  change(draft, { lastEvent: sequence });
  const { _id: inquiryId, shopId, thread } = draft.inquiry;
  const channel = thread && `${thread.bot}/${thread.channelId}`;
  draft.history.push({ _id: `${inquiryId}#${sequence}`, inquiryId, shopId, channel, sequence, kind, at, by, data });
}

/** Null when nothing came of it. */
export function toTurn(draft: Draft, id: string, lane: string): Turn | null {
  const { inquiry, base, messages, history, links, deliveries, patches } = draft;
  if (!draft.changed && messages.length + links.length + deliveries.length + patches.length === 0) return null;
  const applied = [...inquiry.applied.filter((mark) => mark.lane !== lane), { lane, turn: id }].slice(-rememberedLanes);
  return { id, lane, inquiryId: inquiry._id, base, inquiry: { ...inquiry, applied }, messages, history, links, deliveries, patches };
}
