import { agents, shops, type TestAgent } from '../team.ts';
import type { NaiveDay, NaiveOpening } from './day.ts';

/** Who has how much in hand is known everywhere after it. */
const knownAfterMs = 5_000;

/** Inquiries that were given to somebody who should not have got them: a sentence for each moment. */
export function wrongAssignments({ openings, loads, staff }: Pick<NaiveDay, 'openings' | 'loads' | 'staff'>): readonly string[] {
  /** Who was given one, in order; the last stands last. Several, where it cannot be told in which order those of one moment were. */
  let orders: readonly (readonly string[])[] = [[]];
  const wrong: string[] = [];
  for (const [at, together] of [...Map.groupBy(openings, (opening) => opening.at)].toSorted(([a], [b]) => a - b)) {
    const states = loadStates(loads, at);
    // In which order those of one moment come is nobody's affair.
    const given = together.map((opening) => opening.given ?? 'nobody').toSorted();
    const right = staff.knowledge(at).flatMap((knowing) => {
      const there = (agent: TestAgent) => staff.isThere(agent, at, knowing);
      return states.flatMap((load) => orders.map((turns) => ({ turns, picks: pickAll(together, { there, load, turns }) })));
    });
    const found = right.filter(({ picks }) => picks.toSorted().join() === given.join());
    if (found.length === 0) {
      const wanted = new Set(right.map(({ picks }) => picks.join()));
      wrong.push(`${together.map(({ key }) => key).join()} went to ${given.join()}, and not to ${[...wanted].join(' or ')}`);
    }
    const after =
      found.length > 0 ? found.map(({ turns, picks }) => picks.reduce(withTurn, turns)) : [given.reduce(withTurn, orders[0] ?? [])];
    orders = [...new Map(after.map((turns) => [turns.join(), turns])).values()];
  }
  return wrong;
}

const withTurn = (turns: readonly string[], name: string): readonly string[] => [...turns.filter((one) => one !== name), name];

interface Hands {
  there(agent: TestAgent): boolean;
  readonly load: ReadonlyMap<string, number>;
  readonly turns: readonly string[];
}

/** One after the other, each as those before have left it. */
function pickAll(openings: readonly NaiveOpening[], { there, load, turns }: Hands): readonly string[] {
  const inHand = new Map(load);
  let taken = turns;
  return openings.map((opening) => {
    const picked = pickFor(opening, { there, load: inHand, turns: taken });
    if (picked === null) return 'nobody';
    inHand.set(picked, (inHand.get(picked) ?? 0) + 1);
    taken = withTurn(taken, picked);
    return picked;
  });
}

/** In turn, or who has least; of equals who waited longest, then the first of the list. Nobody above what they can take. */
function pickFor({ shop, how, last }: NaiveOpening, { there, load, turns }: Hands): string | null {
  const free = agents
    .filter(({ group }) => group === shops[shop].group)
    .filter((agent) => there(agent) && (agent.capacity === null || (load.get(agent.name) ?? 0) < agent.capacity))
    .map(({ name }) => name);
  const longest = free.toSorted((a, b) => turns.indexOf(a) - turns.indexOf(b));
  if (how === 'round-robin') return longest[0] ?? null;
  if (how === 'sticky' && last !== null && free.includes(last)) return last;
  return longest.toSorted((a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0))[0] ?? null;
}

const order = { time: 0, people: 1 } as const;

/** What everybody had in hand at some time of the last seconds, before anything was given away in this moment: what time did comes first in it. */
function loadStates(loads: NaiveDay['loads'], at: number): readonly ReadonlyMap<string, number>[] {
  const known = loads
    .filter((one) => one.at < at || (one.at === at && one.because !== 'rule'))
    .toSorted((a, b) => a.at - b.at || orderOf(a) - orderOf(b));
  const counts = new Map<string, number>();
  const states: ReadonlyMap<string, number>[] = [];
  for (const one of known) {
    if (one.at > at - knownAfterMs) states.push(new Map(counts));
    counts.set(one.agent, (counts.get(one.agent) ?? 0) + one.by);
  }
  return [...states, counts];
}

const orderOf = ({ because }: NaiveDay['loads'][number]): number => (because === 'time' ? order.time : order.people);
