import type { HistoryEvent } from '../inquiry.ts';
import { type Figures, FigureTally } from './figures.ts';
import { slotMs, slotsPerDay } from './spans.ts';

/** A line of history as far as it is counted. What an older version did not write yet is absent, and what stands on it is not counted. */
export type CountedEvent = Pick<HistoryEvent, 'at' | 'data'> & { readonly kind: string; readonly channel?: string | null };

/** The kinds of history that figures are made of. */
export const countedKinds = [
  ...['opened', 'reopened', 'routed', 'buyer-wrote', 'replied', 'answered-outside', 'auto-replied'],
  ...['held', 'failed', 'resolved', 'clock-met', 'clock-missed', 'tagged'],
] as const;
type CountedKind = (typeof countedKinds)[number];
const counted: ReadonlySet<string> = new Set(countedKinds);

export const isCounted = ({ kind }: Pick<CountedEvent, 'kind'>): boolean => counted.has(kind);

/** Figures of one slot in one channel; `channel` is null for what no route took. */
export interface ChannelFigures {
  readonly channel: string | null;
  readonly figures: Figures;
}

/** Counts the history of one shop's slot, by channel. What comes out depends on the events alone, not on their order. */
export class SlotFold {
  readonly #channels = new Map<string | null, FigureTally>();

  add(event: CountedEvent): void {
    if (isCounted(event)) countEvent(channelIn(this.#channels, event.channel ?? null), event);
  }

  result(): readonly ChannelFigures[] {
    return byChannel(this.#channels);
  }
}

/** The parts of a span, added up by channel. Pure. */
export function mergeParts(parts: Iterable<readonly ChannelFigures[]>): readonly ChannelFigures[] {
  const channels = new Map<string | null, FigureTally>();
  for (const { channel, figures } of [...parts].flat()) channelIn(channels, channel).merge(figures);
  return byChannel(channels);
}

function channelIn(channels: Map<string | null, FigureTally>, channel: string | null): FigureTally {
  const known = channels.get(channel) ?? new FigureTally();
  channels.set(channel, known);
  return known;
}

function byChannel(tallies: ReadonlyMap<string | null, FigureTally>): readonly ChannelFigures[] {
  const order = (channel: string | null): string => channel ?? '';
  return [...tallies]
    .map(([channel, tally]) => ({ channel, figures: tally.result() }))
    .sort((a, b) => (order(a.channel) < order(b.channel) ? -1 : 1));
}

function countEvent(tally: FigureTally, { kind, at, data }: CountedEvent): void {
  switch (kind as CountedKind) {
    case 'opened':
      tally.count('opened');
      if (data['returning'] === true) tally.count('returning');
      break;
    case 'reopened':
      tally.count('reopened');
      break;
    case 'routed':
      for (const keyword of new Set(namesIn(data['keywords']))) tally.keyword(keyword);
      break;
    case 'buyer-wrote':
      tally.count('buyerMessages');
      tally.quarter(Math.floor(at.getTime() / slotMs) % slotsPerDay);
      break;
    case 'replied':
      tally.count('replies');
      answered(tally, data);
      break;
    case 'answered-outside':
      tally.count('outside');
      answered(tally, data);
      break;
    case 'auto-replied':
      tally.count('autoReplies');
      break;
    case 'held':
    case 'failed': {
      tally.count(kind as 'held' | 'failed');
      const agent = agentIn(data);
      if (agent !== null) tally.agent(agent)[kind as 'held' | 'failed'] += 1;
      break;
    }
    case 'resolved': {
      tally.count('resolved');
      if (data['automatic'] === true) tally.count('automatic');
      const messages = (number(data['buyerMessages']) ?? 0) + (number(data['replies']) ?? 0);
      if (messages > 0) tally.count('messagesOfResolved', messages);
      const openMs = number(data['openMs']);
      if (openMs !== null) tally.measure('resolution').add(openMs);
      break;
    }
    case 'clock-met':
    case 'clock-missed': {
      const [policy, owner] = [data['policy'], data['owner']];
      const met = kind === 'clock-met';
      // In time, and known late: the miss that was counted is none.
      const takenBack = met && data['correction'] === true ? -1 : 0;
      if (typeof policy === 'string' && typeof owner === 'string')
        tally.policy(policy, owner, { met: met ? 1 : 0, missed: met ? takenBack : 1 });
      break;
    }
    case 'tagged':
      if (typeof data['tag'] === 'string') tally.tag(data['tag']);
      break;
  }
}

/** A person's answer, in the thread or at the marketplace itself. */
function answered(tally: FigureTally, data: HistoryEvent['data']): void {
  const name = agentIn(data);
  const agent = name === null ? null : tally.agent(name);
  if (agent) agent.replies += 1;
  if (data['first'] !== true) return;
  tally.count('answered');
  if (agent) agent.handled += 1;
  const [waitedMs, businessMs] = [number(data['waitedMs']), number(data['businessMs'])];
  if (waitedMs !== null) {
    tally.measure('firstWall').add(waitedMs);
    agent?.firstWall.add(waitedMs);
  }
  if (businessMs !== null) {
    tally.measure('firstBusiness').add(businessMs);
    agent?.firstBusiness.add(businessMs);
  }
}

const agentIn = (data: HistoryEvent['data']): string | null => (typeof data['agent'] === 'string' ? data['agent'] : null);

const number = (value: HistoryEvent['data'][string] | undefined): number | null => (typeof value === 'number' ? value : null);

/** `refund, broken` -> its names. */
export function namesIn(value: HistoryEvent['data'][string] | undefined): readonly string[] {
  if (typeof value !== 'string') return [];
  return value.split(',').flatMap((name) => name.trim() || []);
}
