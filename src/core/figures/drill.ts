import type { countedKinds } from './fold.ts';

/** A line of history that a figure is made of, and what else must hold of it. */
export interface DrillSource {
  readonly kinds: readonly (typeof countedKinds)[number][];
  /** Fields of `data` that must have this value, or one of these, or, where it says `measured`, a number. */
  readonly data: Readonly<Record<string, string | boolean | 'measured' | readonly string[]>>;
  /** A field of `data` that is a list of names, of which this must be one. */
  readonly named?: { readonly field: string; readonly name: string };
}

/** Names of figures, as they are asked for: `drill=missed&name=tiktok-shop-24h`. */
export const drillNames = [
  ...['opened', 'returning', 'answered', 'resolved', 'reopened', 'automatic', 'resolution', 'first-response', 'buyer-messages'],
  ...['replies', 'held', 'failed', 'met', 'missed', 'tag', 'keyword'],
] as const;
export type DrillName = (typeof drillNames)[number];

/** Figures of which there is one for each name: a rule, a tag, a keyword. */
export const namedDrills: ReadonlySet<DrillName> = new Set(['met', 'missed', 'tag', 'keyword']);

/** Figures of one agent that can be asked for. */
const ofAgents: ReadonlySet<DrillName> = new Set(['answered', 'first-response', 'replies', 'held', 'failed']);

/**
 * Where a figure comes from: exactly the history that `SlotFold` counts for it.
 * @param name of the rule, tag or keyword; null where the figure has none
 * @param agents names of one agent; null: all agents
 * @returns null: there is no such figure of one agent
 */
export function drillSource(figure: DrillName, name: string | null, agents: readonly string[] | null): DrillSource | null {
  if (agents !== null && !ofAgents.has(figure)) return null;
  const source = sourceOf(figure, name ?? '');
  return agents === null ? source : { ...source, data: { ...source.data, agent: agents } };
}

function sourceOf(figure: DrillName, name: string): DrillSource {
  switch (figure) {
    case 'opened':
    case 'reopened':
    case 'resolved':
    case 'held':
    case 'failed':
      return { kinds: [figure], data: {} };
    case 'returning':
      return { kinds: ['opened'], data: { returning: true } };
    case 'automatic':
      return { kinds: ['resolved'], data: { automatic: true } };
    case 'resolution':
      return { kinds: ['resolved'], data: { openMs: 'measured' } };
    case 'answered':
      return { kinds: ['replied', 'answered-outside'], data: { first: true } };
    case 'first-response':
      return { kinds: ['replied', 'answered-outside'], data: { first: true, waitedMs: 'measured' } };
    case 'buyer-messages':
      return { kinds: ['buyer-wrote'], data: {} };
    case 'replies':
      return { kinds: ['replied', 'answered-outside'], data: {} };
    case 'met':
      return { kinds: ['clock-met'], data: { policy: name } };
    case 'missed':
      return { kinds: ['clock-missed'], data: { policy: name } };
    case 'tag':
      return { kinds: ['tagged'], data: { tag: name } };
    case 'keyword':
      return { kinds: ['routed'], data: {}, named: { field: 'keywords', name } };
  }
}
