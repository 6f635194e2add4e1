import type { types } from '@slack/bolt';
import { answerLines, countFitting } from '../../src/core/answer-words.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { AnswerContent, AnswerPart, PostRef } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotAnswers } from '../bot.ts';
import { actionsBlock, headerBlock, wordsBlock } from './blocks.ts';
import { fromNetwork, fromStatus } from './failures.ts';
import { type Identity, permalink } from './identity.ts';
import { toMarkup } from './markup.ts';
import type { SlackPost } from './posts.ts';

/** Slack shows "operation timed out" after it. https://docs.slack.dev/interactivity/handling-user-interaction (2026-11-22), as for `answerTo` below. */
const deadlineMs = 3_000;

export interface AnswersDeps {
  readonly identity: (signal: AbortSignal) => Promise<Identity>;
  readonly fetch: typeof globalThis.fetch;
}

/** Answers to slash commands: in the acknowledgement, or to the `response_url` that came with the command (five times within thirty minutes). */
export function createAnswers({ identity, fetch }: AnswersDeps, apiUrl: string): BotAnswers {
  const bodyOf = async (content: AnswerContent, locale: Locale, signal: AbortSignal) =>
    JSON.stringify({ response_type: 'ephemeral', ...toAnswer(content, locale, await linkTo(content, identity, signal), 'in-words') });
  return {
    deadlineMs,
    async acknowledge(content, locale, { signal }) {
      const headers = { 'content-type': 'application/json' };
      return { status: 200, headers, body: await bodyOf(content, locale, signal) };
    },
    async follow(answerTo, content, locale, { signal }) {
      const details = { method: 'response_url', effect: 'repeatable' } as const;
      if (!isSlackAddress(answerTo, apiUrl)) {
        throw new PlatformError('slack: an answer was to go elsewhere', { kind: 'rejected', platform: 'slack', code: 'response_url' });
      }
      const body = await bodyOf(content, locale, signal);
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(answerTo, { method: 'POST', headers, body, redirect: 'error', signal }).catch((error: unknown) => {
        throw fromNetwork(details, error);
      });
      await response.body?.cancel();
      if (!response.ok) throw fromStatus(details, response.status);
    },
  };
}

/** The address came in a signed request; what it names is Slack's all the same, or stands in its place in `SLACK_API_URL`. */
function isSlackAddress(address: string, apiUrl: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, origin } = new URL(address);
  return origin === new URL(apiUrl).origin || (protocol === 'https:' && hostname.endsWith('.slack.com'));
}

/** The address of a post; null: it stands without a link. */
export type LinkTo = (post: PostRef) => string | null;

/** Made from the workspace's address, which is asked for once. */
export async function linkTo({ parts }: AnswerContent, identity: AnswersDeps['identity'], signal: AbortSignal): Promise<LinkTo> {
  const links = parts.some((part) => part.kind === 'lines' && part.lines.some((line) => typeof line !== 'string'));
  if (!links) return () => null;
  try {
    const home = await identity(signal);
    return (post) => permalink(home, post);
  } catch (error) {
    if (error instanceof PlatformError) return () => null;
    throw error;
  }
}

/** Of all words. Blocks of about 13,200 characters were refused (slackapi/bolt-js#2509); the rest of an answer is told of. */
const maxAnswerChars = 6_000;
/** Of 50. */
const maxParts = 40;

/** Pure. What does not fit is counted in a last line. `pictures`: whether they are uploaded below. */
export function toAnswer(
  { parts: given, actions }: AnswerContent,
  locale: Locale,
  linkOf: LinkTo,
  pictures: 'uploaded' | 'in-words',
): SlackPost {
  const parts = pictures === 'uploaded' ? given.filter(({ kind }) => kind !== 'picture') : given;
  const blocks: types.KnownBlock[] = [];
  let left = maxAnswerChars;
  let cut = 0;
  for (const part of parts) {
    const lines = answerLines(part, locale);
    const fitting = blocks.length < maxParts ? countFitting(lines, left) : 0;
    cut += lines.length - fitting;
    left -= lines.slice(0, fitting).reduce((sum, line) => sum + line.length + 1, 0);
    if (fitting > 0) blocks.push(toBlock(part, lines.slice(0, fitting), linkOf));
  }
  if (cut > 0) blocks.push(wordsBlock(text(locale, 'answer.cut', { count: cut })));
  const [first] = given.flatMap((part) => answerLines(part, locale));
  // A picture stands below some words, be it its own.
  if (blocks.length === 0) blocks.push(wordsBlock(first ?? ''));
  return { text: toMarkup(excerpt(first ?? '', 200)) || '…', blocks: [...blocks, ...actionsBlock(locale, actions)] };
}

function toBlock(part: AnswerPart, lines: readonly string[], linkOf: LinkTo): types.KnownBlock {
  switch (part.kind) {
    case 'title':
      return headerBlock(lines.join(' '));
    case 'lines':
      return wordsBlock(...lines.flatMap((words, index) => [...(index > 0 ? ['\n'] : []), toLine(part.lines[index], words, linkOf)]));
    case 'table':
      return { type: 'rich_text', elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: lines.join('\n') }] }] };
    case 'notice':
    case 'picture':
      return wordsBlock(lines.join('\n'));
  }
}

function toLine(
  line: Extract<AnswerPart, { kind: 'lines' }>['lines'][number] | undefined,
  words: string,
  linkOf: LinkTo,
): string | types.RichTextElement {
  const url = line !== undefined && typeof line !== 'string' ? linkOf(line.post) : null;
  return url === null ? words : { type: 'link', url, text: words };
}
