import { z } from 'zod';
import { authorOf, channelOf } from './conversations.ts';
import type { RobotMessage } from './payloads.ts';

const addressShape = z.object({
  channel: z.string(),
  user: z.string(),
  question: z.string(),
  /** Where it was pressed. */
  root: z.string().nullish(),
  /** When, in milliseconds. */
  at: z.number().nullish(),
});

/** Whom an answer is for, and which question it answers. No secret: the address that comes with a message (`sessionWebhook`) is one, and is never kept. */
export type AnswerAddress = z.infer<typeof addressShape>;

/** Null: it is none of ours. */
export function addressIn(answerTo: string): AnswerAddress | null {
  try {
    return addressShape.safeParse(JSON.parse(answerTo)).data ?? null;
  } catch {
    return null;
  }
}

export const answerToOf = (message: RobotMessage): string =>
  JSON.stringify({ channel: channelOf(message), user: authorOf(message), question: message.msgId } satisfies AnswerAddress);
