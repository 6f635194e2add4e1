import type { Priority } from './inquiry.ts';
import type { Week } from './sla/hours.ts';
import type { BusinessHours, SlaSettings } from './sla/settings.ts';
import { defaultBusinessHours, defaultSla } from './sla/settings.ts';
import type { Locale } from './texts/index.ts';

/** What `threadmart.yaml` and people in chat have settled; the database is the truth. Rises by `revision` at each change. */
export interface Settings {
  readonly revision: number;
  readonly channels: readonly ChannelSetting[];
  /** The channel for trouble: the first that the file names, and to the pipeline the one that takes posts. Null: the log alone. */
  readonly ops: ChannelRef | null;
  /** The others that the file names, on other chat platforms: see `opsChannel`. */
  readonly opsElsewhere: readonly ChannelRef[];
  /** First match wins. */
  readonly routes: readonly Route[];
  readonly categories: readonly ProductCategory[];
  /** Empty: every full member of the channel may answer. */
  readonly agents: readonly AgentSetting[];
  /** Learnt from the chat, never from the file; the newest first. */
  readonly knownAccounts: readonly KnownAccount[];
  readonly reply: ReplyPolicy;
  readonly desk: DeskPolicy;
  readonly screening: ScreeningSetting;
  readonly sla: SlaSettings;
  readonly businessHours: BusinessHours;
  readonly backup: BackupPolicy;
  readonly reports: readonly ReportSetting[];
  /** When a backup was put in the place of the data: what was sent before that may be unknown here. Null: never. */
  readonly restoredAt: Date | null;
}

/** A chat channel: `slack/C0123456789` in the file, `slack/eu/C0123456789` where it is another connection's than the default one. */
export interface ChannelRef {
  readonly platform: string;
  readonly connection: string;
  readonly id: string;
}

export interface ChannelSetting extends ChannelRef {
  readonly name: string | null;
  readonly mode: 'reply' | 'note' | 'alerts';
  readonly locale: Locale | null;
}

/** One value, or several of which any will do: as the file gives it, so that an unchanged file stays unchanged. */
export type OneOrMany<T> = T | readonly T[];

/** A rule: who takes an inquiry, and how it begins. */
export interface Route {
  readonly name?: string;
  readonly when: RouteConditions;
  /** Several: conversations are spread evenly over them. */
  readonly channel: OneOrMany<ChannelRef>;
  /** The agents' group that is to answer. */
  readonly group?: string;
  /** Who of the group gets it. Absent: whoever claims it. */
  readonly assign?: AssignStrategy;
  readonly priority?: Priority;
  readonly tags?: readonly string[];
  /** Names of SLA policies; absent: the shop's. */
  readonly sla?: OneOrMany<string>;
  /** Sent to the buyer at once, where the marketplace allows it. */
  readonly autoReply?: AutoReply;
  /** A template that is offered to the agent. */
  readonly suggest?: string;
  readonly notifySupervisor?: boolean;
}

/** Every condition that is given must hold; `{}` matches all. */
export interface RouteConditions {
  readonly marketplace?: OneOrMany<string>;
  /** The marketplace's id, or ours. */
  readonly shop?: OneOrMany<string>;
  readonly buyer?: 'new' | 'returning';
  readonly buyerTag?: OneOrMany<string>;
  /** ISO 639-1: `th`. */
  readonly language?: OneOrMany<string>;
  /** The marketplace's ids of products. */
  readonly product?: OneOrMany<string>;
  readonly category?: OneOrMany<string>;
  /** Our word for it, `to-ship`, or the marketplace's. */
  readonly orderStatus?: OneOrMany<string>;
  readonly time?: OneOrMany<TimeWindow>;
  readonly keyword?: OneOrMany<string>;
  /** Regular expressions in RE2's syntax. */
  readonly pattern?: OneOrMany<string>;
}

/** A name for some products: marketplaces tell which product a buyer asks about, and not of which kind it is. */
export interface ProductCategory {
  readonly name: string;
  /** The marketplaces' ids. */
  readonly products: readonly string[];
}

export interface TimeWindow {
  /** IANA name; absent: the shop's. */
  readonly zone?: string;
  readonly hours: Week;
}

export const assignStrategies = ['round-robin', 'least-busy', 'sticky'] as const;
/** In turn; who has the fewest; the one who answered this buyer last, if they can. */
export type AssignStrategy = (typeof assignStrategies)[number];

export type AutoReply = { readonly template: string } | { readonly text: string };

export interface AgentSetting {
  /** The agent's key in history and figures. */
  readonly name: string;
  /** On chat platforms, and at marketplaces, where answers that are typed there count for them. */
  readonly accounts: readonly AgentAccount[];
  /** Makes accounts of theirs that a chat platform tells this address of theirs, too. */
  readonly email?: string;
  /** A supervisor may release what screening blocked. */
  readonly role: 'agent' | 'supervisor';
  readonly groups?: readonly string[];
  /** Of what they alone read; absent: what the chat platform tells, else the channel's. */
  readonly locale?: Locale;
  /** Theirs, an IANA name; there where `hours` are. */
  readonly zone?: string;
  /** When they are on duty; absent: always. */
  readonly hours?: Week;
  /** Open inquiries that may be given to them at a time; absent: no limit. */
  readonly capacity?: number;
  /** They want to be pinged off duty too. */
  readonly pingOffDuty?: boolean;
}

export interface AgentAccount {
  readonly platform: string;
  /** Of a chat platform; absent: the default one. */
  readonly connection?: string;
  readonly userId: string;
}

/** An account that turned out to be an agent's, by the e-mail address that the chat platform tells. */
export interface KnownAccount {
  /** Bot and connection: `slack/default`. */
  readonly bot: string;
  readonly userId: string;
  /** In lower case, as it is compared. */
  readonly email: string;
}

export interface ReplyPolicy {
  /** How long a reply may still be edited or taken back. */
  readonly undoSeconds: number;
  readonly notePrefixes: readonly string[];
  /** A reply that waited longer is not sent by itself. */
  readonly staleAfterMinutes: number;
  /** After this long a resolved inquiry is not reopened; a new one begins. */
  readonly reopenHours: number;
}

/** How the team shares its work. */
export interface DeskPolicy {
  /** So long a claim stands without an answer while the buyer waits; and so long nobody else answers over it without being asked; 0: claims bind nobody. */
  readonly claimMinutes: number;
  /** An answered inquiry is resolved in silence after that; 0: never. */
  readonly autoResolveHours: number;
  /** Asked once of a buyer who is silent after our answer. Null: never; absent in what older versions stored. */
  readonly followUp?: FollowUpPolicy | null;
  /** What an emoji on a root card does, by the platform's name of it. Absent in what older versions stored. */
  readonly reactions?: Readonly<Record<string, ReactionVerb>>;
  /** Cards and reminders show only the first character of a buyer's name. Absent in what older versions stored. */
  readonly maskBuyers?: boolean;
}

export interface FollowUpPolicy {
  /** The name of one. */
  readonly template: string;
  /** Counted from our answer; resolving by time counts from then on. */
  readonly afterMs: number;
}

/** Commands that need no words. */
export const reactionVerbs = ['claim', 'release', 'resolve', 'reopen', 'no-answer-needed'] as const;
export type ReactionVerb = (typeof reactionVerbs)[number];

export interface ScreeningSetting {
  /** Names of rules that are switched off. */
  readonly off: readonly string[];
  /** Names of rules that warn instead of block. */
  readonly warn: readonly string[];
  /** Who may release a blocked reply. */
  readonly release: 'nobody' | 'supervisor' | 'anyone';
}

/** Of the built-in store; a MongoDB is backed up by its own means. */
export interface BackupPolicy {
  /** 0: none but those that somebody asks for. */
  readonly everyHours: number;
  /** How many are kept, whoever asked for them. */
  readonly keep: number;
}

/** Figures that are posted by themselves, of the day, week or month before. */
export interface ReportSetting {
  readonly every: 'day' | 'week' | 'month';
  /** Local time there: `09:00`. */
  readonly at: string;
  /** IANA name; days are those of this zone. */
  readonly timezone: string;
  readonly channel: ChannelRef;
  readonly by: 'shop' | 'marketplace' | 'agent' | 'channel';
  /** Null: all. The shop by its own id or the marketplace's. */
  readonly marketplace: string | null;
  readonly shop: string | null;
  /** Null: the channel's. */
  readonly locale: Locale | null;
}

export const defaultSettings: Settings = {
  revision: 0,
  channels: [],
  ops: null,
  opsElsewhere: [],
  routes: [],
  categories: [],
  agents: [],
  knownAccounts: [],
  reply: { undoSeconds: 8, notePrefixes: ['//', 'note', '备注', '内部'], staleAfterMinutes: 30, reopenHours: 24 },
  desk: { claimMinutes: 10, autoResolveHours: 24, followUp: null, reactions: {}, maskBuyers: false },
  screening: { off: [], warn: [], release: 'supervisor' },
  sla: defaultSla,
  businessHours: defaultBusinessHours,
  backup: { everyHours: 24, keep: 7 },
  reports: [],
  restoredAt: null,
};

export const asList = <T>(given: OneOrMany<T> | undefined): readonly T[] =>
  given === undefined ? [] : Array.isArray(given) ? (given as readonly T[]) : [given as T];

/** The connection of a platform that has but one, or the first of several. */
export const defaultConnection = 'default';

/** As it is written in the file. */
export const channelName = (ref: ChannelRef): string => `${ref.connection === defaultConnection ? ref.platform : botOf(ref)}/${ref.id}`;

/** Bot and connection: `slack/default`. Names the gate and the links. */
export const botOf = (channel: ChannelRef): string => `${channel.platform}/${channel.connection}`;
