import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBackupKeeper, listBackups } from '../src/backups.ts';
import { StoreError } from '../src/embedded/index.ts';
import { createLog } from '../src/log.ts';

const hourMs = 3_600_000;
const start = new Date('2026-11-27T10:00:00Z').getTime();

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backups-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A keeper in a time of its own, over a store whose copies are a word. */
function stand({ everyHours = 24, keep = 3 } = {}) {
  let nowMs = start;
  let failure: Error | null = null;
  const told: string[] = [];
  const metered: string[] = [];
  const lines: string[] = [];
  const keeper = createBackupKeeper({
    async backup(to) {
      await writeFile(`${to}.part`, 'half');
      if (failure) throw failure;
      await writeFile(to, 'a copy');
      await rm(`${to}.part`);
      return { bytes: 6 };
    },
    dataDir: dir,
    policy: () => ({ everyHours, keep }),
    announce: async (id, { params }) => void told.push(`${id} ${params['reason']}`),
    meter: { backupMade: (at) => metered.push(at.toISOString()), backupFailed: (why) => metered.push(why) },
    clock: { now: () => new Date(nowMs), monotonicMs: () => nowMs - start },
    log: createLog({ level: 'info', stream: { write: (line) => void lines.push(line) } }),
  });
  return {
    keeper,
    told,
    metered,
    lines,
    fail: (error: Error | null) => {
      failure = error;
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    due: () => keeper.makeIfDue(new Date(nowMs)),
  };
}

const names = async () => (await readdir(join(dir, 'backups'))).sort();

describe('a backup is made', () => {
  it('an hour after the start where there is none, and then as often as the settings have it', async () => {
    const { keeper, pass, due } = stand();
    const made = async () => (await keeper.status()).kept.map(({ at }) => (at.getTime() - start) / hourMs);
    await due();
    pass(hourMs - 1);
    await due();
    expect(await made()).toEqual([]);
    pass(1);
    await due();
    await due();
    expect(await made()).toEqual([1]);
    pass(24 * hourMs - 1);
    await due();
    expect(await made()).toEqual([1]);
    pass(1);
    await due();
    expect(await made()).toEqual([25, 1]);
  });

  it('at once after a stop that was longer than that, and when the newest is of the future', async () => {
    for (const name of ['2026-11-26T09-59-59-000Z.sqlite', '2027-01-01T00-00-00-000Z.sqlite']) {
      await rm(join(dir, 'backups'), { recursive: true, force: true });
      await mkdir(join(dir, 'backups'));
      await writeFile(join(dir, 'backups', name), '');
      await stand().due();
      expect(await names()).toContain('2026-11-27T10-00-00-000Z.sqlite');
    }
  });

  it('only when somebody asks, where the settings say so', async () => {
    const { keeper, pass, due } = stand({ everyHours: 0 });
    pass(1_000 * hourMs);
    await due();
    expect((await keeper.status()).kept).toEqual([]);
    await keeper.make();
    expect((await keeper.status()).kept).toHaveLength(1);
  });

  it('once for two who ask at the same time', async () => {
    const { keeper } = stand();
    const [one, other] = await Promise.all([keeper.make(), keeper.make()]);
    expect(one).toBe(other);
    expect(basename(one.path)).toBe('2026-11-27T10-00-00-000Z.sqlite');
  });
});

describe('older backups', () => {
  it('go once there is a good new one, and nothing else goes', async () => {
    const { keeper, pass } = stand({ keep: 2 });
    await mkdir(join(dir, 'backups'));
    await writeFile(join(dir, 'backups', 'my-own.sqlite'), '');
    for (const left of ['.part', '.part-journal']) await writeFile(join(dir, 'backups', `2026-11-20T00-00-00-000Z.sqlite${left}`), '');
    for (let n = 0; n < 4; n += 1) {
      await keeper.make();
      pass(hourMs);
    }
    expect(await names()).toEqual(['2026-11-27T12-00-00-000Z.sqlite', '2026-11-27T13-00-00-000Z.sqlite', 'my-own.sqlite']);
  });

  it('stay when the new one fails, which is told once a day, in log and metric, and remembered', async () => {
    const { keeper, pass, due, fail, told, metered, lines } = stand({ keep: 1 });
    const { at } = await keeper.make();
    fail(new StoreError('disk-full', 'database or disk is full'));
    pass(24 * hourMs);
    await due();
    pass(10 * 60_000);
    await due();
    expect(told).toEqual(Array(2).fill('backup-failed:2026-11-28 backup.failure.disk-full'));
    expect(metered.filter((word) => word === 'disk-full')).toHaveLength(2);
    expect(lines.some((line) => line.includes('backup failed; the ones before it are kept'))).toBe(true);
    expect(await keeper.status()).toMatchObject({ kept: [{ at, bytes: 6 }], lastFailure: { failure: 'disk-full' } });
    await expect(keeper.make()).rejects.toMatchObject({ failure: 'disk-full' });
    fail(null);
    await due();
    expect(await keeper.status()).toMatchObject({ kept: [{ bytes: 6 }], lastFailure: null });
    expect((await listBackups(join(dir, 'backups')))[0]?.at).not.toEqual(at);
  });

  it('stay where the folder cannot be written, which is told in words', async () => {
    await writeFile(join(dir, 'backups'), 'no folder');
    const { keeper } = stand();
    await expect(keeper.make()).rejects.toMatchObject({ failure: 'unreachable' });
  });
});
