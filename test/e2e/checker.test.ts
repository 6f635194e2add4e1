import { describe, expect, it } from 'vitest';
import { judge } from './checker.ts';
import type { AgentPost, ConversationLog, Evidence, Told } from './evidence.ts';
import { clean, type Verdict } from './verdict.ts';
import { answer, blocked, note, question, undo, unknownCommand } from './words.ts';

const [lamp, bed] = ['7494560109732111111', '7494560109732222222'];
const [root, other] = ['1700.000100', '1700.000200'];
const channelId = 'C1';

const told = (text: string, at: number, acknowledgedAt: number | null = at + 10): Told => ({ text, at, acknowledgedAt });
const shown = (text: string, ts: string, threadTs: string | null = root, channel = channelId) => ({ channel, ts, threadTs, text });
const wrote = (ts: string, versions: readonly [Told, ...Told[]], more: Partial<AgentPost> = {}): AgentPost => ({
  channelId,
  rootTs: root,
  ts,
  versions,
  deletion: null,
  marks: [],
  owed: true,
  ...more,
});
const sent = { marks: ['white_check_mark'] };
const noted = { marks: ['memo'] };
const posted = (count: number, at: number) => told(answer(count, lamp), at);
const edited = (count: number, at: number) => told(answer(count, lamp, 1), at);

/** Two buyers, and an agent who does everything that agents do; all of it went as promised. */
const good = {
  undoMs: 2_000,
  marks: { sent: 'white_check_mark', noted: 'memo' },
  conversations: [
    {
      id: lamp,
      channelId,
      written: [told(question(1, lamp), 1_000), told(question(2, lamp), 2_000), told(question(3, lamp), 3_000, null)],
      received: [answer(10, lamp), answer(11, lamp, 1), answer(16, lamp), answer(18, lamp)].map((text, index) => ({
        text,
        at: 14_000 + 4_000 * index,
      })),
    },
    { id: bed, channelId, written: [told(question(4, bed), 1_000)], received: [] },
  ],
  shown: [
    shown(`Lamp House\n${question(1, lamp)}`, root, null),
    shown(`Bed House\n${question(4, bed)}`, other, null),
    shown(`${question(2, lamp)}\n${question(3, lamp)}`, '1700.000300'),
    shown('Cancelled in time; the buyer has not got it.', '1700.000400'),
    shown('This reply is held, the buyer has not got it.', '1700.000500'),
    shown('Too late: the buyer has the earlier text.', '1700.000700'),
    shown('There is no reply left to undo; the last one has been sent.', '1700.000800'),
  ],
  whispered: [shown('"shelve15" is not a command; nothing was sent to the buyer.', '1700.000600')],
  agents: [
    wrote('1701.000100', [posted(10, 11_000)]),
    wrote('1701.000200', [posted(11, 14_000), edited(11, 15_000)], sent),
    wrote('1701.000300', [told(note(12, lamp), 16_000)], noted),
    wrote('1701.000400', [told(blocked(13, lamp), 17_000)]),
    wrote('1701.000500', [posted(14, 17_500)], { deletion: { at: 18_000, acknowledgedAt: 18_010 } }),
    wrote('1701.000600', [told(unknownCommand(15, lamp), 18_500)]),
    wrote('1701.000700', [posted(16, 17_900), edited(16, 20_100)], sent),
    wrote('1701.000800', [posted(18, 20_900)], sent),
    wrote('1701.000900', [told(undo, 23_500)]),
  ],
} satisfies Evidence;

const conversation = (change: Partial<ConversationLog>): Evidence => ({
  ...good,
  conversations: good.conversations.map((one) => (one.id === lamp ? { ...one, ...change } : one)),
});
const received = (change: (texts: ConversationLog['received']) => ConversationLog['received']) =>
  conversation({ received: change(good.conversations[0]?.received ?? []) });
const arrives = (text: string, at = 30_000) => received((all) => [...all, { text, at }]);
const threads = (change: (posts: Evidence['shown']) => Evidence['shown']): Evidence => ({ ...good, shown: change(good.shown) });
const agent = (ts: string, change: Partial<AgentPost>): Evidence => ({
  ...good,
  agents: good.agents.map((post) => (post.ts === ts ? { ...post, ...change } : post)),
});
const swapped = <T>([first, second, ...rest]: readonly T[]): T[] => [second, first, ...rest].filter((one) => one !== undefined);
const without = (words: string) => threads((posts) => posts.filter(({ text }) => !text.includes(words)));
const twice = (words: string) => threads((posts) => [...posts, ...posts.filter(({ text }) => text.includes(words))]);

const faults: readonly (readonly [what: string, evidence: Evidence, found: Partial<Verdict>])[] = [
  // Towards the thread
  ['a question that was never shown', without(question(2, lamp)), { lost: [question(2, lamp), question(3, lamp)] }],
  ['a question shown twice', twice(question(2, lamp)), { doubled: [question(2, lamp), question(3, lamp)] }],
  [
    'a question shown twice in one post',
    threads((posts) =>
      posts.map((post) => (post.threadTs ? { ...post, text: post.text.replace(question(3, lamp), `${question(2, lamp)}`) } : post)),
    ),
    { doubled: [question(2, lamp)], lost: [question(3, lamp)] },
  ],
  [
    'two threads of one buyer',
    threads((posts) => [...posts, shown(question(1, lamp), '1700.000900', null)]),
    { doubled: [`thread of ${lamp}`, question(1, lamp)] },
  ],
  [
    'questions in the wrong order',
    threads((posts) => posts.map((post) => (post.threadTs ? { ...post, text: post.text.split('\n').toReversed().join('\n') } : post))),
    { outOfOrder: [`${question(3, lamp)} before ${question(2, lamp)}`] },
  ],
  [
    'a question in the thread of another buyer',
    threads((posts) => posts.map((post) => (post.ts === '1700.000300' ? { ...post, threadTs: other } : post))),
    { misplaced: [question(2, lamp), question(3, lamp)] },
  ],
  [
    'a thread in another channel',
    conversation({ channelId: 'C2' }),
    { misplaced: [question(1, lamp), question(2, lamp), question(3, lamp)] },
  ],
  [
    'an own reply shown as one of Seller Center',
    threads((posts) => [...posts, shown(answer(10, lamp), '1700.000900')]),
    { doubled: [answer(10, lamp)] },
  ],
  // Towards the marketplace
  ['a reply that was never sent', received((all) => all.slice(1)), { lost: [answer(10, lamp)] }],
  ['a reply sent twice', arrives(answer(10, lamp)), { doubled: [answer(10, lamp)] }],
  ['an edited reply sent in both versions', arrives(answer(11, lamp)), { doubled: [answer(11, lamp)] }],
  ['replies in the wrong order', received(swapped), { outOfOrder: [`${answer(11, lamp, 1)} before ${answer(10, lamp)}`] }],
  [
    'a reply to another buyer',
    {
      ...received((all) => all.slice(1)),
      conversations: good.conversations.map((one) =>
        one.id === lamp ? { ...one, received: one.received.slice(1) } : { ...one, received: [{ text: answer(10, lamp), at: 14_000 }] },
      ),
    },
    { misplaced: [answer(10, lamp)] },
  ],
  ['a note', arrives(note(12, lamp)), { leaked: [note(12, lamp)] }],
  [
    'a note that was edited into a reply',
    { ...agent('1701.000300', { versions: [told(note(12, lamp), 16_000), edited(12, 17_000)] }), ...pick(arrives(answer(12, lamp, 1))) },
    { leaked: [answer(12, lamp, 1)] },
  ],
  ['a blocked text', arrives(blocked(13, lamp)), { leaked: [blocked(13, lamp)] }],
  ['a command', arrives(unknownCommand(15, lamp)), { leaked: [unknownCommand(15, lamp)] }],
  ['words that nobody wrote', arrives('Cancelled in time'), { leaked: ['Cancelled in time'] }],
  // Changes
  [
    'old words, though the edit had come in time',
    received((all) => all.map((one) => (one.text === answer(11, lamp, 1) ? { ...one, text: answer(11, lamp) } : one))),
    { unheeded: [answer(11, lamp)] },
  ],
  ['a deleted reply', arrives(answer(14, lamp)), { unheeded: [answer(14, lamp)] }],
  ['an undone reply', agent('1701.000900', { versions: [told(undo, 21_000)] }), { unheeded: [answer(18, lamp)] }],
  [
    'an undone reply, said to be cancelled',
    threads((posts) =>
      posts.map((post) => ({ ...post, text: post.text.replace(/There is no reply left to undo.*/, 'Cancelled in time') })),
    ),
    { withoutReceipt: [answer(18, lamp)], doubled: ['"Cancelled in time" is said 2 times, for 1 messages'] },
  ],
  // Receipts
  ['no mark on a reply', agent('1701.000800', { marks: [] }), { withoutReceipt: [answer(18, lamp)] }],
  [
    'a mark that vouches for a later reply',
    {
      ...good,
      agents: good.agents.map((post) => ({
        ...post,
        marks: post.ts === '1701.000100' ? ['white_check_mark'] : post.marks.filter((mark) => mark === 'memo'),
      })),
    },
    { withoutReceipt: [answer(11, lamp, 1), answer(16, lamp, 1), answer(18, lamp)] },
  ],
  ['a mark on what never went', agent('1701.000500', sent), { lost: [answer(14, lamp)] }],
  ['no mark on a note', agent('1701.000300', { marks: [] }), { withoutReceipt: [note(12, lamp)] }],
  ['a mark on a note that says sent', agent('1701.000300', sent), { withoutReceipt: [note(12, lamp)] }],
  ['no notice about a held text', without('is held'), { withoutReceipt: [blocked(13, lamp)] }],
  ['no notice about a command', { ...good, whispered: [] }, { withoutReceipt: [unknownCommand(15, lamp)] }],
  [
    'a notice about a command for all to see',
    threads((posts) => [...posts, ...good.whispered]),
    { leaked: [`notice about ${unknownCommand(15, lamp)}`] },
  ],
  ['no notice about an edit that came too late', without('earlier text'), { withoutReceipt: [answer(16, lamp, 1)] }],
  ['no notice about a deletion', without('Cancelled'), { withoutReceipt: [answer(14, lamp)] }],
  ['no notice about an undo', without('no reply left'), { withoutReceipt: [answer(18, lamp)] }],
];

function pick({ conversations }: Evidence): Pick<Evidence, 'conversations'> {
  return { conversations };
}

describe('the checker', () => {
  it('finds nothing where all went as promised', () => {
    expect(judge(good)).toEqual(clean);
  });

  it.each(faults)('sees %s', (_, evidence, found) => {
    expect(judge(evidence)).toMatchObject(found);
  });

  it('asks nothing of a reply that the service never heard of, where a platform tells once', () => {
    const [unheard, unseen] = [posted(20, 30_000), told(note(21, lamp), 31_000)];
    const more = (changes: Partial<AgentPost>): Evidence => ({
      ...good,
      agents: [...good.agents, wrote('1702.000100', [unheard], changes), wrote('1702.000200', [unseen], { owed: false })],
    });
    expect(judge(more({ owed: false }))).toEqual(clean);
    expect(judge(more({})).lost).toEqual([unheard.text]);
    expect(judge(more({ owed: false, ...sent })).lost).toEqual([unheard.text]);
  });

  it('lets a message be late that says so', () => {
    const late = conversation({
      written: [told(question(1, lamp), 1_000), told(question(2, lamp), 2_000, 9_000), told(question(3, lamp), 3_000)],
    });
    const posts = [...good.shown.filter(({ ts }) => ts !== '1700.000300'), shown(question(3, lamp), '1700.000900')];
    const marked = shown(`${question(2, lamp)} (sent at 10:00, arrived late)`, '1700.001000');
    expect(judge({ ...late, shown: [...posts, marked] })).toEqual(clean);
    expect(judge({ ...late, shown: [...posts, shown(question(2, lamp), '1700.001000')] }).outOfOrder).toHaveLength(1);
    // It had been taken before its successor was written: no mark excuses that.
    expect(judge({ ...good, shown: [...posts, marked] }).outOfOrder).toHaveLength(1);
  });
});
