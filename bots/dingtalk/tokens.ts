import { z } from 'zod';
import type { ConnectorDeps } from '../../src/core/connector.ts';
import { type FailureDetails, fromCode, fromNetwork, fromStatus, neverSent } from './failures.ts';
import { errorIn } from './http.ts';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly baseUrl: string;
}

/** The app's access token, asked for once and kept until it ends. One is good for both of the platform's servers. */
export interface Tokens {
  get(signal: AbortSignal): Promise<string>;
  /** It was refused. */
  forget(token: string): void;
}

const answerShape = z.object({ accessToken: z.string().min(1), expireIn: z.number() });

const timeoutMs = 10_000;
/** Before its end, so that a call does not arrive with one that has just ended. A choice of ours. */
const marginMs = 5 * 60_000;
const details: FailureDetails = { api: 'token', effect: 'repeatable', vital: true };

/** @see https://open.dingtalk.com/document/orgapp/obtain-the-access_token-of-an-internal-app (2026-11-28): two hours, the same one until then */
export function createTokens(
  { clientId, clientSecret, baseUrl }: Credentials,
  { fetch, now }: Pick<ConnectorDeps, 'fetch' | 'now'>,
): Tokens {
  let kept: { readonly token: string; readonly untilMs: number } | null = null;
  let asking: Promise<string> | null = null;

  async function ask(): Promise<string> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ appKey: clientId, appSecret: clientSecret }),
      redirect: 'error' as const,
      // Not a caller's: several wait for it.
      signal: AbortSignal.timeout(timeoutMs),
    };
    const response = await fetch(new URL('/v1.0/oauth2/accessToken', baseUrl), init).catch((error: unknown) => {
      throw fromNetwork(details, error);
    });
    const answer: unknown = await response.json().catch(() => null);
    const read = answerShape.safeParse(answer);
    if (response.status === 200 && read.success) {
      const { accessToken, expireIn } = read.data;
      kept = { token: accessToken, untilMs: now().getTime() + Math.max(0, expireIn * 1_000 - marginMs) };
      return accessToken;
    }
    const code = errorIn(answer);
    throw code === null ? fromStatus(details, response.status, null) : fromCode(details, code);
  }

  return {
    async get(signal) {
      if (kept && kept.untilMs > now().getTime()) return kept.token;
      asking ??= ask().finally(() => {
        asking = null;
      });
      return Promise.race([asking, givenUp(signal)]);
    },
    forget(token) {
      if (kept?.token === token) kept = null;
    },
  };
}

function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = () => reject(neverSent(details));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}
