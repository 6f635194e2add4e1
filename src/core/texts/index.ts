import { asking } from './asking.ts';
import { boards } from './boards.ts';
import { card } from './card.ts';
import { chat } from './chat.ts';
import { config } from './config.ts';
import { data } from './data.ts';
import { desk } from './desk.ts';
import { figures } from './figures.ts';
import { find } from './find.ts';
import { followUp } from './follow-up.ts';
import { operations } from './operations.ts';
import { orders } from './orders.ts';
import { performance } from './performance.ts';
import { platforms } from './platforms.ts';
import { practice } from './practice.ts';
import { routing } from './routing.ts';
import { screening } from './screening.ts';
import { shifts } from './shifts.ts';
import { sla } from './sla.ts';
import { templates } from './templates.ts';
import { topics } from './topics.ts';

export const locales = ['en', 'zh-CN'] as const;
export type Locale = (typeof locales)[number];

/** `{name}` in a text is replaced by the parameter of that name. */
export type TextParams = Readonly<Record<string, string | number>>;

const en = {
  ...asking.en,
  ...boards.en,
  ...card.en,
  ...chat.en,
  ...config.en,
  ...data.en,
  ...desk.en,
  ...followUp.en,
  ...performance.en,
  ...operations.en,
  ...orders.en,
  ...platforms.en,
  ...practice.en,
  ...routing.en,
  ...screening.en,
  ...shifts.en,
  ...sla.en,
  ...templates.en,
  ...topics.en,
  ...figures.en,
  ...find.en,
  ...operations.en,
  ...platforms.en,
  ...screening.en,
  ...sla.en,
};
const zhCN: Record<TextKey, string> = {
  ...asking['zh-CN'],
  ...boards['zh-CN'],
  ...card['zh-CN'],
  ...chat['zh-CN'],
  ...config['zh-CN'],
  ...data['zh-CN'],
  ...desk['zh-CN'],
  ...figures['zh-CN'],
  ...followUp['zh-CN'],
  ...find['zh-CN'],
  ...performance['zh-CN'],
  ...operations['zh-CN'],
  ...orders['zh-CN'],
  ...platforms['zh-CN'],
  ...practice['zh-CN'],
  ...routing['zh-CN'],
  ...screening['zh-CN'],
  ...shifts['zh-CN'],
  ...sla['zh-CN'],
  ...templates['zh-CN'],
  ...topics['zh-CN'],
};

export type TextKey = keyof typeof en;

/** Everything a person reads in chat, on a page or in the CLI comes from here. An unknown parameter stays visible as `{name}`. */
export function text(locale: Locale, key: TextKey, params: TextParams = {}): string {
  const template: string = locale === 'zh-CN' ? zhCN[key] : en[key];
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : whole));
}

/** True for a key of the catalogue; stored notices are checked with it when they are read back. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}

/** `th`, `zh-Hant-TW`, `zh` ... -> the nearest language that the catalogue has. */
export function nearestLocale(tag: string | undefined): Locale {
  return tag?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}
