import { z } from 'zod';
import { text } from '../../src/core/texts/index.ts';
import { type ChatBot, defineBot } from '../bot.ts';
import { check } from './check.ts';
import { createFeishuClient } from './client.ts';
import { createAnswers, openForm, sendFile } from './direct.ts';
import { fetchFile } from './files.ts';
import { rememberIdentity } from './identity.ts';
import { createCapabilities } from './limits.ts';
import { reactionOf } from './names.ts';
import { createOrigins, fetchUser } from './people.ts';
import { createReceive } from './receive.ts';
import { listReplies } from './replies.ts';
import { loadSdk } from './sdk.ts';
import { findPosted, show } from './show.ts';
import { askForSocket, startSocket } from './socket.ts';
import { createToEvents, type EventContext } from './to-events.ts';
import { createLinkTo, createTopics } from './topics.ts';
import { createDecrypt, createVerify } from './verify.ts';

const unsetWhenEmpty = z
  .string()
  .optional()
  .transform((value) => value || null);

/** `webhook`: the platform calls us, signed with the encrypt key. `socket`: we hold a long connection, and no address of ours need be known. */
const environment = z
  .object({
    FEISHU_APP_ID: z.string().min(1),
    FEISHU_APP_SECRET: z.string().min(1),
    FEISHU_ENCRYPT_KEY: unsetWhenEmpty,
    FEISHU_VERIFICATION_TOKEN: unsetWhenEmpty,
    FEISHU_BASE_URL: z
      .union([z.literal('').transform(() => undefined), z.url({ protocol: /^https?$/ })])
      .optional()
      .transform((url) => (url ?? 'https://open.feishu.cn').replace(/\/$/, '')),
    FEISHU_MODE: z
      .union([z.literal('').transform(() => undefined), z.enum(['webhook', 'socket'])])
      .optional()
      .transform((mode) => mode ?? 'webhook'),
    FEISHU_MONTHLY_CALLS: z
      .union([z.literal('').transform(() => undefined), z.coerce.number().int().positive()])
      .optional()
      .transform((calls) => calls ?? null),
  })
  // Without the key nothing tells the platform's events from anybody's: the verification token is not enough, it travels in each of them.
  .refine(({ FEISHU_MODE, FEISHU_ENCRYPT_KEY }) => FEISHU_MODE === 'socket' || FEISHU_ENCRYPT_KEY !== null, {
    path: ['FEISHU_ENCRYPT_KEY'],
    error: () => text('en', 'platform.setting-needed', { what: 'FEISHU_MODE=webhook', setting: 'FEISHU_ENCRYPT_KEY' }),
  })
  .transform((env) => ({
    appId: env.FEISHU_APP_ID,
    appSecret: env.FEISHU_APP_SECRET,
    encryptKey: env.FEISHU_ENCRYPT_KEY,
    verificationToken: env.FEISHU_VERIFICATION_TOKEN,
    baseUrl: env.FEISHU_BASE_URL,
    socketMode: env.FEISHU_MODE === 'socket',
    monthlyCalls: env.FEISHU_MONTHLY_CALLS,
  }));

export const feishu = defineBot({
  name: 'feishu',
  label: 'Feishu / Lark',
  environment,
  required: ['FEISHU_APP_ID', 'FEISHU_APP_SECRET'],
  receiptEmoji: Object.values(reactionOf),
  async create({ encryptKey, verificationToken, socketMode, monthlyCalls, ...options }, deps): Promise<ChatBot> {
    const { baseUrl } = options;
    const sdk = await loadSdk();
    const client = createFeishuClient(sdk, options, deps);
    const identity = rememberIdentity(client, deps.log);
    // The first event may come at once, and a mention is told from ours by who we are.
    await identity.learn();
    const topics = createTopics();
    const context: EventContext = {
      ...{ baseUrl, topics, origins: createOrigins() },
      decrypt: createDecrypt(encryptKey),
      ourOpenId: identity.openId,
    };
    const parts = { client, topics, appId: options.appId, linkTo: createLinkTo(baseUrl, topics), now: deps.now };
    const onEvent = () => void identity.learn();
    return {
      capabilities: createCapabilities(monthlyCalls),
      // Over the long connection nothing is encrypted or signed; without a key nothing may come over HTTP.
      receive: createReceive(createVerify(encryptKey), { ...context, verificationToken, onEvent }),
      toEvents: createToEvents(context),
      show: (thread, showing, access) => show(parts, thread, showing, access),
      findPosted: (thread, showing, search, access) => findPosted(parts, thread, showing, search, access),
      listReplies: (thread, after, { signal }) => listReplies({ client, topics, context }, thread, after, signal),
      user: (userId, { signal }) => fetchUser(client, context.origins, userId, signal),
      fetchFile: (file, access) => fetchFile(client, baseUrl, file, access),
      answers: createAnswers(parts),
      openForm: (trigger, form, { signal }) => openForm(parts, trigger, form, signal),
      sendFile: (userId, file, { signal }) => sendFile(parts, userId, file, signal),
      ...(socketMode ? { socket: { start: (take) => startSocket(sdk, options, { ...deps, context, onEvent }, take) } } : {}),
      check: (channelIds, locale) =>
        check({ client, askForSocket: socketMode ? (signal) => askForSocket(deps.fetch, options, signal) : null }, channelIds, locale),
    };
  },
});
