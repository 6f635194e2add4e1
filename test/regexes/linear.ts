import { type Alphabet, alphabetOf } from './alphabet.ts';
import { type Automaton, toAutomaton } from './automaton.ts';
import { isUnbounded, type Node, parseRegex } from './parse.ts';

/** The place before a match may begin anywhere: a search tries every place, so it is a loop like any other, in front. */
const before = -1;
const ends = -2;

/**
 * Proves that a search with this expression takes time in proportion to the text, or tells why not. A search that goes back on its steps takes longer only
 * if one text can be gone through in more and more ways: that is, if there are two different loops (the search for a beginning is one) and a word that
 * leads from the first to itself, from the first to the second, and from the second to itself (Weber and Seidl 1991, IDA), or if a loop can be gone round
 * in two ways at once (EDA). A loop that may end the match wherever it stands is no trouble: nothing after it can fail.
 * Conditions that are not looked into count as met, so that the answer errs on the side of refusing.
 * @returns null when it is linear
 */
export function superLinear(source: string, flags: string): string | null {
  return search(parseRegex(source, flags), flags);
}

function search(tree: Node, flags: string): string | null {
  if (!isUnbounded(tree)) return null;
  const automaton = toAutomaton(tree);
  const alphabet = alphabetOf(automaton.atoms, flags);
  const found = ambiguity(automaton, alphabet, flags.includes('y'));
  if (found) return found;
  for (const ahead of automaton.aheads) {
    const inside = search(ahead, flags);
    if (inside) return `in a look ahead: ${inside}`;
  }
  return null;
}

interface Step {
  readonly to: number;
  /** In how many ways, up to two. */
  readonly ways: number;
}

function ambiguity({ states, start, end }: Automaton, alphabet: Alphabet, sticky: boolean): string | null {
  const isAfter = (atoms: readonly string[], last: number) => atoms.some((atom) => alphabet.has(atom, last));

  /** Where one gets from a state without taking a character, and in how many ways. `ends`: the match may end here for certain. */
  function freely(from: number, last: number): ReadonlyMap<number, number> {
    const ways = new Map<number, number>();
    const walk = (at: number, certain: boolean, path: ReadonlySet<number>): void => {
      if (path.has(at)) return;
      ways.set(at, Math.min(2, (ways.get(at) ?? 0) + 1));
      if (at === end && certain) ways.set(ends, 1);
      const longer = new Set(path).add(at);
      for (const way of states[at]?.free ?? []) {
        if (way.kind === 'at-begin') continue;
        if (way.kind === 'after' && isAfter(way.atoms, last) === way.negative) continue;
        walk(way.to, certain && way.kind !== 'perhaps', longer);
      }
    };
    walk(from, true, new Set());
    return ways;
  }

  const steps = new Map<string, readonly Step[]>();
  /** From a state, after the character `last`, by the character `by`. Nothing leads on where the match may end: see above. */
  function step(from: number, last: number, by: number): readonly Step[] {
    const key = `${from},${last},${by}`;
    const cached = steps.get(key);
    if (cached) return cached;
    const reached = freely(from === before ? start : from, last);
    const found: Step[] = from === before ? [{ to: before, ways: 1 }] : [];
    if (!reached.has(ends)) {
      for (const [at, ways] of reached) {
        const next = states[at]?.next;
        if (next && alphabet.has(next.atom, by)) found.push({ to: next.to, ways });
      }
    }
    steps.set(key, found);
    return found;
  }

  const classes = Array.from({ length: alphabet.classes }, (_, index) => index);
  const targets = states.flatMap(({ next }) => (next ? [next.to] : []));
  /** Where one can get to from each state by characters, whatever was before. */
  const reach = new Map([before, ...targets].map((from) => [from, reachable(from)]));
  function reachable(from: number): ReadonlySet<number> {
    const seen = new Set<number>();
    const open = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const last of classes) {
        for (const by of classes) {
          for (const { to } of step(at, last, by)) {
            if (!seen.has(to)) open.push(to);
            seen.add(to);
          }
        }
      }
    }
    return seen;
  }
  const loops = (state: number) => reach.get(state)?.has(state) ?? false;
  const leads = (from: number, to: number) => reach.get(from)?.has(to) ?? false;

  for (const state of targets.filter(loops)) {
    for (const last of classes) {
      for (const by of classes) {
        for (const { to, ways } of step(state, last, by))
          if (ways > 1 && leads(to, state)) return `a loop is gone round in two ways by ${show([by])}`;
      }
    }
  }
  for (const first of [...(sticky ? [] : [before]), ...targets.filter(loops)]) {
    for (const second of targets.filter(loops)) {
      if (first === second || !leads(first, second)) continue;
      for (const last of classes) {
        const word = pumped(first, second, last);
        if (word) return `${first === before ? 'each beginning' : 'a loop'} leads into another loop by ${show(word)}, again and again`;
      }
    }
  }
  return null;

  /** A word that leads from (first, first, second) to (first, second, second) and ends with `ending`, as it must when it is repeated. */
  function pumped(first: number, second: number, ending: number): readonly number[] | null {
    const seen = new Set<string>();
    const open = [{ a: first, b: first, c: second, last: ending, word: [] as readonly number[] }];
    for (let at = open.shift(); at; at = open.shift()) {
      for (const by of classes) {
        const [as, bs, cs] = [step(at.a, at.last, by), step(at.b, at.last, by), step(at.c, at.last, by)];
        for (const { to: a } of as) {
          if (a !== first && !leads(a, first)) continue;
          for (const { to: b } of bs) {
            if (b !== second && !leads(b, second)) continue;
            for (const { to: c } of cs) {
              if (c !== second && !leads(c, second)) continue;
              const word = [...at.word, by];
              if (a === first && b === second && c === second && by === ending) return word;
              const key = `${a},${b},${c},${by}`;
              if (seen.has(key)) continue;
              seen.add(key);
              open.push({ a, b, c, last: by, word });
            }
          }
        }
      }
    }
    return null;
  }

  function show(word: readonly number[]): string {
    return JSON.stringify(word.map(alphabet.example).join(''));
  }
}
