import { describe, expect, it } from 'vitest';
import type { Presence } from '../../src/core/desk/presence.ts';
import type { AgentSetting } from '../../src/core/settings.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { createStaff } from '../../src/pipeline/staff.ts';
import { createHandTime } from './hand-time.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const channel = { platform: 'slack', connection: 'default', id: 'C1' };
const agent = (name: string, more: Partial<AgentSetting> = {}): AgentSetting => ({
  ...{ name, accounts: [{ platform: 'slack', userId: `U-${name}` }], role: 'agent', groups: ['thai'] },
  ...more,
});
const gives = (assign: 'round-robin' | 'least-busy' | 'sticky' | null, group: string | null = 'thai') => ({ assign, group, channel });

function create(
  agents: readonly AgentSetting[],
  { open = {}, said = [] }: { open?: Record<string, number>; said?: readonly Presence[] } = {},
) {
  const time = createHandTime();
  const reads = { presence: 0, loads: 0 };
  let away = false;
  const presence = {
    set: async () => {},
    all: async () => {
      reads.presence += 1;
      if (away) throw new Error('the store is away');
      return said;
    },
  };
  const loads = async () => {
    reads.loads += 1;
    return Object.entries(open).map(([name, count]) => ({ bot: 'slack/default', userId: `U-${name}`, agent: name, open: count }));
  };
  const staff = createStaff({ presence, loads, settings: () => ({ ...defaultSettings, agents }), clock: time.clock, log: quiet });
  return { ...staff, time, reads, goAway: (is: boolean) => (away = is) };
}

describe('who gets an inquiry', () => {
  it('is one of the group after the other, though all come in one moment', async () => {
    const { assigneeFor, time } = create([agent('ann'), agent('bo'), agent('cy', { groups: ['english'] })]);
    const given: (string | undefined)[] = [];
    for (let count = 0; count < 4; count++) {
      given.push((await assigneeFor(gives('round-robin'), null))?.agent ?? undefined);
      await time.pass(1);
    }
    expect(given).toEqual(['ann', 'bo', 'ann', 'bo']);
  });
  it('is who has the least, counting what was given since', async () => {
    const { assigneeFor, reads } = create([agent('ann'), agent('bo')], { open: { ann: 2 } });
    const given = [];
    for (let count = 0; count < 4; count++) given.push((await assigneeFor(gives('least-busy'), null))?.agent);
    expect(given.filter((name) => name === 'bo')).toHaveLength(3);
    expect(reads.loads).toBe(1);
  });
  it('knows what was given away in the same breath', async () => {
    const names = async (how: 'round-robin' | 'least-busy') => {
      const { assigneeFor } = create([agent('ann'), agent('bo'), agent('cy', { capacity: 1 })]);
      const given = await Promise.all(Array.from({ length: 5 }, () => assigneeFor(gives(how), null)));
      return given.map((one) => one?.agent).toSorted();
    };
    expect(await names('round-robin')).toEqual(['ann', 'ann', 'bo', 'bo', 'cy']);
    expect(await names('least-busy')).toEqual(['ann', 'ann', 'bo', 'bo', 'cy']);
  });
  it('is who had the buyer before, unless they have enough', async () => {
    const before = { userId: 'U-ann', name: 'ann', agent: 'ann' };
    expect((await create([agent('bo'), agent('ann')]).assigneeFor(gives('sticky'), before))?.agent).toBe('ann');
    const full = create([agent('bo'), agent('ann', { capacity: 1 })], { open: { ann: 1 } });
    expect((await full.assigneeFor(gives('sticky'), before))?.agent).toBe('bo');
  });
  it('is not who gives it away', async () => {
    const { assigneeFor } = create([agent('ann'), agent('bo')], { open: { bo: 9 } });
    expect((await assigneeFor(gives('least-busy'), null, { userId: 'U-ann', agent: 'ann' }))?.agent).toBe('bo');
    expect(await create([agent('ann')]).assigneeFor(gives('sticky'), null, { userId: 'U-other', agent: 'ann' })).toBeNull();
  });
  it('is nobody where the rule says so, or nobody is there', async () => {
    const said = [{ person: 'ann', state: 'away', until: null, at: new Date(0) }] as const;
    const { assigneeFor, isAbsent } = create([agent('ann')], { said });
    expect(await assigneeFor(gives(null), null)).toBeNull();
    expect(await assigneeFor(gives('least-busy'), null)).toBeNull();
    expect(await assigneeFor(gives('least-busy', 'nobody'), null)).toBeNull();
    expect(await isAbsent({ userId: 'U-ann', name: 'ann', agent: 'ann' })).toBe(true);
    expect(await isAbsent({ userId: 'U-x', name: 'x', agent: null })).toBe(false);
    expect(await isAbsent(null)).toBe(false);
  });
});

describe('who may be called', () => {
  it('is on duty, or wants to be called at night', async () => {
    const night = Array.from({ length: 7 }, () => [{ from: 0, to: 1 }]);
    const { on } = create([
      agent('ann'),
      agent('bo', { zone: 'UTC', hours: night }),
      agent('cy', { zone: 'UTC', hours: night, pingOffDuty: true }),
    ]);
    expect((await on('slack/default')).map(({ userId, mayBeCalled }) => [userId, mayBeCalled])).toEqual([
      ['U-ann', true],
      ['U-bo', false],
      ['U-cy', true],
    ]);
    expect(await on('feishu/default')).toEqual([]);
  });
  it('at the end of a shift is whose it was, unless they said that they are away', async () => {
    const night = Array.from({ length: 7 }, () => [{ from: 0, to: 1 }]);
    const said = [{ person: 'bo', state: 'away', until: null, at: new Date(0) }] as const;
    const { present } = create([agent('ann', { zone: 'UTC', hours: night }), agent('bo'), agent('cy')], { said });
    expect((await present('slack/default', ['ann', 'bo'])).map(({ userId }) => userId)).toEqual(['U-ann']);
    expect(await present('feishu/default', ['ann'])).toEqual([]);
  });
  it('is read once in some seconds, and again after a failure', async () => {
    const { on, time, reads, goAway } = create([agent('ann')]);
    await Promise.all([on('slack/default'), on('slack/default')]);
    expect(reads.presence).toBe(1);
    await time.pass(6_000);
    goAway(true);
    await expect(on('slack/default')).rejects.toThrow('away');
    goAway(false);
    expect(await on('slack/default')).toHaveLength(1);
    expect(reads.presence).toBe(3);
  });
});
