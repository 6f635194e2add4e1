import { decideDue } from '../core/desk/due.ts';
import { inquiryId } from '../core/ids.ts';
import type { Shop } from '../core/shop.ts';
import { clockingOf } from './clocking.ts';
import type { PipelineDeps } from './deps.ts';
import { type FollowUpDeps, followUpWords } from './follow-up.ts';
import type { Lane, LaneDecision } from './lane-decision.ts';

type Deps = Pick<PipelineDeps, 'inquiries' | 'slaPresets' | 'clock' | 'newId'> & FollowUpDeps;

/**
 * Decides what time has made due at a shop. A lane is one inquiry; whether it is still so is judged as the inquiry stands now, and as of the moment at which it
 * was noticed where the clock was put back since: the same state is not noticed twice.
 */
export async function decideDueLanes(shop: Shop, lanes: readonly Lane[], deps: Deps): Promise<readonly LaneDecision[]> {
  const { inquiries, settings, clock, newId } = deps;
  const named = lanes.map((lane) => ({ ...lane, id: inquiryId((lane.events[0]?.key ?? '').split(':')[0] ?? '') }));
  const found = await inquiries.byIds(named.map(({ id }) => id));
  const lookedAt = clock.now();
  const decided = named.map(async ({ id, lane, events }) => {
    const inquiry = found.get(id);
    const now = latest(events, lookedAt);
    const turn = inquiry
      ? decideDue({
          ...clockingOf(shop, inquiry.slaPolicies, deps),
          ...{ inquiry, settings: settings(), lane, turnId: newId(), now },
          followUpWords: await followUpWords(inquiry, shop, now, deps),
        })
      : null;
    const outcome = turn ? 'due' : 'moved-on';
    return { turn, outcomes: new Map(events.map(({ _id }) => [_id, outcome])), stop: null };
  });
  return Promise.all(decided);
}

const latest = (events: Lane['events'], now: Date): Date =>
  events.reduce((last, { receivedAt }) => (receivedAt > last ? receivedAt : last), now);
