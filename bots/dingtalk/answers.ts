import type { BotAnswers } from '../bot.ts';
import { addressIn } from './addresses.ts';
import { answerCard } from './answer-card.ts';
import { type CardsDeps, makeCard } from './cards.ts';
import { isDirect } from './conversations.ts';
import { refused } from './failures.ts';
import { answerCardIdOf } from './names.ts';
import { toParams } from './params.ts';

/**
 * Answers to what people ask the robot: a card that they alone see, in the group where they asked. The address that comes with a message (`sessionWebhook`) would show it to
 * all, and is a secret for 90 minutes besides. An acknowledgement carries nothing here, so every answer follows.
 */
export function createAnswers(deps: CardsDeps): BotAnswers {
  return {
    deadlineMs: 10_000,
    async follow(answerTo, content, locale, { signal }) {
      const address = addressIn(answerTo);
      if (!address) throw refused('answer', 'answer_to');
      const { channel: channelId, user, question, root = null } = address;
      const card = answerCard(content, [], {}, { locale, channelId, rootId: root, inquiryId: null });
      const to = { channelId, ...(isDirect(channelId) ? {} : { visibleTo: user }) };
      const params = toParams(card);
      // A second card of the same name is refused: nobody is told the same thing twice.
      await makeCard(deps, answerCardIdOf(question, params), params, to, { effect: 'repeatable', signal });
    },
  };
}
