import { describe, expect, it } from 'vitest';
import { type AgentSetting, defaultSettings, type KnownAccount } from '../../../src/core/settings.ts';
import { accountOn, accountsAfter, agentByEmail, isSamePerson, personOf, withKnownAccounts } from '../../../src/core/staff/accounts.ts';

const agent = (name: string, more: Partial<AgentSetting> = {}): AgentSetting => ({ name, accounts: [], role: 'agent', ...more });
const nok = agent('Nok', { accounts: [{ platform: 'slack', userId: 'U1' }], email: 'Nok@Shop.example' });
const som = agent('Som', { email: 'som@shop.example' });
const agents = [nok, som];
const user = (userId: string, email: string | null, kind: 'member' | 'guest' | 'external' | 'bot' = 'member') => ({ userId, email, kind });
const known = (bot: string, userId: string, email: string): KnownAccount => ({ bot, userId, email });

describe('whose account it is', () => {
  it.each([
    ['the agent whom the file gives it to', 'slack/default', { userId: 'U1', agent: null }, 'Nok'],
    ['nobody of another connection with the same id', 'slack/eu', { userId: 'U1', agent: null }, 'U1'],
    ['nobody of another platform with the same id', 'feishu/default', { userId: 'U1', agent: null }, 'U1'],
    ['whom it was given to as an agent', 'feishu/default', { userId: 'ou_1', agent: 'Nok' }, 'Nok'],
    ['its own, where the settings name nobody', null, { userId: 'U9', agent: null }, 'U9'],
  ])('%s', (_, bot, one, person) => expect(personOf(agents, bot, one)).toBe(person));

  it.each([
    ['by the agent', { userId: 'U1', agent: 'Nok' }, { userId: 'ou_1', agent: 'Nok' }, true],
    [
      'by the account, where one was noted before the settings named them',
      { userId: 'U1', agent: null },
      { userId: 'U1', agent: 'Nok' },
      true,
    ],
    ['not where nobody is named', { userId: 'U1', agent: null }, { userId: 'ou_1', agent: null }, false],
    ['not of two agents', { userId: 'U1', agent: 'Nok' }, { userId: 'U2', agent: 'Som' }, false],
  ])('is one person: %s', (_, one, other, same) => expect([isSamePerson(one, other), isSamePerson(other, one)]).toEqual([same, same]));
});

describe('an e-mail address', () => {
  it.each([
    ['is compared without case', 'member', 'nok@shop.EXAMPLE', 'Nok'],
    ['of nobody in the file', 'member', 'boss@shop.example', undefined],
    ['that the platform does not tell', 'member', null, undefined],
    // Whoever runs the other organisation could give its people any address.
    ['of a person of another organisation counts for nothing', 'external', 'nok@shop.example', undefined],
    ['of a guest counts for nothing', 'guest', 'nok@shop.example', undefined],
    ['of a bot counts for nothing', 'bot', 'nok@shop.example', undefined],
  ] as const)('%s', (_, kind, email, name) => expect(agentByEmail(agents, { kind, email })?.name).toBe(name));
});

describe('what is known of accounts', () => {
  const before = { agents, knownAccounts: [known('feishu/default', 'ou_1', 'nok@shop.example')] };
  it.each([
    ['nothing new, seen again', 'feishu/default', user('ou_1', 'NOK@shop.example'), null],
    ['nothing of a stranger', 'feishu/default', user('ou_9', 'x@shop.example'), null],
    ['nothing where the platform tells no address', 'feishu/default', user('ou_1', null), null],
    [
      'a second platform',
      'slack/default',
      user('U2', 'som@shop.example'),
      [known('slack/default', 'U2', 'som@shop.example'), ...before.knownAccounts],
    ],
    [
      'another address, another agent',
      'feishu/default',
      user('ou_1', 'som@shop.example'),
      [known('feishu/default', 'ou_1', 'som@shop.example')],
    ],
    ["an address that is no agent's any more", 'feishu/default', user('ou_1', 'nok@elsewhere.example'), []],
    ['who became a guest', 'feishu/default', user('ou_1', 'nok@shop.example', 'guest'), []],
  ] as const)('%s', (_, bot, seen, after) => expect(accountsAfter(before, bot, seen)).toEqual(after));

  it('is of its connection alone', () => {
    const knownAccounts = [known('slack/eu', 'U7', 'nok@shop.example')];
    const [found] = withKnownAccounts({ ...defaultSettings, agents, knownAccounts }).agents;
    if (!found) throw new Error('the agents are gone');
    expect(found.accounts.at(-1)).toEqual({ platform: 'slack', connection: 'eu', userId: 'U7' });
    expect(['slack/default', 'slack/eu', 'feishu/default'].map((bot) => accountOn(found, bot)?.userId)).toEqual(['U1', 'U7', undefined]);
  });

  it('stands after what the file says, which wins', () => {
    const knownAccounts = [
      known('feishu/default', 'ou_1', 'nok@shop.example'),
      // The file says that this is Nok's, whatever the address.
      known('slack/default', 'U1', 'som@shop.example'),
      known('slack/default', 'U2', 'gone@shop.example'),
    ];
    const settings = withKnownAccounts({ ...defaultSettings, agents, knownAccounts });
    expect(settings.agents).toEqual([{ ...nok, accounts: [...nok.accounts, { platform: 'feishu', userId: 'ou_1' }] }, som]);
  });
});
