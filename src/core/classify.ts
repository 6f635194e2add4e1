import { cleanText, withoutInvisible } from './text-plain.ts';

/** What a person wrote in an inquiry's thread. */
export interface Written {
  /** Plain text, as the bot read it. */
  readonly text: string;
  /** Colleagues who are mentioned. */
  readonly mentions: readonly string[];
  readonly followsNoteOfAnotherPerson: boolean;
}

export interface ClassifyPolicy {
  readonly notePrefixes: readonly string[];
  readonly channelMode: 'reply' | 'note' | 'alerts';
}

export type Verdict =
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'note' }
  /** Not sent before somebody says so. */
  | { readonly kind: 'in-doubt'; readonly text: string }
  /** `!undo`, `/resolve`: never leaves, whether we know the word or not. In lower case, without its sign; `rest` is what follows it, as it was written. */
  | { readonly kind: 'command'; readonly verb: string; readonly rest: string };

/** Is it for the buyer or for the team? What begins like a note or a command is never a reply. Pure. */
export function classify({ text: written, mentions, followsNoteOfAnotherPerson }: Written, policy: ClassifyPolicy): Verdict {
  const text = written.trim();
  const head = comparable(text);
  const opening = openingOf(head, policy.notePrefixes);
  if (opening === 'note') return { kind: 'note' };
  const verb = commandIn(head);
  if (verb) return { kind: 'command', verb, rest: behindFirstWord(cleanText(text)) };
  if (mentions.length > 0 || policy.channelMode !== 'reply') return { kind: 'note' };
  const doubtful =
    opening === 'in-doubt' ||
    followsNoteOfAnotherPerson ||
    /^(?:[/\\]|!\s*[\p{L}\p{N}])/u.test(head) ||
    isDressed(head, policy) ||
    typedName.test(text);
  return { kind: doubtful ? 'in-doubt' : 'reply', text };
}

/** A colleague's name that was typed where nobody can be picked from a list, as in the field of a card. */
const typedName = /(?:^|\s)[@＠]\p{L}/u;

/** The beginning of a text as it is compared: full-width as ASCII, lower case, nothing invisible. No prefix is longer than 200 characters. */
function comparable(text: string): string {
  return withoutInvisible(cleanText(text))
    .trimStart()
    .slice(0, 200)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[∕⁄⧸╱]/g, '/')
    .replace(/[ǃ]/g, '!')
    .trim();
}

const commandIn = (head: string): string | null => /^[!/](?=[\p{L}\p{N}_])(\S+)/u.exec(head)?.[1] ?? null;

/** As it was written, with its lines; what cannot be seen before the first word is passed over. */
const behindFirstWord = (text: string): string =>
  text
    .slice(Math.max(0, text.search(visible)))
    .replace(/^\S+/, '')
    .trim();
const visible = /[^\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb\s]/u;

/** Quotation marks, bullets, emoji (`:memo:`, too) before the first word. */
const dress = /^(?::[\w+-]+:|[^\p{L}\p{N}!/\\])+/u;

/** `"note: ..."`, `> //`, `📝 备注：`: a note or a command behind a mark that hides it. */
function isDressed(head: string, { notePrefixes }: ClassifyPolicy): boolean {
  const bare = head.replace(dress, '');
  return bare !== head && (openingOf(bare, notePrefixes) === 'note' || commandIn(bare) !== null);
}

/** Scripts that set no space between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

function openingOf(head: string, prefixes: readonly string[]): 'note' | 'in-doubt' | null {
  const openings = prefixes.map((given) => openingWith(head, comparable(given)));
  return openings.find((opening) => opening === 'note') ?? openings.find((opening) => opening === 'in-doubt') ?? null;
}

/** A sign (`//`) is enough by itself; a word (`note`) needs a separator after it, else it may be the beginning of a sentence. */
function openingWith(head: string, prefix: string): 'note' | 'in-doubt' | null {
  if (prefix === '') return null;
  const isWord = /[\p{L}\p{N}]$/u.test(prefix);
  if (head.startsWith(prefix)) {
    const rest = head.slice(prefix.length);
    if (!isWord || rest === '' || /^[^\S\n]*(?:\n|[\p{P}\p{S}])/u.test(rest)) return isWord && isCompound(rest) ? 'in-doubt' : 'note';
    if (unspaced.test(prefix)) return /^\s/.test(rest) ? 'note' : 'in-doubt';
    if (!/^[\p{L}\p{N}\p{M}]/u.test(rest)) return 'in-doubt';
  }
  // `notes :`, `ntoe:`, `Nota:`; but not `Noted, thanks`
  const first = /^[\p{L}\p{N}\p{M}]+/u.exec(head)?.[0] ?? '';
  const mayBeMeant = isWord && prefix.length >= 4 && isNear(first, prefix) && /^\s*[:|>=\-–—\]]/u.test(head.slice(first.length));
  return mayBeMeant ? 'in-doubt' : null;
}

/** What follows a word makes it part of another: `note-taking`, `note's`. */
const isCompound = (rest: string): boolean => /^['’\-‐‑_][\p{Script=Latin}]/u.test(rest);

/** One letter more, less or other, or two in the wrong order. */
function isNear(word: string, prefix: string): boolean {
  if (Math.abs(word.length - prefix.length) > 1) return false;
  let head = 0;
  while (head < word.length && word[head] === prefix[head]) head++;
  const [left, right] = [word.slice(head), prefix.slice(head)];
  const swapped = `${left[1] ?? ''}${left[0] ?? ''}${left.slice(2)}`;
  return left.slice(1) === right || left === right.slice(1) || left.slice(1) === right.slice(1) || swapped === right;
}
