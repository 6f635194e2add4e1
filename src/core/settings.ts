import type { BusinessHours, SlaSettings } from './sla/settings.ts';
import { defaultBusinessHours, defaultSla } from './sla/settings.ts';
import type { Locale } from './texts/index.ts';

/** What `threadmart.yaml` and people in chat have settled; the database is the truth. Rises by `revision` at each change. */
export interface Settings {
  readonly revision: number;
  readonly channels: readonly ChannelSetting[];
  /** The channel for trouble; null: the shop's own. */
  readonly ops: ChannelRef | null;
  /** First match wins. */
  readonly routes: readonly Route[];
  /** Empty: every full member of the channel may answer. */
  readonly agents: readonly AgentSetting[];
  readonly reply: ReplyPolicy;
  readonly screening: ScreeningSetting;
  readonly sla: SlaSettings;
  readonly businessHours: BusinessHours;
  readonly backup: BackupPolicy;
  /** When a backup was put in the place of the data: what was sent before that may be unknown here. Null: never. */
  readonly restoredAt: Date | null;
}

/** A chat channel: `slack/C0123456789` in the file; `connection` is `default` unless a platform has several. */
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

/** Every condition that is given must hold; `{}` matches all. */
export interface Route {
  readonly when: { readonly marketplace?: string; readonly shop?: string };
  readonly channel: ChannelRef;
}

export interface AgentSetting {
  readonly name: string;
  readonly accounts: readonly { readonly platform: string; readonly userId: string }[];
  /** A supervisor may release what screening blocked. */
  readonly role: 'agent' | 'supervisor';
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

export const defaultSettings: Settings = {
  revision: 0,
  channels: [],
  ops: null,
  routes: [],
  agents: [],
  reply: { undoSeconds: 8, notePrefixes: ['//', 'note', '备注', '内部'], staleAfterMinutes: 30, reopenHours: 24 },
  screening: { off: [], warn: [], release: 'supervisor' },
  sla: defaultSla,
  businessHours: defaultBusinessHours,
  backup: { everyHours: 24, keep: 7 },
  restoredAt: null,
};

/** Bot and connection: `slack/default`. Names the gate and the links. */
export const botOf = (channel: ChannelRef): string => `${channel.platform}/${channel.connection}`;
