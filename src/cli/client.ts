import { join } from 'node:path';
import { isTextKey } from '../core/texts/index.ts';
import { CliError, exitCodes, type Io, localeFrom } from './io.ts';

/** The running service, as commands speak to it. */
export interface ApiClient {
  readonly url: string;
  get<T>(path: string): Promise<T>;
  /** What is no JSON. */
  bytes(path: string): Promise<Uint8Array>;
  post<T>(path: string, body?: { readonly json: unknown } | { readonly text: string }, options?: AskOptions): Promise<T>;
}

interface AskOptions {
  /** Where an answer may take longer than most. */
  readonly deadlineMs?: number;
}

interface ErrorAnswer {
  readonly error?: { readonly code?: string; readonly message?: string; readonly details?: readonly string[] };
}

/** `doctor` asks every platform; nothing else takes long. */
const usualDeadlineMs = 120_000;
const anyHost = ['0.0.0.0', '::', ''];

/**
 * @param url from `--url`; absent: where this environment's service listens
 * @throws CliError `unreachable` when nobody answers there, `usage` when the token or the address is wrong
 */
export async function createClient(io: Io, url: string | undefined): Promise<ApiClient> {
  const base = baseUrl(io, url);
  const token = await adminToken(io);
  const headers = { authorization: `Bearer ${token}`, 'accept-language': localeFrom(io.env), accept: 'application/json' };

  async function ask<T>(path: string, init: RequestInit, { deadlineMs = usualDeadlineMs }: AskOptions = {}): Promise<T> {
    const answer = await reach(path, init, deadlineMs);
    const text = await answer.text().catch(() => '');
    if (answer.ok) return parse<T>(text, base);
    throw refusal(answer.status, parse<ErrorAnswer>(text || '{}', base), base);
  }

  async function bytes(path: string): Promise<Uint8Array> {
    const answer = await reach(path, {}, usualDeadlineMs);
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    throw refusal(answer.status, parse<ErrorAnswer>((await answer.text().catch(() => '')) || '{}', base), base);
  }

  async function reach(path: string, init: RequestInit, deadlineMs: number): Promise<Response> {
    try {
      const signal = AbortSignal.timeout(deadlineMs);
      return await io.fetch(`${base}${path}`, { ...init, headers: { ...headers, ...init.headers }, redirect: 'manual', signal });
    } catch {
      throw new CliError(exitCodes.unreachable, 'cli.unreachable', { url: base });
    }
  }

  return {
    url: base,
    get: (path) => ask(path, {}),
    bytes,
    post(path, body, options) {
      if (!body) return ask(path, { method: 'POST' }, options);
      const json = 'json' in body;
      const contentType = json ? 'application/json' : 'application/yaml';
      const content = json ? JSON.stringify(body.json) : body.text;
      return ask(path, { method: 'POST', headers: { 'content-type': contentType }, body: content }, options);
    },
  };
}

function baseUrl(io: Io, given: string | undefined): string {
  const host = io.env['HOST'] ?? '';
  const reachable = anyHost.includes(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const url = given ?? `http://${reachable}:${io.env['PORT'] || '3000'}`;
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new CliError(exitCodes.usage, 'cli.bad-url', { url });
  return url.replace(/(?<!\/)\/+$/, '');
}

async function adminToken(io: Io): Promise<string> {
  const fromEnvironment = io.env['ADMIN_TOKEN']?.trim();
  if (fromEnvironment) return fromEnvironment;
  const path = join(io.env['DATA_DIR'] || './data', 'admin-token');
  try {
    return (await io.readFile(path)).trim();
  } catch {
    throw new CliError(exitCodes.usage, 'cli.no-token', { path });
  }
}

function parse<T>(text: string, url: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new CliError(exitCodes.unreachable, 'cli.not-threadmart', { url });
  }
}

function refusal(status: number, { error }: ErrorAnswer, url: string): CliError {
  const details = error?.details ?? [];
  if (status === 401) return new CliError(exitCodes.usage, 'cli.wrong-token', { url });
  if (status === 503) return new CliError(exitCodes.unreachable, 'cli.not-ready', { url });
  const exitCode = status === 400 ? exitCodes.usage : exitCodes.failed;
  const key = `cli.refused.${error?.code ?? ''}`;
  if (isTextKey(key)) return new CliError(exitCode, key, {}, details);
  return new CliError(exitCode, 'cli.refused', { message: error?.message ?? `HTTP ${status}` }, details);
}
