import { createHmac } from 'node:crypto';

export type PushContentType = 'application/json' | 'application/x-www-form-urlencoded';

/** A request as Slack sends it to an app. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @param atSeconds Unix time that is signed with the body */
export function signRequest(secret: string, body: string, contentType: PushContentType, atSeconds: number): SignedRequest {
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${atSeconds}:${body}`).digest('hex')}`;
  return {
    headers: {
      'content-type': contentType,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-signature': signature,
      'x-slack-request-timestamp': String(atSeconds),
    },
    body,
  };
}
