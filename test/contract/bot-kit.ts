import type { BotAccess, ChatBot, ChatUser } from '../../bots/bot.ts';
import type { FormName } from '../../src/core/ask.ts';
import type { Answer, RawRequest, Received } from '../../src/core/connector.ts';
import type { Locale } from '../../src/core/texts/index.ts';
import type { PostRef, ThreadActionName } from '../../src/core/thread.ts';

/** A post as people see it in the chat. */
export interface SeenPost {
  readonly ref: PostRef;
  readonly rootId: string | null;
  readonly fromBot: boolean;
  /** What can be read, without markup. */
  readonly text: string;
  /** Who is called: user ids, or words such as `channel`. */
  readonly pings: readonly string[];
  /** What markup has formatted or made a link with another label. */
  readonly styled: readonly string[];
  readonly images: readonly Uint8Array[];
  /** Labels of its buttons. */
  readonly buttons: readonly string[];
  /** Marks that the bot has set on it. */
  readonly marks: readonly string[];
  /** Seen in the channel itself: a root, or a reply that was also sent there. */
  readonly inChannel: boolean;
  /** By which the platform names it elsewhere, as in quotes. */
  readonly otherIds?: readonly string[];
}

/** What one person alone sees. */
export interface SeenPrivate {
  readonly rootId: string | null;
  readonly text: string;
  readonly pings: readonly string[];
  readonly buttons: readonly string[];
}

/** A form as people see it. */
export interface SeenForm {
  readonly title: string;
  readonly submit: string;
  readonly fields: readonly {
    readonly label: string;
    /** Labels to choose from; null: words are typed. */
    readonly options: readonly string[] | null;
    readonly filled: string;
  }[];
}

/** What breaks: a request that carries a post, a mark, a change of the root card, a private notice, an upload, a form, or any reading. */
export type Target = 'post' | 'mark' | 'card' | 'private' | 'upload' | 'form' | 'read';
/** `none`: the request passes, and counts as one of `times`. */
export type Trouble = 'none' | 'rate-limited' | 'server-error' | 'server-error-after' | 'html' | 'cut-before' | 'cut-after';

/** How a person's text looks on the platform's wire, and what the bot must make of it. */
export interface MarkupSample {
  readonly typed: string;
  /** A pattern where the platform leaves the words open, as with names. */
  readonly text: string | RegExp;
  readonly mentions: readonly string[];
}

type PersonInKit = 'member' | 'supervisor' | 'guest' | 'external' | 'otherBot';
type ToldOfFile = readonly ('name' | 'mimeType' | 'bytes')[];

/** What the platform tells at all; the suite asks for no more. */
export interface WhatIsTold {
  /** With a picture that a person posts, with another file. */
  readonly picture: ToldOfFile;
  readonly document: ToldOfFile;
  /** A deletion names the thread of its message. */
  readonly threadOfDeleted: boolean;
  /** Which ends of a channel there are, and whether there is an event of them; of which ends of a connection there is one. */
  readonly channelEnds: readonly ('archived' | 'deleted' | 'bot-removed')[];
  readonly channelEvents: boolean;
  readonly connectionEnds: readonly ('revoked' | 'uninstalled')[];
  /** Files have an address in their event, and not only a name for the platform. */
  readonly fileAddress: boolean;
  /** A post has an address, by which one gets to it. */
  readonly postAddress: boolean;
  /** A message with a file belongs to a thread by itself, and not by what it quotes. */
  readonly threadOfFile: boolean;
  /** How long it asks to wait where too much was asked. */
  readonly waitMs: number;
  /** What can be found out about a person; null: nothing. */
  readonly kinds: Readonly<Record<PersonInKit, ChatUser['kind'] | null>>;
}

export interface BotKitOptions {
  /** Events come over a socket that the bot opens. Kits whose platform has none ignore it. */
  readonly socket?: boolean;
}

/** A bot, made through `bots/index.ts`, in front of a fake of its platform. No limits are enforced and nothing is late unless asked for. */
export interface BotKit {
  readonly bot: ChatBot;
  /** The bot is in it. */
  readonly channelId: string;
  readonly access: BotAccess;
  /** `supervisor` is a member too. */
  readonly users: Readonly<Record<PersonInKit, string>>;
  readonly samples: readonly MarkupSample[];
  readonly tells: WhatIsTold;
  /** How these words are typed so that they become bold. */
  bold(words: string): string;

  /** How events come in: as requests that the platform signs, or over a socket that the bot opens and nowhere else. */
  readonly ingress: 'http' | 'socket';
  /** How old a good signature may be: no less than a later attempt that still carries the first one's. */
  readonly oldestSignatureSeconds: number;

  // People. What they do is pushed to `pushed`, or over the socket.
  write(
    by: string,
    rootId: string | null,
    typed: string,
    options?: {
      readonly file?: { readonly name: string; readonly mimeType: string; readonly bytes: Uint8Array };
      readonly broadcast?: boolean;
    },
  ): PostRef;
  /** Words that quote a post, in every shape in which the platform tells that; `silent` ones say nothing of which post. Null where threads are the platform's own. */
  readonly quotes: {
    readonly naming: readonly string[];
    readonly silent: readonly string[];
    write(by: string, post: PostRef, typed: string, shape: string): PostRef;
  } | null;
  /** Null where bots hear nothing of each other. */
  readonly otherBotWrites: ((rootId: string | null, text: string) => PostRef) | null;
  /** Null where the platform reports no edits; the like for `remove`. */
  readonly rewrite: ((post: PostRef, typed: string) => void) | null;
  readonly remove: ((post: PostRef) => void) | null;
  /** Presses the button with the label that the catalogue has for the action. */
  press(by: string, post: PostRef, action: ThreadActionName, locale: Locale): Promise<void>;
  /** Of one emoji, how it may be set, and the name that it is read under. Null where emoji are not reported; the like for `command`, `shortcut`. */
  readonly emoji: { readonly name: string; readonly typed: readonly string[] } | null;
  react(by: string, post: PostRef, emoji: string): void;
  unreact(by: string, post: PostRef, emoji: string): void;
  readonly command: ((by: string, text: string) => Promise<void>) | null;
  /** Another app's command or shortcut. */
  foreignCommand(by: string, text: string): Promise<void>;
  readonly shortcut: ((by: string, post: PostRef, form: FormName) => Promise<void>) | null;
  /** Presses a button of what this person alone was shown last. */
  pressPrivate(by: string, action: ThreadActionName, locale: Locale): Promise<void>;
  /** Submits the form that was opened last; `filled` by label, of a list the label that is chosen. */
  submitForm(by: string, filled: Readonly<Record<string, string>>): Promise<void>;
  leaves(user: string): void;
  channelBecomes(state: 'archived' | 'deleted' | 'bot-removed' | 'back'): void;
  connectionBecomes(state: 'revoked' | 'uninstalled'): void;
  /** Something well-formed that is not for us. */
  somethingElseHappens(): void;

  // What the platform sends.
  /** What was pushed since the last call: requests, rightly signed; over a socket as many as it were requests, once all are answered. */
  pushed(): Promise<RawRequest[]>;
  /** What the bot made of one of those. */
  received(request: RawRequest): Received;
  /** The same event once more, as a later attempt. */
  redelivered(request: RawRequest): Promise<RawRequest>;
  /** Any body, as a request rightly signed at a moment that lies `secondsAhead` of now; where events come over a socket, as whatever may be sent to its address. */
  signed(body: string, secondsAhead?: number): RawRequest;
  /** Null where the platform does not challenge an address. */
  readonly handshake: { readonly request: RawRequest; readonly echo: string; readonly forged: RawRequest } | null;
  /** Pushes what is no event, over the socket. Null: events are requests. */
  readonly garbled: ((body: string) => void) | null;
  /** Over the socket: resolves when everything has been acknowledged, or was given up; how many were. */
  socketAcknowledged(): Promise<number>;

  // What can be seen and broken at the platform.
  /** All posts, in the order of the channel. */
  posts(): SeenPost[];
  /** All that reached the platform, words that only notifications show among them, as it came. */
  everything(): string;
  /** What this person alone was shown, in order. */
  privateTo(user: string): SeenPrivate[];
  /** What an acknowledgement shows to whoever asked. */
  seenIn(answer: Answer, by: string): SeenPrivate;
  /** Files that this person alone was handed, in order. */
  filesOf(user: string): { readonly name: string; readonly bytes: Uint8Array }[];
  formsOf(user: string): SeenForm[];
  /** From now on every press was too long ago for a form. Null where a press is good for as long as its post is there. */
  readonly triggersExpire: (() => void) | null;
  /** The next `times` requests of this sort meet this trouble. `rate-limited` asks to wait as long as `tells.waitMs`. */
  break(target: Target, trouble: Trouble, times?: number): void;
  /** `reads`: an uncertain post is looked for. `sends-again`: it is sent once more under its name, under which the platform takes no second one. */
  readonly looksUp: 'reads' | 'sends-again';
  /** How many rate-limited calls were made so far. */
  calls(): number;
  /** Which limit the platform's refusal of such a call speaks of. */
  readonly limitOf: Readonly<Record<'post' | 'mark', 'method' | 'channel' | 'connection'>>;
  forbidFiles(): void;
  loseFiles(): void;
  /** Ways in which a set-up is wrong; `check` must find each. */
  readonly misconfigurations: Readonly<Record<string, () => void>>;
  close(): Promise<void>;
}

export type CreateBotKit = (options?: BotKitOptions) => Promise<BotKit>;
