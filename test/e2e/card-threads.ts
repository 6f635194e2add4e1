import { locales, text } from '../../src/core/texts/index.ts';
import type { DingTalkFake } from '../kits/dingtalk/fake.ts';
import { renderMarkdown } from '../kits/dingtalk/markdown.ts';
import { isThread } from '../kits/dingtalk/seen.ts';
import { viewOf } from '../kits/dingtalk/template.ts';
import { countOf } from './words.ts';

/** Something that stands, or stood, on a thread's card. */
export interface CardLine {
  /** What tells it from all others: `question 3 of 123456`. */
  readonly words: string;
  /** All that was ever said of it: what became of it, that it came late. */
  readonly text: string;
  /** How often it stood there at once. */
  readonly times: number;
}

/** A conversation's thread: one card at a time, and where that one has scrolled away, the next. */
export interface CardThread {
  readonly channelId: string;
  /** The first card. */
  readonly rootId: string;
  /** Oldest first. */
  readonly cards: readonly string[];
  /** The one that goes on. */
  readonly lastId: string;
  /** In the order in which they stand. */
  readonly lines: readonly CardLine[];
}

/** By which what stands on a card is told apart: every text that is written is there once. */
export interface KnownWords {
  /** What of them is in this text; null: nothing is. */
  find(text: string): string | null;
  isBuyers(words: string): boolean;
  /** What is found in a line is what somebody gave in. */
  isOf(words: string, given: string): boolean;
}

/** What traffic writes: see `words.ts`. */
export const trafficWords: KnownWords = {
  find: (text) => written.exec(text)?.[0] ?? null,
  isBuyers: (words) => words.startsWith('question'),
  isOf: (words, given) => countOf(words) === countOf(given),
};
const written = /(?:question|answer|note) \d+(?:\.\d)? (?:of|for) \d+/;
/** A card says so when the next one has taken its place. */
const left = locales.map((locale) => text(locale, 'board.continued', { id: '' }).split('#')[1]?.trim() ?? '');

interface Card {
  readonly channelId: string;
  readonly id: string;
  /** All the cards of one inquiry begin alike. */
  readonly inquiry: string;
  states: number;
  isLeft: boolean;
  lines: readonly CardLine[];
}

/** Reads every state that cards went through, each once: a card shows the latest words alone, and what it showed before is found in its history. */
export function createCardThreads(fake: DingTalkFake, { find, isBuyers }: Pick<KnownWords, 'find' | 'isBuyers'>): () => CardThread[] {
  const cards = new Map<string, Card | null>();

  function seen(channelId: string, id: string): Card | null {
    const inquiry = id.slice(0, id.lastIndexOf('-'));
    const card = cards.get(id) ?? (isThread(fake, id) ? { channelId, id, inquiry, states: 0, isLeft: false, lines: [] } : null);
    cards.set(id, card);
    if (!card) return null;
    for (const params of fake.world.cards.get(id)?.history.slice(card.states) ?? []) {
      const texts = viewOf(params).talk.map(({ text }) => renderMarkdown(text).text);
      card.states += 1;
      card.isLeft = texts.some((words) => left.some((says) => words.includes(says)));
      card.lines = together(card.lines, linesIn(texts, find), isBuyers);
    }
    return card;
  }

  return () => {
    const threads: CardThread[] = [];
    const open = new Map<string, CardThread>();
    for (const { id: channelId, messages } of fake.world.groups.values())
      for (const message of messages) {
        const card = message.kind === 'card' && message.recipients === null ? seen(channelId, message.outTrackId) : null;
        if (!card) continue;
        // A card that follows none which says so is a thread of its own, and one too many.
        const before = open.get(card.inquiry);
        const thread: CardThread = {
          ...{ channelId, rootId: before?.rootId ?? card.id, lastId: card.id, cards: [...(before?.cards ?? []), card.id] },
          lines: together(before?.lines ?? [], card.lines, isBuyers),
        };
        threads.splice(before ? threads.indexOf(before) : threads.length, 1, thread);
        if (card.isLeft) open.set(card.inquiry, thread);
        else open.delete(card.inquiry);
      }
    return threads;
  };
}

function linesIn(texts: readonly string[], find: KnownWords['find']): CardLine[] {
  const lines = texts.flatMap((text) => {
    const words = find(text);
    return words === null ? [] : [{ words, text }];
  });
  return [...Map.groupBy(lines, ({ words }) => words)].map(([words, alike]) => {
    return { words, text: alike.map(({ text }) => text).join('\n'), times: alike.length };
  });
}

/** Of what traffic writes; of all else there is none. */
const numberOf = (words: string): number => Number(/^(?:question|answer|note) (\d+)/.exec(words)?.[1]);

/** Each side by itself: how the sides stand to each other is nobody's promise. */
function together(known: readonly CardLine[], state: readonly CardLine[], isBuyers: KnownWords['isBuyers']): CardLine[] {
  return [true, false].flatMap((buyers) => {
    const ofSide = ({ words }: CardLine) => isBuyers(words) === buyers;
    return merged(known.filter(ofSide), state.filter(ofSide));
  });
}

/** New lines come where they stand among those that are known. */
function merged(known: readonly CardLine[], state: readonly CardLine[]): CardLine[] {
  const lines = [...known];
  let at = -1;
  for (const [index, line] of state.entries()) {
    const found = lines.findIndex(({ words }) => words === line.words);
    const same = lines[found];
    if (same) {
      const text = [...new Set(`${same.text}\n${line.text}`.split('\n'))].join('\n');
      lines[found] = { ...same, text, times: Math.max(same.times, line.times) };
      at = found + 1;
    } else {
      const next = lines.findIndex(({ words }) => state.slice(index).some((later) => later.words === words));
      const before = next < 0 ? lines.length : next;
      // It stands in its place among what is left on the card; where it would stand among what has left it, nobody sees. Lines that stood together are held to their order.
      const early = lines.slice(0, before).findIndex(({ words }) => numberOf(words) > numberOf(line.words));
      if (at < 0) at = early < 0 ? before : early;
      lines.splice(at, 0, line);
      at += 1;
    }
  }
  return lines;
}
