import { type DestinationStream, pino } from 'pino';
import type { ConnectorLog } from './core/connector.ts';
import { PlatformError } from './errors.ts';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** What the whole service logs with: fields first, then a fixed sentence. Field names: see ARCHITECTURE.md, "Logs". */
export type Log = ConnectorLog;

/** What must never be in a log. Call sites log ids only; this is the net below them. */
const secretFields: ReadonlySet<string> = new Set([
  ...['token', 'accessToken', 'refreshToken', 'ticket', 'secret', 'appSecret', 'password', 'authorization', 'cookie'],
  ...['credentials', 'extra', 'headers', 'query', 'body', 'text', 'parts', 'excerpt', 'buyer', 'buyerName'],
]);
/** Deeper than anything that is logged. What lies below is left out, be it that it goes round in a ring. */
const mostDepth = 6;

export interface LogOptions {
  readonly level: LogLevel;
  /** Absent: standard output. */
  readonly stream?: DestinationStream;
}

export function createLog({ level, stream }: LogOptions): Log {
  const options = {
    level,
    base: null,
    messageKey: 'msg',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: withoutSecrets },
    serializers: { err: toLoggedError },
  };
  return stream ? pino(options, stream) : pino(options);
}

/** Not by pino's own paths: those reach one depth each, and make a hundred kilobytes of garbage a line. An `err` is left to `toLoggedError`. */
function withoutSecrets({ err, ...fields }: Record<string, unknown>): Record<string, unknown> {
  return { ...(err === undefined ? {} : { err }), ...redacted(fields, 0) };
}

function redacted(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, secretFields.has(name) ? '[redacted]' : redactedValue(value, depth + 1)]),
  );
}

function redactedValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return '[bytes]';
  if (depth > mostDepth) return '[deeper]';
  return Array.isArray(value) ? value.map((one) => redactedValue(one, depth + 1)) : redacted(value, depth);
}

export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly kind?: string;
  readonly platform?: string;
  readonly code?: string;
  readonly requestId?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** Deeper causes say nothing new. */
const maxCauses = 3;

/** What a log tells of an error: what it is and where, never a body, a query or a password in an address. */
export function toLoggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something other than an error was thrown' };
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? String(error.code) : undefined;
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  return {
    type: error.name,
    message: withoutAddressSecrets(error.message),
    ...(error instanceof PlatformError ? { kind: error.kind, platform: error.platform } : {}),
    ...(code === undefined ? {} : { code }),
    ...(error instanceof PlatformError && error.requestId !== undefined ? { requestId: error.requestId } : {}),
    ...(frames && frames.length > 0 ? { stack: frames.join('\n') } : {}),
    ...(error.cause === undefined || depth >= maxCauses ? {} : { cause: toLoggedError(error.cause, depth + 1) }),
  };
}

/** Drops user and password, query and fragment of every address in a sentence. */
function withoutAddressSecrets(sentence: string): string {
  return sentence.replace(/(?<=\w:\/\/)[^\s"')]+/g, (address) => {
    const [known = '', ...secret] = address.replace(/^[^/@]*@/, '').split(/[?#]/, 2);
    return secret.length > 0 ? `${known}?...` : known;
  });
}
