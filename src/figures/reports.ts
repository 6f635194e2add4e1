import type { ConnectorLog } from '../core/connector.ts';
import type { Delivery } from '../core/delivery.ts';
import type { StatsScope } from '../core/figures/answer.ts';
import { daysFrom } from '../core/figures/range.ts';
import { type DueReport, dueReport } from '../core/figures/report.ts';
import { statsView, viewParts } from '../core/figures/view.ts';
import { addDays } from '../core/figures/zone.ts';
import { type DeliveryId, deliveryId } from '../core/ids.ts';
import { ownPicture } from '../core/own-picture.ts';
import { planReport } from '../core/plan.ts';
import type { ReportSetting, Settings } from '../core/settings.ts';
import { botOf } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import { type Locale, text } from '../core/texts/index.ts';
import type { AnswerPart } from '../core/thread.ts';
import type { Clock } from '../core/time.ts';
import type { ChartDay } from './chart.ts';
import type { DailyFigures, Stats } from './stats.ts';

export interface ReportsDeps {
  readonly stats: Pick<Stats, 'answer' | 'daily'>;
  readonly settings: () => Pick<Settings, 'reports' | 'channels'>;
  readonly shops: () => Promise<readonly Shop[]>;
  readonly outbox: {
    byIds(ids: readonly DeliveryId[]): Promise<readonly Pick<Delivery, '_id'>[]>;
    insert(deliveries: readonly Delivery[]): Promise<unknown>;
  };
  /** A PNG. */
  readonly draw: (days: readonly ChartDay[]) => Promise<Uint8Array>;
  /** Something waits at this gate. */
  readonly wake: (gate: string) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: ConnectorLog;
}

/** A report that came due while nothing ran is still posted for so long; the outbox remembers for longer which ones were. */
const lateMs = 24 * 3_600_000;
/** What is still being counted is waited for, but not for ever. */
const patienceMs = 10 * 60_000;
/** A picture of one day says nothing: these days up to it are drawn. */
const daysDrawn = { day: 14, week: 28, month: 31 } as const;

/** Posts what is due, each report once, whoever runs it and however often. */
export function createReports({ stats, settings, shops, outbox, draw, wake, clock, log }: ReportsDeps): { post(): Promise<void> } {
  /** Those that are known to be there. */
  const posted = new Set<string>();

  /** False: what happened last is not counted yet. */
  async function postOne(report: ReportSetting, { range, dueAt }: DueReport, id: string): Promise<boolean> {
    const scope = await scopeOf(report);
    if (scope === null) {
      log.warn({ report: id }, 'a report is of a shop that is not there');
      return true;
    }
    const first = addDays(range.lastDay, 1 - daysDrawn[report.every]);
    const drawn = daysFrom(range.zone, first < range.firstDay ? first : range.firstDay, range.lastDay) ?? range;
    const [answer, days] = await Promise.all([stats.answer({ range, scope, by: report.by }), stats.daily(drawn, scope, null)]);
    if (answer.asOf < range.to && clock.now().getTime() - dueAt.getTime() < patienceMs) return false;
    const locale = report.locale ?? settings().channels.find(({ id: channel }) => channel === report.channel.id)?.locale ?? 'en';
    const view = statsView(answer, locale);
    const picture = await chartOf(days, locale);
    const parts = viewParts({ ...view, heading: text(locale, `figures.report.${report.every}`, { range: view.heading }) });
    const delivery = planReport(
      report.channel,
      { kind: 'answer', parts: [...parts, ...(picture ? [picture] : [])], actions: [] },
      { id, now: clock.now() },
    );
    await outbox.insert([delivery]);
    wake(delivery.gate);
    log.info({ report: id }, 'report planned');
    return true;
  }

  /** Null where it cannot be drawn: the report goes without it. */
  async function chartOf(days: readonly DailyFigures[], locale: Locale): Promise<AnswerPart | null> {
    try {
      const media = ownPicture(await draw(days.map(toChartDay)), 'chart.png');
      return { kind: 'picture', media, words: text(locale, 'figures.report.chart') };
    } catch (err) {
      log.error({ err }, 'a chart could not be drawn; the report goes without it');
      return null;
    }
  }

  /** Null: there is no such shop. */
  async function scopeOf({ shop, marketplace }: ReportSetting): Promise<StatsScope | null> {
    const found = shop === null ? null : (await shops()).find(({ _id, externalId }) => _id === shop || externalId === shop);
    if (found === undefined) return null;
    return { ...(found ? { shop: found._id } : {}), ...(marketplace === null ? {} : { marketplace }) };
  }

  return {
    async post() {
      const due = settings().reports.flatMap((report) => {
        const one = dueReport(report, clock.now(), lateMs);
        const id = one && idOf(report, one);
        return one && id !== null && !posted.has(id) ? [{ report, one, id }] : [];
      });
      if (due.length === 0) return;
      for (const { _id } of await outbox.byIds(due.map(({ id }) => deliveryId(`${id}:report`)))) posted.add(_id.replace(/:report$/, ''));
      for (const { report, one, id } of due) {
        if (posted.has(id)) continue;
        if (await postOne(report, one, id)) posted.add(id);
      }
    },
  };
}

/** The same report of the same days has the same id, so it is there once. */
function idOf({ every, channel, by, shop, marketplace }: ReportSetting, { range }: DueReport): string {
  const where = `${botOf(channel)}/${channel.id}`;
  return `report:${where}:${every}:${by}:${shop ?? ''}:${marketplace ?? ''}:${range.firstDay}..${range.lastDay}:${range.zone}`;
}

const toChartDay = ({ day, summary }: DailyFigures): ChartDay => ({
  day,
  opened: summary.opened,
  answered: summary.answered,
  medianMs: summary.firstResponse.business.medianMs,
});
