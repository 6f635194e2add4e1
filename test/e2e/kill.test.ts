import { describe, expect, it } from 'vitest';
import { ordeal } from './ordeal.ts';
import { clean } from './verdict.ts';

describe('killed again and again', () => {
  const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

  it(`loses nothing, doubles nothing, keeps the order (KILL_SEED=${seed})`, async () => {
    const { verdict, messages, output } = await ordeal({ seed, shops: 5, talksPerShop: 3, deaths: Array(6).fill('at random') });
    expect(verdict, output).toEqual(clean);
    expect(messages).toBeGreaterThan(150);
  }, 180_000);
});
