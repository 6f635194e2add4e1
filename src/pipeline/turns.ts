import type { Delivery } from '../core/delivery.ts';
import type { Turn } from '../core/turn.ts';
import type { PatchedLane } from '../store/outbox.ts';
import type { PipelineDeps } from './deps.ts';

type Deps = Pick<PipelineDeps, 'inquiries' | 'outbox' | 'figures' | 'probe'>;

/** What turns left in the store. */
export interface Applied {
  /** Turns that lost: their inquiry had moved on, and nothing of them was applied. */
  readonly lost: ReadonlySet<Turn>;
  /** Deliveries that are there now. */
  readonly planned: readonly Delivery[];
  /** Where deliveries that were there already were changed. */
  readonly patched: readonly PatchedLane[];
}

const nothing: Applied = { lost: new Set(), planned: [], patched: [] };

/** Applies stored turns: the inquiry by compare-and-set, then everything else under its own key. Applying one again changes nothing. */
export async function applyTurns(turns: readonly Turn[], { inquiries, outbox, figures, probe }: Deps): Promise<Applied> {
  if (turns.length === 0) return nothing;
  const lost = new Set(await inquiries.replace(turns));
  await probe('inquiry-replaced');
  const won = turns.filter((turn) => !lost.has(turn));
  // Patches first: which of their follow-ups are planned depends on whether they were in time.
  const wanted = won.flatMap(({ base, patches: ofTurn }) => ofTurn.map((patch) => ({ base, patch })));
  const answered = await Promise.all(wanted.map(async ({ base, patch }) => ({ patch, lane: await outbox.patch(patch, base) })));
  // A later turn has changed the same: whoever applied that has applied these before, while this process stood still.
  const patches = answered.flatMap(({ patch, lane }) => (lane === 'superseded' ? [] : { patch, lane }));
  const planned = [
    ...won.flatMap((turn) => turn.deliveries),
    ...patches.flatMap(({ patch, lane }) => (lane ? patch.whenApplied : patch.whenTooLate)),
  ];
  // What is to be counted is marked once it is stored, and before the cause of it all is finished.
  const recorded = inquiries.record(won).then(() => figures.touched(won.flatMap(({ history }) => history)));
  await Promise.all([recorded, outbox.insert(planned)]);
  await probe('effects-inserted');
  return { lost, planned, patched: patches.flatMap(({ lane }) => lane ?? []) };
}
