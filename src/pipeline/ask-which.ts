import type { ChatEvent, MessageAbout } from '../../bots/bot.ts';
import { sentence } from '../core/ask.ts';
import { shortIdOf } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { notice, planWord } from '../core/plan.ts';
import type { Settings } from '../core/settings.ts';
import { excerpt } from '../core/text-plain.ts';
import { text } from '../core/texts/index.ts';
import { agentMessageId } from '../core/thread-view.ts';
import type { PipelineDeps } from './deps.ts';
import type { OwnedGate } from './gate.ts';
import type { People } from './people.ts';

/** Inquiries in one question. */
const mostOffered = 10;

type Message = Extract<ChatEvent, { kind: 'message' }>;

interface AskSources {
  readonly gate: OwnedGate;
  readonly bot: string;
  readonly people: Pick<People, 'member'>;
  readonly deps: Pick<PipelineDeps, 'queue' | 'inquiries' | 'shops' | 'clock' | 'settings'>;
}

/**
 * Somebody wrote to a buyer outside of threads, and it is not certain to which: nothing is sent, and they are asked, with what they have in hand, or else with
 * what waits in the channel. Throws what the platform said when nobody can tell who wrote.
 * @returns what became of the message, for the record of its event
 */
export async function askWhich(
  { post, author }: Message,
  { ticket }: MessageAbout,
  { gate, bot, people, deps }: AskSources,
  { post: plan }: { readonly post: (delivery: ReturnType<typeof planWord>) => Promise<void> },
): Promise<string> {
  const member = await people.member(gate, author.userId);
  const locale = member.locale ?? localeHere(deps.settings(), bot, post.channelId);
  const now = deps.clock.now();
  const tell = (content: Parameters<typeof planWord>[1]) =>
    plan(planWord({ bot, channelId: post.channelId, userId: member.userId }, content, { id: agentMessageId(bot, post), now }));
  if (!member.mayAnswer) {
    await tell(sentence('reply.not-allowed'));
    return 'refused';
  }
  const offered = await offeredTo(member.userId, bot, post.channelId, deps);
  const lines = await Promise.all(
    offered.map(async (inquiry) => {
      const shop = await deps.shops.byId(inquiry.shopId);
      const words = { id: shortIdOf(inquiry._id), shop: excerpt(shop?.name ?? '', 80), excerpt: excerpt(inquiry.excerpt, 80) };
      return text(locale, 'which.line', words);
    }),
  );
  const asked = ticket === null ? notice('which.asked') : notice('which.unknown', { ticket: excerpt(ticket, 40) });
  const none = lines.length === 0 ? ([{ kind: 'notice', notice: notice('which.none') }] as const) : ([{ kind: 'lines', lines }] as const);
  await tell({ kind: 'answer', parts: [{ kind: 'notice', notice: asked }, ...none], actions: [] });
  return 'asked-which';
}

async function offeredTo(
  userId: string,
  bot: string,
  channelId: string,
  { queue, inquiries }: AskSources['deps'],
): Promise<readonly Inquiry[]> {
  const inHand = await queue.inHand([userId], mostOffered);
  const own = inHand.filter(({ thread }) => thread?.bot === bot).map(({ _id }) => _id);
  const ids = own.length > 0 ? own : await queue.waitingIn(bot, channelId, mostOffered);
  const found = await inquiries.byIds(ids);
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** An inquiry can be answered from its own channel, or from where no inquiries are mirrored: a talk with the bot alone. */
export const isWithinReach = ({ thread }: Pick<Inquiry, 'thread'>, bot: string, channelId: string, { channels }: Settings): boolean =>
  thread?.bot === bot &&
  (thread.channelId === channelId ||
    !channels.some(({ platform, connection, id }) => id === channelId && bot === `${platform}/${connection}`));

const localeHere = ({ channels }: Settings, bot: string, channelId: string) =>
  channels.find(({ platform, connection, id }) => id === channelId && bot === `${platform}/${connection}`)?.locale ?? 'en';
