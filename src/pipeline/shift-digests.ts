import type { Delivery } from '../core/delivery.ts';
import { type Colleague, isStanding } from '../core/desk/pings.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { planShiftDigest } from '../core/plan.ts';
import { isPractice } from '../core/practice/marks.ts';
import { botOf, type ChannelRef, type Settings } from '../core/settings.ts';
import { accountOn, isSamePerson } from '../core/staff/accounts.ts';
import { type ShiftEdge, shiftEdges } from '../core/staff/edges.ts';
import { type Locale, text } from '../core/texts/index.ts';
import type { ThreadContent } from '../core/thread.ts';
import { addMs, type Clock } from '../core/time.ts';
import { clockingOf } from './clocking.ts';
import type { PipelineDeps } from './deps.ts';
import { type Line, mostCalled, reminderLine, type Waits } from './reminders.ts';
import type { Staff } from './staff.ts';

/** A beginning that was missed while nothing ran is told of within it, if the shift still goes on. The outbox remembers for longer which ones were. */
const lateMs = 12 * 3_600_000;
/** Of one channel, who waits longest first. */
const mostLookedAt = 500;
/** More is a list that nobody reads. */
const mostShown = 30;

interface ShiftWatchDeps {
  readonly settings: () => Pick<Settings, 'agents' | 'channels'>;
  readonly outbox: { insert(deliveries: readonly Delivery[]): Promise<unknown> };
  /** Something waits at this gate. */
  readonly wake: (gate: string) => void;
  readonly clock: Pick<Clock, 'now'>;
}

/** Plans a digest for each channel and each moment at which shifts begin or end: once, whoever looks and however often, since it has the name of both. */
export function createShiftWatch({ settings, outbox, wake, clock }: ShiftWatchDeps): { look(): Promise<void> } {
  let lookedAt: Date | null = null;
  return {
    async look() {
      const now = clock.now();
      const since = new Date(Math.max(addMs(now, -lateMs).getTime(), lookedAt?.getTime() ?? 0));
      const { agents, channels } = settings();
      const all = agents.flatMap((agent) => shiftEdges(agent, since, now)).filter(({ staleAt }) => now < staleAt);
      const known = new Map(agents.map((agent) => [agent.name, agent]));
      const isIn = (name: string, channel: ChannelRef): boolean => {
        const agent = known.get(name);
        return agent !== undefined && accountOn(agent, botOf(channel)) !== undefined;
      };
      const planned = [...Map.groupBy(all, ({ at }) => at.getTime()).values()].flatMap((edges) =>
        channels
          .filter(({ mode }) => mode !== 'alerts')
          .flatMap((channel) => {
            const theirs = edges.filter(({ agent }) => isIn(agent, channel));
            return theirs.length === 0 ? [] : [planShiftDigest(channel, theirs, now)];
          }),
      );
      if (planned.length > 0) await outbox.insert(planned);
      for (const gate of new Set(planned.map((delivery) => delivery.gate))) wake(gate);
      lookedAt = now;
    },
  };
}

interface Place {
  readonly bot: string;
  readonly channelId: string;
  readonly locale: Locale;
  readonly staff: Pick<Staff, 'present'>;
}

/** What a channel's digest says at this moment: what breaches first stands first. Null: nothing waits there for those whose shift begins or ends. */
export async function shiftDigestIn(
  digests: readonly Delivery[],
  { bot, channelId, locale, staff }: Place,
  deps: Pick<PipelineDeps, 'inquiries' | 'queue' | 'shops' | 'settings' | 'slaPresets' | 'clock'>,
): Promise<Extract<ThreadContent, { kind: 'answer' }> | null> {
  const now = deps.clock.now();
  const edges = digests.flatMap(({ content }) => (content.kind === 'shift' ? content.edges : [])).filter(({ staleAt }) => now < staleAt);
  const [colleagues, ids] = await Promise.all([
    staff.present(
      bot,
      edges.map(({ agent }) => agent),
    ),
    deps.queue.waitingIn(bot, channelId, mostLookedAt),
  ]);
  const until = new Date(Math.max(...edges.map((edge) => edge.until.getTime())));
  const called = new Set<string>();
  const told: { readonly dueAt: Date; readonly line: Line }[] = [];
  for (const inquiry of (await deps.inquiries.byIds(colleagues.length === 0 ? [] : ids)).values()) {
    const theirs = colleagues.filter((colleague) => isFor(colleague, inquiry));
    const shop = theirs.length === 0 ? null : await deps.shops.byId(inquiry.shopId);
    // Nobody's shift is about practice.
    if (!shop || isPractice(shop)) continue;
    const { policies } = clockingOf(shop, inquiry.slaPolicies, deps).sla;
    const [first] = inquiry.clocks
      .flatMap(({ policy, startedAt, dueAt }): (Waits & { readonly startedAt: Date })[] => {
        const owner = policies.find(({ name }) => name === policy)?.owner;
        return owner && startedAt && dueAt && dueAt < until ? [{ policy, owner, startedAt, dueAt }] : [];
      })
      .filter((clock) => isStanding(clock, inquiry))
      .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
    if (!first) continue;
    for (const { userId } of theirs) called.add(userId);
    told.push({ dueAt: first.dueAt, line: reminderLine(inquiry, first, { locale, shop, policies, desk: deps.settings().desk, now }) });
  }
  if (told.length === 0) return null;
  const lines: Line[] = told.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime()).map(({ line }) => line);
  const more = lines.length > mostShown ? [text(locale, 'shift.more', { count: lines.length - mostShown })] : [];
  return {
    kind: 'answer',
    parts: [
      { kind: 'title', words: text(locale, headingOf(edges)) },
      { kind: 'lines', lines: [...lines.slice(0, mostShown), ...more] },
    ],
    actions: [],
    visibleTo: null,
    calls: { userIds: [...called].slice(0, mostCalled), here: false },
  };
}

/** They have it, or their group or nobody's in particular is to answer it; supervisors see to all. */
const isFor = (colleague: Colleague, { assignee, group }: Inquiry): boolean =>
  colleague.isSupervisor || (assignee !== null && isSamePerson(colleague, assignee)) || group === null || colleague.groups.includes(group);

function headingOf(edges: readonly ShiftEdge[]): 'shift.begins' | 'shift.ends' | 'shift.changes' {
  const kinds = new Set(edges.map(({ kind }) => kind));
  return kinds.size > 1 ? 'shift.changes' : kinds.has('begins') ? 'shift.begins' : 'shift.ends';
}
