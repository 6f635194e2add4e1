import { botOf, type ChannelRef, type Settings } from './settings.ts';

/** The channels for trouble, in the file's order. */
export const opsChannels = ({ ops, opsElsewhere }: Pick<Settings, 'ops' | 'opsElsewhere'>): readonly ChannelRef[] =>
  ops === null ? [] : [ops, ...opsElsewhere];

/**
 * Where trouble is told: in the first channel that takes posts, else in the first, where it waits. What is about a bot is told by another one, where there is
 * one, so that who reads of a pause there reads there of its end, too. Pure.
 * @param about the bot that it is about, `slack/default`; null: no bot
 */
export function opsChannel(
  settings: Pick<Settings, 'ops' | 'opsElsewhere'>,
  takesPosts: (channel: ChannelRef) => boolean,
  about: string | null,
): ChannelRef | null {
  const all = opsChannels(settings);
  const others = all.filter((channel) => botOf(channel) !== about);
  const meant = others.length > 0 ? others : all;
  return meant.find(takesPosts) ?? meant[0] ?? null;
}
