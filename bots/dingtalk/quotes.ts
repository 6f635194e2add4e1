import type { MessageAbout } from '../bot.ts';
import { type RobotMessage, type Segment, unpacked } from './payloads.ts';

/** `#4f2a1c`: how an inquiry's number stands on cards, and how people name it; see `shortIdOf`. */
const ticketPattern = /[#＃]((?:[0-9a-f]{6}|p[0-9a-f]{5})[0-9a-f]{0,19})(?![0-9a-z])/gi;
const leadingTicket = /^\s*[#＃]((?:[0-9a-f]{6}|p[0-9a-f]{5})[0-9a-f]{0,19})(?![0-9a-z])\s*/i;

/** The number that words begin with, and what is left of them. */
export function withoutTicket(words: string): { readonly ticket: string | null; readonly rest: string } {
  const found = leadingTicket.exec(words);
  return { ticket: found?.[1]?.toLowerCase() ?? null, rest: found ? words.slice(found[0].length) : words };
}

/** What a message is about by its own account; null: it says nothing of it. */
export function aboutOf(message: RobotMessage, ticket: string | null): MessageAbout | null {
  const { text, originalProcessQueryKey, originalMsgId, quoteMessage } = message;
  const replied = text?.repliedMsg;
  const names = [originalProcessQueryKey, replied?.processQueryKey, originalMsgId, replied?.msgId, quoteMessage?.msgId];
  const posts = [...new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''))];
  const isQuote = posts.length > 0 || replied != null || quoteMessage != null || text?.isReplyMsg === true;
  if (!isQuote && ticket === null) return null;
  return { posts, ticket: ticket ?? onlyTicketIn(quotedWords(message)) };
}

/** Null, too, where there are several: a buyer's words stand on our cards, and what looks like a number in them may be another inquiry's. */
function onlyTicketIn(words: string): string | null {
  const [first, ...others] = new Set([...words.matchAll(ticketPattern)].map(([, ticket]) => ticket?.toLowerCase()));
  return others.length === 0 ? (first ?? null) : null;
}

/** All that can be read of the quoted message: words of a text, segments of a rich one, of a card its elements or its variables. */
const quotedWords = ({ text, quoteMessage }: RobotMessage): string =>
  [...leaves(unpacked(text?.repliedMsg?.content), 0), quoteMessage?.text?.content ?? ''].join('\n');

export const segmentWords = ({ text, content, atName }: Segment): string => text ?? content ?? (atName ? `@${atName}` : '');

function leaves(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 12) return [];
  return Object.values(value).flatMap((inner) => leaves(inner, depth + 1));
}
