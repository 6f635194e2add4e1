import { describe, expect, it } from 'vitest';
import { startTestServer } from '../store-helper.ts';
import { createScene } from './scene.ts';
import { createWorld } from './world.ts';

const hourMs = 3_600_000;
/** Without it a process has no chat connection, so the other one serves that. */
const withoutChat = { SLACK_BOT_TOKEN: '', SLACK_SIGNING_SECRET: '' };

describe("two processes on one store, one with its machine's clock an hour off", () => {
  it.each([
    ['ahead, it serves all', hourMs, {}],
    ['behind, it serves all', -hourMs, {}],
    ['ahead, it serves the shop and the other one the chat', hourMs, withoutChat],
    ['behind, it serves the shop and the other one the chat', -hourMs, withoutChat],
  ] as const)(
    '%s: everything goes its way, at its time',
    async (_, aheadMs, more) => {
      const server = await startTestServer();
      const world = await createWorld({
        shops: 1,
        channels: 1,
        timeScale: 50,
        undoSeconds: 5,
        random: Math.random,
        mongodbUri: server.uri,
      });
      const { tiktok, slack, service: wrong } = world;
      try {
        // Who comes first takes what there is to serve.
        await wrong.start({ CLOCK_AHEAD_MS: String(aheadMs), ...more });
        const right = await world.twin();
        await right.start();
        const slackTo = more === withoutChat ? right : wrong;
        tiktok.webhooks.behave({ url: `${(more === withoutChat ? wrong : right).url}/hooks/tiktok-shop` });
        slack.sendEventsTo(`${slackTo.url}/bots/slack/events`);

        const scene = createScene(world);
        const talk = await scene.opens('Is it in stock?');
        scene.buyerWrites(talk, 'In red?');
        await scene.shown(talk, 'In red?');
        const answer = scene.agentWrites(talk, 'Yes, it is.');
        const mistake = scene.agentWrites(talk, 'No, it is not.');
        // Within the time to undo, which is neither over at once nor lasts an hour.
        slack.personDeletes(talk.channelId, mistake);
        await scene.marked(talk, answer, 'white_check_mark');
        await scene.shown(talk, 'Cancelled in time');
        expect(scene.received(talk)).toEqual(['Yes, it is.']);
        // Fresh signatures were taken at first, and nothing of ours was refused for its time.
        expect(slack.events.filter(({ attempts }) => attempts > 1)).toEqual([]);
        expect(tiktok.server.log.filter(({ path, status }) => path.startsWith('/customer_service/') && status !== 200)).toEqual([]);
        expect(wrong.output()).toContain("this machine's clock is wrong");
        expect(right.output()).not.toContain("this machine's clock is wrong");
      } finally {
        await world.close();
        await server.stop();
      }
    },
    120_000,
  );
});
