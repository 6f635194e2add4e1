import { afterEach, describe, expect, it } from 'vitest';
import type { SocketConnection, SocketEvent } from '../../../bots/bot.ts';
import { channelId, users } from '../../kits/feishu/cast.ts';
import { type Stand, stand } from './stand.ts';

let here: Stand | null = null;
let connection: SocketConnection | null = null;
afterEach(async () => {
  await connection?.close();
  await here?.close();
});

async function until(done: () => boolean): Promise<void> {
  for (let look = 0; look < 600 && !done(); look += 1) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(done()).toBe(true);
}

const open = async (take: (event: SocketEvent) => Promise<null> = async () => null) => {
  here = await stand(
    { delivery: 'socket', deadlineMs: 500, retryScale: 1_000, pingSeconds: 1 },
    { FEISHU_MODE: 'socket', FEISHU_ENCRYPT_KEY: '' },
  );
  connection = (await here.bot.socket?.start(take)) ?? null;
  if (!connection) throw new Error('there is no socket');
  return { ...here, connection };
};

describe('the long connection', () => {
  it('takes events that come in pieces, and the answers to presses leave with their acknowledgement', async () => {
    const taken: SocketEvent[] = [];
    const { fake, connection: live } = await open(async (event) => {
      taken.push(event);
      return null;
    });
    expect(live.healthy()).toBe(true);
    fake.personPosts(users.member, channelId, null, `long ${'word '.repeat(2_000)}`);
    await fake.settled();
    expect(taken).toMatchObject([{ key: expect.stringMatching(/^message:/), lane: channelId }]);
  });

  it('is opened again when it is lost, and what fell into the gap comes again', async () => {
    const keys: string[] = [];
    const { fake, connection: live } = await open(async ({ key }) => {
      keys.push(key);
      return null;
    });
    fake.socket.disturb('cut');
    const { id } = fake.personPosts(users.member, channelId, null, 'after it');
    await until(() => live.healthy() && keys.includes(`message:${id}`));
    await fake.settled();
  });

  it('starts without the platform, says so, and keeps trying; no secret is logged', async () => {
    const before = await stand({ delivery: 'socket' }, { FEISHU_MODE: 'socket' });
    here = before;
    before.fake.auth.state = 'reset';
    connection = (await before.bot.socket?.start(async () => null)) ?? null;
    expect(connection?.healthy()).toBe(false);
    before.fake.auth.state = 'good';
    await until(() => connection?.healthy() === true);
    expect(before.lines.join()).not.toContain(before.fake.appSecret);
  });
});

it('refuses whatever comes over HTTP where no key is set', async () => {
  const { bot, fake } = await open();
  const { headers, body } = fake.sign('{"schema":"2.0"}');
  const request = { method: 'POST', path: '/', query: {}, headers, body: Buffer.from(body), receivedAt: new Date() };
  expect(() => bot.receive(request)).toThrow(expect.objectContaining({ kind: 'rejected' }));
});
