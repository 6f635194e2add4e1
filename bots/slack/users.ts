import { z } from 'zod';
import { nearestLocale } from '../../src/core/texts/index.ts';
import type { ChatUser } from '../bot.ts';
import type { SlackClient } from './client.ts';
import type { Identity } from './identity.ts';

const answerShape = z.object({
  user: z.object({
    id: z.string(),
    name: z.string().nullish(),
    real_name: z.string().nullish(),
    team_id: z.string().nullish(),
    locale: z.string().nullish(),
    is_bot: z.boolean().nullish(),
    is_restricted: z.boolean().nullish(),
    is_ultra_restricted: z.boolean().nullish(),
    /** In a shared channel: from another workspace. */
    is_stranger: z.boolean().nullish(),
    enterprise_user: z.object({ enterprise_id: z.string().nullish() }).nullish(),
    profile: z.object({ display_name: z.string().nullish(), real_name: z.string().nullish(), email: z.string().nullish() }).nullish(),
  }),
});
type SlackUser = z.infer<typeof answerShape>['user'];

export async function fetchUser(
  { client, identity }: { readonly client: SlackClient; readonly identity: (signal: AbortSignal) => Promise<Identity> },
  userId: string,
  signal: AbortSignal,
): Promise<ChatUser> {
  const home = await identity(signal);
  const { answer } = await client.ask({ method: 'users.info', args: { user: userId, include_locale: true }, signal });
  return toChatUser(answerShape.parse(answer).user, home);
}

export function toChatUser(user: SlackUser, home: Pick<Identity, 'teamId' | 'enterpriseId'>): ChatUser {
  const { profile } = user;
  return {
    userId: user.id,
    name: profile?.display_name || profile?.real_name || user.real_name || user.name || user.id,
    kind: kindOf(user, home),
    email: profile?.email ?? null,
    locale: user.locale ? nearestLocale(user.locale) : null,
  };
}

function kindOf(user: SlackUser, { teamId, enterpriseId }: Pick<Identity, 'teamId' | 'enterpriseId'>): ChatUser['kind'] {
  if (user.is_bot || user.id === 'USLACKBOT') return 'bot';
  const sameOrganisation = enterpriseId !== null && user.enterprise_user?.enterprise_id === enterpriseId;
  const foreign = user.team_id != null && user.team_id !== teamId && !sameOrganisation;
  if (user.is_stranger || foreign) return 'external';
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member';
}
