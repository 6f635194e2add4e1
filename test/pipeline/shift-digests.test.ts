import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Colleague } from '../../src/core/desk/pings.ts';
import { inquiryId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { planShiftDigest } from '../../src/core/plan.ts';
import type { AgentSetting, Settings } from '../../src/core/settings.ts';
import { newClock } from '../../src/core/sla/clock.ts';
import type { SlaPolicy } from '../../src/core/sla/policy.ts';
import type { ShiftEdge } from '../../src/core/staff/edges.ts';
import { addMs } from '../../src/core/time.ts';
import { createShiftWatch, shiftDigestIn } from '../../src/pipeline/shift-digests.ts';
import { inquiry, settings, shop } from '../core/fixtures.ts';

const hourMs = 3_600_000;
const nineToSix = Array(7).fill([{ from: 9 * 60, to: 18 * 60 }]);
const agent = (name: string, more: Partial<AgentSetting> = {}): AgentSetting => ({
  ...{ name, accounts: [{ platform: 'slack', userId: `U-${name}` }], role: 'agent', zone: 'UTC', hours: nineToSix },
  ...more,
});
const channel = (id: string, mode: 'reply' | 'alerts' = 'reply') =>
  ({ platform: 'slack', connection: 'default', id, name: null, mode, locale: null }) as const;

describe('the watch for shifts', () => {
  function stage(agents: readonly AgentSetting[]) {
    const kept = new Map<string, Delivery>();
    const woken: string[] = [];
    const time = { now: new Date('2026-11-26T08:59:30Z'), away: false };
    const known: Pick<Settings, 'agents' | 'channels'> = { agents, channels: [channel('C1'), channel('C2'), channel('OPS', 'alerts')] };
    const create = () =>
      createShiftWatch({
        settings: () => known,
        outbox: {
          async insert(deliveries) {
            if (time.away) throw new Error('the store is away');
            for (const one of deliveries) if (!kept.has(one._id)) kept.set(one._id, one);
          },
        },
        wake: (gate) => void woken.push(gate),
        clock: { now: () => time.now },
      });
    const pass = (iso: string) => {
      time.now = new Date(iso);
    };
    const edges = () =>
      [...kept.values()].map(({ content }) => (content.kind === 'shift' ? content.edges.map((one) => `${one.agent} ${one.kind}`) : []));
    return { kept, woken, time, create, pass, edges };
  }

  it('plans one for each channel and moment, whoever looks', async () => {
    const { kept, woken, create, pass, edges } = stage([agent('ann'), agent('bo')]);
    const [one, other] = [create(), create()];
    await one.look();
    expect(kept.size).toBe(0);
    pass('2026-11-26T09:00:10Z');
    for (const watch of [one, other, one, create()]) await watch.look();
    expect([...kept.keys()]).toEqual(['shift:slack/default/C1:1795683600000', 'shift:slack/default/C2:1795683600000']);
    expect(edges()).toEqual(Array(2).fill(['ann begins', 'bo begins']));
    expect(new Set(woken)).toEqual(new Set(['bot:slack/default']));
    pass('2026-11-26T18:00:00Z');
    await one.look();
    expect(edges().slice(2)).toEqual(Array(2).fill(['ann ends', 'bo ends']));
  });

  it('makes up for what was missed, while it matters', async () => {
    const { kept, time, create, pass, edges } = stage([agent('ann'), agent('cy', { zone: 'Asia/Bangkok' })]);
    const watch = create();
    await watch.look();
    // Began hours ago, and still goes on.
    expect(edges()).toEqual(Array(2).fill(['cy begins']));
    kept.clear();
    time.away = true;
    pass('2026-11-26T09:00:10Z');
    await expect(watch.look()).rejects.toThrow('away');
    time.away = false;
    pass('2026-11-26T11:20:00Z');
    await watch.look();
    // Cy went home more than a quarter of an hour ago.
    expect(edges()).toEqual(Array(2).fill(['ann begins']));
    kept.clear();
    pass('2026-11-26T18:14:00Z');
    await create().look();
    expect(edges()).toEqual(Array(2).fill(['ann ends']));
  });

  it('has nothing for who has no account on the platform of a channel', async () => {
    const { kept, create, pass } = stage([agent('ann', { accounts: [{ platform: 'feishu', userId: 'U' }] })]);
    pass('2026-11-26T09:00:10Z');
    await create().look();
    expect(kept.size).toBe(0);
  });
});

describe('what a digest says', () => {
  const now = new Date('2026-11-26T18:00:05Z');
  const edge = (kind: 'begins' | 'ends', changes: Partial<ShiftEdge> = {}): ShiftEdge => ({
    ...{ agent: 'ann', kind, at: addMs(now, -5_000), until: addMs(now, 15 * hourMs), staleAt: addMs(now, 15 * 60_000) },
    ...changes,
  });
  const policy: SlaPolicy = {
    ...{ name: 'shopping/response', owner: 'marketplace', title: null, rule: { kind: 'turn', withinMs: 12 * hourMs }, hours: 'always' },
    ...{ outside: 'paused', zone: null, holidays: [], steps: [], scoredBy: 'turn', target: null, source: null },
  };
  /** One whose answer is due in so many hours. */
  const waits = (id: string, hours: number, changes: Partial<Inquiry> = {}): Inquiry => ({
    ...inquiry,
    ...{ _id: inquiryId(id), buyer: { name: id }, thread: { bot: 'slack/default', channelId: 'C1', rootId: `${id}.0` } },
    clocks: [{ ...newClock(policy.name), startedAt: addMs(now, -hourMs), dueAt: addMs(now, hours * hourMs) }],
    ...changes,
  });
  const ann: Colleague = { userId: 'U-ann', agent: 'ann', groups: ['thai'], isSupervisor: false, mayBeCalled: true };

  async function said(
    inquiries: readonly Inquiry[],
    edges: readonly ShiftEdge[] = [edge('ends')],
    present: readonly Colleague[] = [ann],
    maskBuyers = false,
  ) {
    const found = await shiftDigestIn(
      edges.map((one) => planShiftDigest(channel('C1'), [one], now)),
      { bot: 'slack/default', channelId: 'C1', locale: 'en', staff: { present: async (_, names) => (names.length > 0 ? present : []) } },
      {
        inquiries: {
          byIds: async (ids: readonly string[]) => new Map(inquiries.filter(({ _id }) => ids.includes(_id)).map((one) => [one._id, one])),
        },
        queue: { waitingIn: async () => inquiries.map(({ _id }) => _id) },
        shops: { byId: async () => shop },
        settings: () => ({ ...settings, desk: { ...settings.desk, maskBuyers } }),
        slaPresets: () => [policy],
        clock: { now: () => now },
      } as never,
    );
    if (!found) return null;
    const [title, list] = found.parts;
    if (title?.kind !== 'title' || list?.kind !== 'lines') throw new Error('a heading and lines');
    const posts = list.lines.map((line) => (typeof line === 'string' ? line : line.post.messageId));
    return { title: title.words, posts, words: JSON.stringify(list.lines), called: found.calls?.userIds };
  }

  it('is what breaches until the next shift, or has, first things first, and calls whose shift it is', async () => {
    const found = await said([waits('late', 14), waits('tomorrow', 16), waits('missed', -1), waits('soon', 2)]);
    expect(found).toMatchObject({ posts: ['missed.0', 'soon.0', 'late.0'], called: ['U-ann'] });
    expect(found?.title).toContain('Your shift ends');
    expect(found?.words).toContain('missed still waits. Marketplace: overdue since 11-27 00:00 (shop time)');
  });

  it('is nothing where nothing waits, nobody is there, or it is too late', async () => {
    expect(await said([])).toBeNull();
    expect(await said([waits('tomorrow', 16)])).toBeNull();
    expect(await said([waits('soon', 2, { noAnswerNeeded: true })])).toBeNull();
    expect(await said([waits('soon', 2)], [edge('ends')], [])).toBeNull();
    expect(await said([waits('soon', 2)], [edge('ends', { staleAt: now })])).toBeNull();
  });

  it('leaves out what is for other groups, but not for a supervisor', async () => {
    const all = [waits('theirs', 2, { group: 'english' }), waits('ours', 3, { group: 'thai' }), waits('anybodys', 4)];
    expect((await said(all))?.posts).toEqual(['ours.0', 'anybodys.0']);
    const boss: Colleague = { ...ann, userId: 'U-boss', agent: 'boss', groups: [], isSupervisor: true };
    expect(await said(all, [edge('ends')], [boss, ann])).toMatchObject({
      posts: ['theirs.0', 'ours.0', 'anybodys.0'],
      called: ['U-boss', 'U-ann'],
    });
  });

  it('masks the names of buyers where the settings say so', async () => {
    const found = await said([waits('Somchai', 2)], [edge('ends')], [ann], true);
    expect(found?.words).toContain('S*** waits');
    expect(found?.words).not.toContain('Somchai waits');
  });

  it('is one for several that wait together, and no longer than can be read', async () => {
    const found = await said(
      Array.from({ length: 33 }, (_, index) => waits(`n${String(index).padStart(2, '0')}`, index / 10)),
      [edge('ends'), edge('begins', { agent: 'bo' })],
    );
    expect(found?.title).toContain('Shifts change');
    expect(found?.posts).toHaveLength(31);
    expect(found?.posts.at(-1)).toBe('and 3 more');
  });
});
