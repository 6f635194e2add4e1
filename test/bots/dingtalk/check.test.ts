import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { group, type Organisation, startOrganisation } from './organisation.ts';

describe('the check', () => {
  let org: Organisation;
  beforeEach(async () => {
    org = await startOrganisation();
  });
  afterEach(() => org.close());

  const wrong = async (channels = [group]) => (await org.bot.check(channels, 'en')).filter(({ ok }) => !ok).map(({ check }) => check);

  it('finds nothing wrong where nothing is, and shows nothing to anybody', async () => {
    const findings = await org.bot.check([group, 'user:mai'], 'en');
    expect(findings.map(({ check }) => check)).toEqual([
      ...['dingtalk token', 'dingtalk card template', `dingtalk/${group}`, 'dingtalk people', 'dingtalk files', 'dingtalk stream'],
    ]);
    expect(findings.every(({ ok }) => ok)).toBe(true);
    expect(org.fake.posts(group)).toEqual([]);
    expect(org.fake.stream.connections).toBe(0);
  });

  it.each<[string, (one: Organisation) => void, readonly string[]]>([
    ['the secret', ({ fake }) => fake.tokens.changeSecret('other'), ['dingtalk token']],
    ['the template', ({ fake }) => fake.world.templates.clear(), ['dingtalk card template']],
    [
      'the template, which is not published',
      ({ fake }) => fake.world.templates.set(fake.cardTemplateId, false),
      ['dingtalk card template'],
    ],
    ['the permission for cards', ({ fake }) => fake.context.scopes.delete('Card.Instance.Write'), ['dingtalk card template']],
    ['the permission for people', ({ fake }) => fake.context.scopes.delete('qyapi_get_member'), ['dingtalk people']],
    ['the permission for files', ({ fake }) => fake.context.scopes.delete('qyapi_robot_sendmsg'), ['dingtalk files']],
    ['the permission for groups', ({ fake }) => fake.context.scopes.delete('qyapi_chat_manage'), [`dingtalk/${group}`]],
    ['the robot in the group', ({ fake }) => Object.assign(fake.world.groups.get(group) ?? {}, { hasRobot: false }), [`dingtalk/${group}`]],
    ['the group', ({ fake }) => fake.world.groups.delete(group), [`dingtalk/${group}`]],
    ['the gateway', ({ fake }) => fake.stream.refuse('open'), ['dingtalk stream']],
  ])('finds that %s is wrong', async (_what, spoil, found) => {
    spoil(org);
    expect(await wrong()).toEqual(found);
  });
});
