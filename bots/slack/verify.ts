import { isUtf8 } from 'node:buffer';
import type { verifySlackRequest } from '@slack/bolt';
import type { RawRequest } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';

/** @throws PlatformError `rejected`: wrong, missing, stale or future signature. Answer 401 and do not log the body. */
export type VerifyRequest = (request: RawRequest) => void;

const maxSkewSeconds = 300;

/**
 * Checks that a request was signed by Slack and is recent. Pure.
 * Bolt compares the signature in constant time and refuses what is older than 300 s; what lies further ahead than that is refused here, or a recorded
 * request with a future time could be replayed until then.
 * @param signingSecret null in Socket Mode without one: then nothing may arrive over HTTP
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack (2026-11-22)
 */
export function createVerify(signingSecret: string | null, verifySignature: typeof verifySlackRequest): VerifyRequest {
  return ({ headers, body, receivedAt }) => {
    const timestamp = headers['x-slack-request-timestamp'] ?? '';
    const signature = headers['x-slack-signature'] ?? '';
    if (signingSecret === null) throw refusal('no signing secret is configured');
    if (!/^\d{1,12}$/.test(timestamp)) throw refusal('its timestamp is missing');
    // Bolt compares text. Other bytes may read as the same text, and they were not signed; Slack sends none.
    if (!isUtf8(body)) throw refusal('it is no text');
    if (Number(timestamp) - receivedAt.getTime() / 1_000 > maxSkewSeconds) throw refusal('its timestamp lies in the future');
    try {
      verifySignature({
        signingSecret,
        body: Buffer.from(body).toString('utf8'),
        headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(timestamp) },
        nowMilliseconds: receivedAt.getTime(),
      });
    } catch (error) {
      throw refusal('its signature is wrong or stale', error);
    }
  };
}

const refusal = (why: string, cause?: unknown) =>
  new PlatformError(`a request that claims to be Slack's was refused: ${why}`, {
    kind: 'rejected',
    platform: 'slack',
    code: 'signature',
    cause,
  });
