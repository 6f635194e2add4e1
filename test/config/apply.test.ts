import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyConfig } from '../../src/apply.ts';
import { readConfigFile } from '../../src/config/file.ts';
import { isSameFile } from '../../src/config/same-file.ts';
import type { Environment } from '../../src/config.ts';
import type { ReplyLimits } from '../../src/core/compose.ts';
import { shopIdOf } from '../../src/core/shop.ts';
import type { Stand } from '../shops/stand.ts';
import { hourMs, openStand, silent } from '../shops/stand.ts';

const marketplace = 'tiktok-shop';
const shop = shopIdOf(marketplace, '749');
const { signal } = new AbortController();
const limits: ReplyLimits = { maxReplyChars: 100, images: 'unsupported', maxImageBytes: 0, imageTypes: [], ownHosts: [] };
let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());
beforeEach(() => stand.empty());

const apply = (yaml: string, dryRun = false, env: Environment = {}) =>
  applyConfig(
    readConfigFile(yaml, env, { marketplaces: [marketplace], bots: ['slack'] }),
    { ...stand, on: { marketplaces: new Map([[marketplace, limits]]), bots: new Set(['slack/default']) }, log: silent },
    { dryRun },
  );
const shopYaml = (externalId: string, accessToken = 'access-1') =>
  `  - { marketplace: tiktok-shop, externalId: "${externalId}", credentials: { accessToken: ${accessToken}, refreshToken: refresh-1, accessTokenExpiresAt: 2026-12-01T00:00:00Z, shopCipher: c${externalId} } }\n`;
const file = `shops:\n${shopYaml('749')}channels: [{ platform: slack, id: C1 }]\nroutes: [{ when: {}, channel: slack/C1 }]\n`;
const tokenOf = async (externalId: string) => (await stand.accessOf('a').access(shopIdOf(marketplace, externalId), signal)).accessToken;

describe('applyConfig', () => {
  it('makes shops and settings, and finds nothing to do the second time', async () => {
    expect((await apply(file)).differences).toHaveLength(4);
    expect(await stand.shops.byId(shop)).toMatchObject({ name: '749', timezone: 'UTC', state: 'active' });
    expect(await stand.accessOf('a').access(shop, signal)).toMatchObject({ accessToken: 'access-1', extra: { shopCipher: 'c749' } });
    expect((await stand.settings.read()).routes).toHaveLength(1);
    expect((await apply(file)).differences).toEqual([]);
    expect((await stand.settings.read()).revision).toBe(1);
  });

  it('writes nothing on a dry run', async () => {
    expect((await apply(file, true)).differences).toHaveLength(4);
    expect([await stand.shops.list(), (await stand.settings.read()).revision, (await stand.meta.appliedConfig()).size]).toEqual([[], 0, 0]);
  });

  it('writes nothing when something does not fit', async () => {
    await expect(apply('ops: slack/C9\nreply: { undoSeconds: 1 }')).rejects.toThrow('not listed under "channels"');
    expect((await stand.settings.read()).revision).toBe(0);
  });

  it('never overwrites a refreshed token, until the file has another', async () => {
    await apply(file);
    stand.pass(hourMs);
    await stand.accessOf('a').refreshNow(shop, 'access-1', signal);
    await apply(file);
    expect(await tokenOf('749')).toBe('access-2');
    await apply(file.replace('access-1', 'access-9'));
    expect(await tokenOf('749')).toBe('access-9');
  });

  it('lets a shop with the same refresh token join the tokens as they are by now', async () => {
    await apply(file);
    stand.pass(hourMs);
    await stand.accessOf('a').refreshNow(shop, 'access-1', signal);
    await apply(file.replace('channels', `${shopYaml('750')}channels`));
    expect(await tokenOf('750')).toBe('access-2');
    expect(await stand.storedGrants()).toHaveLength(1);
  });

  it('leaves a shop without credentials paused until it is connected', async () => {
    await apply('shops: [{ marketplace: tiktok-shop, externalId: "749", region: TH }]');
    expect(await stand.shops.byId(shop)).toMatchObject({ state: 'paused', stateReason: 'not-connected', timezone: 'Asia/Bangkok' });
  });

  describe('a file that was applied', () => {
    // An escape may hide a variable from who only looks at the text.
    const named = `${file}ops: "slack/\\x24{OPS}"\n`.replace('C1 }', 'C1 }, { platform: slack, id: C2 }');
    const wasApplied = async (text: string, env: Environment) => isSameFile(text, env, await stand.meta.appliedFile());

    it('is known again as long as its text and the variables that it names are the same', async () => {
      expect(await wasApplied(named, { OPS: 'C1' })).toBe(false);
      await apply(named, false, { OPS: 'C1' });
      expect((await stand.settings.read()).ops?.id).toBe('C1');
      expect(await wasApplied(named, { OPS: 'C1', OTHER: 'more' })).toBe(true);
      expect(await wasApplied(named, { OPS: 'C2' })).toBe(false);
      expect(await wasApplied(named, {})).toBe(false);
      expect(await wasApplied(`${named}# a remark`, { OPS: 'C1' })).toBe(false);
    });

    it('is not, after another was applied, or one was only tried', async () => {
      await apply(file);
      await apply(`${file}reply: { undoSeconds: 1 }`, true);
      expect(await wasApplied(file, {})).toBe(true);
      await apply(`${file}reply: { undoSeconds: 1 }`);
      expect(await wasApplied(file, {})).toBe(false);
    });
  });
});
