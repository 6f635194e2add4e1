import { z } from 'zod';
import type { ShopCredentials } from '../../adapters/adapter.ts';
import { ruleNames } from '../core/screening/index.ts';
import type {
  AgentSetting,
  BackupPolicy,
  ChannelRef,
  ChannelSetting,
  DeskPolicy,
  FollowUpPolicy,
  OneOrMany,
  ProductCategory,
  ReplyPolicy,
  ReportSetting,
  Route,
  ScreeningSetting,
} from '../core/settings.ts';
import { defaultConnection, reactionVerbs } from '../core/settings.ts';
import type { BusinessHours, SlaSettings } from '../core/sla/settings.ts';
import type { Template } from '../core/templates/template.ts';
import type { ShopProfile } from '../store/shops.ts';
import { agent } from './sections/agents.ts';
import { reports } from './sections/reports.ts';
import { category, route } from './sections/routes.ts';
import { businessHours, sla } from './sections/sla.ts';
import { templates } from './sections/templates.ts';
import {
  because,
  channelRef,
  connection,
  duration,
  filled,
  type Known,
  locale,
  moment,
  oneOf,
  oneOrMany,
  timezone,
  wholeNumber,
} from './sections/values.ts';

/** A shop as the file has it; what is absent is not touched. */
export interface ShopSeed {
  readonly marketplace: string;
  readonly externalId: string;
  readonly profile: Partial<ShopProfile>;
  /** Null: connected through OAuth. */
  readonly credentials: ShopCredentials | null;
}

/** The file, checked. An absent section is `undefined` and changes nothing. */
export interface FileSections {
  readonly shops?: readonly ShopSeed[];
  readonly channels?: readonly ChannelSetting[];
  readonly ops?: OneOrMany<ChannelRef>;
  readonly routes?: readonly Route[];
  readonly categories?: readonly ProductCategory[];
  readonly agents?: readonly AgentSetting[];
  readonly reply?: Partial<ReplyPolicy>;
  readonly desk?: Partial<DeskPolicy>;
  readonly screening?: Partial<ScreeningSetting>;
  readonly sla?: Partial<SlaSettings>;
  readonly businessHours?: Partial<BusinessHours>;
  readonly backup?: Partial<BackupPolicy>;
  readonly templates?: readonly Template[];
  readonly reports?: readonly ReportSetting[];
}

/** Sections of later versions: a file may have them, and is told that they do nothing yet. */
export const laterSections = ['roles'] as const;

const credentials = z
  .object({
    accessToken: filled,
    accessTokenExpiresAt: moment.exactOptional(),
    refreshToken: filled.exactOptional(),
    refreshTokenExpiresAt: moment.exactOptional(),
  })
  // What else the platform wants with each call, such as TikTok's shopCipher.
  .catchall(filled)
  .superRefine((given, context) => {
    const misspelt = Object.keys(given).filter((key) => !tokenFields.has(key) && /token|expire/i.test(key));
    if (misspelt.length > 0) context.addIssue({ code: 'unrecognized_keys', keys: misspelt, input: given });
  })
  .transform(({ accessToken, accessTokenExpiresAt, refreshToken, refreshTokenExpiresAt, ...extra }): ShopCredentials => {
    return {
      accessToken,
      accessTokenExpiresAt: accessTokenExpiresAt ?? null,
      refreshToken: refreshToken ?? null,
      refreshTokenExpiresAt: refreshTokenExpiresAt ?? null,
      extra,
    };
  });
const tokenFields: ReadonlySet<string> = new Set(['accessToken', 'accessTokenExpiresAt', 'refreshToken', 'refreshTokenExpiresAt']);

const shop = ({ marketplaces }: Known) =>
  z
    .strictObject({
      marketplace: oneOf(marketplaces),
      externalId: filled,
      name: filled.exactOptional(),
      timezone: timezone.exactOptional(),
      locale: locale.exactOptional(),
      region: z
        .string()
        .regex(/^[A-Z]{2}$/, because('config.expected.region'))
        .exactOptional(),
      alias: filled.exactOptional(),
      credentials: credentials.exactOptional(),
    })
    .transform((given): ShopSeed => {
      const { marketplace, externalId, credentials: tokens, ...profile } = given;
      return { marketplace, externalId, profile, credentials: tokens ?? null };
    });

const channel = ({ bots }: Known) =>
  z.strictObject({
    platform: oneOf(bots),
    connection: connection.default(defaultConnection),
    id: filled,
    name: filled.nullable().default(null),
    mode: z.enum(['reply', 'note', 'alerts']).default('reply'),
    locale: locale.nullable().default(null),
  });

const reply = z.strictObject({
  undoSeconds: wholeNumber(0, 300).exactOptional(),
  notePrefixes: z.array(filled).exactOptional(),
  staleAfterMinutes: wholeNumber(1, 10_080).exactOptional(),
  reopenHours: wholeNumber(0, 8_760).exactOptional(),
});

const followUp = z
  .strictObject({ template: filled, after: duration.default(72 * 3_600_000) })
  .transform(({ template, after }): FollowUpPolicy => ({ template, afterMs: after }));

const desk = ({ receiptEmoji = [] }: Known) =>
  z.strictObject({
    claimMinutes: wholeNumber(0, 1_440).exactOptional(),
    autoResolveHours: wholeNumber(0, 8_760).exactOptional(),
    followUp: followUp.nullable().exactOptional(),
    maskBuyers: z.boolean().exactOptional(),
    // As platforms name emoji; the keys are kept as the names of fields.
    reactions: z
      .record(z.string().regex(/^[a-z0-9+][a-z0-9_+'-]{0,99}$/i), z.enum(reactionVerbs))
      .superRefine((given, context) => {
        for (const name of Object.keys(given).filter((emoji) => receiptEmoji.includes(emoji)))
          context.addIssue({ code: 'custom', path: [name], message: because('config.expected.no-receipt') });
      })
      .exactOptional(),
  });

const screening = z.strictObject({
  off: z.array(oneOf(ruleNames)).exactOptional(),
  warn: z.array(oneOf(ruleNames)).exactOptional(),
  release: z.enum(['nobody', 'supervisor', 'anyone']).exactOptional(),
});

const backup = z.strictObject({
  everyHours: wholeNumber(0, 8_760).exactOptional(),
  keep: wholeNumber(1, 1_000).exactOptional(),
});

export const fileSchema = (known: Known) =>
  z.strictObject({
    shops: z.array(shop(known)).exactOptional(),
    channels: z.array(channel(known)).exactOptional(),
    ops: oneOrMany(channelRef(known)).exactOptional(),
    routes: z.array(route(known)).exactOptional(),
    categories: z.array(category).exactOptional(),
    agents: z.array(agent(known)).exactOptional(),
    reply: reply.exactOptional(),
    desk: desk(known).exactOptional(),
    screening: screening.exactOptional(),
    sla: sla(known).exactOptional(),
    businessHours: businessHours.exactOptional(),
    backup: backup.exactOptional(),
    templates: templates(known).exactOptional(),
    reports: reports(known).exactOptional(),
    ...Object.fromEntries(laterSections.map((section) => [section, z.unknown().exactOptional()])),
  });
