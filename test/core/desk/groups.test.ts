import { expect, it } from 'vitest';
import { groupNamed, strategyOf } from '../../../src/core/desk/groups.ts';
import type { AgentSetting, Route } from '../../../src/core/settings.ts';

const agent = (name: string, ...groups: string[]): AgentSetting => ({ name, accounts: [], role: 'agent', groups });
const agents = [agent('Ann', 'Thai', 'refunds'), agent('Bo', 'refunds', '退款 组'), agent('Thai')];

it.each([
  ['group:refunds', 'refunds'],
  ['Group: REFUNDS', 'refunds'],
  ['组：退款 组', '退款 组'],
  ['@refunds', 'refunds'],
  ['refunds', 'refunds'],
  // A colleague is called so.
  ['Thai', null],
  ['group:thai', 'Thai'],
  ['group:Bo', null],
  ['@Ann', null],
  ['group:', null],
  ['', null],
])('%j means the group %j', (words, group) => expect(groupNamed(words, agents)).toBe(group));

it('shares its work as the first rule says that gives to it and names somebody', () => {
  const route = (more: Partial<Route>): Route => ({ when: {}, channel: { platform: 'slack', connection: 'default', id: 'C1' }, ...more });
  const routes = [
    route({ assign: 'sticky' }),
    route({ group: 'refunds' }),
    route({ group: 'refunds', assign: 'round-robin' }),
    route({ group: 'refunds', assign: 'sticky' }),
  ];
  expect(strategyOf('refunds', routes)).toBe('round-robin');
  expect(strategyOf('Thai', routes)).toBe('least-busy');
});
