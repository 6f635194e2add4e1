import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/embedded/engine.ts';
import { openStorage } from '../../src/embedded/storage.ts';
import { startEngine, startStore } from './engine.ts';

describe('the store in its folder', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'embedded-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('lets what has expired go, and only that', () => {
    const storage = openStorage(dir);
    let nowMs = 1_000_000;
    const engine = createEngine(storage, () => nowMs);
    const run = (command: object) => engine.run([{ ...command, $db: 'test' }])[0]?.document;
    run({ createIndexes: 'c', indexes: [{ key: { at: -1 }, name: 'at', expireAfterSeconds: 60 }] });
    run({ insert: 'c', documents: [{ at: new Date(nowMs) }, { at: new Date(nowMs + 1) }, { at: 5 }, {}] });
    nowMs += 60_000;
    engine.tidy();
    expect(run({ count: 'c', query: {} })).toMatchObject({ n: 3 });
    nowMs += 1;
    engine.tidy();
    expect(run({ count: 'c', query: {} })).toMatchObject({ n: 2 });
    storage.close();
  });

  it('a command that fails takes back its own writes and leaves its neighbours theirs', () => {
    const storage = openStorage(dir);
    const engine = createEngine(storage, () => 0);
    const index = { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a', unique: true }], $db: 'test' };
    const replies = engine.run([
      { insert: 'c', documents: [{ a: 1 }, { a: 1 }], $db: 'test' },
      index,
      { insert: 'c', documents: [{ a: 1 }], $db: 'test' },
    ]);
    expect(replies.map(({ document }) => [document['ok'], document['code']])).toEqual([
      [1, undefined],
      [0, 11_000],
      [1, undefined],
    ]);
    const [count, indexes] = engine.run([
      { count: 'c', $db: 'test' },
      { listIndexes: 'c', $db: 'test' },
    ]);
    expect([count?.document['n'], indexes?.batch?.documents.length]).toEqual([3, 1]);
    storage.close();
  });

  it('waits for the disk with a batch in which a single write asks for it, and leaves to the system what no write asks for', () => {
    const storage = openStorage(dir);
    const engine = createEngine(storage, () => 0);
    const insert = (writeConcern?: object) => ({ insert: 'c', documents: [{}], $db: 'test', ...(writeConcern ? { writeConcern } : {}) });
    const waited = (...commands: object[]) => {
      expect(engine.run(commands).map(({ document }) => document['ok'])).toEqual(commands.map(() => 1));
      return Object.values(storage.database.prepare('pragma synchronous').get() ?? {})[0] === 2;
    };
    expect(waited(insert({ w: 'majority', j: false }))).toBe(false);
    expect(waited({ count: 'c', $db: 'test' })).toBe(false);
    expect(waited(insert({ w: 'majority', j: false }), insert())).toBe(true);
    expect(waited(insert({ j: false }), insert({ j: false }))).toBe(false);
    expect(waited(insert({ w: 1 }))).toBe(true);
    expect(waited(insert({ w: 'majority', j: true }))).toBe(true);
    storage.close();
  });

  it('a full disk is told to those who wrote, and passes', () => {
    const storage = openStorage(dir);
    const engine = createEngine(storage, () => 0);
    const insert = () => ({ insert: 'c', documents: [{ text: 'x'.repeat(100_000) }], $db: 'test' });
    const count = () => engine.run([{ count: 'c', $db: 'test' }])[0]?.document['n'];
    engine.run([insert()]);
    storage.database.exec('pragma max_page_count = 40');
    const replies = engine.run([{ ping: 1 }, insert(), { ping: 1 }, insert(), insert()]);
    expect(replies.map(({ document }) => document['code'] ?? 0)).toEqual([0, 14_031, 0, 14_031, 14_031]);
    expect(count()).toBe(1);
    storage.database.exec('pragma max_page_count = 1073741823');
    expect(engine.run([insert()])[0]?.document).toMatchObject({ n: 1, ok: 1 });
    expect(count()).toBe(2);
    storage.close();
  });

  it('is not opened by a version that does not know its format', async () => {
    openStorage(dir).close();
    const database = new DatabaseSync(join(dir, 'store.sqlite'));
    database.exec('pragma user_version = 99');
    database.close();
    await expect(startEngine(dir)).rejects.toThrow(/format 99/);
  });

  it('is reached by this user alone, also where the folder is deep', async () => {
    const deep = join(dir, 'd'.repeat(60), 'e'.repeat(60));
    const engine = await startEngine(deep);
    const path = decodeURIComponent(engine.uri.slice('mongodb://'.length));
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107);
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
    const client = await new MongoClient(engine.uri).connect();
    await client.db('test').collection('c').insertOne({});
    await client.close();
    await engine.close();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('can be read by this user alone, also where the folder is open to others', async () => {
    await chmod(dir, 0o755);
    const engine = await startEngine(dir);
    try {
      const client = await new MongoClient(engine.uri).connect();
      await client.db('test').collection('c').insertOne({ words: 'a buyer wrote them' });
      await client.close();
      const names = (await readdir(dir)).filter((name) => name.startsWith('store.sqlite'));
      expect(names.length).toBeGreaterThan(1);
      for (const name of names) expect([name, (await stat(join(dir, name))).mode & 0o077]).toEqual([name, 0]);
    } finally {
      await engine.close();
    }
  });
});

describe('a connection that does not speak the protocol', () => {
  it.each([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a length below a header', Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])],
    ['BSON that points outside its message', Buffer.from('1a0000000100000000000000dd0700000000000000ffffff7f00', 'hex')],
  ])('%s: is closed, and the others stay', async (_, bytes) => {
    const store = await startStore();
    try {
      const socket = connect(decodeURIComponent(store.uri.slice('mongodb://'.length)));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => socket.destroy());
      socket.resume().write(bytes);
      await closed;
      expect(await store.db.collection('c').countDocuments()).toBe(0);
    } finally {
      await store.close();
    }
  });
});
