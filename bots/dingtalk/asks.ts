import { type Ask, formNames } from '../../src/core/ask.ts';
import { type AnswerAddress, answerToOf } from './addresses.ts';
import { authorOf, channelOf } from './conversations.ts';
import { mentionsIn } from './messages.ts';
import { actionIdPrefix } from './names.ts';
import type { Push } from './payloads.ts';
import { channelOfAct, commandOf, rootOfAct } from './to-events.ts';

/** What somebody waits for; null: nobody does. */
export function askOf(push: Push): Ask | null {
  if (push.kind === 'robot') {
    const { message } = push;
    const text = commandOf(message);
    if (text === null) return null;
    return {
      ...{ kind: 'command', text, mentions: mentionsIn(message), userId: authorOf(message), channelId: channelOf(message) },
      answerTo: answerToOf(message),
    };
  }
  if (push.kind !== 'card' || push.act.form) return null;
  const { act, messageId, at } = push;
  const form = formNames.find((name) => act.actionId === `${actionIdPrefix}${name}`);
  if (!form) return null;
  const [channelId, rootId] = [channelOfAct(act), rootOfAct(act)];
  const address: AnswerAddress = { channel: channelId, user: act.userId, question: messageId, root: rootId, at: at?.getTime() ?? null };
  const trigger = JSON.stringify(address);
  const value = typeof act.params['value'] === 'string' ? act.params['value'] : '';
  return {
    kind: 'form',
    form,
    value,
    userId: act.userId,
    post: { channelId, messageId: act.outTrackId },
    rootId,
    trigger,
    answerTo: trigger,
  };
}
