import { z } from 'zod';
import { text } from '../../src/core/texts/index.ts';
import { type ChatBot, defineBot } from '../bot.ts';
import { createAnswers } from './answers.ts';
import { check } from './check.ts';
import { createSlackClient } from './client.ts';
import { createAuthorization, fetchFile } from './files.ts';
import { findPosted } from './find-posted.ts';
import { openForm } from './forms.ts';
import { rememberIdentity } from './identity.ts';
import { capabilities } from './limits.ts';
import { slackManifest } from './manifest.ts';
import { reactionOf } from './names.ts';
import { createReceive } from './receive.ts';
import { listReplies } from './replies.ts';
import { sendFile } from './send-file.ts';
import { show } from './show.ts';
import { startSocket } from './socket.ts';
import { toEvents } from './to-events.ts';
import { fetchUser } from './users.ts';
import { createVerify } from './verify.ts';

const unsetWhenEmpty = z
  .string()
  .optional()
  .transform((value) => value || null);

/** Over HTTP requests are known by their signature, so the signing secret is needed; in Socket Mode the app's token says who is there, and it may be absent. */
const environment = z
  .object({
    SLACK_BOT_TOKEN: z.string().min(1),
    SLACK_SIGNING_SECRET: unsetWhenEmpty,
    SLACK_APP_TOKEN: unsetWhenEmpty,
    SLACK_API_URL: z
      .union([z.literal('').transform(() => undefined), z.url({ protocol: /^https?$/ })])
      .optional()
      .transform((url) => url ?? 'https://slack.com/api/'),
  })
  .refine(({ SLACK_SIGNING_SECRET, SLACK_APP_TOKEN }) => SLACK_SIGNING_SECRET ?? SLACK_APP_TOKEN, {
    path: ['SLACK_SIGNING_SECRET'],
    error: () => text('en', 'platform.setting-either', { first: 'SLACK_SIGNING_SECRET', second: 'SLACK_APP_TOKEN' }),
  })
  .transform((env) => ({
    botToken: env.SLACK_BOT_TOKEN,
    signingSecret: env.SLACK_SIGNING_SECRET,
    appToken: env.SLACK_APP_TOKEN,
    apiUrl: env.SLACK_API_URL,
  }));

export const slack = defineBot({
  name: 'slack',
  label: 'Slack',
  environment,
  required: ['SLACK_BOT_TOKEN'],
  receiptEmoji: Object.values(reactionOf),
  manifest: slackManifest,
  async create({ botToken, signingSecret, appToken, apiUrl }, deps): Promise<ChatBot> {
    // They cost 0.3 s together; whoever does not use Slack does not wait for them.
    const [{ verifySlackRequest }, webApi] = await Promise.all([import('@slack/bolt'), import('@slack/web-api')]);
    const client = createSlackClient(webApi, { botToken, apiUrl }, deps);
    const identity = rememberIdentity(client);
    const { fetch, log } = deps;
    const parts = { client, identity, fetch, log, authorization: createAuthorization(botToken, apiUrl) };
    const socket = appToken === null ? null : await prepareSocket({ appToken, apiUrl });

    async function prepareSocket(options: { readonly appToken: string; readonly apiUrl: string }) {
      const socketMode = await import('@slack/socket-mode');
      const asApp = createSlackClient(webApi, { botToken: options.appToken, apiUrl }, deps);
      return {
        start: (take: Parameters<typeof startSocket>[3]) => startSocket(socketMode, options, deps, take),
        askForAddress: async () => {
          await asApp.ask({ method: 'apps.connections.open', args: {}, signal: AbortSignal.timeout(10_000) });
        },
      };
    }
    return {
      capabilities,
      receive: createReceive(createVerify(signingSecret, verifySlackRequest)),
      toEvents,
      show: (thread, showing, access) => show(parts, thread, showing, access),
      findPosted: (thread, showing, search, access) => findPosted(parts, thread, showing, search, access),
      listReplies: (thread, after, { signal }) => listReplies(parts, thread, after, signal),
      user: (userId, { signal }) => fetchUser(parts, userId, signal),
      fetchFile: (file, access) => fetchFile(parts, file, access),
      answers: createAnswers(parts, apiUrl),
      openForm: (trigger, form, { signal }) => openForm(client, trigger, form, signal),
      sendFile: (userId, file, { signal }) => sendFile(parts, userId, file, signal),
      ...(socket ? { socket: { start: socket.start } } : {}),
      check: (channelIds, locale) => check({ ...parts, askForSocket: socket?.askForAddress ?? null }, channelIds, locale),
    };
  },
});
