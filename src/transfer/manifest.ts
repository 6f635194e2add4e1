import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TextKey, TextParams } from '../core/texts/index.ts';
import { text } from '../core/texts/index.ts';

/** Beside the collections, and written last: a folder without it is no export. */
const manifestName = 'export.json';
const formatVersion = 1;

const manifest = z.object({
  format: z.literal(formatVersion),
  createdAt: z.iso.datetime(),
  /** Of the documents, as in the collection `meta`. */
  schemaVersion: z.int(),
  /** Fingerprints of the keys under which credentials are encrypted in it; null: there never was one. */
  secretKeyIds: z.array(z.string()).nullable(),
  collections: z.array(
    z.object({
      name: z.string(),
      /** In the same folder; one document a line. */
      file: z.string().regex(/^[^/\\]+\.jsonl$/),
      documents: z.int(),
      bytes: z.int(),
      sha256: z.string(),
      /** As `createIndexes` takes them, in relaxed Extended JSON; without the one on `_id`. */
      indexes: z.array(z.record(z.string(), z.unknown())),
    }),
  ),
});

export type Manifest = z.infer<typeof manifest>;
export type ExportedCollection = Manifest['collections'][number];

/** Why nothing was exported or imported; a sentence of the catalogue. Its message is the English one. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly key: TextKey;
  readonly params: TextParams;

  constructor(key: TextKey, params: TextParams = {}, cause?: unknown) {
    super(text('en', key, params), { cause });
    this.key = key;
    this.params = params;
  }
}

export const manifestFile = (folder: string): string => join(folder, manifestName);
export const newManifest = (content: Omit<Manifest, 'format'>): string =>
  `${JSON.stringify({ format: formatVersion, ...content }, null, 2)}\n`;

/** @throws TransferError: this is no folder that a complete export was written to */
export async function readManifest(folder: string): Promise<Manifest> {
  try {
    return manifest.parse(JSON.parse(await readFile(manifestFile(folder), 'utf8')));
  } catch (error) {
    throw new TransferError('transfer.no-export', { folder, file: manifestName }, error);
  }
}
