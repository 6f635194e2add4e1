import type { InquiryId, ShopId } from '../ids.ts';
import type { InquiryThread } from '../inquiry.ts';
import { type Locale, type TextKey, text } from '../texts/index.ts';
import type { AgentSummary } from './summary.ts';
import { durationText, type View } from './view.ts';

/** An open inquiry as a list shows it: nothing of the buyer. */
export interface QueueEntry {
  readonly inquiryId: InquiryId;
  readonly shopId: ShopId;
  readonly shopName: string;
  readonly marketplace: string;
  readonly openedAt: Date;
  /** Null: it is answered. */
  readonly waitingSince: Date | null;
  readonly assignee: { readonly userId: string; readonly name: string } | null;
  /** Null while no route takes it. */
  readonly thread: InquiryThread | null;
  /** The clock that runs out first; null: none runs. */
  readonly clock: { readonly policy: string; readonly dueAt: Date } | null;
  readonly risk: Risk;
}

/** `missed`: its clock has run out. `at-risk`: four fifths of the time are gone. */
export type Risk = 'none' | 'at-risk' | 'missed';

export interface QueueAnswer {
  readonly now: Date;
  /** How many wait in all, how many of them are at risk, how many late. */
  readonly waiting: number;
  readonly atRisk: number;
  readonly missed: number;
  /** Who waits longest first. */
  readonly items: readonly QueueEntry[];
}

/** An agent's day. */
export interface AgentLoad {
  readonly agent: string;
  readonly userId: string | null;
  /** Inquiries that are this agent's and open, and those of them in which the buyer waits. */
  readonly open: number;
  readonly waiting: number;
  /** Today's figures; null: none yet. */
  readonly today: AgentSummary | null;
}

interface RunningClock {
  readonly policy: string;
  readonly startedAt: Date | null;
  readonly dueAt: Date | null;
}

/** The running clock that is due first, and how it stands. Pure. */
export function riskOf(clocks: readonly RunningClock[], now: Date): Pick<QueueEntry, 'clock' | 'risk'> {
  const running = clocks.flatMap(({ policy, startedAt, dueAt }) => (startedAt && dueAt ? [{ policy, startedAt, dueAt }] : []));
  const [first] = running.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
  if (!first) return { clock: null, risk: 'none' };
  const { policy, startedAt, dueAt } = first;
  const gone = now.getTime() - startedAt.getTime();
  const risk = now > dueAt ? 'missed' : gone >= riskShare * (dueAt.getTime() - startedAt.getTime()) ? 'at-risk' : 'none';
  return { clock: { policy, dueAt }, risk };
}

const riskShare = 0.8;

export function queueView({ now, waiting, atRisk, missed, items }: QueueAnswer, locale: Locale): View {
  const say = (key: TextKey, params = {}) => text(locale, key, params);
  const names = ['waits', 'shop', 'with', 'clock', 'id'] as const;
  const rows = items.map(({ waitingSince, shopName, assignee, clock, inquiryId, risk }) => [
    waitingSince ? durationText(now.getTime() - waitingSince.getTime(), locale) : null,
    shopName,
    assignee?.name ?? null,
    clock ? clockText(clock.dueAt.getTime() - now.getTime(), risk, locale) : null,
    inquiryId,
  ]);
  return {
    heading: waiting === 0 ? say('figures.queue.empty') : say('figures.queue.heading', { waiting, atRisk, missed }),
    tables: rows.length === 0 ? [] : [{ title: '', headers: names.map((name) => say(`figures.queue.column.${name}`)), rows }],
  };
}

function clockText(leftMs: number, risk: Risk, locale: Locale): string {
  const time = durationText(Math.abs(leftMs), locale) ?? '';
  if (leftMs < 0) return text(locale, 'figures.queue.late', { time });
  return text(locale, risk === 'at-risk' ? 'figures.queue.left-soon' : 'figures.queue.left', { time });
}

export function loadView(loads: readonly AgentLoad[], locale: Locale): View {
  const headers = [
    ...(['figures.column.name', 'figures.load.open', 'figures.load.waiting', 'figures.column.handled', 'figures.column.replies'] as const),
    ...(['figures.column.first-response', 'figures.column.held', 'figures.column.failed'] as const),
  ].map((key) => text(locale, key));
  const rows = loads.map(({ agent, open, waiting, today }) => [
    ...[agent, open, waiting, today?.handled ?? 0, today?.replies ?? 0],
    ...[durationText(today?.firstResponse.business.medianMs ?? null, locale), today?.held ?? 0, today?.failed ?? 0],
  ]);
  return {
    heading: text(locale, rows.length === 0 ? 'figures.load.none' : 'figures.load.heading'),
    tables: rows.length === 0 ? [] : [{ title: '', headers, rows }],
  };
}
