import { expect, it } from 'vitest';
import { defaultSettings } from '../../src/core/settings.ts';
import { groupTurns } from '../../src/pipeline/group-turns.ts';
import type { Staff } from '../../src/pipeline/staff.ts';
import { inquiry } from '../core/fixtures.ts';

const agents = [{ name: 'Bo', role: 'agent', accounts: [{ platform: 'slack', userId: 'U2' }], groups: ['refunds', 'bo'] }] as const;
const routes = [{ when: {}, channel: { platform: 'slack', connection: 'default', id: 'C1' }, group: 'refunds', assign: 'sticky' }] as const;
const given = (rest: string, mentions: readonly string[] = []) => ({
  id: `c:${rest}`,
  rest,
  mentions,
  member: { userId: 'U1', agent: 'Ann' },
});

it('asks whose turn it is as the group shares its work, and passes over who gives it away', async () => {
  const asked: unknown[] = [];
  const bo = { userId: 'U2', name: 'Bo', agent: 'Bo' };
  const staff: Pick<Staff, 'assigneeFor'> = {
    async assigneeFor(...question) {
      asked.push(question);
      return bo;
    },
  };
  const deps = { settings: () => ({ ...defaultSettings, agents, routes }), staff: staff as Staff };
  const commands = [given('group:refunds'), given('@Bo', ['U2']), given('@bo', ['S0BO']), given('nobody')];
  const turns = await groupTurns(commands, new Set(['U2']), { ...inquiry, assignee: null }, 'slack/default', deps);
  // A colleague is called like the second group, so that one is meant by its whole name alone.
  expect([...turns]).toEqual([['c:group:refunds', { group: 'refunds', assignee: bo }]]);
  const channel = { platform: 'slack', connection: 'default', id: 'C1' };
  expect(asked).toEqual([[{ assign: 'sticky', group: 'refunds', channel }, null, { userId: 'U1', agent: 'Ann' }]]);
});
