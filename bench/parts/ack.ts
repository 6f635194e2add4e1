import { type Context, usual } from '../context.ts';
import { type Figure, type Pair, toFigure } from '../figure.ts';
import { closedLoop, openLoop } from '../load.ts';
import type { Marked, OpenTalk } from '../messages.ts';
import type { Measured, Stage } from '../stage.ts';
import { percentile } from '../stats.ts';
import { inTurns } from '../turns.ts';
import { requestsOf, writes } from './end-to-end.ts';

const connections = 50;
const perSecond = 500;

/**
 * How fast and how many webhooks are acknowledged, against a handler that checks the same signature and does one journaled insert. The product works on what
 * it has acknowledged at the same time, as it does in life; the handler is done.
 */
export async function ack(context: Context): Promise<readonly Figure[]> {
  const stage = await context.stage(usual);
  try {
    return await ackOn(stage, await stage.open(), context);
  } finally {
    await stage.close();
  }
}

export async function ackOn(stage: Stage, talks: readonly OpenTalk[], { quick, rounds, say }: Context): Promise<readonly Figure[]> {
  const forMs = quick ? 1_500 : 3_000;
  await stage.baseline.child.ask('relay', false);
  const written = (count: number) => stage.marks(count).map((mark, index) => writes('in', talks, mark, index));

  /** The product goes on with what it has acknowledged. */
  async function settled(to: Measured, messages: readonly Marked[], taken: readonly number[]): Promise<void> {
    if (to.name === 'product') await stage.arrivals(taken.flatMap((position) => messages[position]?.mark ?? []));
  }

  async function peak(to: Measured): Promise<number> {
    const messages = written(forMs * 6);
    const { taken, fromMs, toMs } = await closedLoop(to.port, requestsOf(messages), connections, forMs);
    await settled(to, messages, taken);
    return (taken.length * 1_000) / (toMs - fromMs);
  }

  async function paced(to: Measured) {
    const messages = written((perSecond * forMs) / 1_000);
    const { latencies, taken } = await openLoop(to.port, requestsOf(messages), perSecond);
    await settled(to, messages, taken);
    return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
  }

  const peaks = await inTurns(rounds, stage, peak);
  say(`ack: peak ${peaks.map(({ product, baseline }) => `${product.toFixed(0)}:${baseline.toFixed(0)}`).join(' ')} a second`);
  const latencies = await inTurns(rounds, stage, paced, true);
  say(`ack: p99 ${latencies.map(({ product, baseline }) => `${product.p99.toFixed(0)}:${baseline.p99.toFixed(0)}`).join(' ')} ms`);
  const pairs = (of: 'p50' | 'p99'): Pair[] => latencies.map(({ product, baseline }) => ({ product: product[of], against: baseline[of] }));
  return [
    toFigure(
      'ack.peak',
      'per-second',
      'higher',
      peaks.map(({ product, baseline }) => ({ product, against: baseline })),
      { of: 'ratio', atLeast: 0.8 },
    ),
    toFigure('ack.p50', 'ms', 'lower', pairs('p50')),
    toFigure('ack.p99', 'ms', 'lower', pairs('p99'), { of: 'value', atMost: 50 }),
  ];
}
