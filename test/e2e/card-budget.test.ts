import { afterAll, beforeAll, expect, it } from 'vitest';
import { capabilities } from '../../bots/slack/limits.ts';
import { text } from '../../src/core/texts/index.ts';
import { eventually } from './eventually.ts';
import { createWorld, type World } from './world.ts';

const count = 200;
const timeScale = 40;
const update = '/api/chat.update';

let world: World;
beforeAll(async () => {
  world = await createWorld({ shops: 4, channels: 4, timeScale, random: Math.random });
  await world.service.start();
});
afterAll(() => world.close());

/** Slack takes fifty changes a minute for the whole workspace, however many inquiries change. */
it('lets no card hold up a post, draws each as it stands last, and keeps to the pace of cards', async () => {
  const { tiktok, slack, service, shopIds, agents } = world;
  const [agent = ''] = agents;
  const talks = Array.from({ length: count }, (_, index) => {
    const shop = shopIds[index % shopIds.length] ?? '';
    const conversation = tiktok.openConversation(shop, { nickname: `Buyer ${index}` });
    const question = `Question ${index}.`;
    tiktok.buyerWrites(shop, conversation, question);
    return { shop, conversation, question };
  });
  const threads = () => slack.threads().filter(({ posts }) => posts[0]?.fromBot);
  /** By question. */
  const byQuestion = () => new Map(threads().map((thread) => [/Question \d+\./.exec(thread.posts[0]?.text ?? '')?.[0], thread]));
  await eventually(() => threads().length === count, service.output);

  // Not one card is drawn, while everything changes twice and a tenth once more.
  let shut = true;
  slack.server.planFaults(({ path }) =>
    shut && path === update
      ? { kind: 'status', status: 429, headers: { 'retry-after': '1' }, body: '{"ok":false,"error":"ratelimited"}' }
      : null,
  );
  const press = (action: 'claim' | 'resolve') =>
    Promise.all(threads().map(({ channel, rootTs }) => slack.pressButton(agent, channel, rootTs, text('en', `action.${action}`))));
  await press('claim');
  await press('resolve');
  const resolved = text('en', 'inquiry.resolved', { name: 'agent-1' });
  await eventually(() => threads().every(({ posts }) => posts.some((post) => post.text.includes(resolved))), service.output);
  const again = talks.slice(0, count / 10);
  for (const { shop, conversation, question } of again) tiktok.buyerWrites(shop, conversation, `Again: ${question}`);
  await eventually(() => {
    const found = byQuestion();
    return again.every(({ question }) => found.get(question)?.posts.some((post) => post.text.includes(`Again: ${question}`)));
  }, service.output);
  const drawn = () => slack.server.log.filter(({ path, status }) => path === update && status === 200).length;
  expect(drawn()).toBe(0);

  shut = false;
  const opensAt = performance.now();
  await eventually(() => {
    const found = byQuestion();
    return talks.every(({ question }, index) => {
      const words = found.get(question)?.posts[0]?.text ?? '';
      return (
        words.includes(text('en', 'card.assignee', { name: 'agent-1' })) &&
        words.includes(text('en', index < again.length ? 'card.status.waiting' : 'card.status.resolved'))
      );
    });
  }, service.output);
  const tookMs = performance.now() - opensAt;
  await eventually(async () => {
    const answer = await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${world.adminToken}` } });
    return answer.ok && !/^threadmart_outbox_depth\{gate="bot:slack\/default"\} [1-9]/m.test(await answer.text());
  }, service.output);
  // One for each, however often it changed; some more for what was under way when the next was planned.
  expect(drawn()).toBeGreaterThanOrEqual(count);
  expect(drawn()).toBeLessThanOrEqual(1.5 * count);
  const limit = capabilities.limits.find(({ name }) => name === 'chat.update');
  if (!limit) throw new Error('changes of a card have no limit');
  const { permits, everyMs, burst = 1 } = limit;
  // The machine may make it slower; nothing may make it faster.
  expect(tookMs).toBeGreaterThan(((count - 2 * burst) * everyMs) / permits / timeScale);
});
