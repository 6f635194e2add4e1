import { it } from 'vitest';
import type { Chat, ChatPost } from './chat.ts';

/** A message as people at their desks see it. */
export interface DeskPost extends Omit<ChatPost, 'user'> {
  /** Who is called: user ids, or words such as `here`. */
  readonly pings: readonly string[];
  readonly buttons: readonly { readonly label: string }[];
  readonly files: readonly { readonly bytes: Buffer }[];
  /** Of a thread, and shown in the channel, too. */
  readonly broadcast: boolean;
}

/** What one person was told: for their eyes alone, or where a platform has no such thing, below their words or with a call. */
export interface ToldOne {
  readonly threadTs: string | null;
  readonly text: string;
  /** As it came, with what its links lead to. */
  readonly raw: string;
}

export interface DeskForm {
  readonly title: string;
  /** `options`: labels; null: words are typed. */
  readonly fields: readonly { readonly label: string; readonly options: readonly string[] | null }[];
}

export interface DeskFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** What a platform lets people do; where it does not, tests say so in their names. */
export interface DeskAbilities {
  /** Its events tell of an edit, and of a deletion. */
  readonly edits: boolean;
  readonly deletions: boolean;
  /** An event comes again that was lost. */
  readonly tellsAgain: boolean;
  /** What is for one person's eyes is seen by nobody else. */
  readonly whispers: boolean;
  /** A thread's post may be shown in the channel, too. */
  readonly broadcasts: boolean;
  /** A thread is one card, on which all that is said stands. */
  readonly cards: boolean;
  /** A message of a thread has a menu. */
  readonly shortcuts: boolean;
  /** It is known which language somebody reads. */
  readonly locales: boolean;
  /** Files are handed in with words: pictures, and others. */
  readonly pictures: boolean;
  readonly documents: boolean;
}

const all = {
  ...{ edits: true, deletions: true, tellsAgain: true, whispers: true, broadcasts: true, cards: false, shortcuts: true },
  ...{ locales: true, pictures: true, documents: true },
};
export const abilities: Readonly<Record<Chat['platform'], DeskAbilities>> = {
  slack: all,
  // Of an edit there is no event: https://open.feishu.cn/document/server-docs/im-v1/message/events (read 2026-11-28) names none.
  feishu: { ...all, edits: false, whispers: false, broadcasts: false, shortcuts: false, locales: false },
  // Who writes is told of nothing but what calls the robot and what is done on cards, once; and nobody can call it with a file.
  dingtalk: {
    ...{ edits: false, deletions: false, tellsAgain: false, whispers: true, broadcasts: false, cards: true, shortcuts: false },
    ...{ locales: false, pictures: true, documents: false },
  },
};
/** Those that are tested. */
export const platforms = ['slack', 'feishu', 'dingtalk'] as const;

/** A test for platforms that are able to do this; elsewhere it is skipped, and its name says why. */
export const itWhere =
  (able: boolean, why: string) =>
  (name: string, run: () => Promise<void>): void =>
    it.skipIf(!able)(able ? name : `${name} (not here: ${why})`, run);

/** One platform's fake as the people of a team see it and work in it. Names are those of `Chat`; a thread that is a card goes by the name of its first card. */
export interface Desk {
  readonly marks: { readonly sent: string; readonly noted: string };
  /** What became of what somebody wrote there: beside their message, or where these words stand on the thread's card. */
  marksOf(channelId: string, rootTs: string, ts: string, words: string): readonly string[];
  /** Whether what people do now is heard. */
  isHeard(): boolean;
  /** What everybody sees, in the order of the channels. */
  posts(channelId?: string): readonly DeskPost[];
  /** In a thread, or to the bot. Resolves to the message's name. */
  write(by: string, channelId: string, rootTs: string | null, words: string, files?: readonly DeskFile[]): string;
  /** The status of the service's answer. */
  press(by: string, channelId: string, ts: string, label: string): Promise<number | null>;
  edit(channelId: string, ts: string, words: string): void;
  remove(channelId: string, ts: string): void;
  /** A command outside of threads. */
  command(by: string, channelId: string, words: string): Promise<void>;
  toldTo(by: string): readonly ToldOne[];
  /** Whether it leads to this thread, by a link or by its number. */
  leadsTo(raw: string, channelId: string, rootTs: string): boolean;
  /** Whether what was announced calls everybody who is there. */
  callsAll(raw: string): boolean;
  /** What stands in a channel itself and is no thread's root, as it came. */
  announced(channelId: string): readonly string[];
  formsOf(by: string): readonly DeskForm[];
  /** The newest one; `filled` by label, of a list the label that is chosen. */
  submitForm(by: string, filled: Readonly<Record<string, string>>): Promise<void>;
  /** Of another organisation, or restricted; null: the platform knows none. */
  addGuest(): string | null;
  addStranger(): string | null;
  /** One who is in no list. */
  addMember(number: number, name: string): string;
  /** Makes somebody see what is told in a channel. */
  joins(by: string, channelId: string): void;
  settled(): Promise<void>;
}
