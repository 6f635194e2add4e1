import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Document, deserialize } from 'bson';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/embedded/engine.ts';
import { StoreError, startEmbedded } from '../../src/embedded/index.ts';
import { checkStore, closeFolder } from '../../src/embedded/offline.ts';
import { openStorage } from '../../src/embedded/storage.ts';

let dir: string;
let backups: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'embedded-backup-'));
  backups = join(dir, 'backups');
  await mkdir(backups);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Numbers of the documents in a store file, read without the engine's help. */
function numbersIn(file: string): number[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare('select cast(substr(bytes, 9, 1) as text) as type, bytes from documents')
      .all()
      .map(({ bytes }) => Buffer.from(bytes as Uint8Array).readInt32LE(9))
      .sort((a, b) => a - b);
  } finally {
    database.close();
  }
}

describe('a backup', () => {
  it('is the store of one moment, while writing goes on', async () => {
    const store = await startEmbedded(dir);
    const client = await new MongoClient(store.uri).connect();
    const rows = client.db('test').collection<{ _id: number; text: string }>('rows');
    let written = 0;
    let stop = false;
    const writing = (async () => {
      for (; !stop; written += 1) await rows.insertOne({ _id: written, text: 'x'.repeat(2_000) });
    })();
    for (const name of ['a', 'b', 'c']) {
      const before = written;
      const { bytes } = await store.backup(join(backups, name));
      const found = numbersIn(join(backups, name));
      expect(found).toEqual(found.map((_, index) => index));
      expect(found.length).toBeGreaterThanOrEqual(before);
      expect(found.length).toBeLessThanOrEqual(written + 1);
      expect(checkStore(join(backups, name)).problems).toEqual([]);
      const { size, mode } = await stat(join(backups, name));
      expect([size, mode & 0o777]).toEqual([bytes, 0o600]);
    }
    stop = true;
    await writing;
    await client.close();
    await store.close();
    expect(await readdir(backups)).toEqual(['a', 'b', 'c']);
  });

  it('that fails leaves nothing behind, and says why', async () => {
    const store = await startEmbedded(dir);
    try {
      await expect(store.backup(join(dir, 'nowhere', 'a'))).rejects.toMatchObject({ failure: 'unreachable' });
      await writeFile(join(dir, 'file'), '');
      await expect(store.backup(join(dir, 'file', 'a'))).rejects.toMatchObject({ failure: 'unreachable' });
    } finally {
      await store.close();
    }
    expect(await readdir(backups)).toEqual([]);
  });

  it('for which the disk has no room is no backup, and the store does not notice', async () => {
    const storage = openStorage(dir);
    createEngine(storage, () => 0).run([{ insert: 'c', documents: [{ text: 'x'.repeat(2_000_000) }], $db: 'test' }]);
    const target = join(backups, 'a.part');
    const program = new URL('../../src/embedded/backup-process.ts', import.meta.url).pathname;
    // Files of this one process may not grow beyond a megabyte.
    const limited = ['-c', 'ulimit -f 1024; exec "$0" "$@"', process.execPath, program, join(dir, 'store.sqlite'), target];
    const child = spawn('bash', limited, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [report] = await once(child, 'message');
    storage.close();
    expect(report).toMatchObject({ failure: expect.stringMatching(/^(disk-full|unreachable)$/) });
    expect(checkStore(join(dir, 'store.sqlite')).problems).toEqual([]);
  });

  it('is ended by a shutdown, and the store is whole', async () => {
    const store = await startEmbedded(dir);
    const client = await new MongoClient(store.uri).connect();
    await client
      .db('test')
      .collection('rows')
      .insertMany(Array.from({ length: 2_000 }, () => ({ text: 'x'.repeat(5_000) })));
    await client.close();
    const begun = store.backup(join(backups, 'a')).catch((error: unknown) => error);
    while (!existsSync(join(backups, 'a.part')) && !existsSync(join(backups, 'a'))) await new Promise((resolve) => setTimeout(resolve, 5));
    const asked = store.backup(join(backups, 'b')).catch((error: unknown) => error);
    await store.close();
    expect(await asked).toMatchObject({ failure: 'failed' });
    // The one that had begun may have been quicker; then it is whole.
    const ended = await begun;
    expect(await readdir(backups)).toEqual(ended instanceof StoreError ? [] : ['a']);
    for (const name of await readdir(backups)) expect(checkStore(join(backups, name)).problems).toEqual([]);
    expect(checkStore(join(dir, 'store.sqlite')).problems).toEqual([]);
  });

  it('has its name only when all of it is there, whenever the process is killed', async () => {
    const program = new URL('./backup-writer.ts', import.meta.url).pathname;
    const made = new Set<string>();
    for (let run = 0; run < 3; run += 1) {
      const child = spawn(process.execPath, [program, dir, backups, String(run)], { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.setEncoding('utf8');
      let heard = '';
      child.stdout.on('data', (text: string) => {
        heard += text;
        // At another point of the second or third copy in each run.
        if (heard.split('\n').length > 2 + (run % 2)) setTimeout(() => child.kill('SIGKILL'), run * 40);
      });
      await once(child, 'close');
      expect(child.signalCode).toBe('SIGKILL');
      for (const name of heard.split('\n').slice(0, -1)) made.add(name);
    }
    const whole = (await readdir(backups)).filter((name) => !name.includes('.part'));
    expect(whole).toEqual(expect.arrayContaining([...made]));
    expect(made.size).toBeGreaterThanOrEqual(6);
    for (const name of whole) expect([name, checkStore(join(backups, name)).problems]).toEqual([name, []]);
  });
});

describe('the store in a folder is replaced', () => {
  const command = (folder: string, document: object): Document | undefined => {
    const storage = openStorage(folder);
    const reply = createEngine(storage, () => 0).run([{ ...document, $db: 'test' }])[0];
    storage.close();
    return reply?.batch?.documents.map((bytes) => deserialize(bytes))[0];
  };
  const storeWith = (folder: string, mark: string) => command(folder, { insert: 'marks', documents: [{ mark }] });
  const markIn = (folder: string): unknown => command(folder, { find: 'marks' })?.['mark'];

  it('not while somebody has it', async () => {
    const store = await startEmbedded(dir);
    expect(() => closeFolder(dir)).toThrow(expect.objectContaining({ failure: 'in-use' }));
    await store.close();
    const folder = closeFolder(dir);
    await expect(startEmbedded(dir)).rejects.toMatchObject({ failure: 'in-use' });
    folder.release();
  });

  it('and the former one is kept, whole', async () => {
    const other = join(dir, 'other');
    storeWith(dir, 'former');
    storeWith(other, 'newer');
    const folder = closeFolder(dir);
    expect(folder.replace(join(other, 'store.sqlite'), join(dir, 'aside'))).toBe(join(dir, 'aside'));
    folder.release();
    expect(markIn(dir)).toBe('newer');
    expect(markIn(join(dir, 'aside'))).toBe('former');
  });

  it('in a folder that is new', async () => {
    const other = join(dir, 'other');
    storeWith(other, 'newer');
    const fresh = join(dir, 'fresh');
    const folder = closeFolder(fresh);
    folder.replace(join(other, 'store.sqlite'), join(fresh, 'aside'));
    folder.release();
    expect(markIn(fresh)).toBe('newer');
  });

  it('wherever it was cut off: nobody opens half of it, and doing it again completes it', async () => {
    // The steps of a replacement, as far as they got: [files already moved aside, new store already in place].
    for (const [moved, placed] of [
      [0, false],
      [1, false],
      [2, false],
      [2, true],
    ] as const) {
      const root = await mkdtemp(join(dir, 'cut-'));
      const [data, other, aside] = [join(root, 'data'), join(root, 'other'), join(root, 'aside')];
      storeWith(data, 'former');
      storeWith(other, 'newer');
      await writeFile(join(data, 'store.sqlite-wal'), '');
      await writeFile(join(data, 'store.replacing'), aside);
      await mkdir(aside);
      for (const name of ['store.sqlite', 'store.sqlite-wal'].slice(0, moved)) await rename(join(data, name), join(aside, name));
      if (placed) await copyFile(join(other, 'store.sqlite'), join(data, 'store.sqlite'));
      await expect(startEmbedded(data)).rejects.toMatchObject({ failure: 'half-replaced' });
      const folder = closeFolder(data);
      expect(folder.replace(join(other, 'store.sqlite'), join(root, 'another'))).toBe(aside);
      folder.release();
      expect(markIn(data)).toBe('newer');
      expect(markIn(aside)).toBe('former');
    }
  });
});
