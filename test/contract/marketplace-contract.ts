import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connecting } from './marketplace-connecting.ts';
import type { CreateKit, MarketplaceKit } from './marketplace-kit.ts';
import { looking } from './marketplace-looking.ts';
import { orders } from './marketplace-orders.ts';
import { reading } from './marketplace-reading.ts';
import { receiving } from './marketplace-receiving.ts';
import { sending } from './marketplace-sending.ts';

/** What `adapters/adapter.ts` promises, as tests. Every registered marketplace must pass them on its own kit. */
export function marketplaceContract(name: string, createKit: CreateKit): void {
  describe(`marketplace contract: ${name}`, () => {
    let kit: MarketplaceKit;
    beforeEach(async () => {
      kit = await createKit();
    });
    afterEach(() => kit.close());
    const holder = {
      get kit() {
        return kit;
      },
    };

    it('declares capabilities that hang together', () => {
      const { capabilities, findSent } = kit.adapter;
      const limits = new Map(capabilities.limits.map((limit) => [limit.name, limit]));
      expect(limits.size).toBe(capabilities.limits.length);
      for (const limit of limits.values()) {
        expect(limit.permits).toBeGreaterThan(0);
        expect(limit.everyMs).toBeGreaterThan(0);
        expect(limit.source).toMatch(/https?:\/\/.*\d{4}-\d\d-\d\d/);
      }
      for (const cost of Object.values(capabilities.costs).flat()) expect(limits.has(cost), `limit "${cost}"`).toBe(true);
      expect(capabilities.maxReplyChars).toBeGreaterThan(0);
      expect(capabilities.redeliveryWindowMs).toBeGreaterThan(0);
      if (findSent && !capabilities.idempotentSend) expect(capabilities.settleMs).toBeGreaterThan(0);
    });

    receiving(holder);
    sending(holder, createKit);
    looking(holder);
    reading(holder);
    orders(holder);
    connecting(holder);
  });
}
