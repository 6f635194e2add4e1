/** One push, as the platform means it; the frame around it differs with every connection. */
export interface Push {
  readonly type: 'SYSTEM' | 'CALLBACK' | 'EVENT';
  readonly topic: string;
  readonly messageId: string;
  /** JSON. */
  readonly data: string;
  /** More headers: those of events. */
  readonly headers: Readonly<Record<string, string>>;
}

export const robotTopic = '/v1.0/im/bot/messages/get';
export const cardTopic = '/v1.0/card/instances/callback';

/** @see https://github.com/open-dingtalk/developerpedia/blob/main/docs/learn/stream/protocol.md (read 2026-11-28); times are strings in its examples */
export function toFrame(push: Push, { appId, connectionId, time }: { appId: string; connectionId: string; time: number }): object {
  const { type, topic, messageId, data, headers } = push;
  return {
    specVersion: '1.0',
    type,
    headers: { appId, connectionId, contentType: 'application/json', messageId, time: String(time), topic, ...headers },
    data,
  };
}

/** An event counts as consumed only where its answer says so. */
export function accepted({ type }: Push, code: number, data: string): boolean {
  if (code !== 200) return false;
  if (type !== 'EVENT') return true;
  try {
    return (JSON.parse(data) as { readonly status?: unknown }).status === 'SUCCESS';
  } catch {
    return false;
  }
}
