import type { Done } from '../record.ts';
import { agents, type TestAgent } from '../team.ts';
import { isOpen } from './hours.ts';
import type { Rung } from './policies.ts';

const [minuteMs, hourMs] = [60_000, 3_600_000];

/** What somebody said of themselves. */
interface Word {
  readonly at: number;
  readonly agent: string;
  readonly there: boolean;
  /** Null: until they say otherwise. */
  readonly until: number | null;
}

/** Everybody's word is known everywhere after it. */
const knownAfterMs = 5_000;

/** Who is there when: by what they said, else by their hours. */
export interface NaiveStaff {
  /** @param knowing what was said up to then */
  isThere(agent: TestAgent, at: number, knowing: number): boolean;
  /** Has said that they are away. */
  isAway(agent: TestAgent, at: number, knowing: number): boolean;
  /** Moments up to which what people said may be known at `at`; the last is `at` itself. */
  knowledge(at: number): readonly number[];
  /** Whom a reminder calls; null: nobody may be. */
  called(to: Rung, of: { readonly assignee: string | null; readonly group: string | null }, at: number, knowing: number): string[] | null;
}

export function naiveStaff(done: readonly Done[]): NaiveStaff {
  const words = done.flatMap((one) => (one.kind === 'presence' ? toWord(one) : []));
  const wordOf = (name: string, at: number, knowing: number): Word | null => {
    const last = words.findLast((word) => word.agent === name && word.at <= knowing);
    return last && (last.until === null || at < last.until) ? last : null;
  };
  const isThere: NaiveStaff['isThere'] = ({ name, hours, zone }, at, knowing) =>
    wordOf(name, at, knowing)?.there ?? isOpen(hours, zone, at);
  return {
    isThere,
    isAway: ({ name }, at, knowing) => wordOf(name, at, knowing)?.there === false,
    knowledge: (at) => [...words.flatMap((word) => (word.at > at - knownAfterMs && word.at <= at ? word.at - 1 : [])), at],
    called(to, { assignee, group }, at, knowing) {
      const rungs: Readonly<Record<Rung, (agent: TestAgent) => boolean>> = {
        assignee: ({ name }) => name === assignee,
        group: (agent) => group === null || agent.group === group,
        supervisor: ({ supervisor }) => supervisor,
      };
      const ladder: readonly Rung[] = ['assignee', 'group', 'supervisor'];
      for (const rung of ladder.slice(ladder.indexOf(to))) {
        const called = agents.filter((agent) => rungs[rung](agent) && (agent.anytime || isThere(agent, at, knowing)));
        if (called.length > 0) return called.map(({ userId }) => userId).toSorted();
      }
      return null;
    },
  };
}

function toWord({ at, by, words }: Extract<Done, { kind: 'presence' }>): Word {
  const [verb = '', time] = words.split(' ');
  const agent = agents.find(({ name }) => name === by);
  if (!agent) throw new Error(`nobody is called ${by}`);
  // By their hours they are there anyway; off duty their word holds for half a day.
  if (verb === 'back') return { at, agent: by, there: true, until: isOpen(agent.hours, agent.zone, at) ? at : at + 12 * hourMs };
  const [, count = '', unit] = /^(\d+)([mh])$/.exec(time ?? '') ?? [];
  return { at, agent: by, there: false, until: time === undefined ? null : at + Number(count) * (unit === 'h' ? hourMs : minuteMs) };
}
