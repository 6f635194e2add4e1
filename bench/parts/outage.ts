import { setTimeout as pause } from 'node:timers/promises';
import { type Context, usual } from '../context.ts';
import { type Figure, type Pair, toFigure } from '../figure.ts';
import { openLoop } from '../load.ts';
import type { OpenTalk } from '../messages.ts';
import type { Stage } from '../stage.ts';
import { percentile } from '../stats.ts';
import { type Direction, requestsOf, writes } from './end-to-end.ts';

const perSecond = 40;
const rounds = 3;
/** Two services share the machine then, and differ more from round to round. */
const roundsOfTwo = 5;
const aim = { of: 'ratio', atMost: 1.5 } as const;

interface Outage {
  readonly id: string;
  readonly direction: Direction;
  readonly how: 'refuses' | 'hangs';
  /** What is away, of what belongs to this talk. */
  readonly of: (talk: OpenTalk) => string;
}

const outages: readonly Outage[] = [
  { id: 'outage.shop-refuses', direction: 'out', how: 'refuses', of: ({ shopId }) => cipherOf(shopId) },
  { id: 'outage.shop-hangs', direction: 'out', how: 'hangs', of: ({ shopId }) => cipherOf(shopId) },
  { id: 'outage.channel-refuses', direction: 'in', how: 'refuses', of: ({ channelId }) => channelId },
  { id: 'outage.channel-hangs', direction: 'in', how: 'hangs', of: ({ channelId }) => channelId },
];

/** TikTok's calls name a shop by its cipher. */
const cipherOf = (shopId: string): string => `shop_cipher=cipher-${Number(shopId.slice(-5))}&`;

/** p95 of the shops and channels that are well, while one is away: against the quiet run right before or after it. */
export async function outage(context: Context): Promise<readonly Figure[]> {
  const stage = await context.stage({ ...usual, talksPerShop: 10, withBaseline: false });
  try {
    const talks = await stage.open();
    const figures: Figure[] = [];
    // A service that has just come up is slower for some seconds, which would count for the quiet half.
    for (const direction of ['in', 'out'] as const) await p95(stage, talks, direction, () => true, context);
    for (const one of context.quick ? outages.filter(({ how }) => how === 'refuses') : outages)
      figures.push(toFigure(one.id, 'ms', 'lower', await measured(stage, talks, one, context), aim));
    return [...figures, toFigure('outage.workspace', 'ms', 'lower', await otherWorkspace(stage, talks, context), aim)];
  } finally {
    await stage.close();
  }
}

async function measured(stage: Stage, talks: readonly OpenTalk[], { id, direction, how, of }: Outage, context: Context): Promise<Pair[]> {
  const [first] = talks;
  if (!first) throw new Error('there is no talk');
  const harmed = of(first);
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const isWell = (talk: OpenTalk) => of(talk) !== harmed;
    const against = await p95(stage, talks, direction, isWell, context);
    await stage.away([harmed], how);
    const product = await p95(stage, talks, direction, isWell, context);
    await stage.away([]);
    pairs.push({ product, against });
    context.say(`${id}: ${product.toFixed(0)} ms, quiet ${against.toFixed(0)} ms`);
  }
  return pairs;
}

/** Two services, each with its workspace, on one machine: what the trouble of one costs the other. */
async function otherWorkspace(stage: Stage, talks: readonly OpenTalk[], context: Context): Promise<Pair[]> {
  const other = await context.stage({ ...usual, talksPerShop: 10, withBaseline: false });
  try {
    const theirs = await other.open();
    // The channel that never answered has calls under way that nobody answers any more: it catches up half a minute later.
    const isWell = (talk: OpenTalk) => talk.channelId !== talks[0]?.channelId;
    const pairs: Pair[] = [];
    for (let round = 0; round < roundsOfTwo; round += 1) {
      const both = async () => {
        const [mine] = await Promise.all([p95(stage, talks, 'in', isWell, context), p95(other, theirs, 'in', () => false, context)]);
        return mine;
      };
      const against = await both();
      await other.away(['/api/']);
      const product = await both();
      await other.away([]);
      pairs.push({ product, against });
      context.say(`outage.workspace: ${product.toFixed(0)} ms, quiet ${against.toFixed(0)} ms`);
    }
    return pairs;
  } finally {
    await other.close();
  }
}

/** Of what is well. The rest arrives later, and is not waited for. */
async function p95(
  stage: Stage,
  talks: readonly OpenTalk[],
  direction: Direction,
  isWell: (talk: OpenTalk) => boolean,
  { quick }: Context,
): Promise<number> {
  const count = perSecond * (quick ? 3 : 6);
  const messages = stage.marks(count).map((mark, index) => writes(direction, talks, mark, index));
  const well = messages.filter((_, index) => isWell(talks[index % talks.length] as OpenTalk));
  const { dueMs } = await openLoop(stage.product.port, requestsOf(messages), perSecond);
  const arrived = await stage.timesOf(well.map(({ mark }) => mark));
  await pause(500);
  const due = new Map(messages.map(({ mark }, index) => [mark, dueMs[index] ?? Number.NaN]));
  return percentile(
    well.map(({ mark }) => (arrived.get(mark) ?? Number.NaN) - (due.get(mark) ?? Number.NaN)),
    0.95,
  );
}
