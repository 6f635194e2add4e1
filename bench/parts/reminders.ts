import { setTimeout as pause } from 'node:timers/promises';
import { type Context, usual } from '../context.ts';
import { type Figure, toFigure } from '../figure.ts';
import { closedLoop } from '../load.ts';
import { buyerWrites } from '../messages.ts';
import { monotonicMs, percentile } from '../stats.ts';
import { requestsOf } from './end-to-end.ts';

const clocks = { many: 10_000, few: 1_000 } as const;
/** The team's target, and its one reminder. Every buyer has the marketplace's clock besides. */
const withinSeconds = 200;
const yaml = `sla: { policies: [{ name: bench, within: ${withinSeconds}s, reminders: [{ after: ${withinSeconds}s, to: group }] }] }`;
/** All threads are open by then; the first moment comes after it, and the last one so much later. */
const openedWithinSeconds = 120;
const spreadSeconds = 60;
/** What is told twice is told soon. */
const quietMs = 2_000;

/**
 * From the moment of a reminder to the request that tells of it, alone or in a digest: while 10,000 buyers wait in one process, against 1,000. A marketplace's
 * times are whole seconds, so all that fall into one come at once: about 170, and 17.
 */
export async function reminders(context: Context): Promise<readonly Figure[]> {
  const few = await measure(context, clocks.few);
  const many = await measure(context, clocks.many);
  const row = (id: string, share: number, aim?: Figure['aim']): Figure =>
    toFigure(id, 'ms', 'lower', [{ product: percentile(many, share), against: percentile(few, share) }], aim);
  return [row('reminders.p50', 0.5), row('reminders.p99', 0.99, { of: 'value', atMost: 2_000 })];
}

/** How late each came, in milliseconds. */
async function measure({ stage: createStage, say }: Context, count: number): Promise<readonly number[]> {
  const { shops, channels } = usual;
  const stage = await createStage({ shops, channels, talksPerShop: count / shops, withBaseline: false, yaml });
  try {
    const fromSeconds = Math.ceil(Date.now() / 1_000) + openedWithinSeconds;
    const waiting = stage.talks.map((talk, index) => {
      const momentSeconds = fromSeconds + Math.floor((index * spreadSeconds) / count);
      const [mark = 0] = stage.marks(1);
      return { momentMs: momentSeconds * 1_000, ...buyerWrites(talk, mark, momentSeconds - withinSeconds) };
    });
    await closedLoop(stage.product.port, requestsOf(waiting), 12);
    const opened = await stage.arrivals(waiting.map(({ mark }) => mark));
    const leftMs = fromSeconds * 1_000 - Date.now();
    if (leftMs < 0) throw new Error(`on this machine ${count} threads take longer than ${openedWithinSeconds} s to open`);
    await pause(leftMs + spreadSeconds * 1_000 + quietMs);
    const threads = waiting.map(({ mark }) => `${opened.get(mark)?.channelId} ${opened.get(mark)?.threadTs}`);
    const found = await stage.linksTo(threads);
    const doubled = found.filter((times) => times.length > 1).length;
    if (doubled > 0) throw new Error(`${doubled} of ${count} reminders came more than once`);
    const sinceEpochMs = Date.now() - monotonicMs();
    const late = found.map(([atMs = Number.NaN], index) => atMs + sinceEpochMs - (waiting[index]?.momentMs ?? Number.NaN));
    say(`reminders: ${count} clocks, p50 ${percentile(late, 0.5).toFixed(0)} ms, p99 ${percentile(late, 0.99).toFixed(0)} ms`);
    return late;
  } finally {
    await stage.close();
  }
}
