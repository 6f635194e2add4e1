import { z } from 'zod';
import type { FakeAnswer, FakeRequest } from '../fake-server.ts';
import { FeishuRefusal } from './refusal.ts';

/** What the app's credentials are worth. `reset`: they have been changed; `stopped`: the tenant has switched the app off. */
export type AppState = 'good' | 'reset' | 'stopped';

export interface Auth {
  state: AppState;
  /** `POST /open-apis/auth/v3/tenant_access_token/internal` */
  token(request: FakeRequest): FakeAnswer;
  /** `POST /callback/ws/endpoint` */
  endpoint(request: FakeRequest, address: () => string): FakeAnswer;
  /** @throws FeishuRefusal when the token is none of ours, or not any more */
  check(authorization: string | undefined): void;
  /** Every token given so far is worth nothing from now on; new ones are. */
  expireTokens(): void;
}

const credentials = z.object({ app_id: z.string(), app_secret: z.string() });
const socketCredentials = z.object({ AppID: z.string(), AppSecret: z.string() });
const halfHourMs = 30 * 60_000;

export interface AuthOptions {
  readonly appId: string;
  readonly appSecret: string;
  readonly now: () => number;
  /** Two hours on the real platform. */
  readonly tokenLifeMs: number;
  /** What the socket's client is told, in seconds. */
  readonly clientConfig: Readonly<Record<string, number>>;
}

/**
 * Tokens of a custom app. Refusals come with HTTP 200.
 * @see https://open.feishu.cn/document/ukTMukTMukTM/ukDNz4SO0MjL5QzM/auth-v3/auth/tenant_access_token_internal.md, and what
 * https://github.com/excitedjs/dreamux/issues/417 saw (both read 2026-11-28)
 */
export function createAuth({ appId, appSecret, now, tokenLifeMs, clientConfig }: AuthOptions): Auth {
  const tokens = new Map<string, number>();
  const json = (body: object): FakeAnswer => ({
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  });
  let count = 0;

  const auth: Auth = {
    state: 'good',
    token(request) {
      const given = credentials.safeParse(parsed(request));
      if (!given.success || !given.data.app_id.startsWith('cli_')) return json({ code: 10003, data: {}, msg: 'invalid param' });
      if (given.data.app_id !== appId) return json({ code: 10014, msg: 'app id not exists' });
      if (given.data.app_secret !== appSecret || auth.state !== 'good') return json({ code: 10014, msg: 'app secret invalid' });
      // While one has half an hour to go it is given again; both are good then.
      const known = [...tokens].find(([, until]) => until - now() > Math.min(halfHourMs, tokenLifeMs / 2));
      if (!known) count += 1;
      const [token, until] = known ?? [`t-g1${String(count).padStart(34, '0')}`, now() + tokenLifeMs];
      tokens.set(token, until);
      return json({ code: 0, msg: 'ok', tenant_access_token: token, expire: Math.floor((until - now()) / 1_000) });
    },
    endpoint(request, address) {
      const given = socketCredentials.safeParse(parsed(request));
      const good = given.success && given.data.AppID === appId && given.data.AppSecret === appSecret && auth.state === 'good';
      // The shape of its refusals is UNCONFIRMED; the code is the SDK's `auth_failed`.
      if (!good) return json({ code: 514, msg: 'auth failed', data: {} });
      return json({ code: 0, msg: 'success', data: { URL: address(), ClientConfig: clientConfig } });
    },
    check(authorization) {
      const refuse = (code: number, message: string) => new FeishuRefusal(code, message, { status: 400 });
      if (!authorization?.startsWith('Bearer ')) throw refuse(99991661, 'Missing access token for authorization.');
      const until = tokens.get(authorization.slice('Bearer '.length));
      if (auth.state === 'stopped') throw refuse(99991662, 'app status is not valid: the app is disabled.');
      if (until === undefined || until <= now() || auth.state !== 'good') throw refuse(99991663, 'Invalid access token for authorization.');
    },
    expireTokens: () => tokens.clear(),
  };
  return auth;
}

function parsed({ body }: FakeRequest): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}
