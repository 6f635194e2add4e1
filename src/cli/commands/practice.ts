import type { Command } from 'commander';
import { harmless, shortTime } from '../../core/columns.ts';
import type { ApiClient } from '../client.ts';
import { type Answered, answer, asking, type Context } from '../command.ts';
import { CliError, exitCodes } from '../io.ts';

interface PracticeAnswer {
  readonly practice: {
    readonly shop: { readonly _id: string; readonly createdAt: string };
    readonly channel: string;
    readonly removing: boolean;
    readonly buyers: number;
    readonly waiting: number;
  } | null;
}

interface Options {
  readonly channel?: string;
  readonly remove?: true;
  readonly url?: string;
}

export function practice(context: Context): Command {
  const { say } = context;
  return asking(context, 'practice', 'cli.practice')
    .option('--channel <channel>', say('cli.practice.channel'))
    .option('--remove', say('cli.practice.remove'))
    .action((options: Options) => answer<unknown>(context, options, (client) => act(context, client, options)));
}

async function act({ say }: Context, client: ApiClient, { channel, remove }: Options): Promise<Answered<unknown>> {
  if (channel !== undefined && remove) throw new CliError(exitCodes.usage, 'cli.practice.both');
  if (remove) {
    const data = await client.post<{ readonly removed: boolean }>('/api/practice/remove');
    return { data, lines: [say(data.removed ? 'cli.practice.removed' : 'cli.practice.none')] };
  }
  const data =
    channel === undefined
      ? await client.get<PracticeAnswer>('/api/practice')
      : await client.post<PracticeAnswer>('/api/practice', { json: { channel } });
  if (data.practice === null) return { data, lines: [say('cli.practice.none')] };
  const { shop, removing, buyers, waiting, channel: where } = data.practice;
  const params = { id: harmless(shop._id), channel: harmless(where), since: shortTime(shop.createdAt) ?? '', buyers, waiting };
  return { data, lines: [say(`cli.practice.${removing ? 'removing' : channel === undefined ? 'state' : 'opened'}`, params)] };
}
