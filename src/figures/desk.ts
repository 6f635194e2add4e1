import type { StatsScope } from '../core/figures/answer.ts';
import { type AgentLoad, mostUrgentFirst, type QueueAnswer, type QueueEntry, riskOf, type Stand, standOf } from '../core/figures/desk.ts';
import { statsRange } from '../core/figures/range.ts';
import type { ShopId } from '../core/ids.ts';
import { isPractice, isReal } from '../core/practice/marks.ts';
import type { AgentSetting } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import { personOf } from '../core/staff/accounts.ts';
import type { Clock } from '../core/time.ts';
import type { OpenInquiry, QueueStore } from '../store/queue.ts';
import type { Stats } from './stats.ts';

export interface Desk {
  /** Who waits, and what is at risk. */
  queue(scope: Pick<StatsScope, 'shop' | 'marketplace'>, limit: number): Promise<QueueAnswer>;
  /**
   * What one person has in hand, on whatever platform; items that nobody has to see to now stand last.
   * @param person the name in `agents`, or one of their accounts
   */
  mine(person: string): Promise<QueueAnswer>;
  /** What everybody has in hand, and today's figures in this zone. */
  agents(zone: string): Promise<readonly AgentLoad[]>;
  /** Clocks that run now, by rule: of those that wait longest, thousands of them. */
  running(shopIds: readonly ShopId[]): Promise<readonly { readonly policy: string; readonly running: number }[]>;
}

interface DeskDeps {
  readonly queue: QueueStore;
  readonly shops: () => Promise<readonly Shop[]>;
  readonly stats: () => Pick<Stats, 'answer'>;
  readonly agents: () => readonly AgentSetting[];
  readonly clock: Pick<Clock, 'now'>;
}

/** Looked at for risks; more who wait at once are counted and no more. */
const mostLookedAt = 2_000;
const mostInHand = 200;

export function createDesk({ queue, shops, stats, agents, clock }: DeskDeps): Desk {
  const toEntry =
    (now: Date, names: ReadonlyMap<string, string>) =>
    (one: OpenInquiry): QueueEntry => ({
      ...{ inquiryId: one._id, shopId: one.shopId, shopName: names.get(one.shopId) ?? one.shopId, marketplace: one.marketplace },
      ...{ openedAt: one.openedAt, waitingSince: one.waitingSince, assignee: one.assignee, thread: one.thread },
      ...{ stand: standOf(one, now), ...riskOf(one.clocks ?? [], now) },
    });
  const namesOf = (all: readonly Shop[]) => new Map<string, string>(all.map(({ _id, name }) => [_id, name]));
  const counted = (items: readonly QueueEntry[]) => {
    const standing = (wanted: Stand) => items.filter(({ stand }) => stand === wanted);
    const waiting = standing('waits');
    return {
      waiting: waiting.length,
      atRisk: waiting.filter(({ risk }) => risk === 'at-risk').length,
      missed: waiting.filter(({ risk }) => risk === 'missed').length,
      asleep: standing('asleep').length,
      noAnswerNeeded: standing('no-answer-needed').length,
    };
  };

  /** Where more wait than are looked at, those who need not be seen to must stand in nobody's way. */
  async function ofMany(inScope: readonly ShopId[] | null, real: readonly Shop[], now: Date) {
    const counted = real.map(({ _id }) => _id).filter((id) => inScope?.includes(id) !== false);
    const [found, { all, asleep, noAnswerNeeded }] = await Promise.all([
      queue.toSeeTo(inScope, now, mostLookedAt),
      queue.countWaiting(counted, now),
    ]);
    return { found, counts: { waiting: all - asleep - noAnswerNeeded, asleep, noAnswerNeeded } };
  }

  return {
    async queue({ shop, marketplace }, limit) {
      const all = await shops();
      const inScope =
        shop === undefined && marketplace === undefined
          ? null
          : all
              .filter((one) => (shop === undefined || one._id === shop) && (marketplace === undefined || one.marketplace === marketplace))
              .map(({ _id }) => _id);
      const now = clock.now();
      const first = await queue.waiting(inScope, mostLookedAt);
      const { found, counts } = first.length < mostLookedAt ? { found: first, counts: {} } : await ofMany(inScope, all.filter(isReal), now);
      const items = found.map(toEntry(now, namesOf(all)));
      const waiting = items.filter(({ stand }) => stand === 'waits').sort(mostUrgentFirst);
      // Practice is shown, last, and not counted.
      const shown = [...waiting.filter(isReal), ...waiting.filter(isPractice)].slice(0, limit);
      return { now, ...counted(items.filter(isReal)), ...counts, items: shown };
    },

    async mine(person) {
      const now = clock.now();
      const known = agents().find(({ name, accounts }) => name === person || accounts.some(({ userId }) => userId === person));
      const userIds = known ? known.accounts.map(({ userId }) => userId) : [person];
      const [found, all] = await Promise.all([queue.inHand(userIds, mostInHand), shops()]);
      // Another platform may call somebody else by the same id.
      const own = found.filter(
        ({ assignee, thread }) => assignee && personOf(agents(), thread?.bot ?? null, assignee) === (known?.name ?? person),
      );
      const items = own.map(toEntry(now, namesOf(all)));
      return { now, ...counted(items.filter(isReal)), items: items.sort(mostUrgentFirst) };
    },

    async agents(zone) {
      const range = statsRange('today', zone, clock.now());
      if (!range) throw new Error('today is a range');
      const [loads, { agents: figures }] = await Promise.all([queue.loads(clock.now()), stats().answer({ range, scope: {}, by: null })]);
      const byAgent = new Map<string, AgentLoad>(
        figures.map((today) => [today.agent, { agent: today.agent, userId: null, open: 0, waiting: 0, today }]),
      );
      for (const load of loads) {
        const { bot, userId, name, open, waiting } = load;
        const key = personOf(agents(), bot, load);
        const known = byAgent.get(key);
        // Somebody with accounts on two platforms is one agent.
        byAgent.set(key, {
          agent: key === userId ? name : key,
          userId: known?.userId ?? userId,
          ...{ open: (known?.open ?? 0) + open, waiting: (known?.waiting ?? 0) + waiting, today: known?.today ?? null },
        });
      }
      return [...byAgent.values()].sort(
        (a, b) => b.open - a.open || (b.today?.replies ?? 0) - (a.today?.replies ?? 0) || (a.agent < b.agent ? -1 : 1),
      );
    },

    async running(shopIds) {
      const counts = new Map<string, number>();
      for (const { clocks = [] } of await queue.waiting(shopIds, mostLookedAt))
        for (const { policy, startedAt, dueAt } of clocks) if (startedAt && dueAt) counts.set(policy, (counts.get(policy) ?? 0) + 1);
      return [...counts].map(([policy, running]) => ({ policy, running }));
    },
  };
}
