import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startEmbedded } from '../../src/embedded/index.ts';

/** Writes and backs up without end, and prints the name of each backup that was made. To be killed. */
const [dir = '', backups = '', run = ''] = process.argv.slice(2);
const store = await startEmbedded(dir);
const client = await new MongoClient(store.uri).connect();
const rows = client.db('test').collection('rows');
await rows.createIndex({ n: 1 });

async function write(): Promise<never> {
  for (let n = 0; ; n += 1)
    await rows.insertMany(Array.from({ length: 50 }, (_, index) => ({ n: n * 50 + index, text: 'x'.repeat(1_000) })));
}

async function backUp(): Promise<never> {
  for (let n = 0; ; n += 1) {
    const name = `${run}-${n}`;
    await store.backup(join(backups, name));
    process.stdout.write(`${name}\n`);
  }
}

await Promise.all([write(), backUp()]);
