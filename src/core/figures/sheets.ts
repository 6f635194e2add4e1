import type { Grouping, StatsAnswer, StatsGroup } from './answer.ts';
import type { PerformanceSummary } from './performance.ts';
import type { DurationSummary, Summary } from './summary.ts';

export type Cell = string | number | null;

export const sheetNames = ['days', 'agents', 'rules', 'marketplace'] as const;
export type SheetName = (typeof sheetNames)[number];

/** A table for other programs: names of columns never change, durations are in seconds, shares of 0 to 1, empty where nothing was measured. */
export interface Sheet {
  readonly name: SheetName;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Figures of a day, as `Stats.daily` gives them. */
interface Day {
  readonly day: string;
  readonly summary: Summary;
  readonly groups: readonly StatsGroup[];
}

/** Every day by itself (and by group), then agents and rules of the whole range, then what marketplaces themselves count, by shop and day. */
export function sheetsOf(
  days: readonly Day[],
  answer: Pick<StatsAnswer, 'agents' | 'total'>,
  by: Grouping | null,
  performance: readonly PerformanceSummary[],
): readonly Sheet[] {
  const grouped = by === null ? [] : [by, `${by}_name`];
  const rows = days.flatMap(({ day, summary, groups }) =>
    by === null ? [[day, ...cellsOf(summary)]] : groups.map((group) => [day, group.key, group.name, ...cellsOf(group)]),
  );
  return [
    { name: 'days', headers: ['day', ...grouped, ...summaryHeaders], rows },
    {
      name: 'agents',
      headers: [
        'agent',
        'handled',
        'replies',
        'held',
        'failed',
        ...spreadHeaders('first_response_business'),
        ...spreadHeaders('first_response_wall'),
      ],
      rows: answer.agents.map(({ agent, handled, replies, held, failed, firstResponse: { business, wall } }) => [
        ...[agent, handled, replies, held, failed],
        ...spreadCells(business),
        ...spreadCells(wall),
      ]),
    },
    {
      name: 'rules',
      headers: ['rule', 'owner', 'met', 'missed', 'rate'],
      rows: answer.total.policies.map(({ policy, owner, met, missed, rate }) => [policy, owner, met, missed, rate]),
    },
    {
      name: 'marketplace',
      headers: ['day', 'shop', 'shop_name', 'marketplace', 'sessions', 'response_rate', 'response_seconds', 'satisfaction', 'read_at'],
      rows: performance.map(({ firstDay, shopId, shopName, marketplace, sessions, responseRate, responseMs, satisfaction, readAt }) => [
        ...[firstDay, shopId, shopName, marketplace, sessions],
        ...[responseRate, seconds(responseMs), satisfaction, readAt.toISOString()],
      ]),
    },
  ];
}

const spreadHeaders = (name: string): readonly string[] => ['mean', 'median', 'p90'].map((what) => `${name}_${what}_seconds`);

const spreadCells = ({ meanMs, medianMs, p90Ms }: DurationSummary): readonly Cell[] => [meanMs, medianMs, p90Ms].map(seconds);

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms) / 1_000);

const summaryHeaders: readonly string[] = [
  ...['opened', 'returning', 'answered', 'resolved', 'reopened', 'buyer_messages', 'replies', 'held', 'failed'],
  ...spreadHeaders('first_response_business'),
  ...spreadHeaders('first_response_wall'),
  ...spreadHeaders('resolution'),
  ...['messages_per_inquiry', 'answered_automatically', 'clocks_met', 'clocks_missed'],
];

function cellsOf(summary: Summary): readonly Cell[] {
  const { opened, returning, answered, resolved, reopened, buyerMessages, replies, held, failed, policies } = summary;
  return [
    ...[opened, returning, answered, resolved, reopened, buyerMessages, replies, held, failed],
    ...spreadCells(summary.firstResponse.business),
    ...spreadCells(summary.firstResponse.wall),
    ...spreadCells(summary.resolution),
    ...[summary.messagesPerInquiry, summary.answeredAutomatically],
    policies.reduce((sum, { met }) => sum + met, 0),
    policies.reduce((sum, { missed }) => sum + missed, 0),
  ];
}
