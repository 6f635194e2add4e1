import type { ChatBot, SocketConnection, SocketEvent } from '../bots/bot.ts';
import type { Answer } from './core/connector.ts';

/**
 * Opens the sockets of all bots that have one, side by side: one whose platform does not answer takes its time, and another's may be the only way by which its
 * events ever come. Resolves when each of them has been tried, well or ill.
 * @param take stores an event of this bot, by `slack/default`
 * @param opened is told of each as soon as it is there
 */
export async function startSockets(
  bots: ReadonlyMap<string, Pick<ChatBot, 'socket'>>,
  take: (bot: string, event: SocketEvent) => Promise<Answer | null>,
  opened: (bot: string, socket: SocketConnection) => void,
): Promise<void> {
  await Promise.all(
    [...bots].map(async ([name, { socket }]) => {
      const connection = await socket?.start((event) => take(name, event));
      if (connection) opened(name, connection);
    }),
  );
}
