import { beforeAll, describe, expect, it } from 'vitest';
import { seeded } from './random.ts';
import { judge, wrongFigures, wrongHistory, wrongPosts } from './working-day/judge.ts';
import { wrongAssignments } from './working-day/naive/assignments.ts';
import { type NaiveDay, naiveDay } from './working-day/naive/day.ts';
import { planDay } from './working-day/plan.ts';
import { playDay } from './working-day/play.ts';
import type { ChannelPost, HistoryLine, PlayedDay } from './working-day/record.ts';
import { agents, shopNames } from './working-day/team.ts';

// `WORKING_DAY_SEED=7 npx vitest run test/e2e/working-day.test.ts` plays another day.
const seed = Number(process.env['WORKING_DAY_SEED'] ?? 1);
const conversations = Number(process.env['WORKING_DAY_CONVERSATIONS'] ?? 2_000);

/** More than enough to see what is wrong. */
const mostFaults = 40;

describe(`a working day of three shops in three zones (seed ${seed})`, () => {
  let played: PlayedDay;
  let naive: NaiveDay;
  beforeAll(async () => {
    played = await playDay(planDay(seeded(seed), conversations), seeded(seed + 1));
    naive = naiveDay(played);
  }, 600_000);

  it('has in it what a day has', () => {
    const kinds = Map.groupBy(played.history, ({ kind }) => kind);
    const count = (kind: string, holds: (line: HistoryLine) => boolean = () => true) => (kinds.get(kind) ?? []).filter(holds).length;
    const lines = played.posts.flatMap((post) => post.lines.map(({ words }) => words));
    const told = (part: string) => lines.filter((words) => words.includes(part)).length;
    expect(count('opened')).toBeGreaterThanOrEqual(conversations);
    expect(new Set(played.done.flatMap((one) => (one.kind === 'presence' ? one.by : []))).size).toBe(agents.length);
    const atLeast = {
      returning: count('opened', ({ data }) => data['returning'] === true),
      reopened: count('reopened'),
      resolvedByTime: count('resolved', ({ by }) => by === null),
      claimsThatRanOut: count('released-claim', ({ by }) => by === null),
      held: count('held'),
      failed: count('failed'),
      answeredElsewhere: count('answered-outside'),
      needless: count('no-answer-needed'),
      snoozed: count('snoozed'),
      setRight: count('clock-met', ({ data }) => data['correction'] === true),
      ofTheMarketplaces: told('waits. Marketplace'),
      ofTheTeam: told('waits. Team target'),
      missed: told('still waits'),
      ofHeldReplies: told('waits for a decision'),
      ofRules: told('for a supervisor'),
      digests: played.posts.filter(({ title }) => title !== null).length,
      together: played.posts.filter(({ title, lines: { length } }) => title === null && length > 1).length,
    };
    expect(Object.entries(atLeast).filter(([, found]) => found < conversations / 400)).toEqual([]);
    for (const shop of shopNames) expect(played.figures[shop].total.policies.every(({ met, missed }) => met > 0 && missed > 0)).toBe(true);
  });

  it('comes out as an independent, naive calculation says: every reminder, every breach, every figure', () => {
    expect(judge(played, naive).slice(0, mostFaults)).toEqual([]);
  });

  describe('is judged by one who notices', () => {
    const reminder = ({ title }: ChannelPost) => title === null;
    const replaced = <T>(all: readonly T[], is: (one: T) => boolean, ...by: readonly ((one: T) => T)[]): readonly T[] => {
      const middle = all.filter(is);
      const at = all.indexOf(middle[Math.floor(middle.length / 2)] as T);
      return all.flatMap((one, index) => (index === at ? by.map((make) => make(one)) : one));
    };
    const same = <T>(one: T): T => one;
    const later = (ms: number) => (post: ChannelPost) => ({ ...post, at: post.at + ms });
    const faults: Readonly<Record<string, (day: PlayedDay) => Partial<PlayedDay>>> = {
      'a reminder that is missing': ({ posts }) => ({ posts: replaced(posts, reminder) }),
      'a reminder that is there twice': ({ posts }) => ({ posts: replaced(posts, reminder, same, same) }),
      'a reminder three seconds late': ({ posts }) => ({ posts: replaced(posts, reminder, later(3_000)) }),
      'a reminder too early': ({ posts }) => ({ posts: replaced(posts, reminder, later(-1_000)) }),
      'two posts instead of one': ({ posts }) => ({
        posts: replaced(
          posts,
          (post) => reminder(post) && post.lines.length > 1,
          (post) => ({ ...post, lines: post.lines.slice(0, 1) }),
          (post) => ({ ...post, lines: post.lines.slice(1) }),
        ),
      }),
      'somebody called who is not to be': ({ posts }) => ({
        posts: replaced(posts, reminder, (post) => ({ ...post, calls: [...post.calls, 'U-NOBODY'] })),
      }),
      'a digest that is missing': ({ posts }) => ({ posts: replaced(posts, (post) => !reminder(post)) }),
      'a line of a digest that is missing': ({ posts }) => ({
        posts: replaced(
          posts,
          (post) => !reminder(post),
          (post) => ({ ...post, lines: post.lines.slice(1) }),
        ),
      }),
      'a breach that is missing': ({ history }) => ({ history: replaced(history, ({ kind }) => kind === 'clock-missed') }),
      'a breach of a turn a second later': ({ history }) => ({
        history: replaced(
          history,
          ({ kind }) => kind === 'clock-missed',
          (line) => ({ ...line, at: line.at + 1_000 }),
        ),
      }),
      'a turn in time that was not': ({ history }) => ({
        history: replaced(
          history,
          ({ kind }) => kind === 'clock-missed',
          (line) => ({ ...line, kind: 'clock-met' }),
        ),
      }),
      'a claim that ran out too late': ({ history }) => ({
        history: replaced(
          history,
          ({ kind, by }) => kind === 'released-claim' && by === null,
          (line) => ({ ...line, at: line.at + 2_500 }),
        ),
      }),
      'one answered more': ({ figures }) => ({
        figures: { ...figures, th: { ...figures.th, total: { ...figures.th.total, answered: figures.th.total.answered + 1 } } },
      }),
      'a figure that is missing': ({ figures }) => ({ figures: { ...figures, cn: { ...figures.cn, tags: figures.cn.tags.slice(1) } } }),
      'a message in another hour': ({ figures }) => ({
        figures: { ...figures, in: { ...figures.in, hours: [...figures.in.hours.slice(1), figures.in.hours[0] ?? 0] } },
      }),
    };
    it.each(Object.entries(faults))('%s', (_, plant) => {
      const planted = plant(played);
      const found = planted.posts
        ? wrongPosts({ ...played, ...planted }, naive)
        : planted.history
          ? wrongHistory({ ...played, ...planted }, naive)
          : wrongFigures(naive.lines, { ...played, ...planted });
      expect(found).not.toEqual([]);
    });
    it('an inquiry given to somebody who was not there', () => {
      const openings = naive.openings.map((one, index) => (index === 100 ? { ...one, given: 'budi' } : one));
      expect(wrongAssignments({ ...naive, openings })).not.toEqual([]);
    });
  });
});
