import { z } from 'zod';
import { PlatformError } from '../../src/errors.ts';
import type { ChatUser } from '../bot.ts';
import type { FeishuClient } from './client.ts';
import type { FeishuEnvelope } from './payloads.ts';

/**
 * Of which organisation people are, as signed events tell it: the address book knows the organisation's own people alone, and of those only whom the app may see.
 * A help, not the truth, as with topics.
 */
export interface Origins {
  learn(envelope: FeishuEnvelope): void;
  /** Null: nothing was heard of this person yet. */
  of(openId: string): 'ours' | 'other' | 'app' | null;
}

const mostKept = 10_000;

export function createOrigins(): Origins {
  const known = new Map<string, 'ours' | 'other' | 'app'>();
  return {
    learn({ header, event }) {
      const home = header.tenant_key;
      const { sender, operator } = event;
      const openId = sender?.sender_id?.open_id ?? operator?.open_id;
      const tenant = sender?.tenant_key ?? operator?.tenant_key;
      if (!home || !openId) return;
      if (sender && sender.sender_type !== 'user') known.set(openId, 'app');
      else if (tenant) known.set(openId, tenant === home ? 'ours' : 'other');
      if (known.size > mostKept) for (const oldest of [...known.keys()].slice(0, mostKept / 10)) known.delete(oldest);
    },
    of: (openId) => known.get(openId) ?? null,
  };
}

const answerShape = z.object({
  data: z.object({
    user: z.object({
      open_id: z.string().nullish(),
      name: z.string().nullish(),
      en_name: z.string().nullish(),
      nickname: z.string().nullish(),
      email: z.string().nullish(),
      enterprise_email: z.string().nullish(),
      status: z
        .object({ is_resigned: z.boolean().nullish(), is_exited: z.boolean().nullish(), is_frozen: z.boolean().nullish() })
        .nullish(),
    }),
  }),
});

/** "No user authority": outside of what the app may see of the address book; other organisations' people always are. */
const unseenCode = '41050';

/**
 * Who somebody is. The platform has no guests. Which language somebody reads it does not tell.
 * @see https://open.feishu.cn/document/server-docs/contact-v3/user/get (2026-11-28)
 * @throws PlatformError `rejected`: there is no such person
 */
export async function fetchUser(client: FeishuClient, origins: Origins, userId: string, signal: AbortSignal): Promise<ChatUser> {
  const origin = origins.of(userId);
  const bare = { userId, name: userId, email: null, locale: null };
  if (origin === 'other') return { ...bare, kind: 'external' };
  if (origin === 'app') return { ...bare, kind: 'bot' };
  try {
    const path = `/open-apis/contact/v3/users/${encodeURIComponent(userId)}`;
    const params = { user_id_type: 'open_id' };
    const { answer } = await client.call({ api: 'user.get', method: 'GET', path, params, signal, effect: 'repeatable' });
    const { user } = answerShape.parse(answer).data;
    // Who has left, or whose account stands still, answers nobody.
    const gone = user.status?.is_resigned || user.status?.is_exited || user.status?.is_frozen;
    return {
      userId,
      name: user.name || user.nickname || user.en_name || userId,
      kind: gone ? 'guest' : 'member',
      email: user.email || user.enterprise_email || null,
      locale: null,
    };
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== unseenCode) throw error;
    // An event has said that this is one of ours; nobody else is taken for one on trust.
    return { ...bare, kind: origin === 'ours' ? 'member' : 'external' };
  }
}
