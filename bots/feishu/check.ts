import { z } from 'zod';
import type { Finding } from '../../src/core/connector.ts';
import { type Locale, type TextKey, text } from '../../src/core/texts/index.ts';
import { PlatformError } from '../../src/errors.ts';
import type { FeishuClient } from './client.ts';
import { fetchIdentity } from './identity.ts';
import { scopes } from './scopes.ts';

export interface CheckDeps {
  readonly client: FeishuClient;
  /** Opens no socket, only asks for its address; null in webhook mode. */
  readonly askForSocket: ((signal: AbortSignal) => Promise<void>) | null;
}

const patienceMs = 15_000;

/** The app, its permissions as granted, each group, and in socket mode the long connection: asked for, not assumed. */
export async function check({ client, askForSocket }: CheckDeps, channelIds: readonly string[], locale: Locale): Promise<Finding[]> {
  const signal = AbortSignal.timeout(patienceMs);
  const say = (key: TextKey, params = {}) => text(locale, key, params);
  const findings: Finding[] = [];

  async function attempt(
    finding: Omit<Finding, 'ok' | 'problem'>,
    problem: (code: string) => string,
    run: () => Promise<readonly Finding[]>,
  ) {
    try {
      findings.push(...(await run()));
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      const code = error.code ?? error.kind;
      const away = error.kind === 'transient' || error.kind === 'uncertain' || error.kind === 'rate-limited';
      const found = away ? { problem: say('platform.unreachable', { code }), unanswered: true } : { problem: problem(code) };
      findings.push({ ...finding, ok: false, ...found });
    }
  }

  const app = { check: 'feishu app', effect: say('platform.effect-all'), vital: true };
  await attempt(
    app,
    (code) => say('platform.token-refused', { code }),
    async () => {
      const { status } = await fetchIdentity(client, signal);
      return [
        status === 2 ? { check: app.check, ok: true } : { ...app, ok: false, problem: say('platform.app-not-in-use', { code: status }) },
      ];
    },
  );
  if (findings.some(({ ok }) => !ok)) return findings;
  await attempt(
    { check: 'feishu scopes', effect: say('platform.effect-unchecked') },
    (code) => say('platform.scopes-unknown', { code }),
    () => missingScopes(client, locale, signal),
  );
  for (const channelId of channelIds) {
    const name = `feishu/${channelId}`;
    const channel = { check: name, effect: say('platform.effect-channel'), vital: true };
    await attempt(
      channel,
      (code) => say('platform.channel-unseen', { channel: channelId, code }),
      async () => {
        const problem = await channelProblem(client, channelId, signal);
        return [problem ? { ...channel, ok: false, problem: say(problem, { channel: channelId }) } : { check: name, ok: true }];
      },
    );
    if (findings.at(-1)?.ok !== true) continue;
    // The one proof without somebody's help: a group's history is for those alone who see all of its messages.
    await attempt(
      { check: `${name} history`, effect: say('platform.effect-mentions-only') },
      (code) => say('platform.scope-missing', { scope: `im:message.group_msg (${code})` }),
      async () => {
        await readOne(client, channelId, signal);
        return [{ check: `${name} history`, ok: true }];
      },
    );
  }
  if (askForSocket) {
    await attempt(
      { check: 'feishu long connection', effect: say('platform.effect-receive') },
      (code) => say('platform.token-refused', { code }),
      async () => {
        await askForSocket(signal);
        return [{ check: 'feishu long connection', ok: true }];
      },
    );
  }
  return findings;
}

const scopeList = z.object({ data: z.object({ scopes: z.array(z.object({ scope_name: z.string(), grant_status: z.number() })) }) });
const granted = 1;

/** https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/application-v6/scope/list (2026-11-28): no permission is needed for it. */
async function missingScopes(client: FeishuClient, locale: Locale, signal: AbortSignal): Promise<Finding[]> {
  const { answer } = await client.call({
    api: 'scopes',
    method: 'GET',
    path: '/open-apis/application/v6/scopes',
    signal,
    effect: 'repeatable',
  });
  const has = new Set(scopeList.parse(answer).data.scopes.flatMap((one) => (one.grant_status === granted ? [one.scope_name] : [])));
  const missing = scopes.filter(({ anyOf }) => !anyOf.some((name) => has.has(name)));
  return [
    { check: 'feishu scopes', ok: true },
    ...missing.map(({ anyOf: [scope = ''], effect }) => ({
      check: `feishu scope ${scope}`,
      ok: false,
      problem: text(locale, 'platform.scope-missing', { scope }),
      effect: text(locale, effect),
    })),
  ];
}

const chatInfo = z.object({ data: z.object({ chat_status: z.string().nullish() }) });
const membership = z.object({ data: z.object({ is_in_chat: z.boolean() }) });

async function channelProblem(client: FeishuClient, channelId: string, signal: AbortSignal): Promise<TextKey | null> {
  const path = `/open-apis/im/v1/chats/${encodeURIComponent(channelId)}`;
  const common = { method: 'GET', signal, effect: 'repeatable', inChannel: true } as const;
  const inside = await client.call({ ...common, api: 'chat.is-in', path: `${path}/members/is_in_chat` });
  if (!membership.parse(inside.answer).data.is_in_chat) return 'platform.channel-not-member';
  const { answer } = await client.call({ ...common, api: 'chat.get', path });
  const status = chatInfo.parse(answer).data.chat_status;
  return status === undefined || status === null || status === 'normal' ? null : 'platform.channel-archived';
}

async function readOne(client: FeishuClient, channelId: string, signal: AbortSignal): Promise<void> {
  const params = { container_id_type: 'chat', container_id: channelId, page_size: '1' };
  await client.call({
    ...{ api: 'message.list', method: 'GET', path: '/open-apis/im/v1/messages', params },
    ...{ signal, effect: 'repeatable', inChannel: true },
  });
}
