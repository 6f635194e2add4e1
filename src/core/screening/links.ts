import type { Level } from './patterns.ts';
import { anyOf, harmless } from './patterns.ts';
import {
  addressEndings,
  atWords,
  bracketedEndings,
  dotWords,
  doubtfulEndings,
  mailServices,
  otherMailServices,
  spelledEndings,
  wordyEndings,
} from './words.ts';

/** True when `host` is `pattern`; a pattern that begins with a dot also means all subdomains. */
export function hostMatches(host: string, pattern: string): boolean {
  return pattern.startsWith('.') ? host === pattern.slice(1) || host.endsWith(pattern) : host === pattern;
}

const path = "[\\w\\-.~:/?#[\\]@!$&'()*+,;=%]*";
const withScheme = new RegExp(`(?:h(?:tt|xx)ps?|ftp)\\s?:\\s?/{2}\\s?(?<authority>[^\\s/?#]{1,255})(?<path>${path})`, 'gu');
const bareHost = new RegExp(
  `(?<![\\p{L}\\p{N}@.-])(?<authority>(?:[\\p{L}\\p{N}-]{1,63}\\.){1,5}(?<ending>[a-z]{2,12}))(?![\\p{L}\\p{N}-])(?<path>(?:[/?:#]${path})?)`,
  'gu',
);

const isOwn = (authority: string, rest: string, ownHosts: readonly string[]): boolean =>
  ownHosts.some((own) => hostMatches(authority.replace(/:\d{1,5}$/, ''), own)) && !/\/\/|%2f|%3a/.test(rest);

const strong: ReadonlySet<string> = new Set(addressEndings);
const doubtful: ReadonlySet<string> = new Set(doubtfulEndings);
const wordy: ReadonlySet<string> = new Set(wordyEndings);

/** Takes the marketplace's own links out and tells whether others are left. */
export function links(folded: string, ownHosts: readonly string[]): { readonly rest: string; readonly link: Level | null } {
  const found = new Set<Level>();
  const judge = (whole: string, authority: string, after: string, level: Level): string => {
    if (isOwn(authority, after, ownHosts)) return harmless;
    found.add(level);
    return whole;
  };
  const rest = folded
    .replace(/(?<=[a-z0-9])[。｡](?=[a-z])/g, '.')
    .replace(withScheme, (whole, authority: string, after: string) => judge(whole, authority, after, 'block'))
    .replace(bareHost, (whole, authority: string, ending: string, after: string) => {
      const level = levelOf(authority, ending, /^[/?#]./.test(after));
      return level ? judge(whole, authority, after, level) : whole;
    });
  if (found.has('block') || spelledLink(rest)) return { rest, link: 'block' };
  return { rest, link: found.has('warn') ? 'warn' : null };
}

function levelOf(authority: string, ending: string, hasPath: boolean): Level | null {
  if (strong.has(ending) || authority.startsWith('www.')) return 'block';
  if (doubtful.has(ending)) return hasPath ? 'block' : 'warn';
  if (wordy.has(ending)) return hasPath || /\.(?:co|com|net|org)\.[a-z]+$/.test(authority) ? 'block' : null;
  return null;
}

const spelled = `(?:${anyOf(spelledEndings)})(?![a-z0-9])`;
const bracketed = `(?:${anyOf(bracketedEndings)})(?![a-z0-9])`;
const dot = anyOf(dotWords);
/** "Ponto com" also begins Portuguese phrases ("a point with"): there it must end the sentence or go on as an address. */
const spelledDot = new RegExp(`[\\p{L}\\p{N}]\\s{0,2}(?:${dot})\\s{0,2}${spelled}(?!(?<=ponto\\s{0,2}com)\\s{0,2}(?!br)\\p{L})`, 'u');
const bracketedDot = new RegExp(`[\\p{L}\\p{N}]\\s{0,2}[[({<]\\s?(?:\\.|${dot})\\s?[\\])}>]\\s{0,2}${bracketed}`, 'u');
/** Also `www myshop`, `h t t p`, `myshop•com`. */
const spacedDot =
  /[a-z0-9]\s{1,3}[.,]\s{0,3}(?:com|net|org|cn)(?![a-z])|[a-z0-9][,•・·]com(?![a-z])|(?<![a-z])w\s?w\s?w[\s.]{1,3}[a-z]|(?<![a-z])h\s?t\s?t\s?p\s?s?(?![a-z])/;

/** `myshop dot com`, `myshop[.]com`, `myshop . com`. */
const spelledLink = (text: string): boolean => [spelledDot, bracketedDot, spacedDot].some((pattern) => pattern.test(text));

const at = `\\s{0,2}[[({<]?\\s{0,2}(?:${anyOf(atWords)})\\s{0,2}[\\])}>]?\\s{0,2}`;
const anyDot = `\\s{0,2}[[({<]?\\s{0,2}(?:\\.|${dot})\\s{0,2}[\\])}>]?\\s{0,2}`;
const plainAddress = /(?<![\w.%+-])[\w.%+-]{1,64}\s{0,2}@\s{0,2}(?:[\p{L}\p{N}-]{1,63}\s{0,2}\.\s{0,2}){1,4}[a-z]{2,12}(?![a-z])/u;
const spelledAddress = new RegExp(`[\\w)]${at}[\\p{L}\\p{N}-]{1,63}${anyDot}${bracketed}`, 'u');
const atService = new RegExp(`[\\w)]${at}(?:${anyOf(mailServices)})`, 'u');
const serviceAddress = new RegExp(`(?:${anyOf([...mailServices, ...otherMailServices])})(?:${anyDot}|\\s)${bracketed}`, 'u');
const service = new RegExp(anyOf(mailServices));

/** `lamp@shop.example`, `lamp (at) gmail dot com`. */
export function mailAddress(text: string): Level | null {
  if (plainAddress.test(text) || spelledAddress.test(text) || atService.test(text) || serviceAddress.test(text)) return 'block';
  return service.test(text) ? 'warn' : null;
}
