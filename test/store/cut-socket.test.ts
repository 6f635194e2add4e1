import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Connection } from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/open-database.ts';
import { startTestServer, type TestServer } from '../store-helper.ts';

/** Node's own: tells every socket that this process opens, and here only the driver does. */
const opened = 'net.client.socket';
/** Does not fit into any system's buffer, so that most of it waits to be written. */
const large = { bytes: Buffer.alloc(15_000_000) };

/** Ended as when the other side ends it: no error, and the `close` of each comes a moment later. */
describe('a socket that ends', () => {
  const sockets: Socket[] = [];
  const note = (message: unknown): void => void sockets.push((message as { readonly socket: Socket }).socket);
  const cut = (): void => {
    for (const socket of sockets.splice(0)) socket.destroy();
  };
  let server: TestServer;
  let connection: Connection;
  let onCommand: () => void = () => undefined;
  beforeEach(async () => {
    server = await startTestServer();
    subscribe(opened, note);
    connection = await openDatabase(server.uri, { onCommand: () => onCommand() });
  });
  afterEach(async () => {
    await connection.close();
    unsubscribe(opened, note);
    sockets.length = 0;
    await server.stop();
  });
  const rows = () => connection.collection('rows');

  it.each<[string, () => void]>([
    ['just before a command is written to it', cut],
    ['while a command waits to be written to it', () => process.nextTick(cut)],
  ])('%s fails that command', async (_, how) => {
    onCommand = () => {
      onCommand = () => undefined;
      how();
    };
    await expect(rows().insertOne({ ...large })).rejects.toThrow('closed');
    expect(await rows().countDocuments()).toBe(0);
  });

  it('just before the driver looks whether its server is there does not end that looking', async () => {
    const client = connection.getClient();
    client.once('serverHeartbeatStarted', cut);
    await once(client, 'serverHeartbeatFailed');
    await once(client, 'serverHeartbeatSucceeded');
    expect(await rows().countDocuments()).toBe(0);
  });
});
