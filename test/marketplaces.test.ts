import { expect, it } from 'vitest';
import { marketplaces } from '../adapters/index.ts';
import { marketplaceContract } from './contract/marketplace-contract.ts';
import type { CreateKit } from './contract/marketplace-kit.ts';

it('knows marketplaces by distinct names', () => {
  const names = marketplaces.map(({ name }) => name);
  expect(names).not.toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

// A marketplace without a kit fails the run.
for (const { name } of marketplaces) {
  const { createKit } = (await import(`./kits/${name}/index.ts`)) as { readonly createKit: CreateKit };
  marketplaceContract(name, createKit);
}
