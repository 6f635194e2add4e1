import type { Logger, LogLevel } from '@slack/web-api';
import type { ConnectorLog } from '../../src/core/connector.ts';

const secrets = /xox[a-z]-[\w-]+|xapp-[\w-]+|\b(?:ticket|token|app_id)=[^\s&"]+/g;

/** What the SDK logs, without tokens and tickets, cut short. Its debug lines hold whole requests and events, and are dropped. */
export function toSdkLogger(log: ConnectorLog): Logger {
  const fields = (parts: readonly unknown[]) => ({
    bot: 'slack',
    detail: parts.map(String).join(' ').replace(secrets, '[redacted]').slice(0, 300),
  });
  return {
    debug: () => undefined,
    info: (...parts: unknown[]) => log.debug(fields(parts), 'the Slack SDK reports'),
    warn: (...parts: unknown[]) => log.warn(fields(parts), 'the Slack SDK warns'),
    // What failed is told by whoever called; the SDK's own line is a remark.
    error: (...parts: unknown[]) => log.warn(fields(parts), 'the Slack SDK reports an error'),
    setLevel: () => undefined,
    getLevel: () => 'info' as LogLevel,
    setName: () => undefined,
  };
}
