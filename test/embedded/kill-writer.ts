import { MongoClient } from 'mongodb';
import { startEngine } from './engine.ts';

/** Writes without end and prints the number of each insert that was acknowledged. `--hasty` prints it before: the harness must see that. */
const [dir, run, hasty] = process.argv.slice(2);
const engine = await startEngine(String(dir));
const client = await new MongoClient(engine.uri, { maxPoolSize: 20 }).connect();
const rows = client.db('test').collection<{ _id: string; worker: number }>('rows');
const counters = client.db('test').collection<{ _id: string; n: number }>('counters');
await rows.createIndex({ worker: 1 });

await Promise.all(
  Array.from({ length: 20 }, async (_, worker) => {
    for (let turn = 0; ; turn += 1) {
      const _id = `${run}-${worker}-${turn}`;
      if (hasty) process.stdout.write(`${_id}\n`);
      await Promise.all([
        rows.insertOne({ _id, worker }),
        counters.updateOne({ _id: `${run}-${worker}` }, { $inc: { n: 1 } }, { upsert: true }),
      ]);
      if (!hasty) process.stdout.write(`${_id}\n`);
    }
  }),
);
