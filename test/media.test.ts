import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createMediaFetcher, type MediaFetcher, type MediaFetcherOptions, type MediaRequest } from '../src/media.ts';

const png = Buffer.from('89504e470d0a1a0a', 'hex');
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(listener: RequestListener): Promise<{ origin: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function fetcher(options: Partial<MediaFetcherOptions> = {}): MediaFetcher {
  const made = createMediaFetcher({
    maxBytes: 1_000,
    mimeTypes: ['image/png'],
    lookup: () => Promise.reject(new Error('no name is looked up here')),
    ...options,
  });
  cleanups.push(() => made.close());
  return made;
}

const asked = (url: string, changes: Partial<MediaRequest> = {}): MediaRequest => ({
  platform: 'tiktok-shop',
  url,
  headers: {},
  hosts: ['.media.example.com'],
  signal: new AbortController().signal,
  ...changes,
});

const picture: RequestListener = (_, response) => response.writeHead(200, { 'content-type': 'image/png; charset=binary' }).end(png);

describe('the media fetcher', () => {
  it('brings the bytes, their type and a name', async () => {
    const { origin } = await serve(picture);
    const media = fetcher({ allowInsecure: [origin] });
    expect(await media.load(asked(`${origin}/a/lamp%20one.png?x=1`))).toEqual({
      bytes: png,
      mimeType: 'image/png',
      name: 'lamp_20one.png',
    });
    expect(await media.load(asked(`${origin}/`, { name: 'given.png' }))).toMatchObject({ name: 'given.png' });
    expect(await media.load(asked(`${origin}/`))).toMatchObject({ name: 'file' });
  });

  it.each([
    ['not a url', 'media-url'],
    ['http://media.example.com/a.png', 'media-scheme'],
    ['ftp://media.example.com/a.png', 'media-scheme'],
    ['file:///etc/passwd', 'media-scheme'],
    ['data:image/png;base64,AAAA', 'media-scheme'],
    ['https://media.example.com:8443/a.png', 'media-url'],
    ['https://user:secret@media.example.com/a.png', 'media-url'],
    ['https://evil.example/a.png', 'media-host'],
    ['https://notmedia.example.com/a.png', 'media-host'],
    ['https://media.example.com.evil.example/a.png', 'media-host'],
    ['https://127.0.0.1/a.png', 'media-address'],
    ['https://8.8.8.8/a.png', 'media-address'],
    ['https://0x7f.1/a.png', 'media-address'],
    ['https://2130706433/a.png', 'media-address'],
    ['https://[::1]/a.png', 'media-address'],
    ['https://[::ffff:127.0.0.1]/a.png', 'media-address'],
  ])('refuses %s: %s', async (url, code) => {
    await expect(fetcher().load(asked(url))).rejects.toMatchObject({
      name: 'PlatformError',
      kind: 'rejected',
      platform: 'tiktok-shop',
      code,
    });
  });

  it.each([
    ...['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
    ...['192.0.0.1', '192.0.2.1', '198.18.0.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '2001:db8::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1'],
    ...['64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', 'fec0::1', 'nonsense'],
  ])('refuses a host that turns out to be at %s', async (address) => {
    const looked: string[] = [];
    const lookup = (hostname: string) => {
      looked.push(hostname);
      return Promise.resolve([
        { address: '8.8.8.8', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ]);
    };
    await expect(fetcher({ lookup }).load(asked('https://cdn.media.example.com/a.png'))).rejects.toMatchObject({
      kind: 'rejected',
      code: 'media-address',
    });
    expect(looked).toEqual(['cdn.media.example.com']);
  });

  it('calls a name that cannot be resolved transient, one without addresses rejected', async () => {
    await expect(fetcher().load(asked('https://media.example.com/a.png'))).rejects.toMatchObject({ kind: 'transient' });
    await expect(fetcher({ lookup: () => Promise.resolve([]) }).load(asked('https://media.example.com/a.png'))).rejects.toMatchObject({
      kind: 'rejected',
    });
  });

  it('follows redirects, and gives headers to no other origin', async () => {
    const far = await serve(picture);
    const near = await serve((request, response) => {
      if (request.url === '/1') response.writeHead(302, { location: '/2' }).end('moved');
      else response.writeHead(307, { location: `${far.origin}/3.png` }).end();
    });
    const media = fetcher({ allowInsecure: [near.origin, far.origin] });
    expect(await media.load(asked(`${near.origin}/1`, { headers: { 'x-access-token': 'secret' } }))).toMatchObject({ name: '3.png' });
    expect(near.requests.map(({ url, headers }) => [url, headers['x-access-token']])).toEqual([
      ['/1', 'secret'],
      ['/2', 'secret'],
    ]);
    expect(far.requests.map(({ headers }) => headers['x-access-token'])).toEqual([undefined]);
  });

  it.each([
    ['https://evil.example/a.png', 'media-host'],
    ['https://127.0.0.1/a.png', 'media-address'],
    ['http://127.0.0.1:1/a.png', 'media-scheme'],
    ['http://media.example.com/a.png', 'media-scheme'],
    ['http://', 'media-url'],
  ])('checks a redirect to %s again: %s', async (location, code) => {
    const { origin } = await serve((_, response) => response.writeHead(302, { location }).end());
    await expect(fetcher({ allowInsecure: [origin] }).load(asked(`${origin}/a`))).rejects.toMatchObject({ kind: 'rejected', code });
  });

  it('gives up after three redirects', async () => {
    const { origin, requests } = await serve((_, response) => response.writeHead(302, { location: '/again' }).end());
    await expect(fetcher({ allowInsecure: [origin] }).load(asked(`${origin}/a`))).rejects.toMatchObject({ code: 'media-redirects' });
    expect(requests.length).toBe(4);
  });

  it.each([
    [404, 'rejected'],
    [403, 'rejected'],
    [204, 'rejected'],
    [429, 'transient'],
    [500, 'transient'],
    [503, 'transient'],
  ])('calls the answer %i %s', async (status, kind) => {
    const { origin } = await serve((_, response) => response.writeHead(status, { 'content-type': 'image/png' }).end());
    await expect(fetcher({ allowInsecure: [origin] }).load(asked(`${origin}/a`))).rejects.toMatchObject({ kind, code: `media-${status}` });
  });

  it.each([
    ['another type', { 'content-type': 'text/html' }, 'media-type'],
    ['no type', {}, 'media-type'],
    ['a compressed body', { 'content-type': 'image/png', 'content-encoding': 'gzip' }, 'media-encoding'],
    ['an announced excess', { 'content-type': 'image/png', 'content-length': '1001' }, 'media-size'],
  ])('refuses %s', async (_, headers: Record<string, string>, code) => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(200, headers);
      response.write(png);
    });
    await expect(fetcher({ allowInsecure: [origin] }).load(asked(`${origin}/a`))).rejects.toMatchObject({ kind: 'rejected', code });
  });

  it('stops an endless body at the limit', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(200)));
      };
      response.on('drain', more);
      more();
    });
    await expect(fetcher({ allowInsecure: [origin] }).load(asked(`${origin}/a`))).rejects.toMatchObject({ code: 'media-size' });
  });

  it('takes a body of exactly the limit', async () => {
    const { origin } = await serve((_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(1_000)));
    expect((await fetcher({ allowInsecure: [origin] }).load(asked(`${origin}/a`))).bytes.length).toBe(1_000);
  });

  it('ends with its deadline, and calls that transient', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      response.write(png);
      abort.abort();
    });
    const abort = new AbortController();
    await expect(fetcher({ allowInsecure: [origin] }).load(asked(`${origin}/a`, { signal: abort.signal }))).rejects.toMatchObject({
      kind: 'transient',
    });
  });

  it('calls a cut connection transient', async () => {
    const { origin } = await serve((request) => request.socket.destroy());
    await expect(fetcher({ allowInsecure: [origin] }).load(asked(`${origin}/a`))).rejects.toMatchObject({ kind: 'transient' });
  });
});
