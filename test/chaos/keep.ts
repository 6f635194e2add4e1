import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evidenceOf } from '../e2e/evidence.ts';
import type { ServiceProcess } from '../e2e/service-process.ts';
import type { Talk } from '../e2e/traffic.ts';
import type { World } from '../e2e/world.ts';

/** `used.json`: what a run used, and what must not be found where it does not belong. */
export interface Used {
  /** Nowhere but in `threadmart.yaml`, which the operator writes, and in the key files of the data folder. */
  readonly secrets: readonly string[];
  /** Words of buyers and agents: in the database and the answers, never in logs and metrics. */
  readonly texts: readonly string[];
  /** The same for names. */
  readonly names: readonly string[];
}

const paths = ['shops', 'inquiries?limit=100', 'outbox?limit=100', 'outbox?state=sent', 'dead-letters', 'doctor'];
const inquiriesAsked = 10;

/**
 * What stays of a run in its folder: `logs/`, all that the processes wrote; `metrics/` and `answers/`, what the running service answers;
 * `data` and `store`, the database; `used.json`; `evidence.json`, what the verdict stood on.
 */
export async function keepAnswers(world: World, processes: readonly ServiceProcess[], talks: readonly Talk[], people: readonly string[]) {
  const { tiktok, slack, adminToken, folder } = world;
  const headers = { authorization: `Bearer ${adminToken}` };
  const ask = async (url: string): Promise<string> => (await fetch(url, { headers })).text();
  for (const name of ['metrics', 'answers']) await mkdir(join(folder, name), { recursive: true });
  for (const [index, { url }] of processes.entries()) {
    await writeFile(join(folder, 'metrics', `service-${index + 1}.txt`), await ask(`${url}/metrics`));
    const { items } = JSON.parse(await ask(`${url}/api/inquiries?limit=${inquiriesAsked}`)) as {
      readonly items: readonly { _id: string }[];
    };
    const about = items.flatMap(({ _id }) => [`inquiries/${_id}`, `inquiries/${_id}/messages`, `trace/${_id}`]);
    for (const path of [...paths, ...about]) {
      await writeFile(join(folder, 'answers', `service-${index + 1}-${path.replace(/\W+/g, '-')}.json`), await ask(`${url}/api/${path}`));
    }
  }
  const evidence = evidenceOf(world, talks);
  const { conversations, agents } = evidence;
  const used: Used = {
    secrets: [
      slack.botToken,
      slack.signingSecret,
      tiktok.appSecret,
      adminToken,
      ...tiktok.issued.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]),
    ],
    texts: [
      ...conversations.flatMap(({ written }) => written.map(({ text }) => text)),
      ...agents.flatMap(({ versions }) => versions.map(({ text }) => text)),
    ],
    names: [...people, ...talks.map(({ nickname }) => nickname)],
  };
  await writeFile(join(folder, 'used.json'), JSON.stringify(used, null, 2));
  await writeFile(join(folder, 'evidence.json'), JSON.stringify(evidence, null, 2));
}
