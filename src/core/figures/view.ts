import { table } from '../columns.ts';
import { policyTitle } from '../sla/title.ts';
import { type Locale, type TextKey, text } from '../texts/index.ts';
import type { AnswerPart } from '../thread.ts';
import type { StatsAnswer, StatsGroup } from './answer.ts';
import type { AgentSummary, DurationSummary, PolicySummary, Summary } from './summary.ts';
import { localTime } from './zone.ts';

/** Figures in words: a heading, then tables. A chat shows each table in letters of one width; so does a terminal. */
export interface View {
  readonly heading: string;
  readonly tables: readonly ViewTable[];
}

export interface ViewTable {
  readonly title: string;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Hours told of. */
const busiest = 3;

export function statsView(answer: StatsAnswer, locale: Locale): View {
  const { range, asOf, total, by } = answer;
  const say = (key: TextKey, params = {}) => text(locale, key, params);
  const days = range.firstDay === range.lastDay ? range.firstDay : `${range.firstDay}..${range.lastDay}`;
  const counted = asOf < range.to ? say('figures.heading.as-of', { time: localTime(range.zone, asOf) }) : '';
  const tables = [
    totalTable(total, locale),
    ...(by !== null && by !== 'agent' ? [groupTable(say(`figures.by.${by}`), answer.groups, locale)] : []),
    policyTable(answer, locale),
    performanceTable(answer, locale),
    agentTable(answer.agents, locale),
    hourTable(answer.hours, locale),
    countTable(say('figures.tags'), answer.tags, locale),
    countTable(say('figures.keywords'), answer.keywords, locale),
  ];
  return {
    heading: say('figures.heading', { range: days, zone: range.zone }) + counted,
    tables: tables.filter(({ rows }) => rows.length > 0),
  };
}

/** A view as lines of plain text. */
export function viewLines({ heading, tables }: View): readonly string[] {
  return [heading, ...tables.flatMap((one) => ['', ...tableLines(one)])];
}

/** A view as a chat shows it. Numbers stand to the right. */
export const viewParts = ({ heading, tables }: View): readonly AnswerPart[] => [
  { kind: 'title', words: heading },
  ...tables.flatMap(({ title, headers, rows }): readonly AnswerPart[] => [
    ...(title ? [{ kind: 'lines' as const, lines: [title] }] : []),
    {
      kind: 'table',
      columns: headers.map((name, column) => ({ title: name, align: rows.every((row) => isNumeric(row[column])) ? 'right' : 'left' })),
      rows: rows.map((row) => row.map((cell) => (cell === null || cell === '' ? '-' : String(cell)))),
    },
  ]),
];

const isNumeric = (cell: string | number | null | undefined): boolean => typeof cell === 'number' || cell === null;

const tableLines = ({ title, headers, rows }: ViewTable): readonly string[] => [...(title ? [title] : []), ...table(headers, rows)];

function totalTable(total: Summary, locale: Locale): ViewTable {
  const say = (key: TextKey, params = {}) => text(locale, key, params);
  const rows: readonly (readonly [TextKey, string | number | null])[] = [
    ['figures.opened', total.opened],
    ['figures.returning', total.returning],
    ['figures.answered', total.answered],
    ['figures.resolved', total.resolved],
    ['figures.reopened', total.reopened],
    ['figures.first-response', spreadText(total.firstResponse.business, locale)],
    ['figures.first-response-wall', spreadText(total.firstResponse.wall, locale)],
    ['figures.resolution', spreadText(total.resolution, locale)],
    ['figures.messages-per-inquiry', total.messagesPerInquiry === null ? null : total.messagesPerInquiry.toFixed(1)],
    ['figures.automatic', percent(total.answeredAutomatically)],
    ['figures.buyer-messages', total.buyerMessages],
    ['figures.replies', total.replies],
    ['figures.held', total.held],
    ['figures.failed', total.failed],
  ];
  return {
    title: '',
    headers: [say('figures.column.figure'), say('figures.column.value')],
    rows: rows.map(([key, value]) => [say(key), value]),
  };
}

function groupTable(title: string, groups: readonly StatsGroup[], locale: Locale): ViewTable {
  const names = ['name', 'opened', 'answered', 'resolved', 'first-response', 'p90', 'in-time'] as const;
  return {
    title,
    headers: names.map((name) => text(locale, `figures.column.${name}`)),
    rows: groups.map((group) => [
      ...[group.name || text(locale, 'figures.no-channel'), group.opened, group.answered, group.resolved],
      ...[durationText(group.firstResponse.business.medianMs, locale), durationText(group.firstResponse.business.p90Ms, locale)],
      percent(inTime(group)),
    ]),
  };
}

/** Of the marketplaces' own rules, or, where there are none, of the team's. */
function inTime({ policies }: Summary): number | null {
  const own = policies.filter(({ owner }) => owner === 'marketplace');
  const counted = own.length > 0 ? own : policies;
  const ended = counted.reduce((sum, { met, missed }) => sum + met + missed, 0);
  return ended === 0 ? null : counted.reduce((sum, { met }) => sum + met, 0) / ended;
}

function policyTable({ total, forecast, titles }: StatsAnswer, locale: Locale): ViewTable {
  const names = ['rule', 'owner', 'met', 'missed', 'in-time'] as const;
  const headers = [...names, ...(forecast ? (['running', 'forecast'] as const) : [])].map((name) => text(locale, `figures.column.${name}`));
  const ownerText = (owner: string) => (owner === 'marketplace' || owner === 'team' ? text(locale, `figures.owner.${owner}`) : owner);
  const titleOf = (policy: string) => policyTitle(policy, Object.hasOwn(titles, policy) ? titles[policy] : undefined, locale);
  const common = ({ policy, owner, met, missed, rate }: PolicySummary) => [titleOf(policy), ownerText(owner), met, missed, percent(rate)];
  const rows = forecast
    ? forecast.map((rule) => [...common(rule), rule.running, percent(rule.forecast)])
    : total.policies.map((rule) => common(rule));
  return { title: text(locale, 'figures.policies'), headers, rows };
}

/** Nobody shall take them for ours: they go by rules of their own, and days of theirs. */
function performanceTable({ performance, range }: StatsAnswer, locale: Locale): ViewTable {
  const names = ['shop', 'days', 'sessions', 'rate', 'time', 'satisfaction', 'read'] as const;
  return {
    title: text(locale, 'performance.title'),
    headers: names.map((name) => text(locale, `performance.column.${name}`)),
    rows: performance.map(({ shopName, marketplace, firstDay, lastDay, sessions, responseRate, responseMs, satisfaction, readAt }) => [
      ...[`${shopName} · ${marketplace}`, firstDay === lastDay ? firstDay : `${firstDay}..${lastDay}`, sessions],
      ...[percent(responseRate), durationText(responseMs, locale), percent(satisfaction), localTime(range.zone, readAt)],
    ]),
  };
}

export function agentTable(agents: readonly AgentSummary[], locale: Locale): ViewTable {
  const names = ['name', 'handled', 'replies', 'first-response', 'p90', 'held', 'failed'] as const;
  return {
    title: text(locale, 'figures.agents'),
    headers: names.map((name) => text(locale, `figures.column.${name}`)),
    rows: agents.map(({ agent, handled, replies, held, failed, firstResponse: { business } }) => [
      ...[agent, handled, replies, durationText(business.medianMs, locale), durationText(business.p90Ms, locale), held, failed],
    ]),
  };
}

function hourTable(hours: readonly number[], locale: Locale): ViewTable {
  const rows = hours
    .map((count, hour) => ({ hour, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.hour - b.hour)
    .slice(0, busiest)
    .map(({ hour, count }) => [`${String(hour).padStart(2, '0')}:00-${String(hour + 1).padStart(2, '0')}:00`, count]);
  return {
    title: text(locale, 'figures.hours'),
    headers: [text(locale, 'figures.column.hour'), text(locale, 'figures.buyer-messages').toUpperCase()],
    rows,
  };
}

function countTable(title: string, counts: StatsAnswer['tags'], locale: Locale): ViewTable {
  return {
    title,
    headers: [text(locale, 'figures.column.name'), text(locale, 'figures.column.count')],
    rows: counts.map(({ name, count }) => [name, count]),
  };
}

function spreadText({ meanMs, medianMs, p90Ms }: DurationSummary, locale: Locale): string | null {
  if (meanMs === null) return null;
  const shown = (ms: number | null) => durationText(ms, locale) ?? '-';
  return text(locale, 'figures.spread', { mean: shown(meanMs), median: shown(medianMs), p90: shown(p90Ms) });
}

/** `45 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`: two units are enough. Null for null. */
export function durationText(ms: number | null, locale: Locale): string | null {
  if (ms === null) return null;
  const seconds = Math.round(ms / 1_000);
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600), Math.floor(seconds / 86_400)];
  if (minutes === 0) return text(locale, 'figures.seconds', { s: seconds });
  if (hours === 0) return text(locale, 'figures.minutes', { m: minutes, s: seconds % 60 });
  if (days === 0) return text(locale, 'figures.hours-minutes', { h: hours, m: minutes % 60 });
  return text(locale, 'figures.days-hours', { d: days, h: hours % 24 });
}

/** `96.5 %`; null for null. */
export const percent = (share: number | null): string | null => (share === null ? null : `${(share * 100).toFixed(1)} %`);
