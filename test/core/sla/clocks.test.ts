import { describe, expect, it } from 'vitest';
import { onHeldReply, onNoAnswerNeeded, onResolved } from '../../../src/core/sla/events.ts';
import { slaContext } from '../../../src/core/sla/policies.ts';
import type { ActivePolicy } from '../../../src/core/sla/policy.ts';
import { daily } from '../../../src/core/sla/presets.ts';
import { nextMoment } from '../../../src/core/sla/reminders.ts';
import { scoreOf } from '../../../src/core/sla/score.ts';
import { defaultBusinessHours, defaultSla } from '../../../src/core/sla/settings.ts';
import { shop } from '../fixtures.ts';
import { contextOf, inquiryOf, threeMinutes } from './fixtures.ts';

const base = Date.parse('2026-11-24T10:00:00Z');
/** So many seconds after the beginning. */
const at = (seconds: number): Date => new Date(base + seconds * 1_000);
const seconds = (time: Date): number => (time.getTime() - base) / 1_000;
const one = (policy: ActivePolicy = threeMinutes) => inquiryOf(contextOf(policy));
const turns = (inquiry: ReturnType<typeof one>) =>
  inquiry.outcomes.map(({ startedAt, met, elapsedMs }) => ({ from: seconds(startedAt), met, seconds: elapsedMs / 1_000 }));
const starts = (inquiry: ReturnType<typeof one>) => inquiry.clocks().map(({ startedAt }) => startedAt && seconds(startedAt));

describe('a turn', () => {
  // facts: Taobao's own example. In China it is eight hours later than in UTC.
  const china: ActivePolicy = { ...threeMinutes, calendar: { zone: 'Asia/Shanghai', week: daily(8 * 60, 23 * 60), holidays: [] } };
  const time = (clock: string): Date => new Date(`2026-11-24T${clock}+08:00`);

  it("is scored as in Taobao's worked example", () => {
    const inquiry = one(china);
    inquiry.asks(time('10:10:15'));
    inquiry.asks(time('10:15:20'));
    inquiry.answers(time('10:18:10'));
    expect(scoreOf(china, inquiry.outcomes)).toEqual({ met: 0, of: 1 });
    inquiry.asks(time('10:18:30'));
    inquiry.answers(time('10:19:00'));
    expect(scoreOf(china, inquiry.outcomes)).toEqual({ met: 1, of: 2 });

    const ignored = one(china);
    for (let question = 0; question < 10; question += 1) ignored.asks(time(`11:0${question}:00`));
    ignored.passes(time('23:59:59'));
    ignored.passes(time('23:59:59'));
    expect(scoreOf(china, ignored.outcomes)).toEqual({ met: 0, of: 1 });
  });

  it('spoils all of its inquiry where the marketplace says so', () => {
    const strict: ActivePolicy = { ...threeMinutes, scoredBy: 'inquiry' };
    const inquiry = one(strict);
    expect(scoreOf(strict, inquiry.outcomes)).toEqual({ met: 0, of: 0 });
    inquiry.asks(at(0));
    inquiry.answers(at(10));
    expect(scoreOf(strict, inquiry.outcomes)).toEqual({ met: 1, of: 1 });
    inquiry.asks(at(100));
    inquiry.answers(at(281));
    inquiry.asks(at(300));
    inquiry.answers(at(310));
    expect(scoreOf(strict, inquiry.outcomes)).toEqual({ met: 0, of: 1 });
  });

  it('is in time up to the last moment', () => {
    const inquiry = one();
    inquiry.asks(at(0));
    expect(inquiry.clocks()).toMatchObject([{ startedAt: at(0), dueAt: at(180) }]);
    inquiry.answers(at(180));
    inquiry.asks(at(200));
    inquiry.answers(new Date(at(380).getTime() + 1));
    expect(inquiry.outcomes.map(({ met }) => met)).toEqual([true, false]);
    expect(inquiry.clocks()).toMatchObject([{ startedAt: null, dueAt: null, nextAt: null }]);
  });

  it('that begins outside the hours is not counted, and one that begins inside is counted to its end', () => {
    const inquiry = one(china);
    inquiry.asks(time('22:59:59'));
    expect(inquiry.clocks()).toMatchObject([{ dueAt: time('23:02:59') }]);
    inquiry.answers(time('23:02:00'));
    inquiry.asks(time('23:03:00'));
    inquiry.asks(new Date('2026-11-25T08:01:00+08:00'));
    expect(inquiry.clocks()).toMatchObject([{ startedAt: time('23:03:00'), dueAt: null, nextAt: null }]);
    inquiry.answers(new Date('2026-11-25T09:00:00+08:00'));
    expect(inquiry.outcomes).toMatchObject([{ met: true, startedAt: time('22:59:59') }]);
  });

  it('goes on through texts that say nothing, and thanks begin none', () => {
    const inquiry = one();
    inquiry.asks(at(0));
    for (const words of ['hi', 'Hello!', '稍等', '亲，正在处理中～']) inquiry.answers(at(20), words);
    expect(starts(inquiry)).toEqual([0]);
    inquiry.answers(at(30), 'It was sent today');
    for (const words of ['谢谢', 'Thanks!!', '👍', '好的，谢谢亲']) inquiry.asks(at(60), words);
    expect(starts(inquiry)).toEqual([null]);
    inquiry.asks(at(61), 'thanks?');
    expect(starts(inquiry)).toEqual([61]);
  });

  it('begins with a picture, and ends with one', () => {
    const inquiry = one();
    inquiry.asks(at(0), null);
    inquiry.answers(at(5), null);
    expect(turns(inquiry)).toEqual([{ from: 0, met: true, seconds: 5 }]);
  });
});

describe('messages that come late and out of order', () => {
  it('begin the turn earlier, and so it is due earlier', () => {
    const inquiry = one();
    inquiry.asks(at(100));
    inquiry.passes(at(160));
    inquiry.asks(at(50));
    expect(inquiry.clocks()).toMatchObject([{ startedAt: at(50), dueAt: at(230), nextAt: at(170) }]);
    inquiry.passes(at(165));
    inquiry.passes(at(170));
    // As of one turn, though it is known to be an older one by now.
    expect(inquiry.reminders.map(({ key }) => key)).toEqual([0, 1].map((step) => `three-minutes:${at(100).getTime()}:${step}`));
  });

  it('end the turn that they answered, and leave the one after', () => {
    const inquiry = one();
    for (const asked of [0, 30, 100, 150]) inquiry.asks(at(asked));
    inquiry.answers(at(60));
    expect(turns(inquiry)).toEqual([{ from: 0, met: true, seconds: 60 }]);
    expect(inquiry.clocks()).toMatchObject([{ startedAt: at(100), dueAt: at(280) }]);
  });

  it('leave the newest of many, when the answer stands in the middle of them', () => {
    const inquiry = one();
    for (let message = 0; message <= 20; message += 1) inquiry.asks(at(message * 10));
    inquiry.answers(at(155));
    expect(turns(inquiry)).toEqual([{ from: 0, met: true, seconds: 155 }]);
    expect(starts(inquiry)).toEqual([160]);
    expect(inquiry.clocks()[0]?.asked.length).toBeLessThanOrEqual(8);
  });

  it('end a turn that was missed, and the one after is reminded of and missed anew', () => {
    const inquiry = one();
    inquiry.asks(at(0));
    inquiry.passes(at(200));
    inquiry.asks(at(300));
    inquiry.answers(at(250));
    inquiry.passes(at(600));
    expect(turns(inquiry)).toEqual([
      { from: 0, met: false, seconds: 180 },
      { from: 300, met: false, seconds: 180 },
    ]);
    expect(inquiry.reminders.map(({ key }) => key)).toEqual([0, 300].map((from) => `three-minutes:${at(from).getTime()}:1`));
  });

  it('are not all kept', () => {
    const inquiry = one();
    for (let reply = 0; reply < 20; reply += 1) inquiry.answers(at(reply));
    expect(inquiry.clocks()[0]?.answered).toEqual([12, 13, 14, 15, 16, 17, 18, 19].map(at));
    inquiry.asks(at(100));
    inquiry.answers(at(200));
    inquiry.answers(at(150));
    expect(inquiry.clocks()).toMatchObject([{ asked: [], answered: [], settledAt: at(200) }]);
  });

  it('are counted though their answer came first', () => {
    const inquiry = one();
    inquiry.answers(at(60));
    inquiry.answers(at(300));
    inquiry.asks(at(100));
    inquiry.asks(at(400));
    expect(turns(inquiry)).toEqual([{ from: 100, met: false, seconds: 200 }]);
    expect(starts(inquiry)).toEqual([400]);
  });

  it('change nothing about a turn that was reported', () => {
    const inquiry = one();
    inquiry.asks(at(100));
    inquiry.answers(at(200));
    inquiry.asks(at(0));
    inquiry.answers(at(150));
    expect(turns(inquiry)).toEqual([{ from: 100, met: true, seconds: 100 }]);
    expect(starts(inquiry)).toEqual([null]);
  });

  it('set right what was reported as missed', () => {
    const inquiry = one();
    inquiry.asks(at(0));
    inquiry.passes(at(200));
    inquiry.answers(at(90));
    expect(inquiry.outcomes).toMatchObject([
      { met: false, elapsedMs: 180_000, correction: false },
      { met: true, elapsedMs: 90_000, correction: true },
    ]);
    expect(scoreOf(threeMinutes, inquiry.outcomes)).toEqual({ met: 1, of: 1 });
  });

  it('leave a turn what was told of it, when an earlier one turns out to have been answered', () => {
    const inquiry = one();
    inquiry.asks(at(100));
    inquiry.passes(at(290));
    inquiry.asks(at(50));
    inquiry.answers(at(60));
    inquiry.passes(at(500));
    expect(turns(inquiry)).toEqual([
      { from: 100, met: false, seconds: 180 },
      { from: 50, met: true, seconds: 10 },
    ]);
    expect(inquiry.reminders.map(({ key }) => key)).toEqual([`three-minutes:${at(100).getTime()}:1`]);
  });

  it('of the second of an answer count as after it, since marketplaces cut their times', () => {
    const inquiry = one();
    inquiry.asks(at(0));
    inquiry.answers(new Date(at(10).getTime() + 400));
    inquiry.asks(at(10));
    expect(starts(inquiry)).toEqual([10]);
  });
});

describe('other clocks', () => {
  it('of the first response run once', () => {
    const inquiry = one({ ...threeMinutes, rule: { kind: 'first-response', withinMs: 60_000 } });
    inquiry.asks(at(0));
    inquiry.answers(at(30));
    inquiry.asks(at(40));
    expect(turns(inquiry)).toEqual([{ from: 0, met: true, seconds: 30 }]);
    expect(starts(inquiry)).toEqual([null]);
  });

  it('of resolution run through answers, and again after the inquiry is reopened', () => {
    const inquiry = one({ ...threeMinutes, rule: { kind: 'resolution', withinMs: 600_000 } });
    inquiry.asks(at(0));
    inquiry.answers(at(30));
    inquiry.asks(at(40));
    inquiry.take((clocks) => onResolved(clocks, at(300), contextOf({ ...threeMinutes, rule: { kind: 'resolution', withinMs: 600_000 } })));
    inquiry.asks(at(1_000));
    expect(turns(inquiry)).toEqual([{ from: 0, met: true, seconds: 300 }]);
    expect(inquiry.clocks()).toMatchObject([{ startedAt: at(1_000), dueAt: at(1_600) }]);
  });

  it('of a cut-off end at a time of day', () => {
    const rule = { kind: 'cut-off', receivedUntil: 18 * 60, answeredBy: 19 * 60 } as const;
    const calendar = { zone: 'Asia/Manila', week: null, holidays: ['2026-11-30'] };
    const inquiry = one({ ...threeMinutes, rule, calendar, steps: [{ percent: 50, to: 'group' }] });
    const manila = (time: string): Date => new Date(`2026-11-${time}+08:00`);
    inquiry.asks(manila('27T17:59:59'));
    expect(inquiry.clocks()).toMatchObject([{ dueAt: manila('27T19:00:00'), nextAt: new Date(manila('27T18:29:59').getTime() + 500) }]);
    inquiry.answers(manila('27T19:00:00'));
    inquiry.asks(manila('29T18:00:00')); // the next day is a holiday
    expect(inquiry.clocks()).toMatchObject([{ dueAt: new Date('2026-12-01T19:00:00+08:00') }]);
    expect(inquiry.outcomes).toMatchObject([{ met: true, kind: 'cut-off' }]);
  });

  it('run side by side, each by its own rule', () => {
    const team: ActivePolicy = { ...threeMinutes, name: 'team', owner: 'team', rule: { kind: 'turn', withinMs: 120_000 } };
    const inquiry = inquiryOf(contextOf(threeMinutes, team));
    inquiry.asks(at(0));
    inquiry.answers(at(150));
    expect(inquiry.outcomes).toMatchObject([
      { policy: 'three-minutes', owner: 'marketplace', met: true },
      { policy: 'team', owner: 'team', met: false },
    ]);
  });
});

describe('reminders', () => {
  it('climb, each once, and the miss is noted once', () => {
    const inquiry = one();
    inquiry.asks(at(0));
    const moments: number[] = [];
    for (let next = nextMoment(inquiry.clocks()); next; next = nextMoment(inquiry.clocks())) {
      moments.push(seconds(next));
      inquiry.passes(next);
      inquiry.passes(next);
    }
    expect(moments).toEqual([60, 120, 180]);
    expect(inquiry.reminders.map(({ step, to }) => [step, to])).toEqual([
      [0, 'assignee'],
      [1, 'group'],
    ]);
    expect(turns(inquiry)).toEqual([{ from: 0, met: false, seconds: 180 }]);
    inquiry.answers(at(400));
    expect(inquiry.outcomes).toHaveLength(1);
  });

  it('are the highest only after a pause', () => {
    const inquiry = one();
    inquiry.asks(at(0));
    inquiry.passes(at(9_000));
    expect(inquiry.reminders).toMatchObject([{ step: 1, to: 'group', dueAt: at(180) }]);
    expect(nextMoment(inquiry.clocks())).toBeNull();
  });

  it('may go on after the miss', () => {
    const inquiry = one({
      ...threeMinutes,
      steps: [
        { percent: 100, to: 'group' },
        { percent: 200, to: 'supervisor' },
      ],
    });
    inquiry.asks(at(0));
    inquiry.passes(at(180));
    expect(nextMoment(inquiry.clocks())).toEqual(at(360));
    inquiry.passes(at(360));
    expect(inquiry.reminders.map(({ to }) => to)).toEqual(['group', 'supervisor']);
  });

  it('stand still with the clock', () => {
    const calendar = { zone: 'UTC', week: daily(9 * 60, 18 * 60), holidays: [] };
    const inquiry = one({ ...threeMinutes, calendar, outside: 'paused' });
    inquiry.asks(new Date('2026-11-24T17:59:00Z'));
    expect(inquiry.clocks()).toMatchObject([{ nextAt: new Date('2026-11-24T18:00:00Z'), dueAt: new Date('2026-11-25T09:02:00Z') }]);
    inquiry.passes(new Date('2026-11-24T18:00:00Z'));
    expect(nextMoment(inquiry.clocks())).toEqual(new Date('2026-11-25T09:01:00Z'));
    inquiry.answers(new Date('2026-11-25T09:00:30Z'));
    expect(inquiry.outcomes).toMatchObject([{ met: true, elapsedMs: 90_000 }]);
  });

  it('end for a policy that is gone', () => {
    const inquiry = one();
    inquiry.asks(at(0));
    inquiry.take((clocks) => onNoAnswerNeeded(clocks, at(1), contextOf()));
    expect(inquiry.clocks()).toEqual([]);
  });
});

describe('no answer needed', () => {
  const team: ActivePolicy = { ...threeMinutes, name: 'team', owner: 'team' };
  const context = contextOf(threeMinutes, team);

  it.each([
    ['said so', onNoAnswerNeeded],
    ['resolved', onResolved],
  ])("silences the marketplace's clock and ends the team's: %s", (_, event) => {
    const inquiry = inquiryOf(context);
    inquiry.asks(at(0));
    inquiry.take((clocks) => event(clocks, at(30), context));
    expect(nextMoment(inquiry.clocks())).toEqual(at(180));
    inquiry.passes(at(200));
    expect(inquiry.reminders).toEqual([]);
    expect(inquiry.outcomes).toMatchObject([{ policy: 'three-minutes', met: false }]);
    expect(nextMoment(inquiry.clocks())).toBeNull();
  });

  it('holds until the buyer writes again', () => {
    const inquiry = inquiryOf(context);
    inquiry.asks(at(0));
    inquiry.take((clocks) => onNoAnswerNeeded(clocks, at(30), context));
    inquiry.asks(at(25));
    inquiry.asks(at(50));
    expect(inquiry.clocks()).toMatchObject([
      { policy: 'three-minutes', startedAt: at(0), nextAt: at(60) },
      { policy: 'team', startedAt: at(50), nextAt: at(110) },
    ]);
  });
});

describe('a held reply', () => {
  const sources = { presets: [], sla: defaultSla, businessHours: defaultBusinessHours };
  const context = contextOf(threeMinutes, ...slaContext(shop, sources, null).policies);

  it('stops no clock, and climbs after five minutes', () => {
    const inquiry = inquiryOf(context);
    inquiry.asks(at(0));
    inquiry.take((clocks) => onHeldReply(clocks, at(10), context));
    inquiry.take((clocks) => onHeldReply(clocks, at(10), context));
    inquiry.passes(at(310));
    inquiry.take((clocks) => onHeldReply(clocks, at(10), context));
    inquiry.passes(at(320));
    inquiry.passes(at(610));
    expect(inquiry.reminders.filter(({ policy }) => policy === 'held-reply').map(({ to }) => to)).toEqual(['group', 'supervisor']);
    expect(inquiry.outcomes.map(({ policy }) => policy)).toEqual(['three-minutes']);
  });

  it('is forgotten once it was decided about', () => {
    const inquiry = inquiryOf(context);
    inquiry.take((clocks) => onHeldReply(clocks, at(10), context));
    expect(nextMoment(inquiry.clocks())).toEqual(at(310));
    inquiry.take((clocks) => onHeldReply(clocks, null, context));
    expect(inquiry.clocks()).toEqual([]);
  });
});
