import type { z } from 'zod';
import type { Ask, Form, FormName } from '../src/core/ask.ts';
import type { Answer, ConnectorDeps, Finding, ListedEvent, RateLimit, RawEvent, RawRequest, Received } from '../src/core/connector.ts';
import type { MediaRef } from '../src/core/message.ts';
import type { Locale } from '../src/core/texts/index.ts';
import type { AnswerContent, PostRef, Showing, ThreadActionName, ThreadContent, ThreadState } from '../src/core/thread.ts';

/** What one folder under `bots/` exports; `bots/index.ts` lists them. */
export interface BotDefinition<Settings = unknown> {
  /** `slack`: in URLs, in `threadmart.yaml` (`slack/C0123456789`), in logs. */
  readonly name: string;
  readonly label: string;
  /** Reads this platform's environment variables. Unset or empty `required` ones: the platform is off. */
  readonly environment: z.ZodType<Settings>;
  readonly required: readonly string[];
  /** Names of the emoji that it marks messages with: `threadmart.yaml` may give them no other meaning. */
  readonly receiptEmoji: readonly string[];
  /** Loads the SDK; called only where the platform is configured. */
  create(settings: Settings, deps: ConnectorDeps): Promise<ChatBot>;
  /** Optional; absent means an app is set up by hand. What an operator pastes to make the platform's app; `threadmart <name>-manifest` prints it. */
  manifest?(options: ManifestOptions): object;
}

export interface ManifestOptions {
  /** Where the platform reaches the service. Null: it does not, events come over a socket. */
  readonly publicUrl: string | null;
  /** Of several connections, the one that the app is for. */
  readonly connection: string;
  /** The app's name in the workspace. */
  readonly name: string;
  readonly socketMode: boolean;
}

export function defineBot<Settings>(definition: BotDefinition<Settings>): BotDefinition<Settings> {
  return definition;
}

export interface ChatBot {
  readonly capabilities: BotCapabilities;
  /** Pure: checks the signature over the raw bytes and its age; names the de-duplication key, the thread (lane) and the answer. */
  receive(request: RawRequest): Received;
  /** Pure. Our own posts come back with `fromSelf: true`; the core drops them, so nothing echoes. Unknown kinds become `unknown`. */
  toEvents(raw: RawEvent): ChatEvent[];
  /**
   * Shows new content in the inquiry's thread; opens the thread when it has none. Every post carries `deliveryId` where `findPosted` can read it.
   * Throws `PlatformError`; `uncertain` when the post may have arrived.
   */
  show(thread: ThreadState, showing: Showing, access: BotAccess): Promise<Posted>;
  /** Optional; absent means an uncertain post is held and shown to a person. Only posts not older than `since`. */
  findPosted?(thread: ThreadState, showing: Showing, search: PostSearch, access: BotAccess): Promise<Posted | null>;
  /** The people's messages in a thread after `after`, oldest first, as events that go through the inbox under the same keys as pushed ones. Absent: no catch-up. */
  listReplies?(thread: ThreadState, after: PostRef, access: BotAccess): Promise<readonly ListedEvent[]>;
  /** Who wrote; absent where events carry it. One API call; the caller keeps a cache. */
  user?(userId: string, access: BotAccess): Promise<ChatUser>;
  /** The bytes of a file that an agent posted. Throws `rejected` when it is gone, too large or not permitted. */
  fetchFile(file: ChatFile, access: BotAccess & { readonly maxBytes: number }): Promise<FetchedMedia>;
  /** Optional; absent means that nobody can ask but in a thread's own words. */
  readonly answers?: BotAnswers;
  /**
   * Optional; absent means that the bot asks in words. Opens a form for whoever pressed; `trigger` came with the press and is good for some seconds, so this
   * stands behind no pace. Throws `rejected` when it is too late, or was used.
   */
  openForm?(trigger: string, form: Form, access: Pick<BotAccess, 'signal'>): Promise<void>;
  /**
   * Optional; absent means that files are had by the command line alone. Hands one person a file where nobody else sees it. They wait for it, so it stands behind no
   * pace. Sent twice it is there twice. Throws `PlatformError`; `uncertain` when it may have arrived.
   */
  sendFile?(userId: string, file: FetchedMedia, access: Pick<BotAccess, 'signal'>): Promise<void>;
  /** Optional; absent means events arrive over HTTP only. `take` resolves when the event is stored: only then is it acknowledged, with the answer if it asked for one. */
  readonly socket?: { start(take: (event: SocketEvent) => Promise<Answer | null>): Promise<SocketConnection> };
  /** Checks token, scopes and the bot's place in each channel, for real. */
  check(channelIds: readonly string[], locale: Locale): Promise<Finding[]>;
}

/** An event that came over a socket. */
export interface SocketEvent extends ListedEvent {
  readonly ask?: Ask;
}

/** Answers to what people ask: for their eyes alone where the platform has that, else below their words. */
export interface BotAnswers {
  /** Optional; absent means that an acknowledgement carries nothing, and every answer follows. Waits for nothing but, once, for what links are made of. */
  acknowledge?(content: AnswerContent, locale: Locale, access: Pick<BotAccess, 'signal'>): Promise<Answer>;
  /** Answers after the acknowledgement. `answerTo` came with the question. Throws `rejected` when it is worn out. */
  follow(answerTo: string, content: AnswerContent, locale: Locale, access: Pick<BotAccess, 'signal'>): Promise<void>;
  /** After the event, so long is an acknowledgement taken. */
  readonly deadlineMs: number;
}

export interface SocketConnection {
  healthy(): boolean;
  close(): Promise<void>;
}

export interface BotCapabilities {
  /** `card`: a thread is one card, drawn from `ThreadState.board`. */
  readonly threads: 'native' | 'card';
  /** Of one post, UTF-16 code units. */
  readonly maxPostChars: number;
  readonly reportsEdits: boolean;
  readonly reportsDeletes: boolean;
  /** Names of the emoji that it marks messages with; people's mean nothing. */
  readonly receiptEmoji: readonly string[];
  /** False: what is for one person's eyes is posted for all, with a mention. */
  readonly privateNotices: boolean;
  /** Of one list in a form; 0: there are no forms. */
  readonly maxFormOptions: number;
  readonly maxFileBytes: number;
  /** How long an uncertain post is given to show up before it is looked up. */
  readonly settleMs: number;
  readonly limits: readonly RateLimit[];
  /** Pure: names of the limits that showing this content draws on, one entry a call. */
  costs(content: ThreadContent): readonly string[];
  /**
   * Quotas that are drawn on without anybody asking them first: by an event that comes in, by an answer to a question or a form that is opened. One entry a call.
   * Absent: nothing counts but what is posted and looked up.
   */
  readonly unasked?: { readonly event: readonly string[]; readonly answer: readonly string[] };
  readonly lookupCosts: {
    readonly findPosted: readonly string[];
    readonly listReplies: readonly string[];
    readonly user: readonly string[];
  };
  /** Event redeliveries end after this long; catch-up must cover longer silences. */
  readonly redeliveryWindowMs: number;
}

/** For an uncertain post. */
export interface PostSearch {
  /** It is not older. */
  readonly since: Date;
  /** So long ago it was tried, as time passes for the platform; absent: as our clock has it. */
  readonly ageMs?: number;
  /** Which of these posts stand for something else already: two of the same words are two. Absent: none do. */
  readonly known?: (posts: readonly PostRef[]) => Promise<ReadonlySet<PostRef>>;
}

/** What one call may use. */
export interface BotAccess {
  readonly signal: AbortSignal;
  /** Bytes of a buyer's picture, fetched by the service under its own rules. Null: it could not be had; say so in words. */
  readonly loadMedia: (media: MediaRef) => Promise<FetchedMedia | null>;
}

export interface FetchedMedia {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  readonly name: string;
}

/** What was posted. `posts[0]` is the main one; for an opening it is the thread's root. A receipt and a private notice make no post. */
export interface Posted {
  readonly posts: readonly PostRef[];
  readonly requestId?: string;
  /** Where threads are cards: the root from now on, where a new card took the place of the old one. */
  readonly root?: PostRef;
  /** What a receipt should be put on, or whom a private notice is for, is no longer there, so nobody sees it. */
  readonly gone?: boolean;
}

/** A file as the chat event told of it. */
export interface ChatFile {
  readonly fileId: string;
  readonly url: string;
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: number;
}

export interface ChatUser {
  readonly userId: string;
  readonly name: string;
  /** `guest`: a restricted account. `external`: a person of another organisation. */
  readonly kind: 'member' | 'guest' | 'external' | 'bot';
  readonly email: string | null;
  readonly locale: Locale | null;
}

export interface MessageAbout {
  /** Ids of the post that it quotes, under every name that the platform has for it, the most certain first. */
  readonly posts: readonly string[];
  /** How the id of an inquiry begins that it, or what it quotes, names: `#4f2a1c`, without the sign, in lower case; see `shortIdOf`. It is no part of `text`. */
  readonly ticket: string | null;
}

export type ChatEvent =
  | {
      readonly kind: 'message';
      readonly post: PostRef;
      /** The thread's root; null for a message in the channel itself. */
      readonly rootId: string | null;
      readonly author: { readonly userId: string; readonly kind: 'person' | 'bot' };
      readonly fromSelf: boolean;
      /** Plain text: markup, mentions and links flattened. */
      readonly text: string;
      /** People of the platform who are mentioned, our bot not among them. */
      readonly mentions: readonly string[];
      readonly files: readonly ChatFile[];
      readonly sentAt: Date;
      /** Sorts as the platform orders the thread: compare as plain strings. */
      readonly order: string;
      /** Of what stands outside of threads (`rootId` is null): what it is about, by its own account. Absent: it does not say. */
      readonly about?: MessageAbout;
    }
  | {
      readonly kind: 'edit';
      readonly post: PostRef;
      readonly rootId: string | null;
      readonly author: { readonly userId: string; readonly kind: 'person' | 'bot' };
      readonly fromSelf: boolean;
      readonly text: string;
      readonly mentions: readonly string[];
      readonly editedAt: Date;
      /** Of its message. */
      readonly sentAt: Date;
      /** Of its message. */
      readonly order: string;
    }
  | {
      readonly kind: 'delete';
      readonly post: PostRef;
      readonly rootId: string | null;
      readonly fromSelf: boolean;
      readonly deletedAt: Date;
    }
  /** A button was pressed. */
  | {
      readonly kind: 'action';
      readonly action: ThreadActionName;
      readonly value: string;
      readonly userId: string;
      readonly post: PostRef | null;
      readonly rootId: string | null;
      readonly at: Date;
    }
  /** An emoji was set on a message, or taken away; our own come as `unknown`. `name` as the platform calls it, without skin tone. The thread is found by the post. */
  | {
      readonly kind: 'reaction';
      readonly name: string;
      readonly added: boolean;
      readonly userId: string;
      readonly post: PostRef;
      readonly at: Date;
    }
  /** Chosen from the menu of a message. */
  | {
      readonly kind: 'shortcut';
      readonly name: FormName;
      readonly userId: string;
      readonly post: PostRef;
      readonly rootId: string | null;
      readonly at: Date;
    }
  /** `/tm snooze 2h`, outside of a thread. `text` is what follows the command, flattened as a message's is. */
  | {
      readonly kind: 'command';
      readonly text: string;
      readonly mentions: readonly string[];
      readonly userId: string;
      readonly channelId: string;
      readonly at: Date;
      /** Where an answer may be sent for a while; null: nowhere. */
      readonly answerTo: string | null;
    }
  /** A form was submitted; `values` by the names of its fields, `context` as it was opened with. */
  | {
      readonly kind: 'form';
      readonly form: FormName;
      readonly values: Readonly<Record<string, string>>;
      readonly context: string;
      readonly userId: string;
      readonly at: Date;
    }
  | { readonly kind: 'channel-lost'; readonly channelId: string; readonly reason: 'archived' | 'deleted' | 'bot-removed' }
  | { readonly kind: 'channel-back'; readonly channelId: string }
  | { readonly kind: 'connection-lost'; readonly reason: 'revoked' | 'uninstalled' }
  /** Well-formed, and not for us; kept and counted. */
  | { readonly kind: 'unknown'; readonly type: string };
