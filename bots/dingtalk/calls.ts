import type { ConnectorDeps } from '../../src/core/connector.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import { PlatformError } from '../../src/errors.ts';
import type { DingTalkClient } from './client.ts';
import { bold, lines } from './markdown.ts';

/** How whoever is called hears of it besides the mention in the group: not at all, in their talk with the robot, or by a DING of the app (paid editions alone have it). */
export const callKinds = ['mention', 'direct', 'ding'] as const;
export type CallKind = (typeof callKinds)[number];

export interface CallsDeps {
  readonly client: DingTalkClient;
  readonly robotCode: string;
  readonly calls: CallKind;
  readonly log: ConnectorDeps['log'];
}

/** Of one call, each. https://open.dingtalk.com/document/orgapp/chatbots-send-one-on-one-chat-messages-in-batches, .../robot-sends-nail-message (2026-11-28) */
const most: Readonly<Record<Exclude<CallKind, 'mention'>, number>> = { direct: 20, ding: 200 };

/** Calls people once more, beside the group. It is an addition: that it fails is told in the log, and the reminder stands in the group all the same. */
export async function callBeside(
  { client, robotCode, calls, log }: CallsDeps,
  userIds: readonly string[],
  words: readonly string[],
  locale: Locale,
  signal: AbortSignal,
): Promise<void> {
  if (calls === 'mention' || userIds.length === 0) return;
  const called = userIds.slice(0, most[calls]);
  const title = text(locale, 'board.called');
  const call =
    calls === 'direct'
      ? {
          ...{ api: 'direct.send', path: '/v1.0/robot/oToMessages/batchSend' },
          body: {
            ...{ robotCode, userIds: called, msgKey: 'sampleMarkdown' },
            msgParam: JSON.stringify({ title, text: `${bold(title)}\n\n${lines(words)}` }),
          },
        }
      : {
          ...{ api: 'ding.send', path: '/v1.0/robot/ding/send' },
          body: { robotCode, remindType: 1, receiverUserIdList: called, content: [title, ...words].join('\n').slice(0, 500) },
        };
  try {
    await client.call({ ...call, method: 'POST', effect: 'post', signal });
  } catch (err) {
    if (!(err instanceof PlatformError)) throw err;
    log.warn({ bot: 'dingtalk', err }, 'people could not be called beside the group');
  }
}
