import { agents, closings, fillers, type ShopName, shopNames, shops } from './team.ts';

/** Who does it: whoever has the inquiry, somebody else of its group, a supervisor; `pick` chooses among several. */
export interface Who {
  readonly is: 'holder' | 'colleague' | 'supervisor';
  readonly pick: number;
}

/** What somebody is going to do. Times are milliseconds; a conversation is named `cn-0001`. */
export type Planned =
  | {
      readonly kind: 'buyer' | 'outside';
      readonly at: number;
      readonly conversation: string;
      /** The marketplace's time; it tells of it at `at`. */
      readonly sentAt: number;
      readonly words: string;
      /** Told of so often. */
      readonly times: number;
    }
  | { readonly kind: 'write'; readonly at: number; readonly conversation: string; readonly who: Who; readonly words: string }
  /** A button under what the product says of the last reply in the thread that waits. */
  | { readonly kind: 'press'; readonly at: number; readonly conversation: string; readonly who: Who; readonly action: string }
  | { readonly kind: 'presence'; readonly at: number; readonly agent: string; readonly words: string };

const [secondMs, minuteMs, hourMs] = [1_000, 60_000, 3_600_000];

/** A day of the calendar, in which it is the 26th of November everywhere some time; and some hours around it. */
export const day = '2026-11-26';
export const beginsMs = Date.parse('2026-11-25T15:55:00Z');
const endsMs = Date.parse('2026-11-26T19:30:00Z');
/** Then everything is looked at. */
export const closesMs = endsMs + 60_000;

type Random = () => number;

/**
 * People do things at few moments of a minute, so that what happens at the same time is worked on together, as on a busy day, and two thousand inquiries are
 * played in a minute. Buyers write at its beginning; the team at a moment of its own, and its replies leave at one that no clock of a buyer's can meet.
 */
const inMinute = { elsewhereMs: 5_000, teamMs: 10_300, undoMs: 14_300, fasterMs: 15_000, presenceMs: 52_000 } as const;

/** Buyers write in every third minute only. */
const buyersMinute = 3;

/** Seeded: the same `random`, the same day. */
export function planDay(random: Random, conversations: number): readonly Planned[] {
  const all = Array.from({ length: conversations }, (_, index) => {
    const shop = shopNames[index % shopNames.length] ?? 'cn';
    return planConversation(`${shop}-${String(index).padStart(4, '0')}`, shop, random);
  });
  return [...planAbsences(random), ...all.flat()].toSorted((a, b) => a.at - b.at);
}

/** Who goes away, and comes back. Everybody knows of it by the next minute. */
function planAbsences(random: Random): Extract<Planned, { kind: 'presence' }>[] {
  return agents.flatMap(({ name }, index) => {
    const times = 1 + Math.floor(random() * 3);
    return Array.from({ length: times }, (_, number) => {
      const minutes = 60 + Math.floor(random() * 25 * 60);
      const at = beginsMs + minutes * minuteMs + inMinute.presenceMs + number * 70 + index * 17;
      const words = between(random, ['away 45m', 'away 2h', 'away', 'back']);
      const comesBack = words === 'away' ? [{ kind: 'presence' as const, at: at + 95 * minuteMs, agent: name, words: 'back' }] : [];
      return [{ kind: 'presence' as const, at, agent: name, words }, ...comesBack];
    }).flat();
  });
}

/** Local hours in which buyers begin to write, each as often as it stands there. */
const opening: Readonly<Record<ShopName, readonly number[]>> = {
  cn: [0, 2, 7, 8, 9, 9, 10, 10, 10, 11, 12, 13, 14, 14, 15, 16, 17, 19, 20, 20, 20, 21, 21, 22, 23],
  th: [1, 6, 8, 9, 10, 11, 11, 12, 12, 13, 14, 15, 16, 18, 19, 20, 20, 21, 22],
  in: [3, 7, 9, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 17, 18, 18, 19, 21],
};
const localMidnightMs: Readonly<Record<ShopName, number>> = {
  cn: Date.parse('2026-11-25T16:00:00Z'),
  th: Date.parse('2026-11-25T17:00:00Z'),
  in: Date.parse('2026-11-25T18:30:00Z'),
};

/** How fast each team answers, in seconds, from the fastest to the slowest tenth. */
const answersAfter: Readonly<Record<ShopName, readonly number[]>> = {
  cn: [20, 35, 45, 55, 70, 90, 120, 165, 200, 900],
  th: [40, 90, 150, 300, 500, 800, 1_200, 3_000, 7_000, 24_000],
  in: [60, 120, 240, 400, 900, 1_500, 3_600, 7_200, 14_000, 20_000],
};

/** One buyer's day, step by step; in each minute the buyer, or the team, does one thing. */
function planConversation(conversation: string, shop: ShopName, random: Random): readonly Planned[] {
  const planned: Planned[] = [];
  let minute = Math.floor((localMidnightMs[shop] + between(random, opening[shop]) * hourMs) / minuteMs) + Math.floor(random() * 60);

  const chance = (percent: number): boolean => random() * 100 < percent;
  const pass = (seconds: number): void => {
    minute += Math.max(1, Math.round(seconds / 60));
  };
  const buyer = (words: string): void => {
    minute = Math.ceil(minute / buyersMinute) * buyersMinute;
    const at = minute * minuteMs;
    const late = random();
    const lagMs = late < 0.85 ? 0 : late < 0.9 ? 3 * secondMs : 20 * secondMs * (1 + Math.floor(random() * 10));
    planned.push({ kind: 'buyer', at, conversation, sentAt: at - lagMs, words, times: chance(2) ? 2 : 1 });
  };
  const outside = (words: string, inMinuteMs: number = inMinute.elsewhereMs): void => {
    const at = minute * minuteMs + inMinuteMs;
    const lagMs = chance(60) ? 0 : secondMs * (5 + Math.floor(random() * 120));
    planned.push({ kind: 'outside', at, conversation, sentAt: at - lagMs, words, times: 1 });
  };
  const who = (is: Who['is']): Who => ({ is, pick: Math.floor(random() * 1_000) });
  const write = (words: string, is: Who['is'] = 'holder', inMinuteMs: number = inMinute.teamMs): void => {
    planned.push({ kind: 'write', at: minute * minuteMs + inMinuteMs, conversation, who: who(is), words });
  };
  const press = (action: string, is: Who['is'] = 'holder'): void => {
    planned.push({ kind: 'press', at: minute * minuteMs + inMinute.teamMs, conversation, who: who(is), action });
  };
  const answers = (is: Who['is'] = 'holder'): void => write(`answer for ${conversation}`, is);

  /** What the team does about what the buyer asked. False: nothing, ever. */
  const respond = (): boolean => {
    const kind = random() * 100;
    if (kind < 8) return false;
    if (kind < 12) {
      write('!claim');
      pass(30 + random() * 900);
    }
    if (kind < 20) {
      write(between(random, fillers));
      pass(30 + random() * 200);
    }
    if (kind < 60) answers();
    else if (kind < 64) {
      write(
        `!assign ${
          between(
            random,
            agents.filter(({ group }) => group === shops[shop].group),
          ).name
        }`,
      );
      pass(20 + random() * 900);
      answers();
    } else if (kind < 70) outside(`answer from elsewhere for ${conversation}`);
    else if (kind < 75) {
      write(`write to lamp@example.com about ${conversation}`);
      pass(30 + random() * 900);
      const decides = random();
      if (decides < 0.4) press('release', 'supervisor');
      else if (decides < 0.75) press('discard');
    } else if (kind < 79) {
      write(`answer (refused once) for ${conversation}`);
      pass(30 + random() * 900);
      if (chance(70)) press('retry');
    } else if (kind < 85) {
      write('!claim');
      pass(20 + random() * 120);
      write(`answer over a colleague for ${conversation}`, 'colleague');
      pass(15 + random() * 500);
      const decides = random();
      if (decides < 0.6) press('send-anyway', 'colleague');
      else if (decides < 0.85) press('discard');
      pass(20);
      answers();
    } else if (kind < 88) {
      write(`!snooze ${between(random, ['10m', '30m', '2h'])}`);
      pass(100 + random() * 4_000);
      answers();
    } else if (kind < 91) write('!no-answer-needed');
    else if (kind < 94) {
      write(`// a note on ${conversation}`);
      pass(20);
      answers('colleague');
    } else if (kind < 96) {
      answers();
      write('!undo', 'holder', inMinute.undoMs);
      pass(40);
      answers();
    } else if (kind < 98) {
      write('!release');
      pass(20 + random() * 200);
      answers();
    } else {
      answers();
      // Somebody was faster, elsewhere.
      outside(`answer before the other for ${conversation}`, inMinute.fasterMs);
    }
    return true;
  };

  const wants = [...(chance(12) ? [' refund'] : []), ...(chance(8) ? [' vip'] : []), ...(chance(15) ? [' delivery'] : [])];
  buyer(chance(3) ? 'thanks' : `question of ${conversation}${wants.join('')}`);
  for (let rounds = 1 + Math.floor(random() * random() * 3); rounds > 0; rounds -= 1) {
    if (chance(18)) {
      pass(5 + random() * 200);
      buyer(`more of ${conversation}`);
    }
    // Within the same minute, if they are fast.
    minute += Math.floor((between(random, answersAfter[shop]) * (0.7 + 0.6 * random())) / 60);
    if (!respond()) break;
    if (chance(8)) {
      pass(15);
      write(`!tag ${between(random, ['broken', 'late', 'gift'])}`);
    }
    pass(20 + random() * (shop === 'cn' ? 300 : 1_500));
    if (rounds > 1) buyer(`question again of ${conversation}`);
  }
  if (chance(20)) {
    pass(30 + random() * 300);
    buyer(between(random, closings));
  }
  if (chance(25)) {
    pass(60 + random() * 600);
    write('!resolve');
    if (chance(15)) {
      pass(60 + random() * 600);
      write('!reopen');
      pass(30);
      answers();
    }
  }
  // Some come back: in the same thread, or, once that is closed for long, in a new one.
  if (chance(15)) {
    pass(600 + random() * random() * 25_000);
    buyer(`back again ${conversation}${chance(20) ? ' vip refund' : ''}`);
    pass(between(random, answersAfter[shop]));
    if (chance(85)) answers();
  }
  return planned.filter(({ at }) => at < endsMs);
}

function between<T>(random: Random, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error('there is something to choose from');
  return chosen;
}
