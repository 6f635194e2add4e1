import { type Ask, type FormName, formNames } from '../../src/core/ask.ts';
import type { PostRef } from '../../src/core/thread.ts';
import { fromMarkup } from './markup.ts';
import { actionIdPrefix, slashCommand } from './names.ts';
import type { SlackCommand, SlackInteraction, SlackPayload } from './payloads.ts';

/** What waits for an answer at once: our slash command, and what opens a form. Null: nobody waits. */
export function askOf(payload: SlackPayload): Ask | null {
  if (payload.kind === 'command') return commandIn(payload.command);
  return payload.kind === 'interaction' ? formAskOf(payload.interaction) : null;
}

/** Null: another app's command, or one of ours from a manifest of long ago. */
export function commandIn({ command, text, user_id, channel_id, response_url }: SlackCommand): Extract<Ask, { kind: 'command' }> | null {
  if (command !== slashCommand) return null;
  return { kind: 'command', ...fromMarkup(text ?? ''), userId: user_id, channelId: channel_id, answerTo: response_url ?? null };
}

function formAskOf(interaction: SlackInteraction): Ask | null {
  const { type, actions, callback_id, trigger_id, response_url, user } = interaction;
  const [action] = actions ?? [];
  const form = type === 'block_actions' ? formOf(action?.action_id) : type === 'message_action' ? formOf(callback_id) : null;
  const { post, rootId } = placeOf(interaction);
  if (!form || !trigger_id || !post) return null;
  const value = type === 'block_actions' ? (action?.value ?? '') : null;
  return { kind: 'form', form, value, userId: user.id, post, rootId, trigger: trigger_id, answerTo: response_url ?? null };
}

/** The form that a button, a shortcut or a view of ours is about. */
export const formOf = (id: string | null | undefined): FormName | null =>
  formNames.find((name) => id === `${actionIdPrefix}${name}`) ?? null;

/** Where somebody pressed. A root that nobody has answered knows no thread yet; it is one. */
export function placeOf({ channel, container, message }: SlackInteraction): {
  readonly post: PostRef | null;
  readonly rootId: string | null;
} {
  const channelId = channel?.id ?? container?.channel_id;
  const messageId = message?.ts ?? container?.message_ts;
  return {
    post: channelId && messageId ? { channelId, messageId } : null,
    rootId: message?.thread_ts ?? container?.thread_ts ?? messageId ?? null,
  };
}
