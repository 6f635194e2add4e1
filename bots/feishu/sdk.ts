/**
 * The part of the SDK that is used, in our words: its own declarations are 17 MB, which every check of types would read.
 * @larksuiteoapi/node-sdk 1.74.0, lib/index.js (2026-11-28)
 */
export interface FeishuSdk {
  readonly Client: new (options: ClientOptions) => SdkClient;
  readonly WSClient: new (options: SocketOptions) => SdkSocket;
  readonly LoggerLevel: { readonly warn: number; readonly info: number };
}

interface ClientOptions {
  readonly appId: string;
  readonly appSecret: string;
  /** A base address is used as it is. */
  readonly domain: string;
  readonly httpInstance: SdkHttp;
  /** Absent, one for the whole process would be used. */
  readonly cache: TokenCache;
  readonly logger: SdkLogger;
  readonly loggerLevel: number;
}

/** In place of axios: answers come back as it returns them. */
export interface SdkHttp {
  request(config: HttpRequest): Promise<unknown>;
  /** Asks for tokens. */
  post(url: string, data: unknown): Promise<unknown>;
}

/** What is handed to `Client.request` comes back here, fields that the SDK does not know among it. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly data?: unknown;
  /** Ours: sent as it is, in place of `data`. */
  readonly form?: FormData;
  /** Ours. */
  readonly signal?: AbortSignal;
  /** Ours: bytes are wanted, not JSON. */
  readonly bytes?: boolean;
}

export interface SdkClient {
  request(config: HttpRequest): Promise<unknown>;
}

export interface TokenCache {
  get(key: string | symbol, options?: { readonly namespace?: string }): Promise<unknown>;
  set(key: string | symbol, value: unknown, expiresAtMs?: number, options?: { readonly namespace?: string }): Promise<boolean>;
}

export type SdkLogger = Readonly<Record<'error' | 'warn' | 'info' | 'debug' | 'trace', (...parts: unknown[]) => void>>;

interface SocketOptions {
  readonly appId: string;
  readonly appSecret: string;
  readonly domain: string;
  readonly httpInstance: SdkHttp;
  readonly logger: SdkLogger;
  readonly loggerLevel: number;
  /** Seconds without a sign of life after a ping; 0, as the SDK has it: a line that is cut silently is never given up. */
  readonly wsConfig: { readonly pingTimeout: number };
  readonly handshakeTimeoutMs: number;
  readonly onReady?: () => void;
  readonly onError?: (error: Error) => void;
  readonly onReconnecting?: () => void;
  readonly onReconnected?: () => void;
}

export interface SdkSocket {
  /** `invoke`: gets each event as parsed JSON; the acknowledgement leaves when it resolves, with what it resolves to, and says 500 when it throws. */
  start(options: { readonly eventDispatcher: { readonly invoke: (event: unknown) => Promise<unknown> } }): Promise<void>;
  close(options: { readonly force: boolean }): void;
  /** `nextConnectTime`: an attempt has failed, and this is when the next one comes. */
  getConnectionStatus(): { readonly state: string; readonly nextConnectTime?: number };
}

/** Six megabytes of JavaScript: loaded where the platform is configured, and nowhere else. */
export async function loadSdk(): Promise<FeishuSdk> {
  const loaded: { readonly default: unknown } = await import('@larksuiteoapi/node-sdk');
  return loaded.default as FeishuSdk;
}
