import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asAdmin, type Stand, sign, startStand } from './stand.ts';

const megabyte = 1024 * 1024;
let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.close());

const post = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}, path = '/hooks/stub') =>
  fetch(`${stand.url}${path}`, {
    method: 'POST',
    body,
    headers,
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit);

/** Writes megabyte after megabyte, as fast as they are taken; resolves to how many were, and what was answered, once the line is closed. */
async function pour(head: string, piece: Buffer, atMost: number): Promise<{ readonly taken: number; readonly answer: string }> {
  const socket: Socket = connect(stand.server.port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  socket.on('error', () => socket.destroy());
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(head);
  let taken = 0;
  while (taken < atMost && !socket.destroyed) {
    if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    taken += 1;
  }
  socket.end();
  await closed;
  return { taken, answer };
}

describe('bodies', () => {
  it('up to a megabyte are taken whole, and one byte more is told so', async () => {
    const full = Buffer.alloc(megabyte, 0x20);
    expect((await post(full, sign(full))).status).toBe(200);
    expect(stand.stored.at(-1)?.request.body.length).toBe(megabyte);
    const more = Buffer.alloc(megabyte + 1, 0x20);
    const answer = await post(more, sign(more));
    expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close']);
    expect(stand.stored).toHaveLength(1);
  });

  it('in chunks are the same bytes', async () => {
    const before = stand.stored.length;
    const pieces = ['{"id":"chunked","shop":"1",', '"conversation":"c"}'];
    const stream = ReadableStream.from(pieces.map((piece) => Buffer.from(piece)));
    expect((await post(stream, sign(pieces.join('')))).status).toBe(200);
    expect(stand.stored).toHaveLength(before + 1);
    expect(Buffer.from(stand.stored.at(-1)?.request.body ?? []).toString()).toBe(pieces.join(''));
  });

  it.each(['/hooks/stub', '/bots/stub/events', '/api/apply', '/api/connect'])(
    'without end are hung up on at %s, announced or not',
    async (path) => {
      const head = [`POST ${path} HTTP/1.1`, 'Host: x', `Authorization: ${asAdmin.authorization}`];
      const endless = await pour([...head, 'Transfer-Encoding: chunked', '', ''].join('\r\n'), chunk, 64);
      expect(endless.taken).toBeLessThan(64);
      const announced = await pour([...head, 'Content-Length: 10485760', '', ''].join('\r\n'), Buffer.alloc(megabyte, 0x20), 10);
      expect(announced.answer).not.toMatch(/^HTTP\/1\.1 (?!413)/);
      expect((await fetch(`${stand.url}/healthz`)).status).toBe(200);
    },
  );

  it('that are compressed are not unpacked, be they small or a bomb', async () => {
    const before = stand.stored.length;
    for (const body of [gzipSync('{"id":"1"}'), gzipSync(Buffer.alloc(64 * megabyte))]) {
      for (const encoding of ['gzip', 'GZIP', 'deflate', 'br', 'gzip, gzip', 'identity, gzip', 'x']) {
        const answer = await post(body, { ...sign(body), 'content-encoding': encoding });
        expect([encoding, answer.status]).toEqual([encoding, 415]);
      }
    }
    expect(stand.stored).toHaveLength(before);
    expect((await post('{}', { ...sign('{}'), 'content-encoding': 'Identity' })).status).toBe(200);
  });

  it('that break off leave nothing behind', async () => {
    const before = stand.stored.length;
    const socket = connect(stand.server.port, '127.0.0.1');
    socket.write('POST /hooks/stub HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    await once(socket, 'connect');
    socket.destroy();
    expect((await post('{}', sign('{}'))).status).toBe(200);
    expect(stand.stored).toHaveLength(before + 1);
    expect(stand.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});

const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(megabyte, 0x20), Buffer.from('\r\n')]);
