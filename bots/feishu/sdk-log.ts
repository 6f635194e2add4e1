import type { ConnectorLog } from '../../src/core/connector.ts';
import type { SdkLogger } from './sdk.ts';

/** Tokens, and addresses of sockets, which carry a ticket. */
const secrets = /\b[tu]-[\w.-]{8,}|wss?:\/\/\S+/g;

/**
 * What the SDK logs, without secrets, cut short. Of what fails it prints the request whole, the app's secret in it: so no object is printed, only words. Its debug
 * lines hold whole events, and are dropped.
 */
export function toSdkLogger(log: ConnectorLog, known: readonly (string | null)[]): SdkLogger {
  const literal = known.flatMap((secret) => secret || []);
  const detailOf = (parts: readonly unknown[]): string => {
    const words = parts
      .flat()
      .flatMap((part) => (typeof part === 'string' ? [part] : part instanceof Error ? [part.message] : []))
      .join(' ');
    return literal
      .reduce((text, secret) => text.replaceAll(secret, '[redacted]'), words)
      .replace(secrets, '[redacted]')
      .slice(0, 300);
  };
  const fields = (parts: readonly unknown[]) => ({ bot: 'feishu', detail: detailOf(parts) });
  return {
    trace: () => undefined,
    debug: () => undefined,
    info: (...parts) => log.debug(fields(parts), 'the Feishu SDK reports'),
    warn: (...parts) => log.warn(fields(parts), 'the Feishu SDK warns'),
    // What failed is told by whoever called; the SDK's own line is a remark.
    error: (...parts) => log.warn(fields(parts), 'the Feishu SDK reports an error'),
  };
}
