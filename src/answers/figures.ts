import { sentence } from '../core/ask.ts';
import { loadView, queueView } from '../core/figures/desk.ts';
import { statsView, type View, viewParts } from '../core/figures/view.ts';
import { figuresWanted } from '../core/figures/wanted.ts';
import { commonZone } from '../core/figures/zone.ts';
import type { Shop } from '../core/shop.ts';
import { type Locale, text } from '../core/texts/index.ts';
import type { AnswerContent } from '../core/thread.ts';
import type { Clock } from '../core/time.ts';
import type { Desk } from '../figures/desk.ts';
import type { Stats } from '../figures/stats.ts';
import type { Verb } from './questions.ts';

interface FigureVerbsDeps {
  readonly stats: Pick<Stats, 'answer'>;
  readonly desk: Pick<Desk, 'queue' | 'mine' | 'agents'>;
  readonly shops: () => Promise<readonly Pick<Shop, 'timezone'>[]>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Rows of a table in a chat; who wants more takes the command line or an export. */
const mostRows = 20;

/** `/tm stats [range] [shop|marketplace|agent|channel]`, `/tm queue`, `/tm mine`, `/tm agents`. Days are those of the zone that all shops share, else of UTC. */
export function figureVerbs({ stats, desk, shops, clock }: FigureVerbsDeps): ReadonlyMap<string, Verb> {
  const zone = async () => commonZone((await shops()).map(({ timezone }) => timezone));

  const statsVerb: Verb = async ({ words, locale }) => {
    const wanted = figuresWanted(words, 'today', await zone(), clock.now());
    if (wanted === null) return sentence('figures.how');
    return shown(statsView(await stats.answer({ ...wanted, scope: {} }), locale), locale);
  };

  return new Map<string, Verb>([
    ['stats', statsVerb],
    ['queue', async ({ locale }) => shown(queueView(await desk.queue({}, mostRows), locale), locale)],
    ['mine', async ({ userId, asker, locale }) => shown(queueView(await desk.mine(asker.agent ?? userId), locale), locale)],
    ['agents', async ({ locale }) => shown(loadView(await desk.agents(await zone()), locale), locale)],
  ]);
}

function shown(view: View, locale: Locale): AnswerContent {
  const tables = view.tables.map((table) => ({ ...table, rows: table.rows.slice(0, mostRows) }));
  const cut = view.tables.reduce((sum, { rows }) => sum + Math.max(0, rows.length - mostRows), 0);
  const parts = viewParts({ ...view, tables });
  return {
    kind: 'answer',
    parts: cut === 0 ? parts : [...parts, { kind: 'lines', lines: [text(locale, 'answer.cut', { count: cut })] }],
    actions: [],
  };
}
