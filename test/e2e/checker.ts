import { judgeAgents } from './checker-agents.ts';
import { type Evidence, evidenceOf, type Threads, threadId, threadsIn } from './evidence.ts';
import type { Faults, Verdict } from './verdict.ts';
import { questionsIn } from './words.ts';
import type { World } from './world.ts';

/** Counts at the far ends, from the fakes' own logs alone. */
export const check = (world: World, places: Parameters<typeof evidenceOf>[1]): Verdict => judge(evidenceOf(world, places));

/** Pure, and independent of the service: it knows its promises, and the language of `words.ts`. */
export function judge(evidence: Evidence): Verdict {
  const faults: Faults = { lost: [], doubled: [], outOfOrder: [], misplaced: [], leaked: [], withoutReceipt: [], unheeded: [] };
  const threads = threadsIn(evidence);
  judgeBuyers(evidence, threads, faults);
  judgeAgents(evidence, threads, faults);
  return faults;
}

interface Place {
  readonly thread: string;
  /** Rises along a channel, and within a post. */
  readonly position: number;
  readonly markedLate: boolean;
}

function judgeBuyers({ conversations, shown }: Evidence, threads: Threads, faults: Faults): void {
  const places = new Map<string, Place[]>();
  let position = 0;
  for (const { channel, ts, threadTs, text } of shown) {
    // A root card may quote the words that it shows.
    const found = threadTs === null ? new Set(questionsIn(text)) : questionsIn(text);
    for (const words of found) {
      position += 1;
      const place = { thread: threadId(channel, threadTs ?? ts), position, markedLate: text.includes('arrived late') };
      places.set(words, [...(places.get(words) ?? []), place]);
    }
  }
  for (const conversation of conversations) {
    const own = [...threads].flatMap(([thread, of]) => (of === conversation ? [thread] : []));
    if (own.length > 1) faults.doubled.push(`thread of ${conversation.id}`);
    for (const [index, { text, acknowledgedAt }] of conversation.written.entries()) {
      const [place, another] = places.get(text) ?? [];
      if (!place) faults.lost.push(text);
      else if (another) faults.doubled.push(text);
      else if (!own.includes(place.thread) || !place.thread.startsWith(`${conversation.channelId} `)) faults.misplaced.push(text);
      else
        for (const later of conversation.written.slice(index + 1)) {
          const [overtaker] = places.get(later.text) ?? [];
          if (!overtaker || overtaker.position > place.position) continue;
          // What comes after its successors says so; what had been taken before they were written comes before them.
          const known = acknowledgedAt !== null && acknowledgedAt < later.at;
          if (known || !place.markedLate) faults.outOfOrder.push(`${later.text} before ${text}`);
        }
    }
  }
}
