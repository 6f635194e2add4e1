import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { engineMissing, startEngine } from './engine.ts';

const writer = new URL('./kill-writer.ts', import.meta.url).pathname;

/** Starts the writer, kills it once `atLeast` inserts were acknowledged, and returns those. */
async function killedRun(dir: string, run: number, atLeast: number, hasty: boolean): Promise<string[]> {
  const child = spawn(process.execPath, [writer, dir, String(run), ...(hasty ? ['hasty'] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > atLeast) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  return output.split('\n').slice(0, -1);
}

async function lostIn(dir: string, acknowledged: readonly string[]): Promise<string[]> {
  const engine = await startEngine(dir);
  const client = await new MongoClient(engine.uri).connect();
  try {
    const rows = client.db('test').collection<{ _id: string; worker: number }>('rows');
    const stored = await rows.find().toArray();
    const byWorker = await Promise.all(Array.from({ length: 20 }, (_, worker) => rows.find({ worker }).toArray()));
    expect(
      byWorker
        .flat()
        .map(({ _id }) => _id)
        .sort(),
      'the index agrees with the documents',
    ).toEqual(stored.map(({ _id }) => _id).sort());
    const ids = new Set(stored.map(({ _id }) => _id));
    const counters = new Map(
      (await client.db('test').collection<{ _id: string; n: number }>('counters').find().toArray()).map(({ _id, n }) => [_id, n]),
    );
    return acknowledged.filter((id) => {
      const [run, worker, turn] = id.split('-');
      return !ids.has(id) || (counters.get(`${run}-${worker}`) ?? 0) <= Number(turn);
    });
  } finally {
    await client.close();
    await engine.close();
  }
}

describe.skipIf(engineMissing)('killed in the middle of writing', () => {
  it('keeps every acknowledged write, start after start', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'embedded-kill-'));
    try {
      const acknowledged: string[] = [];
      for (const run of [1, 2, 3, 4, 5]) {
        acknowledged.push(...(await killedRun(dir, run, 100 + 150 * run, false)));
        expect(await lostIn(dir, acknowledged)).toEqual([]);
      }
      expect(acknowledged.length).toBeGreaterThan(2_500);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }, 120_000);

  it('would be seen to lose one: a writer that speaks too early is caught', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'embedded-kill-'));
    try {
      expect((await lostIn(dir, await killedRun(dir, 1, 300, true))).length).toBeGreaterThan(0);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }, 60_000);
});
