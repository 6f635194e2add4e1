import { z } from 'zod';
import { type AgentAccount, type ChannelRef, defaultConnection, type OneOrMany } from '../../core/settings.ts';
import type { TextKey } from '../../core/texts/index.ts';
import { nearestLocale } from '../../core/texts/index.ts';

// Values that sections of `threadmart.yaml` have in common.

/** What `threadmart.yaml` may name. */
export interface Known {
  readonly marketplaces: readonly string[];
  /** Chat platforms. */
  readonly bots: readonly string[];
  /** Names of the marketplaces' own SLA policies. Absent: there are none. */
  readonly slaPolicies?: readonly string[];
  /** Names of emoji with which bots mark messages. Absent: there are none. */
  readonly receiptEmoji?: readonly string[];
}

export const because = (key: TextKey): TextKey => key;
/** In lower case, as the ending of its variables in the environment. */
export const connection = z.string().regex(/^[a-z][a-z0-9]{0,31}$/, because('config.expected.connection'));
/** Not by `min(1)`, here and below: that asks a value of any type for its length, and stumbles over some. */
export const filled = z.string().trim().regex(/./s, because('config.expected.not-empty'));
export const oneOf = (names: readonly string[]) => z.enum(names as [string, ...string[]]);
export const timezone = z.string().refine(isTimezone, because('config.expected.timezone'));
export const locale = z.string().refine(isLanguageTag, because('config.expected.locale')).transform(nearestLocale);
export const moment = z.iso.datetime({ offset: true, error: because('config.expected.time') }).transform((time) => new Date(time));

/** `50s`, `3m`, `12h`, `2d`, in milliseconds. */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,4}[smhd]$/, because('config.expected.duration'))
  .transform(durationMs);

/** `slack/C0123456789`, or `slack/eu/C0123456789`. */
export const channelRef = ({ bots }: Known) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9-]*\/\S+$/, because('config.expected.channel'))
    .transform(toChannelRef)
    .refine((ref) => bots.includes(ref.platform), because('config.expected.channel-platform'));

/** `slack/U0123456789`, or `slack/eu/U0123456789`, or the same as a mapping; at a marketplace, too. */
export function account({ bots, marketplaces }: Known) {
  const platforms = [...bots, ...marketplaces];
  return z.union(
    [
      z
        .string()
        .regex(/^[a-z][a-z0-9-]*\/\S+$/)
        .transform((given): AgentAccount => {
          const { platform, connection: of, id } = toChannelRef(given);
          return { platform, ...(of === defaultConnection ? {} : { connection: of }), userId: id };
        })
        .refine(({ platform }) => platforms.includes(platform)),
      z.strictObject({ platform: oneOf(platforms), connection: connection.exactOptional(), userId: filled }),
    ],
    because('config.expected.account'),
  );
}

/**
 * A value, or a list of some of which any will do; it stays as it is given. Not a union: that tells what is wrong with each of its sides, where the reader
 * meant one of them.
 */
export function oneOrMany<T extends z.ZodType>(one: T) {
  const many = z.array(one).refine((list) => list.length > 0, because('config.expected.not-empty'));
  return z.unknown().transform((given, context): OneOrMany<z.output<T>> => {
    const parsed = Array.isArray(given) ? many.safeParse(given) : one.safeParse(given);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: given, continue: false } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

export const wholeNumber = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @param given in the form of `duration` */
export function durationMs(given: string): number {
  return Number(given.slice(0, -1)) * (unitMs[given.slice(-1)] ?? 0);
}

export function toChannelRef(given: string): ChannelRef {
  const [platform = '', ...rest] = given.split('/');
  const [first = '', ...others] = rest;
  // A connection is lower case and followed by an id; an id may itself hold a slash.
  const named = others.length > 0 && /^[a-z][a-z0-9]{0,31}$/.test(first);
  return named ? { platform, connection: first, id: others.join('/') } : { platform, connection: defaultConnection, id: rest.join('/') };
}

/** An IANA name; an offset like +07:00 knows no summer time and is refused. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  return succeeds(() => new Intl.DateTimeFormat('en', { timeZone: name }));
}

function isLanguageTag(tag: string): boolean {
  return succeeds(() => new Intl.Locale(tag));
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
