import type { Db } from 'mongodb';
import { type Figures, FigureTally } from '../src/core/figures/figures.ts';
import { mergeParts } from '../src/core/figures/fold.ts';
import { endOf, type Span, startOf, startsWithin } from '../src/core/figures/spans.ts';
import { type ShopId, shopId } from '../src/core/ids.ts';
import { packChannels, spanId } from '../src/store/figures.ts';

export const figureShops = 50;
const agentsPerShop = 4;
const channelsPerShop = 2;
const days = 365;
const documentsPerInsert = 5_000;

export const shopIds: readonly ShopId[] = Array.from({ length: figureShops }, (_, index) => shopId(`market:${index}`));

interface Put {
  readonly span: Span;
  readonly shopId: ShopId;
  readonly from: Date;
  readonly channels: readonly { readonly channel: string | null; readonly figures: Figures }[];
}

/**
 * A year of figures as so many messages would have left them, without the messages: slots with what happened in them, and hours, days and months added up.
 * @param messages of buyers and agents, a third of them in a third of the day
 * @param lastDay the day after the last one, UTC
 * @returns how many documents
 */
export async function putYear(db: Db, messages: number, lastDay: Date, random: () => number): Promise<number> {
  let waiting: object[] = [];
  let count = 0;
  const put = async ({ span, shopId: shop, from, channels }: Put): Promise<void> => {
    waiting.push({ _id: spanId({ span, shopId: shop, from }), span, shopId: shop, from, version: 1, channels: packChannels(channels) });
    count += 1;
    if (waiting.length >= documentsPerInsert) await flush();
  };
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await db.collection('figures').insertMany(waiting, { ordered: false, writeConcern: { w: 1 } });
    waiting = [];
  };
  const firstDay = new Date(lastDay.getTime() - days * 86_400_000);
  const perSlot = messages / figureShops / days / 96;
  for (const shop of shopIds) {
    let month: Put[] = [];
    for (const day of startsWithin('day', firstDay, lastDay)) {
      const hours: Put[] = [];
      for (const hour of startsWithin('hour', day, endOf('day', day))) {
        const slots = startsWithin('slot', hour, endOf('hour', hour)).flatMap((from): Put[] => {
          const channels = slotOf(shop, from, perSlot, random);
          return channels.length === 0 ? [] : [{ span: 'slot', shopId: shop, from, channels }];
        });
        for (const slot of slots) await put(slot);
        if (slots.length > 0)
          hours.push({ span: 'hour', shopId: shop, from: hour, channels: mergeParts(slots.map(({ channels }) => channels)) });
      }
      for (const hour of hours) await put(hour);
      if (hours.length > 0)
        month.push({ span: 'day', shopId: shop, from: day, channels: mergeParts(hours.map(({ channels }) => channels)) });
      if (endOf('day', day) >= lastDay || startOf('month', endOf('day', day)).getTime() !== startOf('month', day).getTime()) {
        for (const one of month) await put(one);
        if (month.length > 0)
          await put({
            span: 'month',
            shopId: shop,
            from: startOf('month', day),
            channels: mergeParts(month.map(({ channels }) => channels)),
          });
        month = [];
      }
    }
  }
  await flush();
  return count;
}

/** Twice as busy by day as by night. */
function slotOf(shop: ShopId, from: Date, perSlot: number, random: () => number): Put['channels'] {
  const hour = from.getUTCHours();
  const mean = perSlot * (hour < 8 ? 0.5 : hour < 16 ? 1 : 1.5);
  const messages = Math.floor(mean) + (random() < mean % 1 ? 1 : 0);
  const tallies = new Map<string, FigureTally>();
  for (let index = 0; index < messages; index += 1) {
    const channel = `slack/default/C${Math.floor(random() * channelsPerShop)}`;
    const tally = tallies.get(channel) ?? new FigureTally();
    tallies.set(channel, tally);
    tell(tally, `${shop} agent ${Math.floor(random() * agentsPerShop)}`, hour * 4 + from.getUTCMinutes() / 15, random);
  }
  return [...tallies].map(([channel, tally]) => ({ channel, figures: tally.result() }));
}

/** One message with what hangs on it: every fourth opens an inquiry, every second is a reply. */
function tell(tally: FigureTally, agent: string, slotOfDay: number, random: () => number): void {
  if (random() < 0.5) {
    tally.count('buyerMessages');
    tally.quarter(slotOfDay);
    if (random() < 0.5) tally.count('opened');
    if (random() < 0.2) tally.tag(`tag ${Math.floor(random() * 20)}`);
    if (random() < 0.2) tally.keyword(`keyword ${Math.floor(random() * 20)}`);
    return;
  }
  const waitedMs = Math.floor(60_000 * 10 ** (random() * 2.5 - 1));
  const one = tally.agent(agent);
  tally.count('replies');
  one.replies += 1;
  if (random() < 0.5) {
    tally.count('answered');
    one.handled += 1;
    for (const durations of [tally.measure('firstWall'), tally.measure('firstBusiness'), one.firstWall, one.firstBusiness])
      durations.add(waitedMs);
    tally.policy('market/response', 'marketplace', { met: waitedMs < 3_600_000 ? 1 : 0, missed: waitedMs < 3_600_000 ? 0 : 1 });
  }
  if (random() < 0.5) {
    tally.count('resolved');
    tally.count('messagesOfResolved', 4);
    tally.measure('resolution').add(waitedMs * 10);
  }
}
