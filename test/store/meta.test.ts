import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IndexSpec } from '../../src/store/index-spec.ts';
import type { Migration } from '../../src/store/migrations.ts';
import { migrate } from '../../src/store/migrations.ts';
import { allIndexes, createIndexes, openDatabase } from '../../src/store/open-database.ts';
import { startSettingsWatch } from '../../src/store/settings-watch.ts';
import type { Stand } from '../shops/stand.ts';
import { openStand, silent } from '../shops/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());
beforeEach(() => stand.empty());

describe('migrate', () => {
  const ran: number[] = [];
  const step = (version: number): Migration => ({ version, run: async () => void ran.push(version) });
  const run = (steps: readonly Migration[]) => migrate({ ...stand, log: silent, steps });
  beforeEach(() => {
    ran.length = 0;
  });

  it('starts a new database at the newest version', async () => {
    await run([step(2), step(3)]);
    expect([await stand.meta.schemaVersion(), ran]).toEqual([3, []]);
  });

  it('takes the steps that are missing, in order, once', async () => {
    await run([]);
    await Promise.all([run([step(2), step(3)]), run([step(2), step(3)])]);
    expect([await stand.meta.schemaVersion(), ran]).toEqual([3, [2, 3]]);
  });

  it('goes on where it was cut off', async () => {
    await run([]);
    const cut: Migration = { version: 3, run: () => Promise.reject(new Error('cut off')) };
    await expect(run([step(2), cut])).rejects.toThrow('cut off');
    await run([step(2), step(3)]);
    expect([await stand.meta.schemaVersion(), ran]).toEqual([3, [2, 3]]);
  });

  it('refuses data of a newer version, and names both', async () => {
    await run([step(2), step(3)]);
    await expect(run([step(2)])).rejects.toThrow('The database is of version 3, this program knows up to version 2');
  });
});

describe('indexes', () => {
  it('are all there, and are not made again', async () => {
    await createIndexes(stand.connection);
    for (const { collection, key } of allIndexes) {
      const found = await stand.connection.collection(collection).indexes();
      expect(found.map((index) => JSON.stringify(index.key))).toContain(JSON.stringify(key));
    }
  });

  it('of every store are in the list', async () => {
    for (const file of readdirSync(new URL('../../src/store/', import.meta.url))) {
      const path = new URL(`../../src/store/${file}`, import.meta.url).href;
      const module: Record<string, unknown> = await import(/* @vite-ignore */ path);
      const lists = Object.entries(module).filter(
        ([name]) => name.endsWith('Indexes') && name !== 'allIndexes' && name !== 'createIndexes',
      );
      for (const [, list] of lists) expect(allIndexes).toEqual(expect.arrayContaining([...(list as readonly IndexSpec[])]));
    }
  });
});

describe('openDatabase', () => {
  it('says so when nothing answers', async () => {
    await expect(openDatabase('mongodb://127.0.0.1:1/none')).rejects.toThrow('The database does not answer');
  });
});

describe('settings', () => {
  it('are replaced by one at a time', async () => {
    const first = await stand.settings.replace({ ops: { platform: 'slack', connection: 'default', id: 'C1' } }, 0);
    expect(first?.revision).toBe(1);
    expect(await stand.settings.replace({ ops: null }, 0)).toBeNull();
    expect(await stand.settings.replace({ agents: [] }, 5)).toBeNull();
    expect((await stand.settings.replace({ routes: [] }, 1))?.ops?.id).toBe('C1');
    expect((await stand.settings.read()).revision).toBe(2);
  });

  it('reach whoever watches them', async () => {
    const polls: (() => void)[] = [];
    const timers = {
      after(_: number, task: () => void) {
        polls.push(task);
        return () => {};
      },
    };
    const watch = await startSettingsWatch({ store: stand.settings, timers, log: silent });
    const changed = new Promise<number>((resolve) => watch.onChange(({ revision }) => resolve(revision)));
    await stand.settings.replace({ agents: [] }, 0);
    expect(watch.current().revision).toBe(0);
    polls.pop()?.();
    expect(await changed).toBe(1);
    expect(watch.current().revision).toBe(1);
    watch.close();
  });
});
