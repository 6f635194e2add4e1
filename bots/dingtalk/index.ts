import { z } from 'zod';
import { text } from '../../src/core/texts/index.ts';
import { PlatformError } from '../../src/errors.ts';
import { type ChatBot, defineBot } from '../bot.ts';
import { createAnswers } from './answers.ts';
import { callKinds } from './calls.ts';
import { check } from './check.ts';
import { createDingTalkClient } from './client.ts';
import { fetchFile } from './files.ts';
import { capabilitiesOf } from './limits.ts';
import { openForm } from './open-form.ts';
import { createNames, fetchUser } from './people.ts';
import { sendFile } from './send-file.ts';
import { findPosted, show } from './show.ts';
import { startSocket } from './socket.ts';
import { toEvents } from './to-events.ts';
import { createTokens } from './tokens.ts';
import type { WebhookRobot } from './webhook.ts';

const address = (standard: string) =>
  z
    .union([z.literal('').transform(() => undefined), z.url({ protocol: /^https?$/ })])
    .optional()
    .transform((url) => url ?? standard);

const unsetWhenEmpty = z
  .string()
  .optional()
  .transform((value) => value || null);

/** `night=<token>:<secret>,…`: custom robots by the names that channels call them by (`webhook:night`). */
const webhooks = z
  .string()
  .optional()
  .transform((given, context) => {
    const found = new Map<string, WebhookRobot>();
    for (const one of (given ?? '').split(',').filter((part) => part.trim() !== '')) {
      const read = /^([a-z0-9-]{1,40})=([\w-]{1,200}):([\w-]{1,200})$/i.exec(one.trim());
      const [, name = '', token = '', secret = ''] = read ?? [];
      if (read) found.set(name, { token, secret });
      else context.addIssue({ code: 'custom', message: text('en', 'dingtalk.webhooks-form') });
    }
    return found;
  });

const environment = z
  .object({
    DINGTALK_CLIENT_ID: z.string().min(1),
    DINGTALK_CLIENT_SECRET: z.string().min(1),
    DINGTALK_ROBOT_CODE: unsetWhenEmpty,
    DINGTALK_CARD_TEMPLATE_ID: z.string().min(1),
    DINGTALK_MONTHLY_CALLS: z
      .union([z.literal('').transform(() => undefined), z.coerce.number().int().positive()])
      .optional()
      .transform((calls) => calls ?? null),
    DINGTALK_CALLS: z
      .union([z.literal('').transform(() => undefined), z.enum(callKinds)])
      .optional()
      .transform((kind) => kind ?? 'mention'),
    DINGTALK_WEBHOOKS: webhooks,
    DINGTALK_BASE_URL: address('https://api.dingtalk.com'),
    DINGTALK_OAPI_BASE_URL: address('https://oapi.dingtalk.com'),
  })
  .transform((env) => ({
    clientId: env.DINGTALK_CLIENT_ID,
    clientSecret: env.DINGTALK_CLIENT_SECRET,
    // An app that was made in the developers' console has a robot of the same name.
    robotCode: env.DINGTALK_ROBOT_CODE ?? env.DINGTALK_CLIENT_ID,
    templateId: env.DINGTALK_CARD_TEMPLATE_ID,
    monthlyCalls: env.DINGTALK_MONTHLY_CALLS,
    calls: env.DINGTALK_CALLS,
    webhooks: env.DINGTALK_WEBHOOKS,
    baseUrl: env.DINGTALK_BASE_URL,
    oldBaseUrl: env.DINGTALK_OAPI_BASE_URL,
  }));

export const dingtalk = defineBot({
  name: 'dingtalk',
  label: 'DingTalk',
  environment,
  required: ['DINGTALK_CLIENT_ID', 'DINGTALK_CLIENT_SECRET', 'DINGTALK_CARD_TEMPLATE_ID'],
  receiptEmoji: [],
  async create(
    { clientId, clientSecret, robotCode, templateId, monthlyCalls, calls, webhooks, baseUrl, oldBaseUrl },
    deps,
  ): Promise<ChatBot> {
    const stream = { clientId, clientSecret, baseUrl };
    const tokens = createTokens(stream, deps);
    const client = createDingTalkClient({ baseUrl, oldBaseUrl, tokens }, deps);
    const { fetch, now, random, log } = deps;
    const settings = { templateId, robotCode, calls, webhooks, oldBaseUrl, stream };
    const parts = { ...settings, client, tokens, fetch, now, random, log, nameOf: createNames(client, deps) };
    return {
      capabilities: capabilitiesOf(monthlyCalls, calls),
      receive() {
        // Everything comes over the stream, which knows us by our secret; who calls over HTTP is somebody else.
        throw new PlatformError('dingtalk: nothing is received over HTTP', { kind: 'rejected', platform: 'dingtalk', code: 'no_ingress' });
      },
      toEvents,
      show: (thread, showing, access) => show(parts, thread, showing, access),
      findPosted: (thread, showing, _search, access) => findPosted(parts, thread, showing, access),
      user: (userId, { signal }) => fetchUser(client, userId, signal),
      fetchFile: (file, access) => fetchFile(parts, file, access),
      answers: createAnswers(parts),
      openForm: (trigger, form, { signal }) => openForm(parts, now, trigger, form, signal),
      sendFile: (userId, file, { signal }) => sendFile(parts, userId, file, signal),
      socket: { start: (take) => startSocket(stream, deps, take) },
      check: (channelIds, locale) => check(parts, channelIds, locale),
    };
  },
});
