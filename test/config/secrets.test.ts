import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadAdminToken, loadSecretKeys } from '../../src/secrets.ts';

let folder: string;
let dataDir: string;
const fresh = { keyIds: async () => null };
const used = { keyIds: async () => ['abc'] };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadmart-'));
  dataDir = join(folder, 'data');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the secret key', () => {
  it('is the configured one, and no file is made', async () => {
    const key = randomBytes(32);
    expect(await loadSecretKeys([key], { dataDir, random: randomBytes, meta: used })).toEqual([key]);
    await expect(stat(dataDir)).rejects.toThrow('ENOENT');
  });

  it('is made once, for its owner alone', async () => {
    const [made] = await loadSecretKeys([], { dataDir, random: randomBytes, meta: fresh });
    expect(made).toHaveLength(32);
    expect((await stat(join(dataDir, 'secret-key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['secret-key']);
    const [again] = await loadSecretKeys([], { dataDir, random: randomBytes, meta: used });
    expect(Buffer.from(again ?? [])).toEqual(Buffer.from(made ?? []));
  });

  it('is not made anew where the database was encrypted with one that is gone', async () => {
    await expect(loadSecretKeys([], { dataDir, random: randomBytes, meta: used })).rejects.toThrow('No new key was made');
    await expect(stat(dataDir)).rejects.toThrow('ENOENT');
  });

  it('is refused when the file holds something else', async () => {
    await loadSecretKeys([], { dataDir, random: randomBytes, meta: fresh });
    await writeFile(join(dataDir, 'secret-key'), 'half a k');
    await expect(loadSecretKeys([], { dataDir, random: randomBytes, meta: used })).rejects.toThrow('does not hold a key');
  });
});

describe('the admin token', () => {
  it('is the configured one', async () => {
    expect(await loadAdminToken('a-configured-token', { dataDir, random: randomBytes })).toBe('a-configured-token');
  });

  it('is made once, for its owner alone', async () => {
    const made = await loadAdminToken(null, { dataDir, random: randomBytes });
    expect(made).toMatch(/^[\w-]{43}$/);
    expect(await loadAdminToken(null, { dataDir, random: randomBytes })).toBe(made);
    expect((await stat(join(dataDir, 'admin-token'))).mode & 0o777).toBe(0o600);
    expect((await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()).toBe(made);
  });
});
