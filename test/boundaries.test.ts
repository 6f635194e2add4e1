import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const areas = ['src', 'adapters', 'bots', 'jobs', 'test'];

interface Report {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: { readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[] };
}

async function cruise(folder: string, folders: readonly string[]): Promise<Report> {
  const args = [depcruise, ...folders, '--config', join(folder, '.dependency-cruiser.mjs'), '--output-type', 'json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 256 * 1024 * 1024 });
  return JSON.parse(stdout) as Report;
}

const found = ({ summary }: Report) => summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`).toSorted();

describe('the import rule', () => {
  it('holds over the whole project', { timeout: 120_000 }, async () => {
    const report = await cruise(root, ['src', 'adapters', 'bots', 'test']);
    // A tool that cannot read TypeScript finds nothing wrong in nothing.
    expect(report.modules.length).toBeGreaterThan(100);
    expect(found(report)).toEqual([]);
  });
});

describe('each part of it bites', () => {
  const files: Readonly<Record<string, string>> = {
    'src/errors.ts': 'export const e = 1;',
    'src/core/ids.ts': 'export const i = 1;',
    'src/core/good.ts': "import { i } from './ids.ts';\nexport const x = i;",
    'src/http/app.ts': "import { i } from '../core/ids.ts';\nexport const h = i;",
    'src/core/reaches-out.ts': "import type { h } from '../http/app.ts';\nexport type H = typeof h;",
    'src/core/does-io.ts': "import { readFileSync } from 'node:fs';\nexport const f = readFileSync;",
    'adapters/adapter.ts': 'export const a = 1;',
    'adapters/one/index.ts': "import { a } from '../adapter.ts';\nimport { e } from '../../src/errors.ts';\nexport const o = a + e;",
    'adapters/two/index.ts': "import { o } from '../one/index.ts';\nexport const t = o;",
    'adapters/three/index.ts': "import { h } from '../../src/http/app.ts';\nexport const t = h;",
    'bots/bot.ts': 'export const b = 1;',
    'bots/one/index.ts': "import { b } from '../bot.ts';\nexport const o = b;",
    'bots/two/index.ts': "import { o } from '../one/index.ts';\nexport const t = o;",
    'jobs/job.ts': 'export const j = 1;',
    'jobs/good.ts': "import { j } from './job.ts';\nexport const g = j;",
    'jobs/bad.ts': "import { o } from '../adapters/one/index.ts';\nexport const x = o;",
    'src/embedded/index.ts': "import { w } from './wire.ts';\nexport const s = w;",
    'src/embedded/wire.ts': 'export const w = 1;',
    'src/embedded/curious.ts': "import { i } from '../core/ids.ts';\nexport const c = i;",
    'src/run.ts': "import { s } from './embedded/index.ts';\nexport const m = s;",
    'src/nosy.ts': "import { w } from './embedded/wire.ts';\nexport const n = w;",
    'test/kit.ts': 'export const k = 1;',
    'src/tested.ts': "import { k } from '../test/kit.ts';\nexport const t = k;",
  };
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threadmart-boundaries-'));
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    for (const name of ['.dependency-cruiser.mjs', 'tsconfig.json']) await cp(join(root, name), join(folder, name));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('where it is broken, and nowhere else', { timeout: 60_000 }, async () => {
    expect(found(await cruise(folder, areas))).toEqual([
      'adapters-stay-apart: adapters/three/index.ts',
      'adapters-stay-apart: adapters/two/index.ts',
      'bots-stay-apart: bots/two/index.ts',
      'core-does-no-io: src/core/does-io.ts',
      'core-uses-only-itself: src/core/reaches-out.ts',
      'embedded-is-two-doors: src/nosy.ts',
      'embedded-knows-nothing: src/embedded/curious.ts',
      'jobs-use-interfaces: jobs/bad.ts',
      'product-does-not-import-tests: src/tested.ts',
    ]);
  });
});
