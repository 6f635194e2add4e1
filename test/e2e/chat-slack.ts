import type { SlackFake } from '../kits/slack/fake.ts';
import type { Chat, ToldPost } from './chat.ts';
import type { Told } from './evidence.ts';
import { slackRateLimited } from './faults.ts';

/** @param socketMode its events come over a socket */
export function slackChat(slack: SlackFake, socketMode: boolean): Chat {
  const { world } = slack;
  return {
    platform: 'slack',
    server: slack.server,
    isCall: ({ path }) => path.startsWith('/api/'),
    rateLimited: slackRateLimited,
    environment: {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_API_URL: slack.apiUrl,
      ...(socketMode ? { SLACK_APP_TOKEN: slack.appToken } : {}),
    },
    tellsAgain: true,
    disturb: slack.disturb,
    sendEventsTo: (serviceUrl) => {
      if (!socketMode) slack.sendEventsTo(`${serviceUrl}/bots/slack/events`);
    },
    settled: slack.settled,
    close: slack.close,
    addChannel: (id, name) => void world.addChannel(id, { name }),
    addPerson: (number, name) => world.addUser({ id: `U0000AGENT${number}`, name }).id,
    channelIdOf: (number) => `C${String(number).padStart(9, '0')}`,
    opsId: 'C0000000OPS',
    posts: slack.posts,
    fresh: (seen) =>
      [...world.channels.values()].flatMap(({ id, messages }) => {
        const from = seen.get(id) ?? 0;
        seen.set(id, messages.length);
        return messages.slice(from).map(({ ts, threadTs, botId, text, user }) => ({
          ...{ channel: id, ts, threadTs, user, text, reactions: [] },
          fromBot: botId === world.app.botId,
        }));
      }),
    write: (user, channelId, rootTs, words) => slack.personPosts(user, channelId, rootTs, words).ts,
    edit: slack.personEdits,
    remove: slack.personDeletes,
    press: async (user, channelId, ts, label) => (await slack.pressButton(user, channelId, ts, label))?.status ?? null,
    telling: (ts) => slack.events.findLast(({ payload }) => (payload['event'] as { ts?: string }).ts === ts),
    told: () => toldBy(slack),
    whispered: () => slack.ephemerals,
    deliveryIds: (posts) => {
      const wanted = new Set(posts.map(({ channel, ts }) => `${channel} ${ts}`));
      const found = slack.posts().filter(({ channel, ts }) => wanted.has(`${channel} ${ts}`));
      return found.map(({ metadata }) => String(metadata?.event_payload['delivery_id']));
    },
    self: world.app.userId,
    marks: { sent: 'white_check_mark', noted: 'memo' },
  };
}

interface MessageEvent {
  readonly type: string;
  readonly subtype?: string;
  readonly channel: string;
  readonly ts: string;
  readonly event_ts: string;
  readonly text?: string;
  readonly bot_id?: string;
  readonly thread_ts?: string;
  readonly deleted_ts?: string;
  readonly message?: { readonly ts: string; readonly text: string; readonly bot_id?: string; readonly edited?: { readonly ts: string } };
  readonly previous_message?: { readonly text: string; readonly bot_id?: string };
}

/** Put together from the events that Slack made: they keep every version. */
function toldBy(slack: SlackFake): ToldPost[] {
  const versions = new Map<string, { readonly channel: string; readonly ts: string; readonly versions: [Told, ...Told[]] }>();
  const deletions = new Map<string, Omit<Told, 'text'>>();
  for (const { payload, acknowledgedAt } of slack.events) {
    const event = payload['event'] as MessageEvent;
    if (event.type !== 'message') continue;
    const at = Number(event.event_ts) * 1_000;
    const { channel, ts, message, previous_message: before, text = '' } = event;
    if (event.subtype === 'message_deleted') {
      if (!before?.bot_id) deletions.set(`${channel} ${event.deleted_ts}`, { at, acknowledgedAt });
    } else if (event.subtype === 'message_changed') {
      if (message?.edited && !message.bot_id && before?.text !== message.text)
        versions.get(`${channel} ${message.ts}`)?.versions.push({ text: message.text, at, acknowledgedAt });
    } else if (!message && !event.bot_id && event.thread_ts) {
      versions.set(`${channel} ${ts}`, { channel, ts, versions: [{ text, at, acknowledgedAt }] });
    }
  }
  return [...versions].map(([id, told]) => ({ ...told, deletion: deletions.get(id) ?? null }));
}
