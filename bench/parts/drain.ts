import type { Context } from '../context.ts';
import type { Arrival } from '../fakes.ts';
import { type Figure, toFigure } from '../figure.ts';
import { closedLoop } from '../load.ts';
import { buyerWrites } from '../messages.ts';
import type { Stage } from '../stage.ts';
import { requestsOf } from './end-to-end.ts';

const workspaces = 4;
const channelsEach = 5;
const messagesPerTalk = 4;
/** Slack's: a post a second in a channel, 300 a minute in a workspace. */
const channelPostMs = 1_000;
const workspacePostMs = 200;
/** What Slack lets through at once, as far as is known; more would be a breach of its limit. */
const tolerated = 3;

/**
 * 10,000 messages of buyers arrive as fast as they are acknowledged, for 20 channels in four workspaces, and are shown at the platform's own pace. A service
 * serves one workspace, so there are four of them, side by side. Against the least time that the posts take which are left when every buyer's messages share
 * one: each as soon as its last message was acknowledged, and the paces allow it.
 */
export async function drain(context: Context): Promise<readonly Figure[]> {
  const { quick, say } = context;
  const talksPerChannel = quick ? 25 : 125;
  const options = { shops: channelsEach, channels: channelsEach, talksPerShop: talksPerChannel, paced: true, withBaseline: false };
  const stages = await Promise.all(Array.from({ length: workspaces }, () => context.stage(options)));
  try {
    const runs = await Promise.all(stages.map((stage) => flood(stage)));
    const fromMs = Math.min(...runs.map((run) => run.fromMs));
    const seconds = (Math.max(...runs.map(({ lastMs }) => lastMs)) - fromMs) / 1_000;
    const leastSeconds = Math.max(...runs.map(({ leastMs }) => leastMs)) / 1_000;
    const sum = (of: 'posts' | 'leastPosts') => runs.reduce((total, run) => total + run[of], 0);
    say(`drain: ${seconds.toFixed(1)} s, at least ${leastSeconds.toFixed(1)} s; ${sum('posts')} posts, at least ${sum('leastPosts')}`);
    return [
      toFigure('drain.time', 's', 'lower', [{ product: seconds, against: leastSeconds }], { of: 'ratio', atMost: 1.1 }),
      toFigure('drain.posts', 'count', 'lower', [{ product: sum('posts'), against: sum('leastPosts') }]),
    ];
  } finally {
    await Promise.all(stages.map((stage) => stage.close()));
  }
}

async function flood(stage: Stage) {
  const messages = Array.from({ length: messagesPerTalk }, () => stage.talks)
    .flat()
    .map((talk) => buyerWrites(talk, stage.marks(1)[0] ?? 0));
  const { fromMs, taken, takenAtMs } = await closedLoop(stage.product.port, requestsOf(messages), 12);
  const arrived = [...(await stage.arrivals(messages.map(({ mark }) => mark))).values()];
  keepsLimits(arrived);
  const completeMs = new Array<number>(stage.talks.length).fill(0);
  taken.forEach((position, index) => {
    const talk = position % completeMs.length;
    completeMs[talk] = Math.max(completeMs[talk] ?? 0, takenAtMs[index] ?? 0);
  });
  const talks = stage.talks.map(({ channelId }, index) => ({ channelId, completeMs: completeMs[index] ?? 0 }));
  const perChannel = [...Map.groupBy(talks, ({ channelId }) => channelId).values()];
  return {
    fromMs,
    lastMs: Math.max(...arrived.map(({ atMs }) => atMs)),
    posts: new Set(arrived.map(({ channelId, ts }) => `${channelId} ${ts}`)).size,
    leastPosts: talks.length,
    leastMs: Math.max(...perChannel.map((ofChannel) => lastPostMs(ofChannel, channelPostMs)), lastPostMs(talks, workspacePostMs)) - fromMs,
  };
}

/** When the last of so many posts goes, of which each waits for its messages and for the one before it. */
function lastPostMs(talks: readonly { readonly completeMs: number }[], paceMs: number): number {
  const moments = talks.map(({ completeMs }) => completeMs).toSorted((a, b) => a - b);
  return moments.reduce((before, complete) => Math.max(before + paceMs, complete), Number.NEGATIVE_INFINITY);
}

/**
 * Throws where a channel got more than Slack takes: then this would not be the real pace. Over the whole run, since on a busy machine single arrivals are
 * noted late and then close together.
 */
function keepsLimits(arrived: readonly Arrival[]): void {
  for (const [channelId, posts] of Map.groupBy(arrived, (arrival) => arrival.channelId)) {
    const times = [...new Map(posts.map(({ ts, atMs }) => [ts, atMs])).values()];
    const tookMs = Math.max(...times) - Math.min(...times);
    if (tookMs < (times.length - 1 - tolerated) * channelPostMs)
      throw new Error(`channel ${channelId} got ${times.length} posts in ${Math.round(tookMs)} ms: more than one a second`);
  }
}
