import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeRequest } from '../kits/fake-server.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

const sentMark = 'white_check_mark';
interface Listed {
  readonly _id: string;
  readonly reason: string | null;
  readonly state: string;
}

describe('when something around it fails', () => {
  let world: World;
  let scene: Scene;
  let [lamps, chairs, clocks, books] = ['', '', '', ''];
  let [first, second] = ['', ''];
  beforeAll(async () => {
    world = await createWorld({ shops: 4, channels: 2, timeScale: 50, random: Math.random, ops: true, unrouted: 1 });
    scene = createScene(world);
    [lamps = '', chairs = '', clocks = '', books = ''] = world.shopIds;
    [first = '', second = ''] = world.channelIds;
    await world.service.start();
  });
  afterAll(() => world.close());

  const deadEvents = async () => (await world.api<{ items: Listed[] }>('dead-letters?box=inbox&limit=100')).items;
  const shopOf = (id: string) => world.api<{ state: string }>(`shops/${encodeURIComponent(`tiktok-shop:${id}`)}`);
  const isPostTo = (channelId: string) => (request: FakeRequest) =>
    request.path === '/api/chat.postMessage' && request.body.includes(channelId);
  const slackRefuses = (matches: (request: FakeRequest) => boolean, retryAfterSeconds: number, times = 1) =>
    world.slack.server.failNext(
      matches,
      {
        kind: 'status',
        status: 429,
        headers: { 'content-type': 'application/json', 'retry-after': String(retryAfterSeconds) },
        body: '{"ok":false,"error":"ratelimited"}',
      },
      times,
    );

  /** What the seller's browser does. */
  async function connectByBrowser(shopId: string): Promise<void> {
    world.tiktok.sellerWill({ grants: { shopIds: [shopId] } });
    const { url } = await world.api<{ url: string }>('connect', { marketplace: 'tiktok-shop' });
    const follow = async (address: string) => {
      const location = (await fetch(address, { redirect: 'manual' })).headers.get('location');
      if (!location) throw new Error('the page leads nowhere');
      return location;
    };
    const back = new URL(await follow(await follow(url)));
    const answer = await fetch(`${world.service.url}${back.pathname}${back.search}`);
    expect(answer.status).toBe(200);
    world.tiktok.sellerWill(null);
  }

  it('keeps the words of a shop it does not know, until it is connected and they are replayed', async () => {
    const { id: strange } = world.tiktok.addShop({ name: 'New shop' });
    const conversation = world.tiktok.openConversation(strange, { nickname: 'Mali' });
    world.tiktok.buyerWrites(strange, conversation, 'Do you exist?');
    await scene.told('its shop is not connected');
    const [letter] = await deadEvents();
    expect(letter?.reason).toContain('not connected');
    await connectByBrowser(strange);
    await world.apply(`routes:\n${[lamps, clocks, strange].map((id) => `  - { when: { shop: "${id}" }, channel: slack/${first} }`).join('\n')}
  - { when: { shop: "${chairs}" }, channel: slack/${second} }`);
    await world.api(`dead-letters/${encodeURIComponent(letter?._id ?? '')}/replay`, {});
    await scene.eventually(() => world.slack.threads(first).find(({ posts }) => posts[0]?.text.includes('Do you exist?')));
    expect(await deadEvents()).toEqual([]);
  });

  it('takes what is signed and malformed for a dead letter, and says so', async () => {
    const { body, headers } = world.tiktok.signed('{"type":14');
    const answer = await fetch(`${world.service.url}/hooks/tiktok-shop`, {
      method: 'POST',
      headers: { ...headers },
      body: Buffer.from(body),
    });
    expect(answer.status).toBe(200);
    await scene.told('the event cannot be read');
    const letter = (await deadEvents()).find(({ _id }) => _id.includes('sha256:'));
    await world.api(`dead-letters/${encodeURIComponent(letter?._id ?? '')}/discard`, {});
  });

  it('lets a poison event stop nobody, and its own lane for no longer than its attempts', async () => {
    const talk = await scene.opens('Is this the lamp shop?');
    world.tiktok.event(14, lamps, { message_id: '7494560109732999999', conversation_id: talk.conversationId, content: 42 });
    scene.buyerWrites(talk, 'I wait behind the poison.');
    const other = await scene.opens('I am another buyer.');
    expect(scene.thread(other).posts).toHaveLength(1);
    await scene.shown(talk, 'I wait behind the poison.');
    await scene.told('the event could not be worked on');
  });

  it('tells in ops of an inquiry without a route, and opens its thread once there is one', async () => {
    const conversation = world.tiktok.openConversation(books, { nickname: 'Ploy' });
    world.tiktok.buyerWrites(books, conversation, 'Have you got the second volume?');
    world.tiktok.buyerWrites(books, conversation, 'In English.');
    await scene.told('has no route');
    const { items } = await world.api<{ items: unknown[] }>('inquiries?unrouted=true');
    expect(items).toHaveLength(1);
    const routes = [lamps, clocks, books].map((id) => `  - { when: { shop: "${id}" }, channel: slack/${first} }`);
    await world.apply(`routes:\n${routes.join('\n')}\n  - { when: { shop: "${chairs}" }, channel: slack/${second} }`);
    const thread = await scene.eventually(() =>
      world.slack.threads(first).find(({ posts }) => posts[0]?.text.includes('Have you got the second volume?')),
    );
    await scene.eventually(() =>
      world.slack
        .threads(first)
        .find(({ rootTs }) => rootTs === thread.rootTs)
        ?.posts.some(({ text }) => text.includes('In English.')),
    );
  });

  it('parks the queue of an archived channel, harms no other, and goes on when it is back', async () => {
    const talk = await scene.opens('Is the chair oak?', 1);
    expect(talk.channelId).toBe(second);
    world.slack.archive(second);
    await scene.told(`The channel ${second} takes no posts`);
    scene.buyerWrites(talk, 'Or is it beech?');
    await scene.opens('Other shops go on.');
    expect(scene.thread(talk).posts.some(({ text }) => text.includes('Or is it beech?'))).toBe(false);
    world.slack.unarchive(second);
    await scene.shown(talk, 'Or is it beech?');
    await scene.told(`${second} works again`);
  });

  it('finds by itself that a channel is closed, and that it is open again', async () => {
    const channel = world.slack.world.channels.get(second);
    if (!channel) throw new Error('no channel');
    const talk = await scene.opens('Is the table round?', 1);
    channel.archived = true;
    scene.buyerWrites(talk, 'How many legs?');
    await scene.eventually(
      () => world.slack.posts(world.opsId).filter(({ text }) => text.includes(`${second} takes no posts`)).length === 2,
    );
    channel.archived = false;
    await scene.shown(talk, 'How many legs?');
    expect(scene.thread(talk).posts.filter(({ text }) => text.includes('How many legs?'))).toHaveLength(1);
  });

  it('waits for a channel that it was removed from, until it is invited again', async () => {
    const talk = await scene.opens('Is the desk high?', 1);
    world.slack.removeBot(second);
    scene.buyerWrites(talk, 'Can I stand at it?');
    await scene.told(`The channel ${second} takes no posts (bot-removed)`);
    await scene.opens('Nobody removed you here.');
    world.slack.addBot(second);
    await scene.shown(talk, 'Can I stand at it?');
  });

  it('tells ops when an authorisation is about to end, and counts events that it does not know', async () => {
    world.tiktok.authorizationExpires(lamps, new Date(Date.now() + 6.5 * 86_400_000));
    await scene.told('in 7 day(s)');
    const { webhook } = world.tiktok.event(999, lamps, { anything: 'at all' });
    await scene.eventually(() => world.tiktok.webhooks.log.some(({ notificationId }) => notificationId === webhook.notificationId));
    const talk = await scene.opens('Is all well?');
    scene.buyerWrites(talk, 'It is.');
    await scene.shown(talk, 'It is.');
    expect((await deadEvents()).filter(({ _id }) => _id.endsWith(webhook.notificationId))).toEqual([]);
  });

  it('pauses when its token is revoked, and loses nothing', async () => {
    const talk = await scene.opens('Do you ship to Laos?');
    // Whom the service has not met cannot be looked up meanwhile: their words wait.
    await scene.marked(talk, scene.agentWrites(talk, 'Yes, we do.'), sentMark);
    world.slack.revokeToken();
    scene.buyerWrites(talk, 'And to Vietnam?');
    const ts = scene.agentWrites(talk, 'To both.');
    await scene.reaches(talk, 'To both.');
    expect(scene.post(talk, ts).reactions).toEqual([]);
    const paused = async () => {
      const { checks } = (await (await fetch(`${world.service.url}/readyz`)).json()) as {
        readonly checks: readonly { name: string; ok: boolean; problem?: string }[];
      };
      return checks.find(({ name, ok }) => name === 'slack/default' && !ok)?.problem;
    };
    expect(await scene.eventually(paused)).toMatch(/^[a-z_]+$/);
    // A scope that only one function needs is no reason to stay away.
    world.slack.scopes.delete('im:write');
    world.slack.reinstall();
    await scene.shown(talk, 'And to Vietnam?');
    await scene.marked(talk, ts, sentMark);
    await scene.told('The chat connection slack/default does not work');
    await scene.told('slack/default works again');
    world.slack.scopes.add('im:write');
  });

  it('refreshes a token that ran out once, and sends every reply that met it', async () => {
    const talks: Talk[] = [];
    for (const words of ['Is it blue?', 'Is it green?', 'Is it red?']) talks.push(await scene.opens(words));
    const refreshes = () => world.tiktok.server.log.filter(({ path }) => path === '/api/v2/token/refresh').length;
    const before = refreshes();
    world.tiktok.expire(world.accessTokens[0] ?? '');
    for (const talk of talks) scene.agentWrites(talk, `Yes, ${talk.rootTs}.`);
    for (const talk of talks) await scene.reaches(talk, `Yes, ${talk.rootTs}.`);
    expect(refreshes() - before).toBe(1);
    expect(talks.map((talk) => scene.received(talk).length)).toEqual([1, 1, 1]);
  });

  it('pauses a shop whose authorisation has ended, keeps its queue, and goes on when it is connected again', async () => {
    const talk = await scene.opens('Does the clock tick?', 2);
    const other = await scene.opens('Does the lamp hum?');
    world.tiktok.revoke(clocks);
    const ts = scene.agentWrites(talk, 'Not loudly.');
    await scene.told('is paused: its authorisation has ended');
    expect((await shopOf(clocks)).state).toBe('paused');
    await scene.marked(other, scene.agentWrites(other, 'Never.'), sentMark);
    const { items } = await world.api<{ items: Listed[] }>(`outbox?gate=${encodeURIComponent(`shop:tiktok-shop:${clocks}`)}`);
    expect(items.map(({ state }) => state)).toContain('queued');
    await connectByBrowser(clocks);
    await scene.marked(talk, ts, sentMark);
    expect(scene.received(talk)).toEqual(['Not loudly.']);
    expect((await shopOf(clocks)).state).toBe('active');
  });

  it('stops for a seller who takes the authorisation back, and tells ops', async () => {
    const talk = await scene.opens('Does it glow?', 2);
    world.tiktok.deauthorizes(clocks);
    await scene.told('took the authorisation of Shop 3');
    expect((await shopOf(clocks)).state).toBe('deauthorized');
    const ts = scene.agentWrites(talk, 'In the dark.');
    await connectByBrowser(clocks);
    await scene.marked(talk, ts, sentMark);
    expect(scene.received(talk)).toEqual(['In the dark.']);
  });

  it('lets a channel that is told to wait delay no other', async () => {
    const slow = await scene.opens('Is the sofa soft?', 1);
    slackRefuses(isPostTo(second), 2);
    scene.buyerWrites(slow, 'Really soft?');
    await scene.eventually(() => world.slack.server.log.some(({ path, status }) => path === '/api/chat.postMessage' && status === 429));
    await scene.opens('I am in the other channel.');
    expect(scene.thread(slow).posts.some(({ text }) => text.includes('Really soft?'))).toBe(false);
    await scene.shown(slow, 'Really soft?');
  });
});
