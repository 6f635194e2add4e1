import { asOneCharacter, isUnbounded, type Node } from './parse.ts';

/** A way on that takes no character. `when`: only after (or only not after) one of these; `perhaps`: under a condition that the proof does not look into. */
type Free = { readonly to: number } & (
  | { readonly kind: 'always' | 'perhaps' | 'at-begin' }
  | { readonly kind: 'after'; readonly atoms: readonly string[]; readonly negative: boolean }
);

export interface State {
  readonly free: Free[];
  /** At most one: the way on that takes a character. */
  next: { readonly atom: string; readonly to: number } | null;
}

export interface Automaton {
  readonly states: readonly State[];
  readonly start: number;
  readonly end: number;
  /** What is looked for ahead, at any place: each has to be linear by itself. */
  readonly aheads: readonly Node[];
  readonly atoms: readonly string[];
}

/** More states than that is a repeat within a repeat that nobody should write. */
const maxStates = 20_000;

/**
 * Thompson's construction; a bounded repeat is written out.
 * @throws Error for an unbounded look behind
 */
export function toAutomaton(tree: Node): Automaton {
  const states: State[] = [];
  const aheads: Node[] = [];
  const atoms: string[] = [];
  const add = (): number => {
    if (states.length >= maxStates) throw new Error('this expression is too large to be proven');
    return states.push({ free: [], next: null }) - 1;
  };
  const stateAt = (index: number): State => {
    const state = states[index];
    if (!state) throw new Error('no such state');
    return state;
  };

  /** Builds `node` from `from` on; returns where it ends. */
  function build(node: Node, from: number): number {
    switch (node.kind) {
      case 'one': {
        const [at, to] = [add(), add()];
        atoms.push(node.atom);
        stateAt(from).free.push({ kind: 'always', to: at });
        stateAt(at).next = { atom: node.atom, to };
        return to;
      }
      case 'sequence':
        return node.parts.reduce((at, part) => build(part, at), from);
      case 'choice': {
        const to = add();
        for (const part of node.parts) stateAt(build(part, branch(from))).free.push({ kind: 'always', to });
        return to;
      }
      case 'repeat':
        return repeat(node, from);
      case 'begin':
        return conditional(from, { kind: 'at-begin' });
      case 'edge':
        return conditional(from, { kind: 'perhaps' });
      case 'ahead':
        if (isUnbounded(node.part)) aheads.push(node.part);
        return conditional(from, { kind: 'perhaps' });
      case 'behind': {
        if (isUnbounded(node.part)) throw new Error('the proof does not know a look behind without end');
        const behind = asOneCharacter(node.part);
        if (behind) atoms.push(...behind);
        return conditional(from, behind ? { kind: 'after', atoms: behind, negative: node.negative } : { kind: 'perhaps' });
      }
    }
  }

  function branch(from: number): number {
    const to = add();
    stateAt(from).free.push({ kind: 'always', to });
    return to;
  }

  type Condition =
    | { readonly kind: 'perhaps' | 'at-begin' }
    | { readonly kind: 'after'; readonly atoms: readonly string[]; readonly negative: boolean };
  function conditional(from: number, condition: Condition): number {
    const to = add();
    stateAt(from).free.push({ ...condition, to });
    return to;
  }

  function repeat({ part, min, max }: Extract<Node, { kind: 'repeat' }>, from: number): number {
    let at = from;
    for (let time = 0; time < min; time += 1) at = build(part, at);
    if (max === Number.POSITIVE_INFINITY) {
      const loop = branch(at);
      stateAt(build(part, loop)).free.push({ kind: 'always', to: loop });
      return branch(loop);
    }
    const to = add();
    for (let time = min; time < max; time += 1) {
      stateAt(at).free.push({ kind: 'always', to });
      at = build(part, branch(at));
    }
    stateAt(at).free.push({ kind: 'always', to });
    return to;
  }

  const start = add();
  return { states, start, end: build(tree, start), aheads, atoms };
}
