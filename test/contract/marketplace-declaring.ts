import { expect, it } from 'vitest';
import type { MarketplaceAdapter } from '../../adapters/adapter.ts';

/** What an adapter says of itself. */
export function declaring(held: { readonly kit: { readonly adapter: MarketplaceAdapter } }): void {
  it('declares capabilities that hang together', () => {
    const { capabilities, findSent } = held.kit.adapter;
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
}
