import type { DingWorld } from './world.ts';

/** Access tokens of the app. The same one is good for both hosts, and is given again until it has expired. */
export interface Tokens {
  readonly secret: string;
  /** Whether these are the app's. */
  right(clientId: string, secret: string): boolean;
  /** Null: the app id or the secret is wrong. */
  issue(clientId: string, secret: string): { readonly token: string; readonly expiresInSeconds: number } | null;
  good(token: string | null | undefined): boolean;
  /** The secret was changed at the platform, and all tokens with it; null: the app was taken down. */
  changeSecret(secret: string | null): void;
  /** What was issued is worth nothing any more, before its time. */
  expireAll(): void;
}

/** @param lifeMs 7,200 s at the platform (https://open.dingtalk.com/document/development/obtain-the-access-token-of-an-internal-app, read 2026-11-28) */
export function createTokens(world: DingWorld, secret: string, lifeMs: number): Tokens {
  let wanted: string | null = secret;
  let current: { readonly token: string; readonly until: number } | null = null;
  const right = (clientId: string, given: string) => wanted !== null && clientId === world.app.clientId && given === wanted;
  return {
    secret,
    right,
    issue(clientId, given) {
      if (!right(clientId, given)) return null;
      if (current === null || current.until <= world.now()) current = { token: world.nextId('token-'), until: world.now() + lifeMs };
      return { token: current.token, expiresInSeconds: Math.floor((current.until - world.now()) / 1000) };
    },
    good: (token) => current !== null && token === current.token && current.until > world.now(),
    changeSecret(next) {
      wanted = next;
      current = null;
    },
    expireAll() {
      current = null;
    },
  };
}
