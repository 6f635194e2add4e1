import type { RobotMessage } from './payloads.ts';

/** A talk of one person with the robot is no group: a channel of ours, named after the person. */
const directPrefix = 'user:';

export const isDirect = (channelId: string): boolean => channelId.startsWith(directPrefix);
export const directChannelOf = (userId: string): string => `${directPrefix}${userId}`;
/** Null: it is a group. */
export const personIn = (channelId: string): string | null => (isDirect(channelId) ? channelId.slice(directPrefix.length) : null);

/** The id under which the company knows a person; people of other companies have the platform's alone. */
export const authorOf = ({ senderStaffId, senderId }: RobotMessage): string => senderStaffId || senderId || '';
/** They begin like this: `$:LWCP_v1:$...`. */
export const isOutsider = (userId: string): boolean => userId.startsWith('$:');

export const channelOf = (message: RobotMessage): string =>
  message.conversationType === '1' ? directChannelOf(authorOf(message)) : message.conversationId;
