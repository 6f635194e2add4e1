import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { nearestLocale } from '../../src/core/texts/index.ts';
import { createWorld, type World } from '../e2e/world.ts';
import { createStage } from './stage.ts';
import { loadStory, type Story, wordsOf } from './story.ts';
import { createTalks, type Talk } from './talk.ts';
import { type Tally, tally } from './tally.ts';
import { createTeller } from './teller.ts';
import { sayIn } from './texts.ts';

// `npm run demo`: both platforms in this process, the service in one of its own, a short story told as it happens, and the count at the end.

const timeScale = 20;
const betweenBuyersMs = 700;
/** After the last thing that a platform sends again: what is on its way arrives. */
const quietMs = 1_000;
/** A webhook that was refused twice comes back only much later; the service has long read the message by itself. */
const longestSettleMs = 8_000;
const lastLogChars = 6_000;

const locale = nearestLocale(process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG']);
const say = sayIn(locale);
/** What `--chat` takes. */
const chats = { slack: 'Slack', feishu: '飞书 Feishu', dingtalk: '钉钉 DingTalk' } as const;
const chat = chatOf(process.argv.slice(2));
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const startedAt = performance.now();
const seconds = (): string => ((performance.now() - startedAt) / 1_000).toFixed(1);
const folder = mkdtempSync(join(tmpdir(), 'threadmart-demo-'));
let world: World | null = null;

// Whatever ends the demo, neither the service nor its folder stays behind.
process.on('exit', () => {
  void world?.service.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  process.on(signal, () => process.exit(code));
// Nobody reads any more, as in `npm run demo | head`.
process.stdout.on('error', () => process.exit(1));

const story = await loadStory();
print(say('title', { buyers: story.talks.length, shops: story.shops.length, channels: story.channels.length }));
print(say('intro', { chat: chats[chat], scale: timeScale }));
print('');
world = await createWorld({
  shops: story.shops,
  channels: story.channels,
  people: story.agents,
  timeScale,
  random: Math.random,
  locale,
  undoSeconds: 1,
  folder,
  chat,
  words: wordsOf(story),
});
process.exit(await play(world, story));

/** @returns a chat platform of those that the demo plays; ends the process on any other */
function chatOf(args: readonly string[]): keyof typeof chats {
  const given = parseArgs({ args: [...args], options: { chat: { type: 'string', default: 'slack' } } }).values.chat;
  const found = Object.keys(chats).find((name): name is keyof typeof chats => name === given);
  if (found) return found;
  process.stderr.write(`${say('wrong.chat', { chats: Object.keys(chats).join(', ') })}\n`);
  process.exit(2);
}

/** @returns the exit code */
async function play(world: World, story: Story): Promise<number> {
  const tell = createTeller(print, say, seconds);
  world.tiktok.webhooks.behave({ duplicated: 0.2 });
  world.chat.disturb({ duplicate: 0.2 });
  await world.service.start();
  tell('service', say('started', { url: world.service.url }));
  const stage = createStage({ world, say, tell });
  const talks = createTalks(world, story);
  const ended = await Promise.allSettled(talks.map((talk, place) => stage.play(talk, place * betweenBuyersMs)));
  const wrong = ended.flatMap((one) =>
    one.status === 'rejected' ? [String(one.reason instanceof Error ? one.reason.message : one.reason)] : [],
  );
  tell('service', say('quiet'));
  await Promise.race([Promise.all([world.tiktok.webhooks.settled(), world.chat.settled()]), pause(longestSettleMs)]);
  await pause(quietMs);
  const counted = tally(world, talks);
  report(counted, stage);
  wrong.push(...wrongIn(counted, talks));
  if (wrong.length === 0) return 0;
  for (const line of wrong) print(line);
  print(`\n${say('wrong.log')}\n${world.service.output().slice(-lastLogChars)}`);
  return 1;
}

function report(counted: Tally, { held, failed, notes }: ReturnType<typeof createStage>): void {
  print(`\n${say('counted', { seconds: seconds() })}`);
  print(say('summary', { ...counted }));
  print(say('summary.held', { count: held.length, text: held.join(' | ') }));
  print(say('summary.failed', { count: failed.length, text: failed.join(' | ') }));
  print(say('summary.notes', { count: notes.length }));
}

function wrongIn(counted: Tally, talks: readonly Talk[]): string[] {
  const { received, delivered, lost, doubled, outOfOrder, unreceived, leaked } = counted;
  const written = talks
    .flatMap(({ lines }) => lines)
    .filter((line) => 'buyer' in line || line.end === 'sent' || line.end === 'killed').length;
  return [
    ...(unreceived > 0 ? [say('wrong.unreceived', { count: unreceived })] : []),
    ...(leaked > 0 ? [say('wrong.leaked', { count: leaked })] : []),
    ...(received === written && delivered === received && lost + doubled + outOfOrder === 0
      ? []
      : [say('wrong.count', { count: written })]),
  ];
}
