import { describe, expect, it } from 'vitest';
import type { Grant, MarketplaceOAuth, ShopAccess } from '../../adapters/adapter.ts';
import type { KitHolder, MarketplaceKit } from './marketplace-kit.ts';
import { failureOf } from './marketplace-sending.ts';

async function connect(kit: MarketplaceKit, oauth: MarketplaceOAuth, seller: 'grants' | 'denies') {
  if (!kit.authorize) throw new Error('the adapter knows OAuth, its kit does not');
  return await kit.authorize(oauth.authorizeUrl('state-1 &?='), seller);
}

function accessOf(kit: MarketplaceKit, grant: Pick<Grant, 'credentials' | 'shops'>): ShopAccess {
  const shop = grant.shops.find(({ externalId }) => externalId === kit.shop.externalId);
  if (!shop) throw new Error('the shop is not among the granted ones');
  return { ...kit.shop, accessToken: grant.credentials.accessToken, extra: { ...grant.credentials.extra, ...shop.extra } };
}

export function connecting(held: KitHolder): void {
  describe('oauth', () => {
    it('connects a shop: page, code, tokens that work', async () => {
      const { kit } = held;
      const { oauth, checkShop } = kit.adapter;
      if (!oauth) return;
      const query = await connect(kit, oauth, 'grants');
      expect(query['state']).toBe('state-1 &?=');
      const grant = await oauth.exchange(query);
      expect(grant.scopes.length).toBeGreaterThan(0);
      expect(grant.shops.map(({ externalId }) => externalId)).toContain(kit.shop.externalId);
      expect(grant.shops.every(({ name, region }) => name !== '' && /^[A-Z]{2}$/.test(region))).toBe(true);
      const { accessTokenExpiresAt, refreshTokenExpiresAt } = grant.credentials;
      const nowMs = kit.now().getTime();
      expect(accessTokenExpiresAt?.getTime()).toBeGreaterThan(nowMs + 60_000);
      expect(refreshTokenExpiresAt?.getTime()).toBeGreaterThan(accessTokenExpiresAt?.getTime() ?? 0);
      const findings = await checkShop.call(kit.adapter, accessOf(kit, grant), 'en');
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    });

    it('takes a code once', async () => {
      const { kit } = held;
      const { oauth } = kit.adapter;
      if (!oauth) return;
      const query = await connect(kit, oauth, 'grants');
      await oauth.exchange(query);
      expect(['rejected', 'auth']).toContain((await failureOf(oauth.exchange(query))).kind);
    });

    it('says when the seller refused', async () => {
      const { kit } = held;
      const { oauth } = kit.adapter;
      if (!oauth) return;
      const query = await connect(kit, oauth, 'denies');
      expect(await failureOf(oauth.exchange(query))).toMatchObject({ kind: 'rejected', code: 'denied' });
    });

    it('refreshes tokens, and says when the old ones are no longer good', async () => {
      const { kit } = held;
      const { oauth, checkShop } = kit.adapter;
      if (!oauth) return;
      const grant = await oauth.exchange(await connect(kit, oauth, 'grants'));
      kit.passMs(1000);
      const fresh = await oauth.refresh(grant.credentials);
      expect(fresh.accessToken).not.toBe(grant.credentials.accessToken);
      expect(fresh.accessTokenExpiresAt?.getTime()).toBeGreaterThan(grant.credentials.accessTokenExpiresAt?.getTime() ?? 0);
      const findings = await checkShop.call(kit.adapter, accessOf(kit, { ...grant, credentials: fresh }), 'en');
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
      const fresher = await oauth.refresh(fresh);
      expect(fresher.extra).toEqual(grant.credentials.extra);
      if (grant.credentials.refreshToken !== fresh.refreshToken) {
        expect(await failureOf(oauth.refresh(grant.credentials))).toMatchObject({ kind: 'auth' });
      }
      expect(await failureOf(oauth.refresh({ ...fresh, refreshToken: 'nobody' }))).toMatchObject({ kind: 'auth' });
    });

    it('keeps a refresh that failed on the way apart from one that was refused', async () => {
      const { kit } = held;
      const { oauth } = kit.adapter;
      if (!oauth) return;
      const grant = await oauth.exchange(await connect(kit, oauth, 'grants'));
      for (const fault of [{ kind: 'status', status: 502 }, { kind: 'cut-before' }] as const) {
        kit.fail('token', fault);
        const error = await failureOf(oauth.refresh(grant.credentials));
        expect(['transient', 'uncertain']).toContain(error.kind);
        expect(error.message).not.toContain(grant.credentials.refreshToken);
      }
      expect((await oauth.refresh(grant.credentials)).accessToken).toBeTruthy();
    });
  });

  describe('checkShop', () => {
    it('finds nothing wrong with a shop in order', async () => {
      const { kit } = held;
      const findings = await kit.adapter.checkShop(kit.shop, 'en');
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    });

    it('says in words what is wrong and what will not work', async () => {
      const { kit } = held;
      for (const shop of [kit.endedAccess(), kit.narrowAccess()]) {
        for (const locale of ['en', 'zh-CN'] as const) {
          const wrong = (await kit.adapter.checkShop(shop, locale)).filter(({ ok }) => !ok);
          expect(wrong.length).toBeGreaterThan(0);
          for (const { problem, effect } of wrong) {
            expect(problem).toMatch(/\S+/);
            expect(effect).toMatch(/\S+/);
            expect(`${problem} ${effect}`).not.toContain(shop.accessToken);
          }
        }
      }
    });
  });
}
