import { describe } from 'vitest';
import { botAnswers } from './bot-answers.ts';
import { botBoardThreads } from './bot-board-threads.ts';
import { withBoards } from './bot-boards.ts';
import { botCards } from './bot-cards.ts';
import { botReadsEvents } from './bot-events.ts';
import { botFailures } from './bot-failures.ts';
import { botFiles } from './bot-files.ts';
import { botForms } from './bot-forms.ts';
import type { CreateBotKit } from './bot-kit.ts';
import { botPrivateNotices } from './bot-private.ts';
import { botReads } from './bot-reads.ts';
import { botReceives } from './bot-receives.ts';
import { botShows } from './bot-shows.ts';

/** What `bots/bot.ts` promises, over one bot and the fake of its platform. */
export function botContract(name: string, createPlainKit: CreateBotKit): void {
  const createKit = withBoards(createPlainKit);
  describe(`bot contract: ${name}`, () => {
    botReceives(createKit);
    botReadsEvents(createKit);
    botShows(createKit);
    botFailures(createKit);
    botReads(createKit);
    botCards(createKit);
    botPrivateNotices(createKit);
    botAnswers(createKit);
    botForms(createKit);
    botFiles(createKit);
    botBoardThreads(createKit);
  });
}
