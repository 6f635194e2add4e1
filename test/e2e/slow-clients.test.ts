import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { type Crowd, crowd, crowds, tolerated } from './slow-clients.ts';
import { createWorld, type World } from './world.ts';

const hook = '/hooks/tiktok-shop';
/** TikTok Shop and Slack give up after three seconds. */
const deadlineMs = 3_000;
const idle = 2_000;
const ofEachKind = 20;
const ofEachTolerated = 10;
const honest = 60;

describe('while thousands of slow, greedy and silent clients hold their lines', () => {
  let world: World;
  const open = new Map<string, Crowd>();
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 50, random: Math.random });
    await world.service.start();
  });
  afterAll(async () => {
    for (const one of open.values()) one.close();
    await world.close();
  });

  /** True: acknowledged in time. */
  async function isTaken(path: string, { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string }) {
    const startedAt = performance.now();
    const { status } = await fetch(`${world.service.url}${path}`, { method: 'POST', headers, body });
    expect([200, 503]).toContain(status);
    return status === 200 && performance.now() - startedAt < deadlineMs;
  }

  it('signed events are answered within the deadline of their platform', async () => {
    const { tiktok, slack, shopIds, service } = world;
    const port = Number(new URL(service.url).port);
    for (const [name, kind] of Object.entries(crowds)) {
      open.set(name, crowd(port, name === 'connects and says nothing' ? idle : ofEachKind, kind(hook)));
    }
    for (const [name, kind] of Object.entries(tolerated)) open.set(name, crowd(port, ofEachTolerated, kind));
    await Promise.all([...open.values()].map(({ gathered }) => gathered));
    const taken: boolean[] = [];
    for (let index = 0; index < honest; index += 1) {
      const body = JSON.stringify({ type: 1, tts_notification_id: `honest-${index}`, shop_id: shopIds[0], timestamp: 1, data: {} });
      taken.push(await isTaken(hook, { ...tiktok.signed(Buffer.from(body)), body }));
      taken.push(await isTaken('/bots/slack/events', slack.sign(JSON.stringify({ ...envelope, event_id: `Ev${index}` }))));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // One that is late because the machine is busy comes again; a service that is held up is late with many.
    expect(taken.filter(Boolean).length).toBeGreaterThan(taken.length * 0.9);
  });

  it('a buyer is heard', async () => {
    const { tiktok, slack, shopIds, channelIds, service } = world;
    const conversation = tiktok.openConversation(shopIds[0] ?? '');
    tiktok.buyerWrites(shopIds[0] ?? '', conversation, 'Anybody there?');
    await eventually(() => slack.posts(channelIds[0]).find(({ text }) => text.includes('Anybody there?')), service.output);
  });

  it('they are shown out', async () => {
    const left = () => Object.keys(crowds).flatMap((name) => (open.get(name)?.open() ? [`${name}: ${open.get(name)?.open()}`] : []));
    await eventually(
      () => left().length === 0,
      () => left().join('\n'),
    );
  });
});

const envelope = { type: 'event_callback', token: 't', api_app_id: 'A1', team_id: 'T1', event: { type: 'app_home_opened', user: 'U1' } };
