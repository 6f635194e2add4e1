import type { ApiMethod } from './context.ts';
import { SlackRefusal } from './refusal.ts';
import { directChannel } from './world.ts';

/** Direct messages. @see https://docs.slack.dev/reference/methods/conversations.open (read 2026-11-27) */
export const directMethods: Readonly<Record<string, ApiMethod>> = {
  'conversations.open': {
    scopes: ['im:write'],
    run(args, { world }) {
      const users = args.need('users').split(',');
      const [id = ''] = users;
      if (users.length > 1) throw new Error('the fake knows direct messages to one person only');
      const user = world.users.get(id);
      if (!user) throw new SlackRefusal('user_not_found');
      if (user.kind === 'bot') throw new SlackRefusal('cannot_dm_bot');
      const known = directChannel(world, id);
      const channel = known ?? world.addChannel(world.nextId('D'), { isPrivate: true });
      channel.members.add(id);
      return { channel: { id: channel.id }, ...(known ? { no_op: true, already_open: true } : {}) };
    },
  },
};
