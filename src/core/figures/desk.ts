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
  readonly stand: Stand;
}

/** `asleep`: snoozed. `no-answer-needed`: somebody said so. Of both the buyer has the last word, and nobody is to see to it now. */
export type Stand = 'waits' | 'asleep' | 'no-answer-needed' | 'answered';

/** `missed`: its clock has run out. `at-risk`: four fifths of the time are gone. */
export type Risk = 'none' | 'at-risk' | 'missed';

export interface QueueAnswer {
  readonly now: Date;
  /** How many wait in all, how many of them are at risk, how many late. */
  readonly waiting: number;
  readonly atRisk: number;
  readonly missed: number;
  /** These are not among them. */
  readonly asleep: number;
  readonly noAnswerNeeded: number;
  /** See `mostUrgentFirst`. */
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

/** What an earlier version stored may lack two of these. Pure. */
export function standOf(
  inquiry: { readonly status: string; readonly noAnswerNeeded?: boolean; readonly snoozedUntil?: Date | null },
  now: Date,
): Stand {
  if (inquiry.status !== 'waiting') return 'answered';
  if (inquiry.noAnswerNeeded === true) return 'no-answer-needed';
  return inquiry.snoozedUntil && inquiry.snoozedUntil > now ? 'asleep' : 'waits';
}

/** What is at risk and can still be saved, then what is late, then the others, of each what is due first; then who waits longest under no clock; who does not wait comes last. */
export function mostUrgentFirst(a: QueueEntry, b: QueueEntry): number {
  return rankOf(a) - rankOf(b) || timeOf(a.clock?.dueAt) - timeOf(b.clock?.dueAt) || timeOf(a.waitingSince) - timeOf(b.waitingSince);
}

const standRank: Readonly<Record<Stand, number>> = { waits: 0, asleep: 10, 'no-answer-needed': 20, answered: 30 };
const riskRank: Readonly<Record<Risk, number>> = { 'at-risk': 0, missed: 1, none: 2 };
const rankOf = ({ stand, risk, clock }: QueueEntry): number => standRank[stand] + (clock === null ? 3 : riskRank[risk]);
const timeOf = (moment: Date | null | undefined): number => moment?.getTime() ?? 0;

export function queueView(answer: QueueAnswer, locale: Locale): View {
  const { now, items } = answer;
  const names = ['waits', 'shop', 'with', 'clock', 'id'] as const;
  const rows = items.map(({ stand, waitingSince, shopName, assignee, clock, inquiryId, risk }) => [
    stand === 'waits' ? durationText(now.getTime() - timeOf(waitingSince), locale) : standText(stand, locale),
    shopName,
    assignee?.name ?? null,
    clock ? clockText(clock.dueAt.getTime() - now.getTime(), risk, locale) : null,
    inquiryId,
  ]);
  return {
    heading: queueHeading(answer, locale),
    tables: rows.length === 0 ? [] : [{ title: '', headers: names.map((name) => text(locale, `figures.queue.column.${name}`)), rows }],
  };
}

function queueHeading({ waiting, atRisk, missed, asleep, noAnswerNeeded }: QueueAnswer, locale: Locale): string {
  const say = (key: TextKey, params = {}) => text(locale, key, params);
  return [
    waiting === 0 ? say('figures.queue.empty') : say('figures.queue.heading', { waiting, atRisk, missed }),
    ...(asleep === 0 ? [] : [say('figures.queue.asleep', { count: asleep })]),
    ...(noAnswerNeeded === 0 ? [] : [say('figures.queue.no-answer-needed', { count: noAnswerNeeded })]),
  ].join(' · ');
}

const standText = (stand: Exclude<Stand, 'waits'>, locale: Locale): string | null =>
  stand === 'answered' ? null : text(locale, `figures.queue.is-${stand}`);

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
