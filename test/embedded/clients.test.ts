import { MongoBackend } from '@agendajs/mongo-backend';
import { Agenda } from 'agenda';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, engineMissing, type Store, startStore } from './engine.ts';

describe.skipIf(engineMissing)('clients', () => {
  let store: Store;
  let connection: mongoose.Connection;
  beforeAll(async () => {
    store = await startStore();
    connection = await mongoose.createConnection(store.uri, { dbName: 'models' }).asPromise();
  });
  afterAll(async () => {
    await connection.close();
    await store.close();
  });

  it('mongoose: models, indexes, versions, populate, bulk writes', async () => {
    const Shop = connection.model(
      'Shop',
      new mongoose.Schema({ name: { type: String, unique: true }, tags: [String] }, { timestamps: true, optimisticConcurrency: true }),
    );
    const Buyer = connection.model(
      'Buyer',
      new mongoose.Schema({
        shop: { type: mongoose.Schema.Types.ObjectId, ref: 'Shop' },
        total: BigInt,
        spent: mongoose.Schema.Types.Decimal128,
      }),
    );
    await Promise.all([Shop.init(), Buyer.init()]);
    const shop = await Shop.create({ name: 'Lamp House', tags: ['a', 'b'] });
    expect(await codeOf(Shop.create({ name: 'Lamp House' }))).toBe(11_000);
    const [first, second] = [await Shop.findById(shop._id).orFail(), await Shop.findById(shop._id).orFail()];
    first.tags.push('c');
    await first.save();
    second.set('tags.0', 'z');
    await expect(second.save()).rejects.toThrow(mongoose.Error.VersionError);
    const buyer = await Buyer.create({ shop: shop._id, total: 9_007_199_254_740_993n, spent: '12.30' });
    const found = await Buyer.findById(buyer._id).populate<{ shop: { name: string } }>('shop').orFail();
    expect([found.shop.name, found.total, String(found.spent)]).toEqual(['Lamp House', 9_007_199_254_740_993n, '12.30']);
    const bulk = await Shop.bulkWrite([
      { updateOne: { filter: { name: 'Desk House' }, update: { $set: { tags: ['d'] } }, upsert: true } },
      { updateMany: { filter: { tags: 'a' }, update: { $addToSet: { tags: 'e' } } } },
      { deleteOne: { filter: { name: 'Nobody' } } },
    ]);
    expect([bulk.upsertedCount, bulk.modifiedCount, bulk.deletedCount]).toEqual([1, 1, 0]);
    expect(await Shop.aggregate([{ $unwind: '$tags' }, { $group: { _id: '$name', n: { $sum: 1 } } }, { $sort: { n: -1 } }])).toEqual([
      { _id: 'Lamp House', n: 4 },
      { _id: 'Desk House', n: 1 },
    ]);
    expect((await Shop.distinct('tags')).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await Shop.syncIndexes()).toEqual([]);
    expect((await Shop.collection.indexes()).map(({ name, unique }) => [name, unique])).toEqual([
      ['_id_', undefined],
      ['name_1', true],
    ]);
  });

  it('Agenda: each job runs once; finished jobs are removed', async () => {
    const agenda = new Agenda({
      backend: new MongoBackend({ mongo: store.db as never }),
      processEvery: 100,
      defaultLockLimit: 10,
      defaultLockLifetime: 600_000,
      removeOnComplete: true,
    });
    const ran: number[] = [];
    agenda.define<{ n: number }>('count', (job, done) => {
      ran.push(job.attrs.data.n);
      done();
    });
    await agenda.start();
    try {
      for (let n = 0; n < 40; n += 1) await agenda.now('count', { n });
      await agenda.every(60_000, 'count', { n: -1 }, { skipImmediate: true });
      await agenda.every(60_000, 'count', { n: -1 }, { skipImmediate: true });
      await expect.poll(() => ran.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(40);
      await expect.poll(() => store.db.collection('agendaJobs').countDocuments(), { timeout: 10_000 }).toBe(1);
      expect(ran.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    } finally {
      await agenda.stop();
    }
  });
});
