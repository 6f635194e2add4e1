import type { Locale } from '../core/texts/index.ts';
import { nearestLocale } from '../core/texts/index.ts';

/** The time zone of most sellers there; a guess where a country has several. `threadmart.yaml` says it better. */
const timezones: Readonly<Record<string, string>> = {
  AE: 'Asia/Dubai',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CN: 'Asia/Shanghai',
  DE: 'Europe/Berlin',
  ES: 'Europe/Madrid',
  FR: 'Europe/Paris',
  GB: 'Europe/London',
  HK: 'Asia/Hong_Kong',
  ID: 'Asia/Jakarta',
  IE: 'Europe/Dublin',
  IT: 'Europe/Rome',
  JP: 'Asia/Tokyo',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  PH: 'Asia/Manila',
  SA: 'Asia/Riyadh',
  SG: 'Asia/Singapore',
  TH: 'Asia/Bangkok',
  TW: 'Asia/Taipei',
  US: 'America/Los_Angeles',
  VN: 'Asia/Ho_Chi_Minh',
};
const chineseReading: ReadonlySet<string> = new Set(['CN', 'HK', 'TW']);

export const defaultTimezone = 'UTC';

/** @param region ISO 3166, two letters; null where the marketplace does not tell */
export const timezoneOf = (region: string | null): string => (region === null ? undefined : timezones[region]) ?? defaultTimezone;

/** What the shop's team reads, as long as nobody said so. */
export const localeOf = (region: string | null): Locale => nearestLocale(region !== null && chineseReading.has(region) ? 'zh' : 'en');
