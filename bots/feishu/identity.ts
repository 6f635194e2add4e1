import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ConnectorLog } from '../../src/core/connector.ts';
import type { FeishuClient } from './client.ts';

/** Who we are, as `bot/v3/info` tells it. */
export interface Identity {
  readonly openId: string;
  readonly name: string;
  /** 2: in use. https://open.feishu.cn/document/ukTMukTMukTM/uAjMxEjLwITMx4CMyETM (2026-11-28) */
  readonly status: number;
}

const answerShape = z.object({
  bot: z.object({ open_id: z.string(), app_name: z.string().nullish(), activate_status: z.number().nullish() }),
});

export async function fetchIdentity(client: FeishuClient, signal: AbortSignal): Promise<Identity> {
  const { answer } = await client.call({ api: 'bot.info', method: 'GET', path: '/open-apis/bot/v3/info', signal, effect: 'repeatable' });
  const { open_id, app_name, activate_status } = answerShape.parse(answer).bot;
  return { openId: open_id, name: app_name ?? '', status: activate_status ?? 2 };
}

/** Mentions carry an `open_id`, and no event says which is the bot's own. */
export interface KnownIdentity {
  /** Null until it is known. */
  readonly openId: () => string | null;
  /** Asks, unless it is known or being asked; who waits for it waits a while and no longer. Never fails: who needs it looks again. */
  readonly learn: () => Promise<void>;
}

const usualPatienceMs = 3_000;

export function rememberIdentity(client: FeishuClient, log: ConnectorLog, patienceMs = usualPatienceMs): KnownIdentity {
  let openId: string | null = null;
  let asking: Promise<void> | null = null;
  return {
    openId: () => openId,
    async learn() {
      if (openId !== null) return;
      asking ??= fetchIdentity(client, AbortSignal.timeout(patienceMs))
        .then(
          (identity) => {
            openId = identity.openId;
          },
          (err: unknown) => log.warn({ bot: 'feishu', err }, 'who the bot is could not be asked; it is asked again with the next event'),
        )
        .finally(() => {
          asking = null;
        });
      // The token is asked for first, and for that no signal of ours is heeded.
      await Promise.race([asking, sleep(patienceMs, undefined, { ref: false })]);
    },
  };
}
