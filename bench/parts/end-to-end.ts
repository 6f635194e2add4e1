import type { Context } from '../context.ts';
import { usual } from '../context.ts';
import { type Figure, toFigure } from '../figure.ts';
import { closedLoop, openLoop } from '../load.ts';
import { agentWrites, buyerWrites, type Marked, type OpenTalk } from '../messages.ts';
import type { Measured, Stage } from '../stage.ts';
import { median, percentile } from '../stats.ts';
import { inTurns, type Round } from '../turns.ts';

export type Direction = 'in' | 'out';

const connections = 50;
/** Messages a second. The aims are for the second. */
const rates = [50, 200, 500] as const;
const usualRate = 200;
const shares = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
/** A peak lasts two seconds, in which the machine may do something else: its ratio is a median of more rounds. */
const peakRounds = 11;
/** Of the peak: above it a queue grows, and what a message waits is only a matter of how long one looks. */
const sustainable = 0.9;

/** From one platform's request to the call at the other one, against a relay that verifies, inserts, posts and updates. */
export async function endToEnd(context: Context, directions: readonly Direction[] = ['in', 'out']): Promise<readonly Figure[]> {
  const stage = await context.stage(usual);
  try {
    const talks = await stage.open();
    const figures: Figure[] = [];
    for (const direction of directions) figures.push(...(await endToEndOn(stage, talks, direction, context)));
    return figures;
  } finally {
    await stage.close();
  }
}

export async function endToEndOn(
  stage: Stage,
  talks: readonly OpenTalk[],
  direction: Direction,
  { quick, rounds, say }: Context,
  onlyUsualRate = quick,
): Promise<readonly Figure[]> {
  await stage.baseline.child.ask('relay', true);
  const written = (count: number) => stage.marks(count).map((mark, index) => writes(direction, talks, mark, index));

  const peaks = await inTurns(quick ? rounds : peakRounds, stage, (to) => peakRate(stage, to, written(quick ? 1_000 : 2_000)));
  say(`${direction}: peak ${peaks.map(({ product, baseline }) => `${product.toFixed(0)}:${baseline.toFixed(0)}`).join(' ')} a second`);
  const figures = [
    toFigure(
      `${direction}.peak`,
      'per-second',
      'higher',
      peaks.map(({ product, baseline }) => ({ product, against: baseline })),
      { of: 'ratio', atLeast: 0.6 },
    ),
  ];
  const peak = median(peaks.map(({ product }) => product));
  for (const rate of onlyUsualRate ? [usualRate] : rates) {
    const turn = (to: Measured) => paced(stage, to, written(rate * (quick ? 2 : 4)), rate);
    const measured = rate <= peak * sustainable ? await inTurns(rounds, stage, turn, true) : [];
    say(
      measured.length === 0
        ? `${direction}: ${rate} a second is above the product's peak`
        : `${direction}: p95 at ${rate}/s ${measured.map(({ product, baseline }) => `${product.p95.toFixed(0)}:${baseline.p95.toFixed(0)}`).join(' ')}`,
    );
    figures.push(...latencyFigures(`${direction}.${rate}`, measured, rate));
  }
  return figures;
}

type Latencies = Readonly<Record<keyof typeof shares, number>>;

function latencyFigures(prefix: string, measured: readonly Round<Latencies>[], rate: number): Figure[] {
  return (Object.keys(shares) as (keyof typeof shares)[]).map((share) =>
    toFigure(
      `${prefix}.${share}`,
      'ms',
      'lower',
      measured.map(({ product, baseline }) => ({ product: product[share], against: baseline[share] })),
      share === 'p95' && rate === usualRate ? { of: 'value', atMost: 100 } : null,
    ),
  );
}

export const requestsOf = (messages: readonly Marked[]): Buffer[] => messages.map(({ request }) => request);

export function writes(direction: Direction, talks: readonly OpenTalk[], mark: number, index: number): Marked {
  const talk = talks[index % talks.length];
  if (!talk) throw new Error('there is no talk');
  return direction === 'in' ? buyerWrites(talk, mark) : agentWrites(talk, mark);
}

/** From the first request to the last arrival: what cannot be kept up with is counted as it drains. */
export async function peakRate(stage: Stage, to: Measured, messages: readonly Marked[]): Promise<number> {
  const { fromMs } = await closedLoop(to.port, requestsOf(messages), connections);
  const arrived = await stage.arrivals(messages.map(({ mark }) => mark));
  const lastMs = Math.max(...[...arrived.values()].map(({ atMs }) => atMs));
  return (messages.length * 1_000) / (lastMs - fromMs);
}

async function paced(stage: Stage, to: Measured, messages: readonly Marked[], rate: number): Promise<Latencies> {
  const { dueMs } = await openLoop(to.port, requestsOf(messages), rate);
  const arrived = await stage.arrivals(messages.map(({ mark }) => mark));
  const latencies = messages.map(({ mark }, index) => (arrived.get(mark)?.atMs ?? Number.NaN) - (dueMs[index] ?? Number.NaN));
  return {
    p50: percentile(latencies, shares.p50),
    p95: percentile(latencies, shares.p95),
    p99: percentile(latencies, shares.p99),
  };
}
