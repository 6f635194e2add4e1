import { describe, expect, it } from 'vitest';
import { bots } from '../bots/index.ts';
import { botContract } from './contract/bot-contract.ts';
import type { CreateBotKit } from './contract/bot-kit.ts';

// A bot without a test kit fails the run here.
for (const { name } of bots) {
  const { createKit } = (await import(`./kits/${name}/index.ts`)) as { createKit: CreateBotKit };
  botContract(name, createKit);
}

describe('the registry of bots', () => {
  it('has one entry a platform, each with a name that fits in a URL', () => {
    const names = bots.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z-]*$/);
  });
});
