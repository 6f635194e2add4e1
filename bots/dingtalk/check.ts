import { z } from 'zod';
import type { ConnectorDeps, Finding } from '../../src/core/connector.ts';
import { type Locale, type TextKey, text } from '../../src/core/texts/index.ts';
import { PlatformError } from '../../src/errors.ts';
import type { CardsDeps } from './cards.ts';
import type { DingTalkClient } from './client.ts';
import { isDirect } from './conversations.ts';
import { toParams } from './params.ts';
import { askForAddress, type StreamOptions } from './stream.ts';
import type { Tokens } from './tokens.ts';
import { type WebhookDeps, webhookIn } from './webhook.ts';

export interface CheckDeps extends CardsDeps, Pick<ConnectorDeps, 'fetch' | 'random'>, Pick<WebhookDeps, 'webhooks'> {
  readonly tokens: Tokens;
  readonly stream: StreamOptions;
}

const patienceMs = 20_000;
const permissionCodes = new Set(['Forbidden.AccessDenied.AccessTokenPermissionDenied', '60011']);

/** Token, template, each group, people, files and the stream: asked for, not assumed. Shows nothing to anybody. */
export async function check(deps: CheckDeps, channelIds: readonly string[], locale: Locale): Promise<Finding[]> {
  const signal = AbortSignal.timeout(patienceMs);
  const say = (key: TextKey, params = {}) => text(locale, key, params);
  const findings: Finding[] = [];
  const attempt = async (
    { name, effect, vital = false }: { readonly name: string; readonly effect: TextKey; readonly vital?: boolean },
    problem: (code: string) => string,
    run: () => Promise<string | null>,
  ) => {
    const told = (words: string): Finding => ({ check: name, ok: false, problem: words, effect: say(effect), vital });
    try {
      const words = await run();
      findings.push(words === null ? { check: name, ok: true } : told(words));
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      const code = error.code ?? error.kind;
      const away = error.kind === 'transient' || error.kind === 'uncertain' || error.kind === 'rate-limited';
      if (away) findings.push({ ...told(say('platform.unreachable', { code })), unanswered: true });
      else findings.push(told(permissionCodes.has(code) ? say('dingtalk.permission-missing', { what: name, code }) : problem(code)));
    }
  };

  const refusedToken = (code: string) => say('platform.token-refused', { code });
  await attempt({ name: 'dingtalk token', effect: 'platform.effect-all', vital: true }, refusedToken, async () => {
    await deps.tokens.get(signal);
    return null;
  });
  if (findings.some(({ ok }) => !ok)) return findings;
  await attempt(
    { name: 'dingtalk card template', effect: 'platform.effect-post', vital: true },
    (code) => say('dingtalk.template-refused', { code }),
    () => tryTemplate(deps, signal),
  );
  for (const channelId of channelIds.filter((id) => !isDirect(id))) {
    const webhook = webhookIn(channelId);
    if (webhook !== null) {
      // To try it would be to speak in the group.
      const name = `dingtalk/${channelId}`;
      const unknown = {
        check: name,
        ok: false,
        problem: say('dingtalk.webhook-unknown', { name: webhook }),
        effect: say('platform.effect-channel'),
        vital: true,
      };
      findings.push(deps.webhooks.has(webhook) ? { check: name, ok: true } : unknown);
      continue;
    }
    const unseen = (code: string) => say('platform.channel-unseen', { channel: channelId, code });
    await attempt({ name: `dingtalk/${channelId}`, effect: 'platform.effect-channel', vital: true }, unseen, async () =>
      (await isInGroup(deps, channelId, signal)) ? null : say('platform.channel-not-member', { channel: channelId }),
    );
  }
  await attempt({ name: 'dingtalk people', effect: 'platform.effect-people' }, refusedToken, () => probe(deps.client, 'user', signal));
  await attempt({ name: 'dingtalk files', effect: 'platform.effect-files' }, refusedToken, () =>
    probe(deps.client, 'files', signal, deps.robotCode),
  );
  await attempt({ name: 'dingtalk stream', effect: 'platform.effect-receive' }, refusedToken, async () => {
    await askForAddress(deps.stream, deps, patienceMs);
    return null;
  });
  return findings;
}

/** Makes a card and brings it nowhere: only so it is seen whether there is such a template, and whether the app may make cards. */
async function tryTemplate({ client, templateId, random }: CheckDeps, signal: AbortSignal): Promise<null> {
  const body = {
    ...{ cardTemplateId: templateId, outTrackId: `tm-check-${Math.floor(random() * 1e12)}`, callbackType: 'STREAM', userIdType: 1 },
    cardData: { cardParamMap: toParams({ title: '…', talk: [], form: null, place: {}, buttons: [] }) },
    imGroupOpenSpaceModel: { supportForward: false },
  };
  await client.call({ api: 'card.create', path: '/v1.0/card/instances', method: 'POST', body, effect: 'repeatable', vital: true, signal });
  return null;
}

const robots = z.object({ chatbotInstanceVOList: z.array(z.object({ robotCode: z.string().nullish() })).nullish() });

/** https://open.dingtalk.com/document/orgapp/queries-the-list-of-robots-in-a-group (2026-11-28) */
async function isInGroup({ client, robotCode }: CheckDeps, openConversationId: string, signal: AbortSignal): Promise<boolean> {
  const { answer } = await client.call({
    ...{ api: 'group.robots', path: '/v1.0/robot/getBotListInGroup', method: 'POST', body: { openConversationId } },
    ...{ effect: 'repeatable', signal },
  });
  return robots.parse(answer).chatbotInstanceVOList?.some((robot) => robot.robotCode === robotCode) === true;
}

/** Asks for what there is not: whoever may ask is told so, and all others that they may not. */
async function probe(client: DingTalkClient, what: 'user' | 'files', signal: AbortSignal, robotCode = ''): Promise<null> {
  try {
    if (what === 'user') {
      await client.old({
        api: 'user',
        path: '/topapi/v2/user/get',
        method: 'POST',
        body: { userid: 'threadmart-check' },
        effect: 'repeatable',
        signal,
      });
    } else {
      const body = { downloadCode: 'threadmart-check', robotCode };
      await client.call({
        api: 'file.address',
        path: '/v1.0/robot/messageFiles/download',
        method: 'POST',
        body,
        effect: 'repeatable',
        signal,
      });
    }
  } catch (error) {
    if (!(error instanceof PlatformError) || error.kind !== 'rejected' || permissionCodes.has(error.code ?? '')) throw error;
  }
  return null;
}
