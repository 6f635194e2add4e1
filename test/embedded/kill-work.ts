import { type Collection, MongoClient, MongoServerError } from 'mongodb';

/** One document of a writer's own: what it was told of it, and what it has asked for since. */
interface Own {
  /** The last version that was acknowledged; null: not even its insert. */
  readonly version: number | null;
  readonly isDeleted: boolean;
  /** Asked for and not answered: the next version, or the document's end. */
  readonly asked: 'version' | 'end' | null;
}

/** What a run was told by the server before it was killed. Keys are `_id`s. */
export interface Told {
  readonly own: Map<string, Own>;
  /** Who was told that a slot is theirs, for a slot that everybody wants. */
  readonly slots: Map<number, string>;
  /** Who was told that a task is theirs. */
  readonly tasks: Map<string, string>;
  /** Two were told the same, seen at once and not only after the kill. */
  readonly doubled: string[];
  answers: number;
}

interface OwnRow {
  readonly _id: string;
  readonly writer: string;
  readonly version: number;
  readonly steps: readonly number[];
}
const collections = (client: MongoClient) => {
  const database = client.db('kill');
  return {
    rows: database.collection<OwnRow>('rows'),
    slots: database.collection<{ _id: string; slot: number; by: string }>('slots'),
    tasks: database.collection<{ _id: string; state: 'waiting' | 'taken'; by?: string }>('tasks'),
  };
};

export const nothingTold = (): Told => ({ own: new Map(), slots: new Map(), tasks: new Map(), doubled: [], answers: 0 });

export async function prepare(uri: string, run: number): Promise<void> {
  const client = await new MongoClient(uri).connect();
  const { rows, slots, tasks } = collections(client);
  await rows.createIndex({ writer: 1, version: -1 });
  await rows.createIndex({ steps: 1 });
  await slots.createIndex({ slot: 1 }, { unique: true });
  await tasks.createIndex({ state: 1, _id: 1 });
  await tasks.insertMany(Array.from({ length: 400 }, (_, n) => ({ _id: `${run}-${n}`, state: 'waiting' as const })));
  await client.close();
}

/** Writes over a connection of its own until that is cut, and notes in `told` what it was answered. */
export async function work(uri: string, writer: string, firstSlot: number, random: () => number, told: Told): Promise<void> {
  const client = new MongoClient(uri, { maxPoolSize: 2, retryReads: false, serverSelectionTimeoutMS: 2_000 });
  const { rows, slots, tasks } = collections(client);
  const mine: string[] = [];
  try {
    for (let turn = 0; ; turn += 1) {
      const dice = random();
      if (dice < 0.35 || mine.length === 0) await insertOwn(rows, `${writer}-${turn}`);
      else if (dice < 0.65) await raiseOwn(rows, pick());
      else if (dice < 0.75) await endOwn(rows, pick());
      else if (dice < 0.9) await claimSlot(slots, firstSlot + turn);
      else await takeTask(tasks);
      told.answers += 1;
    }
  } catch (error) {
    // The connection was cut: what was under way may or may not have been done.
    if (error instanceof MongoServerError) throw error;
  } finally {
    await client.close();
  }

  function pick(): string {
    return mine[Math.floor(random() * mine.length)] as string;
  }

  async function insertOwn(collection: typeof rows, _id: string): Promise<void> {
    told.own.set(_id, { version: null, isDeleted: false, asked: 'version' });
    await collection.insertOne({ _id, writer, version: 0, steps: [] });
    told.own.set(_id, { version: 0, isDeleted: false, asked: null });
    mine.push(_id);
  }

  async function raiseOwn(collection: typeof rows, _id: string): Promise<void> {
    const version = (told.own.get(_id)?.version ?? 0) + 1;
    told.own.set(_id, { version: version - 1, isDeleted: false, asked: 'version' });
    await collection.updateOne({ _id }, { $inc: { version: 1 }, $push: { steps: version } });
    told.own.set(_id, { version, isDeleted: false, asked: null });
  }

  async function endOwn(collection: typeof rows, _id: string): Promise<void> {
    const version = told.own.get(_id)?.version ?? 0;
    mine.splice(mine.indexOf(_id), 1);
    told.own.set(_id, { version, isDeleted: false, asked: 'end' });
    await collection.deleteOne({ _id });
    told.own.set(_id, { version, isDeleted: true, asked: null });
  }

  async function claimSlot(collection: typeof slots, slot: number): Promise<void> {
    try {
      await collection.insertOne({ _id: `${writer}-${slot}`, slot, by: writer });
    } catch (error) {
      if (error instanceof MongoServerError && error.code === 11_000) return;
      throw error;
    }
    if (told.slots.has(slot)) told.doubled.push(`slot ${slot}`);
    told.slots.set(slot, writer);
  }

  async function takeTask(collection: Collection<{ _id: string; state: 'waiting' | 'taken'; by?: string }>): Promise<void> {
    const taken = await collection.findOneAndUpdate({ state: 'waiting' }, { $set: { state: 'taken', by: writer } }, { sort: { _id: 1 } });
    if (!taken) return;
    if (told.tasks.has(taken._id)) told.doubled.push(`task ${taken._id}`);
    told.tasks.set(taken._id, writer);
  }
}

/** What was told and is not so, in words. */
export async function brokenPromises(uri: string, told: Told): Promise<string[]> {
  const client = await new MongoClient(uri).connect();
  try {
    const { rows, slots, tasks } = collections(client);
    const stored = new Map((await rows.find().toArray()).map((row) => [row._id, row]));
    const byIndex = await rows
      .find({ writer: { $gte: '' } })
      .hint({ writer: 1, version: -1 })
      .toArray();
    const broken = [...told.doubled];
    if (byIndex.length !== stored.size) broken.push(`an index tells of ${byIndex.length} rows, the collection of ${stored.size}`);
    for (const [_id, own] of told.own) broken.push(...wrongWith(_id, own, stored.get(_id)));
    const holders = new Map((await slots.find().toArray()).map(({ slot, by }) => [slot, by]));
    for (const [slot, by] of told.slots) if (holders.get(slot) !== by) broken.push(`slot ${slot} was given to ${by}`);
    const takers = new Map((await tasks.find({ state: 'taken' }).toArray()).map(({ _id, by }) => [_id, by]));
    for (const [_id, by] of told.tasks) if (takers.get(_id) !== by) broken.push(`task ${_id} was given to ${by}`);
    return broken;
  } finally {
    await client.close();
  }
}

function wrongWith(_id: string, { version, isDeleted, asked }: Own, row: OwnRow | undefined): string[] {
  if (!row) return isDeleted || asked === 'end' || version === null ? [] : [`${_id} is gone`];
  if (isDeleted) return [`${_id} is back`];
  // A write of one document is done as a whole or not at all.
  const isWhole = row.steps.length === row.version && row.steps.every((step, index) => step === index + 1);
  if (!isWhole) return [`${_id} is half written`];
  const last = version ?? -1;
  const isRight = row.version === last || (asked === 'version' && row.version === last + 1);
  return isRight ? [] : [`${_id} has version ${row.version}, told was ${last}`];
}
