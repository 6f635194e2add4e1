import { afterEach, expect, it } from 'vitest';
import { scopes } from '../../../bots/feishu/scopes.ts';
import { text } from '../../../src/core/texts/index.ts';
import { channelId } from '../../kits/feishu/cast.ts';
import { type Stand, stand } from './stand.ts';

let here: Stand;
afterEach(() => here.close());

const wrong = async (channels: readonly string[] = [channelId]) => (await here.bot.check(channels, 'en')).filter(({ ok }) => !ok);

it('names each permission that is not granted, and what will not work without it', async () => {
  here = await stand();
  expect(await wrong()).toEqual([]);
  for (const { anyOf, effect } of scopes) {
    const taken = anyOf.filter((name) => here.fake.scopes.delete(name));
    expect(await wrong([])).toContainEqual({
      check: `feishu scope ${anyOf[0]}`,
      ok: false,
      problem: text('en', 'platform.scope-missing', { scope: anyOf[0] ?? '' }),
      effect: text('en', effect),
    });
    for (const name of taken) here.fake.scopes.add(name);
  }
  expect(await wrong()).toEqual([]);
});

it('proves by its history that all words of a group are seen, whatever the list of permissions says', async () => {
  here = await stand();
  here.fake.scopes.delete('im:message.group_msg');
  here.fake.scopes.add('im:message.group_msg:readonly');
  const [found, ...others] = await wrong();
  expect(others).toEqual([]);
  expect(found).toMatchObject({ check: `feishu/${channelId} history`, effect: text('en', 'platform.effect-mentions-only') });
  expect(found?.vital).not.toBe(true);
});

it('asks for the long connection, and opens none', async () => {
  here = await stand({ delivery: 'socket' }, { FEISHU_MODE: 'socket' });
  expect((await here.bot.check([], 'en')).map(({ check }) => check)).toContain('feishu long connection');
  expect(await wrong()).toEqual([]);
  expect(here.fake.socket.connections).toBe(0);
});

it('says that the platform is away, and not that anything is wrong', async () => {
  here = await stand();
  const { bot, fake } = here;
  await fake.close();
  const [finding] = await bot.check([channelId], 'en');
  expect(finding).toMatchObject({
    check: 'feishu app',
    ok: false,
    vital: true,
    problem: expect.stringMatching(/^The platform does not answer/),
  });
});
