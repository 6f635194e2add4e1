import { z } from 'zod';
import type { ConnectorDeps } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';
import type { ChatUser } from '../bot.ts';
import type { DingTalkClient } from './client.ts';
import { isOutsider } from './conversations.ts';

const answerShape = z.object({
  result: z.object({
    userid: z.string(),
    name: z.string().nullish(),
    nickname: z.string().nullish(),
    email: z.string().nullish(),
    org_email: z.string().nullish(),
  }),
});

/**
 * Who somebody is. The platform tells no language and knows no guests: whoever the company knows is a member, and of people of other companies it tells nothing.
 * @see https://open.dingtalk.com/document/orgapp/query-user-details (2026-11-28): reading people is not counted among the month's calls
 */
export async function fetchUser(client: Pick<DingTalkClient, 'old'>, userId: string, signal: AbortSignal): Promise<ChatUser> {
  if (isOutsider(userId) || userId === '') return { userId, name: userId, kind: 'external', email: null, locale: null };
  const { answer } = await client.old({
    ...{ api: 'user', path: '/topapi/v2/user/get', method: 'POST', body: { userid: userId, language: 'zh_CN' } },
    ...{ effect: 'repeatable', signal },
  });
  const { userid, name, nickname, email, org_email } = answerShape.parse(answer).result;
  return { userId: userid, name: name || nickname || userid, kind: 'member', email: org_email || email || null, locale: null };
}

/** Names change rarely. */
const keptMs = 60 * 60_000;
const mostKept = 2_000;

/** The name of a user, to be shown; their id where it cannot be had. */
export function createNames(client: Pick<DingTalkClient, 'old'>, { now }: Pick<ConnectorDeps, 'now'>) {
  const kept = new Map<string, { readonly name: string; readonly untilMs: number }>();
  return async (userId: string, signal: AbortSignal): Promise<string> => {
    const known = kept.get(userId);
    if (known && known.untilMs > now().getTime()) return known.name;
    try {
      const { name } = await fetchUser(client, userId, signal);
      kept.delete(userId);
      kept.set(userId, { name, untilMs: now().getTime() + keptMs });
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      return name;
    } catch (error) {
      if (error instanceof PlatformError) return userId;
      throw error;
    }
  };
}

export type NameOf = ReturnType<typeof createNames>;
