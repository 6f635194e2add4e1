import { createHmac } from 'node:crypto';
import { answerLines } from '../../src/core/answer-words.ts';
import type { ConnectorDeps } from '../../src/core/connector.ts';
import { noticeInWords } from '../../src/core/shown-words.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { ThreadContent } from '../../src/core/thread.ts';
import { type FailureDetails, fromCode, fromNetwork, fromStatus, refused } from './failures.ts';
import { errorIn, retryAfterIn } from './http.ts';
import { bold, lines, monospace } from './markdown.ts';

/** A custom robot of one group, as the group's settings show it: it only speaks. */
export interface WebhookRobot {
  readonly token: string;
  readonly secret: string;
}

export interface WebhookDeps extends Pick<ConnectorDeps, 'fetch' | 'now'> {
  readonly oldBaseUrl: string;
  /** By the name that channels call them by. */
  readonly webhooks: ReadonlyMap<string, WebhookRobot>;
}

const prefix = 'webhook:';

/** The robot's name in `webhook:night`; null: it is no such channel. */
export const webhookIn = (channelId: string): string | null => (channelId.startsWith(prefix) ? channelId.slice(prefix.length) : null);

const details: FailureDetails = { api: 'webhook.send', effect: 'post', vital: false };

/**
 * Says something by a custom robot: reminders, reports, trouble. It hears nothing, has no cards, and nobody finds again what it said.
 * @throws PlatformError `rejected`: it is asked for what it cannot show
 * @see https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages (2026-11-28): 20 a minute, then silence for ten
 */
export async function sendByWebhook(
  { fetch, now, oldBaseUrl, webhooks }: WebhookDeps,
  name: string,
  content: ThreadContent,
  locale: Locale,
  signal: AbortSignal,
): Promise<void> {
  const robot = webhooks.get(name);
  if (!robot) throw fromCode(details, 'invalid.openConversationId');
  const body = JSON.stringify(messageOf(content, locale));
  const timestamp = String(now().getTime());
  const url = new URL('/robot/send', oldBaseUrl);
  url.searchParams.set('access_token', robot.token);
  url.searchParams.set('timestamp', timestamp);
  url.searchParams.set('sign', createHmac('sha256', robot.secret).update(`${timestamp}\n${robot.secret}`).digest('base64'));
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, redirect: 'error' as const, signal };
  const response = await fetch(url, init).catch((error: unknown) => {
    throw fromNetwork(details, error);
  });
  const answer: unknown = await response.json().catch(() => null);
  const code = errorIn(answer);
  if (code !== null && response.status < 500) throw fromCode(details, code, retryAfterIn(response.headers));
  if (response.status !== 200 || answer === null) throw fromStatus(details, response.status, retryAfterIn(response.headers));
}

/** Pure. Who is called has to stand in the words, too. */
function messageOf(content: ThreadContent, locale: Locale): object {
  const message = (title: string, blocks: readonly string[], userIds: readonly string[] = [], here = false) => {
    const called = userIds.map((userId) => `@${userId}`);
    const words = [...(called.length > 0 ? [called.join(' ')] : []), ...blocks].join('\n\n');
    return { msgtype: 'markdown', markdown: { title, text: words }, at: { atUserIds: userIds, isAtAll: here } };
  };
  const heading = text(locale, 'board.title-channel');
  switch (content.kind) {
    case 'announcement':
    case 'notice':
      return message(
        heading,
        [lines(noticeInWords(locale, content.notice).split('\n'))],
        'mention' in content && content.mention !== null ? [content.mention] : [],
      );
    case 'answer': {
      const blocks = content.parts.map((part) => {
        const words = answerLines(part, locale, true).slice(0, maxLines);
        return part.kind === 'title' ? bold(words.join(' ')) : part.kind === 'table' ? monospace(words) : lines(words);
      });
      return message(heading, blocks, content.calls?.userIds, content.calls?.here);
    }
    case 'opening':
    case 'messages':
    case 'card':
    case 'receipt':
      throw refused('webhook.send', 'ping_only');
  }
}

/** A message takes 20,000 bytes; a ping has a few lines. */
const maxLines = 60;
