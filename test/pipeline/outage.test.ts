import { expect, it } from 'vitest';
import { failedOnce, isAway, type Outage, restUntilMs } from '../../src/pipeline/outage.ts';

const fails = (gate: { outages: Map<string | null, Outage> }, channelId: string, lane: string, times: number) => {
  for (let time = 0; time < times; time += 1) failedOnce(gate, { channelId, lane }, 0, 1);
};
const gateOf = () => ({ outages: new Map<string | null, Outage>() });

it('takes what fails alone for its own fault, and what fails in several lanes for the platform being away', () => {
  const gate = gateOf();
  fails(gate, 'C1', 'one', 20);
  expect([isAway(gate, 'C1'), restUntilMs(gate, 'C1')]).toEqual([false, 0]);
  fails(gate, 'C1', 'two', 1);
  expect(isAway(gate, 'C1')).toBe(true);
  expect(restUntilMs(gate, 'C1')).toBeGreaterThan(0);
});

it('counts nothing against the only one in a quiet channel while the platform is away in others, and tries it no sooner', () => {
  const gate = gateOf();
  fails(gate, 'C1', 'one', 3);
  fails(gate, 'C1', 'two', 3);
  fails(gate, 'C2', 'alone', 1);
  expect(isAway(gate, 'C2')).toBe(true);
  expect(restUntilMs(gate, 'C2')).toBeGreaterThan(0);
  // Where everything goes through it is not away.
  expect(isAway(gate, 'C3')).toBe(false);
  gate.outages.delete('C1');
  expect(isAway(gate, 'C2')).toBe(false);
});
