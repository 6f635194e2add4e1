import { createHash } from 'node:crypto';
import { chmod, type FileHandle, mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { EJSON } from 'bson';
import type { Db, Document } from 'mongodb';
import { toExtendedJson, UnsupportedValue } from './extended-json.ts';
import { type ExportedCollection, type Manifest, manifestFile, newManifest, TransferError } from './manifest.ts';

/** Documents asked for at once, and text gathered before it is written: what is held in memory does not grow with the database. */
const batchSize = 500;
const pieceChars = 1_000_000;

interface MetaFacts {
  readonly schemaVersion: number;
  readonly secretKeyIds: readonly string[] | null;
}

/**
 * Writes every collection into a folder: one document a line in `<collection>.jsonl`, as Extended JSON that `mongoimport` reads, and what belongs to all
 * of them in `export.json`, last. Only this user may read it.
 * @throws TransferError: the folder is not empty, or something in the database cannot be exported
 */
export async function exportDatabase(
  database: Db,
  folder: string,
  { schemaVersion, secretKeyIds }: MetaFacts,
  now: Date,
): Promise<Manifest> {
  await prepare(folder);
  const collections: ExportedCollection[] = [];
  for (const name of await collectionNames(database)) collections.push(await exportCollection(database, name, folder));
  const content = { createdAt: now.toISOString(), schemaVersion, secretKeyIds: secretKeyIds && [...secretKeyIds], collections };
  await writeWhole(manifestFile(folder), newManifest(content));
  return { format: 1, ...content };
}

async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new TransferError('transfer.folder-not-empty', { folder });
  await chmod(folder, 0o700);
}

/** Those with documents of their own, by name. */
export async function collectionNames(database: Db): Promise<string[]> {
  const found = await database.listCollections({}, { nameOnly: false }).toArray();
  return found
    .filter(({ name, type }) => type === 'collection' && !name.startsWith('system.'))
    .map(({ name }) => name)
    .sort();
}

async function exportCollection(database: Db, name: string, folder: string): Promise<ExportedCollection> {
  const file = `${encodeURIComponent(name)}.jsonl`;
  const output = await open(join(folder, file), 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let [documents, bytes, piece] = [0, 0, ''];
    const flush = async (): Promise<void> => {
      const encoded = Buffer.from(piece, 'utf8');
      piece = '';
      hash.update(encoded);
      bytes += encoded.length;
      await write(output, encoded);
    };
    const cursor = database.collection(name).find({}, { raw: true, batchSize });
    for await (const raw of cursor as AsyncIterable<unknown>) {
      piece += `${line(raw as Uint8Array, name, documents)}\n`;
      documents += 1;
      if (piece.length >= pieceChars) await flush();
    }
    await flush();
    await output.sync();
    const indexes = await database.collection(name).indexes();
    return { name, file, documents, bytes, sha256: hash.digest('hex'), indexes: indexes.filter(notOnId).map(toIndex) };
  } finally {
    await output.close();
  }
}

function line(bytes: Uint8Array, collection: string, position: number): string {
  try {
    return toExtendedJson(bytes);
  } catch (error) {
    if (!(error instanceof UnsupportedValue)) throw error;
    throw new TransferError('transfer.unsupported', { collection, position: position + 1, what: error.message }, error);
  }
}

const notOnId = ({ name }: Document): boolean => name !== '_id_';

/** Without what the server adds of its own accord. */
function toIndex({ v, ns, background, ...index }: Document): Record<string, unknown> {
  return EJSON.serialize(index, { relaxed: true }) as Record<string, unknown>;
}

async function write(output: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await output.write(bytes, written)).bytesWritten;
}

async function writeWhole(path: string, content: string): Promise<void> {
  const draft = `${path}.part`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
