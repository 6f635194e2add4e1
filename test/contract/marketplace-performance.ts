import { describe, expect, it } from 'vitest';
import { type MarketplaceAdapter, performanceNotAllowed } from '../../adapters/adapter.ts';
import type { KitHolder, KitPerformance, MarketplaceKit } from './marketplace-kit.ts';
import { failureOf } from './marketplace-sending.ts';

const [day, before] = ['2026-03-01', '2026-03-02'];
const days = { from: day, before };

export function performance(held: KitHolder): void {
  describe("the marketplace's own figures", () => {
    /** Runs only where the adapter gives some. */
    const itGives = (title: string, run: (kit: MarketplaceKit, theirs: KitPerformance, read: Read) => Promise<void>) =>
      it(title, async () => {
        const { kit } = held;
        if (!kit.adapter.performance) return;
        if (!kit.performance) throw new Error('the adapter gives figures of the marketplace, its kit does not');
        await run(kit, kit.performance, (shop = kit.shop) => kit.adapter.performance?.(shop, days) ?? Promise.reject(new Error('gone')));
      });

    itGives('are numbers, of the days that were asked for alone', async (_kit, theirs, read) => {
      theirs.counted(day, { sessions: 12, responseRate: 95.5, satisfaction: 80, responseMinutes: 4.5 });
      for (const other of ['2026-02-28', before])
        theirs.counted(other, { sessions: 1, responseRate: 1, satisfaction: 1, responseMinutes: 1 });
      expect(await read()).toEqual({ sessions: 12, responseRate: 0.955, satisfaction: 0.8, responseMs: 270_000 });
    });

    itGives('are left out where it counted nothing', async (_kit, _theirs, read) => {
      expect(await read()).toEqual({ sessions: 0, responseRate: null, satisfaction: null, responseMs: null });
    });

    itGives('that cannot be read are an error that says so, never a number', async (_kit, theirs, read) => {
      theirs.garbled(day);
      expect(await failureOf(read())).toMatchObject({ kind: 'rejected', message: expect.stringMatching(/no such figure/) });
    });

    itGives('may not be allowed, while chats are, and what is lost is said', async (kit, theirs, read) => {
      theirs.forbid();
      expect(await failureOf(read())).toMatchObject({ kind: 'rejected', code: performanceNotAllowed });
      const wrong = (await kit.adapter.checkShop(kit.shop, 'en')).filter(({ ok }) => !ok);
      expect(wrong).toEqual([
        { check: expect.any(String), ok: false, problem: expect.stringMatching(/\S/), effect: expect.stringMatching(/figures/) },
      ]);
    });

    itGives('fail as all other calls do', async (kit, _theirs, read) => {
      expect(await failureOf(read(kit.endedAccess()))).toMatchObject({ kind: 'auth' });
      kit.fail('performance', kit.tooFast(7));
      expect(await failureOf(read())).toMatchObject({ kind: 'rate-limited', retryAfterMs: 7_000 });
    });
  });
}

type Read = (shop?: MarketplaceKit['shop']) => ReturnType<NonNullable<MarketplaceAdapter['performance']>>;
