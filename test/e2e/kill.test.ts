import { describe, expect, it } from 'vitest';
import { ordeal } from './ordeal.ts';
import { clean } from './verdict.ts';

describe('killed again and again', () => {
  const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

  // In Slack longer; elsewhere it is about what differs.
  it.each([
    ['slack', { shops: 5, talksPerShop: 3, deaths: 6, atLeast: 150 }],
    ['feishu', { shops: 3, talksPerShop: 3, deaths: 4, atLeast: 80 }],
    ['dingtalk', { shops: 3, talksPerShop: 3, deaths: 4, atLeast: 80 }],
  ] as const)(
    `loses nothing, doubles nothing, keeps the order, in %s (KILL_SEED=${seed})`,
    async (chat, { deaths, atLeast, ...size }) => {
      const { verdict, messages, output } = await ordeal({ seed, chat, ...size, deaths: Array(deaths).fill('at random') });
      expect(verdict, output).toEqual(clean);
      expect(messages).toBeGreaterThan(atLeast);
    },
    180_000,
  );
});
