import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const script = `
  const { keepCompiled } = await import(${JSON.stringify(new URL('../src/compile-cache.mjs', import.meta.url).href)});
  keepCompiled(process.env);
  await import(${JSON.stringify(new URL('../src/core/time.ts', import.meta.url).href)});
  console.log((await import('node:module')).getCompileCacheDir() ?? 'none');
`;

describe('what Node compiled', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threadmart-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function run(env: Readonly<Record<string, string>>): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env, cwd: folder });
    return stdout.trim();
  }

  it('is kept in the data folder, for this user alone', async () => {
    const dir = join(folder, 'data', 'cache');
    expect(await run({ DATA_DIR: join(folder, 'data') })).toContain(dir);
    for (const path of [join(folder, 'data'), dir]) expect((await stat(path)).mode & 0o777).toBe(0o700);
    const [version = ''] = await readdir(dir);
    expect((await readdir(join(dir, version))).length).toBeGreaterThan(0);
  });

  it('is kept where the operator says instead', async () => {
    const own = join(folder, 'own');
    expect(await run({ DATA_DIR: join(folder, 'other'), NODE_COMPILE_CACHE: own })).toContain(own);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  it('is made anew where nothing can be kept', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await run({ DATA_DIR: join(folder, 'file') })).toBe('none');
  });
});
