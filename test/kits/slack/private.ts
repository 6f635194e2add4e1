import type { FakeAnswer, FakeRequest } from '../fake-server.ts';
import { checkBlocks } from './blocks.ts';
import type { ApiContext } from './context.ts';
import { SlackRefusal } from './refusal.ts';
import type { Json } from './wire.ts';
import type { Block } from './world.ts';

/** What one person alone was shown. Slack does not keep it: no method finds it again. */
export interface Ephemeral {
  readonly channel: string;
  readonly user: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Where a person asked something; an answer is shown there. */
interface Place {
  readonly channel: string;
  readonly user: string;
  readonly threadTs: string | null;
}

/** An address to which the app may answer: five times within thirty minutes (https://docs.slack.dev/interactivity/handling-user-interaction, read 2026-11-22). */
export interface ResponseAddress extends Place {
  readonly until: number;
  left: number;
}

const usesOfAddress = 5;
const addressMs = 30 * 60_000;

export function responseUrl(context: ApiContext, place: Place): string {
  const id = context.world.nextId('R');
  context.responses.set(id, { ...place, until: context.world.now() + addressMs, left: usesOfAddress });
  return `${context.serverUrl()}/respond/${id}`;
}

/** A POST to such an address. */
export function takeResponse(request: FakeRequest, context: ApiContext): FakeAnswer {
  const address = context.responses.get(request.path.replace('/respond/', ''));
  const refuse = (error: string): FakeAnswer => ({ status: 404, body: JSON.stringify({ ok: false, error }) });
  if (!address || address.until < context.world.now()) return refuse('expired_url');
  if (address.left === 0) return refuse('used_url');
  address.left -= 1;
  try {
    showAnswer(context, address, JSON.parse(request.body.toString()) as Json);
    return { status: 200, body: 'ok' };
  } catch (error) {
    if (error instanceof SlackRefusal) return refuse(error.code);
    throw error;
  }
}

/** A message for one person, as an acknowledgement or a response address carries it. @throws SlackRefusal when it has nothing to show, or too much */
export function showAnswer(context: ApiContext, place: Place, body: Json): void {
  if (body['response_type'] !== 'ephemeral') throw new Error('the fake knows answers for one person only');
  showEphemeral(context, place, String(body['text'] ?? ''), Array.isArray(body['blocks']) ? body['blocks'] : []);
}

/** @throws SlackRefusal `no_text`, `invalid_blocks` */
export function showEphemeral(context: ApiContext, place: Place, text: string, blocks: readonly unknown[]): Ephemeral {
  const checked = checkBlocks(blocks);
  if (text === '' && checked.length === 0) throw new SlackRefusal('no_text');
  const channel = context.world.channels.get(place.channel);
  if (!channel) throw new SlackRefusal('channel_not_found');
  const { user, threadTs } = place;
  const shown = { channel: channel.id, user, threadTs, ts: context.world.nextTs(channel), text, blocks: checked };
  context.ephemerals.push(shown);
  return shown;
}
