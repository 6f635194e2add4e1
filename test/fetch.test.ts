import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createFetch } from '../src/fetch.ts';

const large = 'x'.repeat(3 * 1024 * 1024);
const packed = { gzip: gzipSync('你好'), deflate: deflateSync('你好'), br: brotliCompressSync('你好') };

/** What a platform may answer, by path. */
const answers: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  '/echo': async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization, accept, 'content-type': type, 'content-length': length } = request.headers;
    response.setHeader('x-request-id', 'r1');
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.end(
      JSON.stringify({ method: request.method, authorization, accept, type, length, text: Buffer.concat(chunks).toString('utf8') }),
    );
  },
  '/moved': (_, response) => response.writeHead(302, { location: '/echo' }).end('elsewhere'),
  '/broken': (_, response) => response.writeHead(503, 'Away', { 'retry-after': '3' }).end('<html>'),
  '/nothing': (_, response) => response.writeHead(204).end(),
  '/large': (_, response) => response.end(large),
  '/endless': (_, response) => response.writeHead(200).write(large),
  ...Object.fromEntries(
    Object.entries(packed).map(([coding, bytes]) => [
      `/${coding}`,
      (_: IncomingMessage, response: ServerResponse) => response.writeHead(200, { 'content-encoding': coding }).end(bytes),
    ]),
  ),
  '/gzip-large': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(large)),
  '/gzip-nothing': (_, response) => response.writeHead(204, { 'content-encoding': 'gzip' }).end(),
  '/gzip-broken': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
  '/in-chinese': ({ socket }) => socket.end('HTTP/1.1 400 参数错误\r\nx-reason: 参数错误\r\ncontent-length: 2\r\n\r\n{}'),
  '/cut-before': (request) => request.socket.destroy(),
  '/cut-after': (request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => request.socket.destroy());
  },
  '/silent': () => {},
  '/half': (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
  },
};

interface Seen {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly text?: string;
  readonly failed?: string;
  readonly cause?: string;
}

describe.each([
  ['ours', createFetch()],
  ["Node's own", globalThis.fetch],
])('fetch, %s', (_, fetchOf) => {
  const server = createServer((request, response) => {
    answers[request.url ?? '']?.(request, response);
  });
  let base = '';
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  async function seen(path: string, init: RequestInit): Promise<Seen> {
    try {
      const response = await fetchOf(`${base}${path}`, init);
      const headers = [...response.headers].filter(([name]) => !['date', 'connection', 'keep-alive', 'transfer-encoding'].includes(name));
      return { status: response.status, statusText: response.statusText, headers, text: await response.text() };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { failed: error.name, ...(error.cause instanceof Error ? { cause: (error.cause as NodeJS.ErrnoException).code ?? '' } : {}) };
    }
  }

  it('sends a text with its headers, and brings back status, headers and text', async () => {
    const { status, headers, text } = await seen('/echo', {
      method: 'POST',
      redirect: 'manual',
      headers: { authorization: 'Bearer t', 'Content-Type': 'application/json' },
      body: '{"text":"你好"}',
    });
    expect(status).toBe(200);
    expect(headers).toEqual([
      ...(headers?.some(([name]) => name === 'content-length') ? [['content-length', expect.any(String)]] : []),
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-request-id', 'r1'],
    ]);
    expect(JSON.parse(text ?? '')).toEqual({
      ...{ method: 'POST', authorization: 'Bearer t', accept: '*/*', type: 'application/json', length: '17', text: '{"text":"你好"}' },
    });
  });

  it('names a text as text where the caller names nothing', async () => {
    const { text } = await seen('/echo', { method: 'POST', redirect: 'error', body: 'a' });
    expect(JSON.parse(text ?? '')).toMatchObject({ type: 'text/plain;charset=UTF-8', text: 'a' });
  });

  it('sends a form as one', async () => {
    const form = new FormData();
    form.append('a', '1');
    const { text } = await seen('/echo', { method: 'POST', redirect: 'manual', body: form });
    expect(JSON.parse(text ?? '')).toMatchObject({
      type: expect.stringMatching('^multipart/form-data'),
      text: expect.stringContaining('1'),
    });
  });

  it('follows no redirect: hands it over, or fails', async () => {
    expect(await seen('/moved', { redirect: 'manual' })).toMatchObject({ status: 302, text: 'elsewhere' });
    expect(await seen('/moved', { redirect: 'error' })).toMatchObject({ failed: 'TypeError' });
    expect(await seen('/moved', {})).toMatchObject({ status: 200 });
  });

  it('brings back refusals, nothing, and large answers whole', async () => {
    expect(await seen('/broken', { redirect: 'manual' })).toMatchObject({ status: 503, statusText: 'Away', text: '<html>' });
    expect(await seen('/nothing', { redirect: 'manual' })).toMatchObject({ status: 204, text: '' });
    expect((await seen('/large', { redirect: 'manual' })).text).toBe(large);
  });

  it('unpacks what comes packed', async () => {
    for (const path of ['/gzip', '/deflate', '/br']) expect(await seen(path, { redirect: 'manual' })).toMatchObject({ text: '你好' });
    expect((await seen('/gzip-large', { redirect: 'manual' })).text).toBe(large);
    expect(await seen('/gzip-nothing', { redirect: 'manual' })).toMatchObject({ status: 204, text: '' });
    expect(await seen('/gzip', { method: 'HEAD', redirect: 'manual' })).toMatchObject({ status: 200, text: '' });
    expect(await seen('/gzip-broken', { redirect: 'manual' })).toMatchObject({ failed: 'TypeError' });
  });

  it('brings back an answer whose status is told in Chinese', async () => {
    expect(await seen('/in-chinese', { redirect: 'manual' })).toMatchObject({ status: 400, text: '{}' });
  });

  it.each([0, 1])('lets the rest of a large answer be, and its connection go, after %i reads', async (reads) => {
    const asked = once(server, 'request') as Promise<[IncomingMessage]>;
    const response = await fetchOf(`${base}/endless`, { redirect: 'manual' });
    const [{ socket }] = await asked;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const reader = response.body?.getReader();
    for (let read = 0; read < reads; read += 1) expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    await reader?.cancel();
    await closed;
    expect((await seen('/echo', { redirect: 'manual' })).status).toBe(200);
  });

  it('tells a connection that was never made from one that broke', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const failure = fetchOf(`http://127.0.0.1:${port}/`, { redirect: 'manual' });
    await expect(failure).rejects.toMatchObject({ name: 'TypeError', cause: { code: 'ECONNREFUSED', syscall: 'connect' } });
    expect(await seen('/cut-before', { method: 'POST', redirect: 'manual', body: 'a' })).toEqual({
      failed: 'TypeError',
      cause: 'UND_ERR_SOCKET',
    });
    expect(await seen('/cut-after', { redirect: 'manual' })).toEqual({ failed: 'TypeError', cause: 'UND_ERR_SOCKET' });
  });

  it.each(['/silent', '/half'])('ends at %s when its signal does, with the reason', async (path) => {
    const stop = new AbortController();
    const arrived = path === '/half' ? Promise.resolve() : once(server, 'request');
    const answer = fetchOf(`${base}${path}`, { redirect: 'manual', signal: stop.signal }).then((response) => response.text());
    await arrived;
    stop.abort(new Error('out of time'));
    await expect(answer).rejects.toThrow('out of time');
    await expect(fetchOf(`${base}/echo`, { redirect: 'manual', signal: stop.signal })).rejects.toThrow('out of time');
  });
});

it('goes through the proxy that the environment names, where Node does', async () => {
  const proxy = createServer((request, response) => response.end(`asked for ${request.url}`)).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  vi.stubEnv('http_proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  vi.stubEnv('no_proxy', '');
  try {
    const response = await createFetch({ throughProxy: true })('http://platform.invalid/', { redirect: 'manual' });
    expect(await response.text()).toBe('asked for http://platform.invalid/');
    await expect(createFetch()('http://platform.invalid/', { redirect: 'manual' })).rejects.toThrow('fetch failed');
  } finally {
    vi.unstubAllEnvs();
    proxy.closeAllConnections();
    proxy.close();
  }
});
