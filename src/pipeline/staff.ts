import type { Colleague } from '../core/desk/pings.ts';
import type { Presence } from '../core/desk/presence.ts';
import { isOnDuty } from '../core/staff/duty.ts';
import type { PipelineDeps } from './deps.ts';

/** Who went away is known everywhere after this; here at once would cost a reading for each reminder. */
const keptMs = 5_000;

export interface Staff {
  /** The agents who have an account on this chat platform, as they are now. */
  on(platform: string): Promise<readonly Colleague[]>;
}

export function createStaff({ presence, settings, clock }: Pick<PipelineDeps, 'presence' | 'settings' | 'clock'>): Staff {
  let kept: { readonly said: Promise<ReadonlyMap<string, Presence>>; readonly untilMs: number } | null = null;

  function said(): Promise<ReadonlyMap<string, Presence>> {
    const nowMs = clock.monotonicMs();
    if (kept && nowMs < kept.untilMs) return kept.said;
    const read = presence.all().then((all) => new Map(all.map((one) => [one.person, one])));
    read.catch(() => (kept = null));
    kept = { said: read, untilMs: nowMs + keptMs };
    return read;
  }

  return {
    async on(platform) {
      const { agents } = settings();
      if (agents.length === 0) return [];
      const saidBy = await said();
      const now = clock.now();
      return agents.flatMap((agent) =>
        agent.accounts
          .filter((account) => account.platform === platform)
          .map(({ userId }) => ({
            userId,
            groups: agent.groups ?? [],
            isSupervisor: agent.role === 'supervisor',
            mayBeCalled: isOnDuty(agent, saidBy.get(agent.name) ?? null, now) || agent.pingOffDuty === true,
          })),
      );
    },
  };
}
