import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badBodies, badRequests, sendRaw } from '../http/corpus.ts';
import { eventually } from './eventually.ts';
import { createWorld, type World } from './world.ts';

const hook = '/hooks/tiktok-shop';
const events = '/bots/slack/events';
const maxBodyBytes = 1024 * 1024;

describe('bad input at the real connectors', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 50, random: Math.random });
    await world.service.start();
  });
  afterAll(() => world.close());

  const statusOf = async (path: string, body: Uint8Array, headers: Readonly<Record<string, string>>) =>
    (await fetch(`${world.service.url}${path}`, { method: 'POST', body, headers })).status;
  const expected = (body: Uint8Array, otherwise: number) => (body.length > maxBodyBytes ? 413 : otherwise);

  it.each([hook, events])('in odd requests to %s is answered with no 5xx', async (path) => {
    const port = Number(new URL(world.service.url).port);
    for (const { name, bytes } of badRequests(path)) {
      const statuses = await sendRaw(port, bytes);
      expect([name, statuses.filter((status) => status >= 500)]).toEqual([name, []]);
    }
  });

  it.each([hook, events])('unsigned at %s is refused, whatever it is', async (path) => {
    for (const { name, body } of badBodies) expect([name, await statusOf(path, body, {})]).toEqual([name, expected(body, 401)]);
  });

  it('is acknowledged when TikTok Shop signed it: it can only be a dead letter', async () => {
    for (const { name, body } of badBodies) {
      const { headers } = world.tiktok.signed(body);
      expect([name, await statusOf(hook, body, headers)]).toEqual([name, expected(body, 200)]);
    }
  });

  it('is acknowledged when Slack signed it', async () => {
    for (const { name, body } of badBodies) {
      const { headers } = world.slack.sign(Buffer.from(body).toString('latin1'));
      const status = await statusOf(events, body, headers);
      // A body that is not Latin-1 has another signature than ours here: refused is right, too.
      expect([name, [200, 401, 413].includes(status)]).toEqual([name, true]);
    }
  });

  it('refuses old, future and foreign signatures of Slack', async () => {
    const { slack } = world;
    const now = Math.floor(Date.now() / 1_000);
    for (const atSeconds of [now - 3_600, now + 3_600]) {
      const { body, headers } = slack.sign('{"type":"event_callback"}', 'application/json', atSeconds);
      expect(await statusOf(events, Buffer.from(body), headers)).toBe(401);
    }
    const { headers } = slack.sign('{"type":"event_callback"}');
    expect(await statusOf(events, Buffer.from('{"type":"event_callback" }'), headers)).toBe(401);
  });

  it('leaves the service at work', async () => {
    const { tiktok, slack, shopIds, channelIds, service } = world;
    const conversation = tiktok.openConversation(shopIds[0] ?? '');
    tiktok.buyerWrites(shopIds[0] ?? '', conversation, 'Still there?');
    await eventually(() => slack.posts(channelIds[0]).find(({ text }) => text.includes('Still there?')), service.output);
    expect(slack.threads(channelIds[0])).toHaveLength(1);
    expect(tiktok.received).toEqual([]);
  });
});
