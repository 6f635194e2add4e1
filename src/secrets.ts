import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from './start-error.ts';
import type { MetaStore } from './store/meta.ts';

const keyBytes = 32;
const tokenBytes = 32;

export interface SecretFileDeps {
  readonly dataDir: string;
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * The keys that guard secrets in the database: those that were configured, else the one in `DATA_DIR/secret-key`, which is made where none was ever needed.
 * @throws StartError when the database was encrypted with a key that is gone: a new one would only hide that
 */
export async function loadSecretKeys(
  given: readonly Uint8Array[],
  { meta, dataDir, random }: SecretFileDeps & { readonly meta: Pick<MetaStore, 'keyIds'> },
): Promise<readonly Uint8Array[]> {
  if (given.length > 0) return given;
  const path = join(dataDir, 'secret-key');
  const stored = await readIfThere(path);
  if (stored === null) {
    if ((await meta.keyIds()) !== null) throw new StartError('start.key-missing', { path });
    const key = random(keyBytes);
    await writeSecret(dataDir, path, Buffer.from(key).toString('base64'));
    return [key];
  }
  const key = Buffer.from(stored, 'base64');
  if (key.length !== keyBytes) throw new StartError('start.key-unreadable', { path });
  return [key];
}

/** The token that guards `/api` and `/metrics`: configured, else in `DATA_DIR/admin-token`, which is made when it is missing. */
export async function loadAdminToken(given: string | null, { dataDir, random }: SecretFileDeps): Promise<string> {
  if (given !== null) return given;
  const path = join(dataDir, 'admin-token');
  const stored = await readIfThere(path);
  if (stored) return stored;
  const token = Buffer.from(random(tokenBytes)).toString('base64url');
  await writeSecret(dataDir, path, token);
  return token;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all, and on the disk before anything is encrypted with it. */
async function writeSecret(directory: string, path: string, content: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${content}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
