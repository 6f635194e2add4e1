import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher, request } from 'undici';
import type { FetchedMedia } from '../bots/bot.ts';
import { hostMatches } from './core/screening/links.ts';
import { PlatformError } from './errors.ts';

export interface MediaFetcherOptions {
  readonly maxBytes: number;
  /** What may come back, e.g. `image/png`. */
  readonly mimeTypes: readonly string[];
  /** Origins that may be fetched over plain http and at any address, e.g. `http://127.0.0.1:4010`. For tests and the demo only. */
  readonly allowInsecure?: readonly string[];
  /** Every address of a host name. Default: the system's. */
  readonly lookup?: (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;
}

export interface MediaRequest {
  /** Names the marketplace in errors. */
  readonly platform: string;
  readonly url: string;
  /** Sent to the origin of `url` alone, never along a redirect to another. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hosts that may be fetched from; `.example.com` also means its subdomains. */
  readonly hosts: readonly string[];
  readonly name?: string;
  readonly signal: AbortSignal;
}

export interface MediaFetcher {
  /** @throws PlatformError `rejected`: it may not or cannot be had, and never will; `transient`: not now */
  load(media: MediaRequest): Promise<FetchedMedia>;
  close(): Promise<void>;
}

const maxRedirects = 3;

/** Fetches buyers' pictures: over https, from allowed hosts at public addresses, within a size. The address that was checked is the one connected to. */
export function createMediaFetcher({ maxBytes, mimeTypes, allowInsecure = [], lookup }: MediaFetcherOptions): MediaFetcher {
  const resolve = lookup ?? ((hostname: string) => systemLookup(hostname, { all: true }));
  const guarded = new Agent({ connect: { lookup: publicOnly(resolve) } });
  const open = new Agent();

  async function load({ platform, url, headers, hosts, name, signal }: MediaRequest): Promise<FetchedMedia> {
    const refuse = (code: string): PlatformError =>
      new PlatformError(`the media cannot be taken: ${code}`, { kind: 'rejected', platform, code });
    const first = parsed(url);
    for (let at = first, hop = 0; ; hop++) {
      if (!at) throw refuse('media-url');
      const insecure = allowInsecure.includes(at.origin);
      const refusal = insecure ? null : refusalOf(at, hosts);
      if (refusal) throw refuse(refusal);
      const answer = await request(at, {
        dispatcher: insecure ? open : guarded,
        headers: { ...(at.origin === first?.origin ? headers : {}), 'accept-encoding': 'identity' },
        signal,
      });
      const location = answer.headers['location'];
      if ([301, 302, 303, 307, 308].includes(answer.statusCode) && typeof location === 'string') {
        drop(answer.body);
        if (hop === maxRedirects) throw refuse('media-redirects');
        at = parsed(location, at.href);
        continue;
      }
      const mimeType =
        String(answer.headers['content-type'] ?? '')
          .split(';')[0]
          ?.trim()
          .toLowerCase() ?? '';
      try {
        if (answer.statusCode !== 200) throw statusError(platform, answer.statusCode);
        if (!mimeTypes.includes(mimeType)) throw refuse('media-type');
        if ((answer.headers['content-encoding'] ?? 'identity') !== 'identity') throw refuse('media-encoding');
        if (Number(answer.headers['content-length'] ?? 0) > maxBytes) throw refuse('media-size');
        return { bytes: await limited(answer.body, maxBytes, () => refuse('media-size')), mimeType, name: name ?? nameOf(at) };
      } finally {
        drop(answer.body);
      }
    }
  }

  return {
    load: (media) =>
      load(media).catch((error: unknown) => {
        throw toPlatformError(error, media.platform);
      }),
    close: async () => {
      await Promise.all([guarded.destroy(), open.destroy()]);
    },
  };
}

function parsed(url: string, base?: string): URL | null {
  return URL.canParse(url, base) ? new URL(url, base) : null;
}

/** Addresses instead of names, other ports and credentials in the address are no way in which marketplaces serve pictures. */
function refusalOf(url: URL, hosts: readonly string[]): string | null {
  if (url.protocol !== 'https:') return 'media-scheme';
  if (url.port !== '' || url.username !== '' || url.password !== '') return 'media-url';
  if (ipaddr.isValid(url.hostname.replace(/^\[|\]$/g, ''))) return 'media-address';
  return hosts.some((host) => hostMatches(url.hostname, host)) ? null : 'media-host';
}

/** Thrown inside the connection; carries no platform yet. */
class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Loopback, private, link-local, shared, mapped, translated, reserved ... are all not `unicast` here. */
function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

/** The look-up of each connection itself: what it hands over is what is connected to, so a name cannot change its address in between. */
function publicOnly(resolve: NonNullable<MediaFetcherOptions['lookup']>): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (found) => {
        const [first] = found;
        if (!first || !found.every(({ address }) => isPublic(address)))
          return callback(new AddressRefused('the host is at an address that is not public'), '');
        if (options.all)
          return callback(
            null,
            found.map(({ address, family }) => ({ address, family })),
          );
        return callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, ''),
    );
  };
}

/** Ends a body that is not wanted any more; that it then complains of having been ended is no news. */
function drop(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => undefined).destroy();
}

async function limited(body: Dispatcher.ResponseData['body'], maxBytes: number, tooLarge: () => PlatformError): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function statusError(platform: string, status: number): PlatformError {
  const passes = status === 408 || status === 429 || status >= 500;
  return new PlatformError(`the media's host answered ${status}`, {
    kind: passes ? 'transient' : 'rejected',
    platform,
    code: `media-${status}`,
  });
}

function toPlatformError(error: unknown, platform: string): PlatformError {
  if (error instanceof PlatformError) return error;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AddressRefused) {
      return new PlatformError('the media cannot be taken: media-address', { kind: 'rejected', platform, code: 'media-address' });
    }
  }
  return new PlatformError('the media could not be fetched now', { kind: 'transient', platform, cause: error });
}

/** The last step of the path, without what some file systems cannot take. */
function nameOf({ pathname }: URL): string {
  return (
    pathname
      .split('/')
      .at(-1)
      ?.replace(/[^\w.-]+/g, '_')
      .slice(-80) || 'file'
  );
}
