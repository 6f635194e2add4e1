import type { ClassifyPolicy } from './classify.ts';
import type { ComposeView } from './compose.ts';
import type { Delivery, ReplyFile } from './delivery.ts';
import type { Clocking } from './desk/clocks.ts';
import type { CommandVerb } from './desk/commands.ts';
import type { GroupTurn } from './desk/groups.ts';
import { deliveryId } from './ids.ts';
import type { HistoryEvent, Inquiry } from './inquiry.ts';
import { postLinkId } from './inquiry.ts';
import type { OrdersFound } from './order.ts';
import type { Settings } from './settings.ts';
import type { TemplateAnswer } from './templates/command.ts';
import type { Locale } from './texts/index.ts';
import type { AnswerPart, PostRef, ThreadActionName } from './thread.ts';

/** A person of the chat, with what the settings allow. */
export interface Member {
  readonly userId: string;
  readonly name: string;
  /** The name in `agents`; null where the settings do not name this person. */
  readonly agent: string | null;
  /** The language that `agents` gives them, or that they have set; null: neither tells. */
  readonly locale: Locale | null;
  readonly mayAnswer: boolean;
  readonly mayRelease: boolean;
}

/** What happened in an inquiry's thread. Our own posts and other bots' are gone by now. */
export type ThreadEvent =
  | {
      readonly kind: 'message';
      readonly post: PostRef;
      readonly member: Member;
      readonly text: string;
      readonly mentions: readonly string[];
      readonly files: readonly ReplyFile[];
      readonly sentAt: Date;
      readonly order: string;
    }
  | {
      readonly kind: 'edit';
      readonly post: PostRef;
      readonly member: Member;
      readonly text: string;
      readonly mentions: readonly string[];
      readonly editedAt: Date;
      /** Of its message. */
      readonly sentAt: Date;
      /** Of its message. */
      readonly order: string;
    }
  | { readonly kind: 'delete'; readonly post: PostRef; readonly deletedAt: Date }
  | {
      readonly kind: 'action';
      readonly action: ThreadActionName;
      readonly value: string;
      readonly member: Member;
      /** Where it was pressed; null: the platform does not tell. */
      readonly post: PostRef | null;
      readonly at: Date;
    }
  /** A command that was given otherwise than by words in the thread: a form was filled in, an emoji set. `id` makes what it plans unique. */
  | {
      readonly kind: 'command';
      readonly id: string;
      readonly word: CommandVerb;
      readonly rest: string;
      readonly mentions: readonly string[];
      readonly member: Member;
      readonly at: Date;
    };

export interface ThreadView extends Clocking {
  readonly inquiry: Inquiry;
  readonly settings: Settings;
  readonly channelMode: ClassifyPolicy['channelMode'];
  readonly bot: string;
  /** The bot opens forms, so a press that wants one has it already. */
  readonly opensForms: boolean;
  /** The thread is a card, which shows what people wrote: it is drawn again after each turn. */
  readonly drawsCard: boolean;
  readonly compose: ComposeView;
  readonly lane: string;
  readonly turnId: string;
  readonly now: Date;
  /** Of the thread. */
  readonly locale: Locale;
  /** In which times of day are meant and shown. IANA name. */
  readonly zone: string;
  /** People who are mentioned in commands of this turn. */
  readonly people: ReadonlyMap<string, Member>;
  /** What commands of this turn ask for; looked up where they do. */
  readonly asked: {
    /** Another inquiry of this conversation is open. */
    readonly openElsewhere: boolean;
    /** The last of this inquiry's history, oldest first. */
    readonly history: readonly HistoryEvent[];
    /** What became of `!template ...`, by the id of the command. */
    readonly templates: ReadonlyMap<string, TemplateAnswer>;
    readonly orders: OrdersFound;
    /** Groups that `!assign` gives to, by the id of the command. */
    readonly groups: ReadonlyMap<string, GroupTurn>;
    /** What `!find ...` came to, in the language of whoever asks, by the id of the command. */
    readonly found: ReadonlyMap<string, readonly AnswerPart[]>;
  };
  /** Link ids of posts that were worked on before (a listing and a push of one message). */
  readonly known: ReadonlySet<string>;
  /** Replies that events of this turn speak of, as they stand. */
  readonly replies: ReadonlyMap<string, Delivery>;
  /** Replies that were not taken back, sent ones among them, the newest first; looked up where an undo asks for them. */
  readonly latestReplies: readonly Delivery[];
}

/** The message id of what was written at a post. */
export const agentMessageId = (bot: string, post: PostRef): string => postLinkId(bot, post);
export const replyIdOf = (messageId: string) => deliveryId(`${messageId}:reply`);
