import { z } from 'zod';
import type { ConnectorDeps, Finding } from '../../src/core/connector.ts';
import { type Locale, type TextKey, text } from '../../src/core/texts/index.ts';
import { PlatformError } from '../../src/errors.ts';
import type { SlackClient } from './client.ts';
import { fetchIdentity } from './identity.ts';
import { botScopes } from './manifest.ts';

export interface CheckDeps {
  readonly client: SlackClient;
  /** Opens no socket, only asks for its address; null outside Socket Mode. */
  readonly askForSocket: (() => Promise<void>) | null;
  readonly log: ConnectorDeps['log'];
}

const patienceMs = 15_000;

/** Token, scopes, each channel, and the socket's token: asked for, not assumed. */
export async function check({ client, askForSocket }: CheckDeps, channelIds: readonly string[], locale: Locale): Promise<Finding[]> {
  const signal = AbortSignal.timeout(patienceMs);
  const say = (key: TextKey, params = {}) => text(locale, key, params);

  const findings: Finding[] = [];
  const attempt = async (
    { name, effect, vital }: { readonly name: string; readonly effect: string; readonly vital: boolean },
    problem: (code: string) => string,
    run: () => Promise<Finding[]>,
  ) => {
    try {
      findings.push(...(await run()));
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      const code = error.code ?? error.kind;
      const away = error.kind === 'transient' || error.kind === 'uncertain' || error.kind === 'rate-limited';
      const found = away ? { problem: say('platform.unreachable', { code }), unanswered: true } : { problem: problem(code) };
      findings.push({ check: name, ok: false, ...found, effect, vital });
    }
  };

  await attempt(
    { name: 'slack token', effect: say('platform.effect-all'), vital: true },
    (code) => say('platform.token-refused', { code }),
    async () => {
      const { scopes } = await fetchIdentity(client, signal);
      return [{ check: 'slack token', ok: true }, ...missingScopes(scopes, locale)];
    },
  );
  if (findings.some(({ ok, vital }) => !ok && vital)) return findings;
  for (const channelId of channelIds) {
    const name = `slack/${channelId}`;
    const effect = say('platform.effect-channel');
    await attempt(
      { name, effect, vital: true },
      (code) => say('platform.channel-unseen', { channel: channelId, code }),
      async () => {
        const problem = await channelProblem(client, channelId, signal);
        return [
          problem
            ? { check: name, ok: false, problem: say(problem, { channel: channelId }), effect, vital: true }
            : { check: name, ok: true },
        ];
      },
    );
  }
  if (askForSocket) {
    const effect = say('platform.effect-receive');
    await attempt(
      { name: 'slack app token', effect, vital: false },
      (code) => say('platform.token-refused', { code }),
      async () => {
        await askForSocket();
        return [{ check: 'slack app token', ok: true }];
      },
    );
  }
  return findings;
}

/** `scopes`: from the header of `auth.test`; null when it had none, and then nothing is known. */
function missingScopes(scopes: readonly string[] | null, locale: Locale): Finding[] {
  if (scopes === null) return [];
  return Object.entries(botScopes).flatMap(([purpose, names]) =>
    names
      .filter((name) => !scopes.includes(name))
      .map((scope) => ({
        check: `slack scope ${scope}`,
        ok: false,
        problem: text(locale, 'platform.scope-missing', { scope }),
        effect: text(locale, `platform.effect-${purpose as keyof typeof botScopes}`),
      })),
  );
}

const channelInfo = z.object({ channel: z.object({ is_archived: z.boolean().nullish(), is_member: z.boolean().nullish() }) });

async function channelProblem(client: SlackClient, channel: string, signal: AbortSignal): Promise<TextKey | null> {
  const { answer } = await client.ask({ method: 'conversations.info', args: { channel }, signal });
  const { is_archived, is_member } = channelInfo.parse(answer).channel;
  if (is_archived) return 'platform.channel-archived';
  return is_member === false ? 'platform.channel-not-member' : null;
}
