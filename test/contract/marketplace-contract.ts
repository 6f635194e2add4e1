import { afterEach, beforeEach, describe } from 'vitest';
import { connecting } from './marketplace-connecting.ts';
import { declaring } from './marketplace-declaring.ts';
import type { CreateKit, MarketplaceKit } from './marketplace-kit.ts';
import { looking } from './marketplace-looking.ts';
import { orders } from './marketplace-orders.ts';
import { performance } from './marketplace-performance.ts';
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

    declaring(holder);
    receiving(holder);
    sending(holder, createKit);
    looking(holder);
    reading(holder);
    orders(holder);
    performance(holder);
    connecting(holder);
  });
}
