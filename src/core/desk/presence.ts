import type { Settings } from '../settings.ts';
import { isOnDuty } from '../staff/duty.ts';
import type { Notice } from '../thread.ts';
import type { Member } from '../thread-view.ts';
import { addMs } from '../time.ts';
import { localTime, momentOf } from './when.ts';

/** Whether somebody is there, said by themselves; it stands above their hours. The newest by `at` counts. */
export interface Presence {
  /** The name in `agents`, else the account: `slack/default/U1`. */
  readonly person: string;
  readonly state: 'away' | 'back';
  /** Null: until they say otherwise. */
  readonly until: Date | null;
  readonly at: Date;
}

export interface PresenceView {
  readonly bot: string;
  readonly agents: Settings['agents'];
  readonly now: Date;
  /** In which times of day are meant and shown. IANA name. */
  readonly zone: string;
}

/** What somebody said of themselves, and what they are told. `presence` is null where it is not clear until when. Pure. */
export function saidPresence(
  verb: Presence['state'],
  rest: string,
  { userId, agent }: Pick<Member, 'userId' | 'agent'>,
  { bot, agents, now, zone }: PresenceView,
): { readonly presence: Presence | null; readonly told: Omit<Notice, 'reasons'> } {
  // One person, whatever platforms they are on; where the settings do not name them, their account.
  const said = { person: agent ?? `${bot}/${userId}`, state: verb, at: now };
  if (verb === 'back') return { presence: { ...said, until: backUntil(agents, agent, now) }, told: { key: 'command.back', params: {} } };
  if (rest === '') return { presence: { ...said, until: null }, told: { key: 'command.away', params: {} } };
  const until = momentOf(rest, now, zone);
  if (until === null) return { presence: null, told: { key: 'command.away-when', params: {} } };
  return { presence: { ...said, until }, told: { key: 'command.away-until', params: { time: localTime(until, zone) } } };
}

const backMs = 12 * 3_600_000;

/** By their hours they are there anyway. Off duty their word holds for half a day: a forgotten one must not keep anybody awake for ever. */
function backUntil(agents: Settings['agents'], agent: string | null, now: Date): Date {
  const known = agents.find(({ name }) => name === agent);
  return known && !isOnDuty(known, null, now) ? addMs(now, backMs) : now;
}

/** Where no inquiry tells: the person's, else the team's. */
export const zoneOf = ({ agents, businessHours }: Pick<Settings, 'agents' | 'businessHours'>, agent: string | null): string =>
  agents.find(({ name }) => name === agent)?.zone ?? businessHours.zone ?? 'UTC';
