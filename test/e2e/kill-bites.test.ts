import { describe, expect, it } from 'vitest';
import type { FaultPlan } from '../kits/fake-server.ts';
import { type OrdealOptions, ordeal } from './ordeal.ts';
import { clean } from './verdict.ts';

/** Nothing can be read back, so that what was acknowledged and not stored stays lost. */
const noReading: FaultPlan = ({ method, path }) =>
  method === 'GET' && path.startsWith('/customer_service/') ? { kind: 'status', status: 503, body: 'upstream connect error' } : null;

/** Every other call that sends, the first among them, takes effect and its answer is lost. */
function lostAnswers(sends: (method: string, path: string) => boolean, lost: () => void): FaultPlan {
  let calls = 0;
  return ({ method, path }) => {
    if (!sends(method, path)) return null;
    calls += 1;
    if (calls % 2 === 0) return null;
    lost();
    return { kind: 'cut-after' };
  };
}

const common = { seed: 1, shops: 2, talksPerShop: 2 } as const;

/** It dies at the moment in which an acknowledgement has left. What is refused meanwhile comes again soon. */
const diesOnceAcknowledged = (): OrdealOptions => ({
  ...common,
  platformScale: 2_000,
  answers: false,
  deaths: ['acknowledged:40'],
  faults: { tiktok: noReading },
  lastWords: true,
});

function losesAnswers(): OrdealOptions {
  let lost = 0;
  const count = () => {
    lost += 1;
  };
  return {
    ...common,
    deaths: [],
    faults: {
      tiktok: lostAnswers((method, path) => method === 'POST' && path.endsWith('/messages'), count),
      chat: lostAnswers((_, path) => path === '/api/chat.postMessage', count),
      // On a slow machine the first is sent long after it was written.
      untilFelt: () => lost >= 3,
    },
  };
}

describe('the kill test bites', () => {
  const ordeals: readonly (readonly [mutation: string, options: () => OrdealOptions, found: 'lost' | 'doubled'])[] = [
    ['early-ack', diesOnceAcknowledged, 'lost'],
    ['no-look-up', losesAnswers, 'doubled'],
  ];

  it.each(ordeals)(
    'with "%s", and not without',
    async (mutation, options, found) => {
      const { verdict, output } = await ordeal(options());
      expect(verdict, output).toEqual(clean);
      const mutated = await ordeal({ ...options(), enough: (doubt) => doubt[found].length > 0, environment: { MUTATION: mutation } });
      expect(mutated.verdict[found]).not.toEqual([]);
    },
    180_000,
  );
});
