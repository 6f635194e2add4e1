import { describe } from 'vitest';
import { botReadsEvents } from './bot-events.ts';
import { botFailures } from './bot-failures.ts';
import type { CreateBotKit } from './bot-kit.ts';
import { botReads } from './bot-reads.ts';
import { botReceives } from './bot-receives.ts';
import { botShows } from './bot-shows.ts';

/** What `bots/bot.ts` promises, over one bot and the fake of its platform. */
export function botContract(name: string, createKit: CreateBotKit): void {
  describe(`bot contract: ${name}`, () => {
    botReceives(createKit);
    botReadsEvents(createKit);
    botShows(createKit);
    botFailures(createKit);
    botReads(createKit);
  });
}
