import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { steps as pipelineSteps } from '../../src/pipeline/deps.ts';
import type { FakeRequest } from '../kits/fake-server.ts';
import { judgeReminders, nothingWrong, type ReminderEvidence, reminderEvidence, type Step } from './checker-reminders.ts';
import { eventually } from './eventually.ts';
import { seeded } from './random.ts';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts';
import { createWorld, type World } from './world.ts';

/** Some steps are warnings, the others say that the time is over. */
const steps: readonly (Step & { readonly withinMs: number })[] = [4, 6, 8, 11, 14, 17, 20].map((seconds, index) => ({
  policy: `after-${seconds}`,
  afterMs: seconds * 1_000,
  withinMs: (index % 2 === 0 ? seconds : 2 * seconds) * 1_000,
}));
const yaml = `
desk: { claimMinutes: 1 }
sla:
  policies:
${steps
  .map(({ policy, afterMs, withinMs }) => {
    const seconds = (ms: number) => `${ms / 1_000}s`;
    return `    - { name: ${policy}, within: ${seconds(withinMs)}, reminders: [{ after: ${seconds(afterMs)}, to: group }] }`;
  })
  .join('\n')}`;

/** Only these are visited on the way from a moment to its post. */
const onTheWay = pipelineSteps.filter((step) => !['received', 'stored', 'acknowledged'].includes(step));
const posts = ({ path }: FakeRequest) => path === '/api/chat.postMessage';
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('killed again and again while buyers wait', () => {
  const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const random = seeded(seed);
  let world: World;
  let room: WaitingRoom;
  beforeAll(async () => {
    world = await createWorld({ shops: 2, channels: 2, timeScale: 50, random, yaml });
    room = createWaitingRoom(world, random);
  });
  afterAll(async () => {
    room.close();
    await world.close();
  });

  it(`tells every reminder once, none of what was answered, and each end of a claim once (KILL_SEED=${seed})`, async () => {
    const { service, slack } = world;
    await service.start();
    // A claim takes a minute to run out, so these come first; and these answers come soon, however slow the machine is later.
    room.open(8, { everyMs: 100, courses: ['claimed', 'asks again'] });
    await eventually(room.allDone, service.output);
    room.open(10, { everyMs: 250, courses: ['left alone', 'answered'] });
    for (const forMs of [2_000, 1_500, 1_000]) {
      await pause(forMs * (0.75 + random() / 2));
      await service.kill();
      await service.start();
    }
    await service.kill();
    for (const step of onTheWay) {
      await service.start({ KILL_AT: step, ARMED: 'later' });
      // So that something becomes due, however long it took to get here.
      room.open(1, { everyMs: 0, courses: ['left alone'] });
      await eventually(room.allShown, service.output);
      if (step === 'look-up') slack.server.failNext(posts, { kind: 'cut-after' });
      await service.arm();
      await service.died();
      expect(service.output().trimEnd().split('\n').at(-1)).toBe(`killed at ${step}`);
    }
    await service.start();
    await eventually(room.allDone, service.output);
    const evidence = (): ReminderEvidence => reminderEvidence(world, room.conversations(), steps);
    const verdict = () => judgeReminders(evidence());
    const isWell = () => Object.values(verdict()).every((list: readonly string[]) => list.length === 0);
    await eventually(isWell, () => `${service.output().slice(-3_000)}\n${JSON.stringify(verdict(), null, 1)}`);
    // What comes once too often comes late.
    await pause(2_000);
    expect(verdict(), service.output().slice(-3_000)).toEqual(nothingWrong);

    const found = evidence();
    const { waiting, lines, cards } = found;
    expect(waiting.filter(({ answeredAt }) => answeredAt === null).length).toBeGreaterThan(10);
    expect(waiting.filter(({ markedAt }) => markedAt !== null).length).toBeGreaterThan(2);
    expect(lines.filter(({ leads }) => leads).length).toBeGreaterThan(100);
    expect(cards.filter(({ assignees }) => assignees.length === 3).length).toBeGreaterThan(2);
    // And it would have seen one that was lost, and one that came twice.
    const left = waiting.find(({ answeredAt }) => answeredAt === null);
    const one = lines.findLast(({ thread }) => thread === left?.thread);
    if (!one) throw new Error('nobody was reminded');
    expect(judgeReminders({ ...found, lines: lines.filter((line) => line !== one) }).lost).toHaveLength(1);
    expect(judgeReminders({ ...found, lines: [...lines, one] }).doubled).toHaveLength(1);
  }, 300_000);
});
