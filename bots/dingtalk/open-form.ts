import type { Form } from '../../src/core/ask.ts';
import type { ConnectorDeps } from '../../src/core/connector.ts';
import { addressIn } from './addresses.ts';
import { formCard } from './answer-card.ts';
import { type CardsDeps, makeCard } from './cards.ts';
import { isDirect } from './conversations.ts';
import { refused } from './failures.ts';
import { formCardIdOf } from './names.ts';
import { toParams } from './params.ts';

/** Whoever pressed longer ago has gone on to something else. A choice of ours: the platform's presses do not wear out. */
const wornOutMs = 2 * 60_000;

/**
 * Opens a form for whoever pressed: a card that they alone see.
 * @throws PlatformError `rejected`: it is too late, or this press has opened one already
 */
export async function openForm(
  deps: CardsDeps,
  now: ConnectorDeps['now'],
  trigger: string,
  form: Form,
  signal: AbortSignal,
): Promise<void> {
  const address = addressIn(trigger);
  if (!address) throw refused('form', 'trigger');
  const { channel: channelId, user, root = null, at = null } = address;
  if (at !== null && now().getTime() - at > wornOutMs) throw refused('form', 'trigger_expired');
  const place = { channel: channelId, ...(root === null ? {} : { root }) };
  const card = formCard(form, place);
  const to = { channelId, ...(isDirect(channelId) ? {} : { visibleTo: user }) };
  // A press opens one form: a second card of its name is refused.
  await makeCard(deps, formCardIdOf(trigger), toParams(card), to, { effect: 'repeatable', signal });
}
