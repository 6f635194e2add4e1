import { expect, it } from 'vitest';
import type { FeishuClient } from '../../../bots/feishu/client.ts';
import { rememberIdentity } from '../../../bots/feishu/identity.ts';

it('the start waits no longer than its patience for a platform that never answers, and hears of it later', async () => {
  const answered = Promise.withResolvers<{ answer: unknown }>();
  // As while a token is waited for: no signal of a call ends that.
  const client: FeishuClient = { call: () => answered.promise, download: () => Promise.reject(new Error('no file')) };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const identity = rememberIdentity(client, log, 20);
  await identity.learn();
  expect(identity.openId()).toBeNull();
  answered.resolve({ answer: { code: 0, bot: { open_id: 'ou_us' } } });
  await new Promise((resolve) => setImmediate(resolve));
  expect(identity.openId()).toBe('ou_us');
});
