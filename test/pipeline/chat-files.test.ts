import { expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import { PlatformError, type PlatformErrorOptions } from '../../src/errors.ts';
import type { PipelineDeps } from '../../src/pipeline/deps.ts';
import type { OwnedGate } from '../../src/pipeline/gate.ts';
import { createSender, type Parcel } from '../../src/pipeline/sender.ts';
import { inquiry, shop } from '../core/fixtures.ts';

const file = { bot: 'chat/default', fileId: 'F1', url: '', name: 'lamp.png', mimeType: 'image/png', bytes: 3 };
const lead = {
  ...{ _id: 'r1', conversationId: 'c1', shopId: shop._id, channelId: null, sentIds: [], trace: [] },
  content: { kind: 'reply', parts: [{ kind: 'image', file }], author: null, warnings: [] },
} as unknown as Delivery;
const parcel: Parcel = { lead, members: [], inquiry, shop };

/** What becomes of a picture that an agent sends while the chat answers so when it is asked for it. */
async function sent(failure: PlatformErrorOptions) {
  const bot = { fetchFile: () => Promise.reject(new PlatformError('the chat says no', failure)) };
  const deps = {
    bots: new Map([['chat/default', bot]]),
    shops: {
      access: async () => ({ externalId: 's', accessToken: 'the token of the shop', extra: {}, signal: new AbortController().signal }),
    },
    timers: { after: () => () => {} },
    probe: () => {},
    timeScale: 1,
  } as unknown as PipelineDeps;
  const adapter = { capabilities: { maxImageBytes: 1_000 }, sendReply: () => Promise.reject(new Error('nothing can be sent')) };
  const gate = {
    lease: { signal: new AbortController().signal, valid: () => true },
    connector: { kind: 'shop', shopId: shop._id, marketplace: 'stub', adapter },
  } as unknown as OwnedGate;
  const result = await createSender(deps, async () => null).attempt(gate, parcel, 'send');
  if (result.kind !== 'error') throw new Error('it cannot have been sent');
  return result.error;
}

it.each<[string, PlatformErrorOptions, Partial<PlatformErrorOptions>]>([
  // Taken for the shop's own, it would renew the shop's token again and again.
  [
    'refuses its bot',
    { kind: 'auth', platform: 'chat', code: 'token_revoked' },
    { kind: 'rate-limited', limit: 'channel', retryAfterMs: 60_000 },
  ],
  [
    'is asked too often',
    { kind: 'rate-limited', platform: 'chat', code: 'ratelimited', retryAfterMs: 2_000 },
    { kind: 'rate-limited', limit: 'channel', retryAfterMs: 2_000 },
  ],
  ['has the file no more', { kind: 'rejected', platform: 'chat', code: 'gone' }, { kind: 'rejected', code: 'gone' }],
  ['does not answer', { kind: 'transient', platform: 'chat' }, { kind: 'transient' }],
])('a picture for a buyer waits by itself while the chat %s', async (_, failure, heard) => {
  expect(await sent(failure)).toMatchObject({ platform: 'chat', ...heard });
});
