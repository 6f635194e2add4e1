import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { EJSON } from 'bson';
import type { Db, IndexDescription } from 'mongodb';
import { collectionNames } from './export.ts';
import { fromExtendedJson } from './extended-json.ts';
import { type ExportedCollection, type Manifest, readManifest, TransferError } from './manifest.ts';

/** One command's worth of documents. */
const mostDocuments = 1_000;
const mostBytes = 8_000_000;

export interface ImportTarget {
  readonly database: Db;
  /** Stands in the database while it is being filled: no service starts on it then. */
  readonly marker: { set(): Promise<void>; isSet(): Promise<boolean>; clear(): Promise<void> };
  /** The newest schema that this program knows. */
  readonly knownSchema: number;
}

/**
 * Fills an empty database from a folder that `exportDatabase` wrote. Every file is read through before anything is written. Cut off, it is begun again by
 * calling it again; what the import before had written goes.
 * @throws TransferError: not an export, damaged, of a newer version, or the database is not empty
 */
export async function importDatabase(folder: string, { database, marker, knownSchema }: ImportTarget): Promise<Manifest> {
  const manifest = await readManifest(folder);
  const { schemaVersion } = manifest;
  if (schemaVersion > knownSchema) throw new TransferError('transfer.newer', { stored: schemaVersion, known: knownSchema });
  if (await marker.isSet()) await empty(database);
  else await requireEmpty(database);
  for (const collection of manifest.collections) await verify(folder, collection);
  await marker.set();
  for (const collection of manifest.collections) await importCollection(database, folder, collection);
  await marker.clear();
  return manifest;
}

async function requireEmpty(database: Db): Promise<void> {
  for (const collection of await collectionNames(database)) {
    if ((await database.collection(collection).findOne({}, { projection: { _id: 1 } })) === null) continue;
    throw new TransferError('transfer.not-empty', { collection });
  }
}

/** Nothing but an import cut off has written here, and nothing was ever served from it. */
async function empty(database: Db): Promise<void> {
  for (const name of await collectionNames(database)) if (name !== 'meta') await database.collection(name).drop();
  await database.collection<{ _id: string }>('meta').deleteMany({ _id: { $ne: 'import' } });
}

async function verify(folder: string, { file, bytes, sha256 }: ExportedCollection): Promise<void> {
  const hash = createHash('sha256');
  let length = 0;
  try {
    for await (const chunk of createReadStream(join(folder, file)) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      length += chunk.length;
    }
  } catch (error) {
    throw new TransferError('transfer.damaged', { file }, error);
  }
  if (length !== bytes || hash.digest('hex') !== sha256) throw new TransferError('transfer.damaged', { file });
}

async function importCollection(database: Db, folder: string, { name, file, documents, indexes }: ExportedCollection): Promise<void> {
  const collection = database.collection(name);
  await ensureCollection(database, name);
  // Before the documents: an index over many at once holds a store up for as long as it takes.
  if (indexes.length > 0) await collection.createIndexes(indexes.map((index) => EJSON.deserialize(index) as unknown as IndexDescription));
  let [batch, bytes, inserted] = [[] as Map<string, unknown>[], 0, 0];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    // The ids are in the documents; the driver would look for them on an object, and these are maps.
    const options = { forceServerObjectId: true, ordered: true, writeConcern: { w: 'majority', journal: true } } as const;
    inserted += (await collection.insertMany(batch as never, options)).insertedCount;
    [batch, bytes] = [[], 0];
  };
  for await (const line of linesOf(join(folder, file))) {
    batch.push(fromExtendedJson(line.toString('utf8')));
    bytes += line.length;
    if (batch.length >= mostDocuments || bytes >= mostBytes) await flush();
  }
  await flush();
  if (inserted !== documents) throw new TransferError('transfer.damaged', { file });
}

async function ensureCollection(database: Db, name: string): Promise<void> {
  if (!(await collectionNames(database)).includes(name)) await database.createCollection(name);
}

/** Split at line feeds alone: other characters that end a line elsewhere may stand within a text. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end));
      const line = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
      if (line.length > 0) yield line;
      pieces = [];
      start = end + 1;
    }
    pieces.push(chunk.subarray(start));
  }
  const last = Buffer.concat(pieces);
  if (last.length > 0) yield last;
}
