import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { KnownWords } from '../e2e/card-threads.ts';

/** What becomes of something an agent wrote. */
export type End = 'sent' | 'note' | 'held' | 'failed' | 'killed';

const line = z.union([
  z.strictObject({ buyer: z.string().min(1) }),
  z.strictObject({
    agent: z.string().min(1),
    /** `killed`: sent as well, with a `kill -9` between the sending and the service's knowing of it. */
    end: z.enum(['sent', 'note', 'held', 'failed', 'killed']).default('sent'),
  }),
]);

const story = z.strictObject({
  shops: z.array(z.strictObject({ name: z.string(), region: z.string() })),
  /** Shops go to channels in turn. */
  channels: z.array(z.string()),
  agents: z.array(z.string()),
  /** `shop` and `agent` are places in the lists above. */
  talks: z.array(z.strictObject({ buyer: z.string(), shop: z.int(), agent: z.int(), lines: z.array(line) })),
});

export type Story = z.output<typeof story>;

/** By which the story's texts are told apart on a card. A note stands there without what made it one. */
export function wordsOf({ talks }: Story): KnownWords {
  const lines = talks.flatMap((talk) => talk.lines);
  const buyers = new Set(lines.flatMap((line) => ('buyer' in line ? [line.buyer] : [])));
  const agents = lines.flatMap((line) => ('agent' in line ? [line.agent] : []));
  return {
    find: (text) => [...buyers, ...agents].find((one) => text.includes(one)) ?? null,
    isBuyers: (words) => buyers.has(words),
    isOf: (words, given) => words === given,
  };
}

/** Every text in the file is unique, so that it can be told apart where it arrives. */
export async function loadStory(): Promise<Story> {
  const file = await readFile(new URL('./messages.json', import.meta.url), 'utf8');
  return story.parse(JSON.parse(file));
}
