import type { Turn } from '../core/turn.ts';
import type { PipelineDeps } from './deps.ts';

type Deps = Pick<PipelineDeps, 'inquiries' | 'outbox' | 'probe'>;

/**
 * Applies stored turns: the inquiry by compare-and-set, then everything else under its own key. Applying one again changes nothing.
 * Returns the turns that lost: their inquiry had moved on, and nothing of them was applied.
 */
export async function applyTurns(turns: readonly Turn[], { inquiries, outbox, probe }: Deps): Promise<readonly Turn[]> {
  if (turns.length === 0) return [];
  const lost = new Set(await inquiries.replace(turns));
  await probe('inquiry-replaced');
  const won = turns.filter((turn) => !lost.has(turn));
  // Patches first: which of their follow-ups are planned depends on whether they were in time.
  const followUps = await Promise.all(
    won.flatMap((turn) => turn.patches).map(async (patch) => ((await outbox.patch(patch)) ? patch.whenApplied : patch.whenTooLate)),
  );
  await Promise.all([inquiries.record(won), outbox.insert([...won.flatMap((turn) => turn.deliveries), ...followUps.flat()])]);
  await probe('effects-inserted');
  return [...lost];
}
