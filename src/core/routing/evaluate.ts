import type { Priority } from '../inquiry.ts';
import type { AssignStrategy, AutoReply, ChannelRef, Route } from '../settings.ts';
import { asList, botOf } from '../settings.ts';
import { given, type Judgement, judged } from './conditions.ts';
import type { FindsPattern, RoutingFacts } from './facts.ts';
import { spread } from './spread.ts';

/** How an inquiry begins where a rule took it. */
export interface RouteOutcome {
  readonly channel: ChannelRef;
  /** The agents' group that is to answer; null: anybody. */
  readonly group: string | null;
  /** Null: whoever claims it. */
  readonly assign: AssignStrategy | null;
  readonly priority: Priority;
  readonly tags: readonly string[];
  /** Names of SLA policies; null: the shop's. */
  readonly slaPolicies: readonly string[] | null;
  readonly autoReply: AutoReply | null;
  /** The name of a template. */
  readonly suggest: string | null;
  readonly notifySupervisor: boolean;
}

interface RuleRef {
  /** From 0, in the order of the file. */
  readonly index: number;
  readonly name: string | null;
}

export interface RouteMatch extends RuleRef {
  readonly outcome: RouteOutcome;
  /** All its conditions, each of which holds. */
  readonly why: readonly Judgement[];
}

export interface Evaluation {
  /** Null: no rule takes it. */
  readonly match: RouteMatch | null;
  /** The rules before it, each with its first condition that does not hold. */
  readonly passed: readonly (RuleRef & { readonly why: Judgement })[];
}

/** Which rule takes an inquiry: the first of which every condition holds. Pure. */
export function evaluate(routes: readonly Route[], facts: RoutingFacts, finds: FindsPattern): Evaluation {
  const against = given(facts, finds);
  const passed: Evaluation['passed'][number][] = [];
  for (const [index, rule] of routes.entries()) {
    const ref: RuleRef = { index, name: rule.name ?? null };
    const why = judged(rule.when, against);
    const last = why.at(-1);
    if (last?.holds === false) passed.push({ ...ref, why: last });
    else return { match: { ...ref, outcome: outcomeOf(rule, facts.conversation), why }, passed };
  }
  return { match: null, passed };
}

function outcomeOf(rule: Route, conversation: string): RouteOutcome {
  return {
    channel: spread(asList(rule.channel), (one) => `${botOf(one)}/${one.id}`, conversation),
    group: rule.group ?? null,
    assign: rule.assign ?? null,
    priority: rule.priority ?? 'normal',
    tags: rule.tags ?? [],
    slaPolicies: rule.sla === undefined ? null : asList(rule.sla),
    autoReply: rule.autoReply ?? null,
    suggest: rule.suggest ?? null,
    notifySupervisor: rule.notifySupervisor ?? false,
  };
}
