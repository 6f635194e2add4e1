import { picturesOf } from '../../src/core/answer-words.ts';
import type { RateLimit } from '../../src/core/connector.ts';
import { attachmentsOf } from '../../src/core/shown-words.ts';
import type { ThreadContent } from '../../src/core/thread.ts';
import type { BotCapabilities } from '../bot.ts';
import type { CallKind } from './calls.ts';
import { documentsIn } from './documents.ts';
import { maxFormOptions } from './forms.ts';
import { countBeside } from './plan.ts';
import { maxPostChars } from './thread-card.ts';

const ratePage = 'https://open.dingtalk.com/document/orgapp/how-to-process-api-throttling-on-the-dingtalk-server (2026-11-28)';

/** Each call of the app has its own: 20 a second in the standard edition, 60 reported of paid ones. The burst is a guess on the low side. */
const perSecond = (name: string): RateLimit => ({ name, per: 'connection', permits: 20, everyMs: 1_000, burst: 5, source: ratePage });

/** Cards that come new into one group. No page names a number; custom robots have 20 a minute, so this is UNCONFIRMED and a guess on the low side. */
const group: RateLimit = {
  ...{ name: 'group', per: 'channel', permits: 20, everyMs: 60_000, burst: 5 },
  source:
    'UNCONFIRMED: no number found; https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages has 20/min for other robots (2026-11-28)',
};

/** One call for the card, and as many as stand beside it. */
const made = (count: number): string[] => Array.from({ length: count }, () => ['group', 'card.deliver', 'month']).flat();
const drawn = ['card.draw', 'month'];
const uploads = (count: number): string[] => Array.from({ length: count }, () => ['media.upload', 'month']).flat();
const documents = (messages: Parameters<typeof attachmentsOf>[0]): string[] =>
  documentsIn(messages).flatMap(() => ['group', 'group.send', 'month', ...uploads(1)]);
const picturesIn = (messages: Parameters<typeof attachmentsOf>[0]): number =>
  attachmentsOf(messages).filter(({ kind }) => kind === 'image').length;

/** @param calls how people are called beside the group */
const costsOf = (calls: CallKind) => {
  const beside = calls === 'mention' ? [] : ['direct.send', 'month'];
  return (content: ThreadContent): string[] => [
    ...costs(content),
    ...(content.kind === 'answer' && content.visibleTo === null && content.calls ? beside : []),
  ];
};

/** A thread that gets a new card costs one call more than is declared here: whether it does is not seen from what is shown. */
function costs(content: ThreadContent): string[] {
  const names = ['user'];
  switch (content.kind) {
    case 'receipt':
    case 'card':
      return [...drawn, ...names];
    case 'opening':
      return [
        ...made(1 + countBeside(content.messages, 'en')),
        ...uploads(picturesIn(content.messages)),
        ...documents(content.messages),
        ...names,
      ];
    case 'messages':
      return [
        ...drawn,
        ...made(countBeside(content.messages, 'en')),
        ...uploads(picturesIn(content.messages)),
        ...documents(content.messages),
        ...names,
      ];
    case 'announcement':
      return made(1);
    case 'notice':
      if (content.visibleTo !== null) return whispered;
      return [...made(1), ...(content.mention === null ? [] : names)];
    case 'answer':
      if (content.visibleTo !== null) return whispered;
      return [...made(1), ...uploads(picturesOf(content).length), ...(content.calls?.userIds ?? []).map(() => 'user')];
  }
}

/** It comes into no group for all to see. */
const whispered = ['card.deliver', 'month'];

/** @param monthlyCalls what the organisation's plan has; null: it is not told */
export function capabilitiesOf(monthlyCalls: number | null, calls: CallKind): BotCapabilities {
  const month: RateLimit = {
    ...{ name: 'month', per: 'connection', permits: monthlyCalls ?? assumedMonthlyCalls, everyMs: 30 * 86_400_000, quota: 'month' },
    source: `${ratePage}: 10,000 a month; 5,000 reported in 2026 (DingTalk-Real-AI/dingtalk-openclaw-connector#440)`,
  };
  return {
    threads: 'card',
    maxPostChars,
    reportsEdits: false,
    reportsDeletes: false,
    receiptEmoji: [],
    privateNotices: true,
    maxFormOptions,
    // Held in memory on the way to a marketplace; a bound of ours.
    maxFileBytes: 20 * 1024 * 1024,
    // A card is there when the call that made it has been answered; one that was not answered is given this long. A guess.
    settleMs: 4_000,
    limits: [group, ...['card.deliver', 'card.draw', 'media.upload', 'group.send', 'direct.send', 'user'].map(perSecond), month],
    costs: costsOf(calls),
    // What the Stream pushes is said to count, too (DingTalk-Real-AI/dingtalk-openclaw-connector#440, #121; read 2026-11-28; UNCONFIRMED). An answer is a card for one person.
    unasked: { event: ['month'], answer: ['month'] },
    lookupCosts: {
      // One for each card of a showing; few have more than one beside the thread's.
      findPosted: ['card.draw', 'month', 'card.draw', 'month'],
      listReplies: [],
      user: ['user'],
    },
    // Nothing is sent twice: what does not reach us is lost, and shows no receipt. open-dingtalk/developerpedia, protocol.md (2026-11-28)
    redeliveryWindowMs: 0,
  };
}

/** The lower of the two numbers that are told of the free plan. */
export const assumedMonthlyCalls = 5_000;
