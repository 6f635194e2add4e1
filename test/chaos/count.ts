import type { Talk } from '../e2e/traffic.ts';
import type { World } from '../e2e/world.ts';
import type { LoggedRequest } from '../kits/fake-server.ts';

/** What happened in a run, by the fakes' logs. */
export interface Counted {
  /** Written by buyers. */
  readonly buyerMessages: number;
  /** Written by agents: replies, notes, commands, texts that are held. */
  readonly agentMessages: number;
  readonly edits: number;
  readonly deletions: number;
  /** Deliveries of one and the same event after its first. */
  readonly redeliveries: number;
  /** Answers and breaks by kind, at both platforms. */
  readonly faults: Readonly<Record<string, number>>;
  /** Shown after their successors, marked so. */
  readonly late: number;
}

export function countOf({ tiktok, slack }: World, talks: readonly Talk[]): Counted {
  const faults: Record<string, number> = {};
  for (const request of [...tiktok.server.log, ...slack.server.log]) {
    const name = faultName(request);
    if (name) faults[name] = (faults[name] ?? 0) + 1;
  }
  const kinds = Map.groupBy(slack.events, ({ payload }) => {
    const event = payload['event'] as {
      readonly type: string;
      readonly subtype?: string;
      readonly bot_id?: string;
      readonly message?: object;
    };
    if (event.type !== 'message' || event.bot_id) return 'other';
    return event.subtype ?? (event.message ? 'other' : 'posted');
  });
  const edits = (kinds.get('message_changed') ?? []).filter(({ payload }) => {
    const { message } = payload['event'] as { readonly message?: { readonly bot_id?: string; readonly edited?: object } };
    return message?.edited && !message.bot_id;
  });
  const heard = new Set(tiktok.webhooks.log.map(({ notificationId }) => notificationId)).size;
  return {
    buyerMessages: talks.reduce((sum, { buyer }) => sum + buyer.length, 0),
    agentMessages: kinds.get('posted')?.length ?? 0,
    edits: edits.length,
    deletions: kinds.get('message_deleted')?.length ?? 0,
    redeliveries: tiktok.webhooks.log.length - heard + slack.events.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0),
    faults,
    late: slack.posts().filter(({ fromBot, text }) => fromBot && text.includes('arrived late')).length,
  };
}

function faultName({ fault, status }: LoggedRequest): string | null {
  switch (fault) {
    case 'status':
      return status === 200 ? 'HTML instead of an answer' : `${status} before the effect`;
    case 'status-after':
      return `${status} after the effect`;
    case 'cut-before':
      return 'cut before the effect';
    case 'cut-after':
      return 'cut after the effect';
    case 'slow':
      return 'slow';
    case null:
      return null;
  }
}
