import type { ChatBot } from '../../bots/bot.ts';
import { sentence } from '../core/ask.ts';
import { eachDay } from '../core/figures/range.ts';
import { figuresWanted } from '../core/figures/wanted.ts';
import { commonZone } from '../core/figures/zone.ts';
import type { Shop } from '../core/shop.ts';
import type { Clock } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import { type ExportFormat, exportFile, exportFormats } from '../figures/export.ts';
import type { Stats } from '../figures/stats.ts';
import type { Log } from '../log.ts';
import type { Verb } from './questions.ts';

interface ExportDeps {
  readonly bots: ReadonlyMap<string, Pick<ChatBot, 'sendFile'>>;
  readonly stats: Pick<Stats, 'daily' | 'answer' | 'performance'>;
  readonly shops: () => Promise<readonly Pick<Shop, 'timezone'>[]>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'warn'>;
}

/** One who asks in a chat must not hold up the work of all: so many rows take about a quarter of a second of one CPU. */
const mostDays = 366;
const mostRows: Readonly<Record<ExportFormat, number>> = { xlsx: 2_000, csv: 10_000 };

/** `/tm export [range] [shop|marketplace|agent|channel] [xlsx|csv]`: figures of agents are not for all to see, so the file goes to whoever asked alone, who may answer buyers. */
export function exportVerb({ bots, stats, shops, clock, log }: ExportDeps): Verb {
  return async ({ bot, userId, words, signal, asker }) => {
    if (!asker.mayAnswer) return sentence('answer.not-allowed');
    const chat = bots.get(bot);
    if (!chat?.sendFile) return sentence('export.not-here');
    const given = words.trim().split(/\s+/);
    const format = exportFormats.find((one) => given.includes(one)) ?? 'xlsx';
    const zone = commonZone((await shops()).map(({ timezone }) => timezone));
    const wanted = figuresWanted(given.filter((word) => word !== format).join(' '), '30d', zone, clock.now());
    if (wanted === null) return sentence('export.how');
    const fits = eachDay(wanted.range).length <= mostDays;
    const file = fits ? await exportFile(stats, { ...wanted, scope: {}, format, table: 'days' }, mostRows[format]) : null;
    if (file === null) return sentence('export.too-much', { days: mostDays, rows: mostRows[format] });
    try {
      await chat.sendFile(userId, file, { signal });
      return sentence('export.sent', { name: file.name });
    } catch (err) {
      if (!(err instanceof PlatformError)) throw err;
      log.warn({ bot, err }, 'an export could not be handed over');
      return sentence(err.kind === 'auth' || err.kind === 'rejected' ? 'export.refused' : 'export.failed');
    }
  };
}
