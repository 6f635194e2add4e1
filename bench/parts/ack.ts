import type { Context } from '../context.ts';
import { usual } from '../context.ts';
import { type Figure, type Pair, toFigure } from '../figure.ts';
import { closedLoop, openLoop } from '../load.ts';
import { buyerWrites, type OpenTalk } from '../messages.ts';
import type { Measured, Stage } from '../stage.ts';
import { percentile } from '../stats.ts';
import { inTurns } from '../turns.ts';

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

  const written = (count: number) =>
    stage.marks(count).map((mark, index) => buyerWrites(talks[index % talks.length] ?? absent(), mark).request);

  async function settled(to: Measured, sent: number): Promise<void> {
    if (to.name === 'product') await stage.arrivals(sent);
  }

  const peaks = await inTurns(rounds, stage, async (to) => {
    const { sent, refused, fromMs, toMs } = await closedLoop(to.port, written(forMs * 6), connections, forMs);
    await settled(to, sent - refused);
    return { rate: ((sent - refused) * 1_000) / (toMs - fromMs) };
  });
  say(`ack: peak ${peaks.map(({ product, baseline }) => (product.rate / baseline.rate).toFixed(2)).join(' ')}`);

  const paced = await inTurns(
    rounds,
    stage,
    async (to) => {
      const { latencies, refused } = await openLoop(to.port, written((perSecond * forMs) / 1_000), perSecond);
      await settled(to, latencies.length);
      return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), refused };
    },
    true,
  );
  say(
    `ack: p99 at ${perSecond}/s ${paced.map(({ product, baseline }) => `${product.p99.toFixed(0)}:${baseline.p99.toFixed(0)}`).join(' ')}`,
  );
  const pairs = (of: 'p50' | 'p99'): Pair[] => paced.map(({ product, baseline }) => ({ product: product[of], against: baseline[of] }));
  return [
    toFigure(
      'ack.peak',
      'per-second',
      'higher',
      peaks.map(({ product, baseline }) => ({ product: product.rate, against: baseline.rate })),
      { of: 'ratio', atLeast: 0.8 },
    ),
    toFigure('ack.p50', 'ms', 'lower', pairs('p50')),
    toFigure('ack.p99', 'ms', 'lower', pairs('p99'), { of: 'value', atMost: 50 }),
  ];
}

function absent(): never {
  throw new Error('there is no talk');
}
