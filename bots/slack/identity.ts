import { z } from 'zod';
import type { PostRef } from '../../src/core/thread.ts';
import type { SlackClient } from './client.ts';

/** Who we are, as `auth.test` tells it. */
export interface Identity {
  readonly userId: string;
  readonly teamId: string;
  /** The organisation of several workspaces, if it is one. */
  readonly enterpriseId: string | null;
  /** `https://lamphouse.slack.com/` */
  readonly workspaceUrl: string | null;
  /** From the answer's header; null when it had none. */
  readonly scopes: readonly string[] | null;
}

const answerShape = z.object({
  user_id: z.string(),
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  url: z.string().nullish(),
  response_metadata: z.object({ scopes: z.array(z.string()).nullish() }).nullish(),
});

export async function fetchIdentity(client: SlackClient, signal: AbortSignal): Promise<Identity> {
  const { answer } = await client.ask({ method: 'auth.test', args: {}, signal });
  const { user_id, team_id, enterprise_id, url, response_metadata } = answerShape.parse(answer);
  return {
    userId: user_id,
    teamId: team_id,
    enterpriseId: enterprise_id ?? null,
    workspaceUrl: url ?? null,
    scopes: response_metadata?.scopes ?? null,
  };
}

/** Asks once; a failure is asked again by the next who needs it. */
export function rememberIdentity(client: SlackClient): (signal: AbortSignal) => Promise<Identity> {
  let known: Identity | null = null;
  return async (signal) => {
    known ??= await fetchIdentity(client, signal);
    return known;
  };
}

export const permalink = ({ workspaceUrl }: Identity, { channelId, messageId }: PostRef): string | null =>
  workspaceUrl === null ? null : new URL(`archives/${channelId}/p${messageId.replace('.', '')}`, workspaceUrl).href;
