import type { Answer } from '../../src/core/connector.ts';
import { emptyAnswer } from '../../src/core/connector.ts';
import type { SocketEvent } from '../bot.ts';
import { readPayload } from './payloads.ts';
import { fingerprintOf, nameEvent } from './receive.ts';
import type { EventContext } from './to-events.ts';

/** An event that did not come over HTTP. */
export interface EncodedEvent extends SocketEvent {
  /** Acknowledged and not stored. */
  readonly own: boolean;
  readonly answer: Answer;
}

/** A payload that did not come over HTTP, as one that had: named by the very same rules. What the platform never sends gets a name, too, and ends as a dead letter. */
export function encodeEvent(event: unknown, context: EventContext): EncodedEvent {
  const body = new TextEncoder().encode(JSON.stringify(event));
  const common = { body, contentType: 'application/json' };
  const { payload } = readPayload(body, context.decrypt);
  if (payload?.kind !== 'event') return { ...common, key: fingerprintOf(body), lane: 'unreadable', own: false, answer: emptyAnswer };
  const { key, lane, own, ask, answer } = nameEvent(payload.envelope, context);
  return { ...common, key: key ?? fingerprintOf(body), lane, own, answer, ...(ask ? { ask } : {}) };
}
