import { type Priority, priorities } from '../inquiry.ts';

/** `2h`, `30m`, `1d`, `1h30m`, `2小时`, `30分钟`, `1天` in milliseconds; null for anything else, nothing and more than a year among it. */
export function durationMs(words: string): number | null {
  const compact = words.normalize('NFKC').toLowerCase().replaceAll(' ', '');
  const pieces = [...compact.matchAll(/(\d{1,4})(天|小时|分钟|分|d|h|m)/g)];
  if (pieces.length === 0 || pieces.map(([whole]) => whole).join('') !== compact) return null;
  const ms = pieces.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0);
  return ms > 0 && ms <= yearMs ? ms : null;
}

const minuteMs = 60_000;
const yearMs = 365 * 24 * 60 * minuteMs;
const unitMs: Readonly<Record<string, number>> = {
  m: minuteMs,
  分: minuteMs,
  分钟: minuteMs,
  h: 60 * minuteMs,
  小时: 60 * minuteMs,
  d: 24 * 60 * minuteMs,
  天: 24 * 60 * minuteMs,
};

/** `until 09:00`, `09:00`, `至 9:00`: a time of day; null for anything else. */
export function timeOfDay(words: string): { readonly hour: number; readonly minute: number } | null {
  const found = /^(?:until |至|到)? ?(\d{1,2}):(\d{2})$/.exec(words.normalize('NFKC').toLowerCase().trim());
  const [hour, minute] = [Number(found?.[1]), Number(found?.[2])];
  return found && hour < 24 && minute < 60 ? { hour, minute } : null;
}

const priorityWords: Readonly<Record<Priority, readonly string[]>> = {
  urgent: ['urgent', '紧急'],
  high: ['high', '高'],
  normal: ['normal', '普通', '中'],
  low: ['low', '低'],
};

export function priorityOf(words: string): Priority | null {
  const word = words.normalize('NFKC').trim().toLowerCase();
  return priorities.find((priority) => priorityWords[priority].includes(word)) ?? null;
}

/** A tag as it is kept: lower case, no sign before it, one word of at most 40 characters; null where nothing is left. */
export function tagOf(words: string): string | null {
  const tag = words.normalize('NFKC').trim().replace(/^#+/, '').toLowerCase().replace(/\s+/g, '-');
  return tag !== '' && tag.length <= 40 ? tag : null;
}
