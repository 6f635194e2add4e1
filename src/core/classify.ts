import { withoutInvisible } from './text-plain.ts';

/** What a person wrote in an inquiry's thread. */
export interface Written {
  /** Plain text, as the bot read it. */
  readonly text: string;
  /** Colleagues who are mentioned. */
  readonly mentions: readonly string[];
  readonly followsNoteOfAnotherPerson: boolean;
  readonly hasFiles: boolean;
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
  /** `!undo`, `/resolve now`: never leaves, whether we know the word or not. */
  | { readonly kind: 'command'; readonly verb: string; readonly args: string };

/** Is it for the buyer or for the team? What might be for the team is never a reply. Pure. */
export function classify(written: Written, policy: ClassifyPolicy): Verdict {
  const text = written.text.trim();
  const head = comparable(text);
  const opening = openingOf(head, policy.notePrefixes);
  if (opening === 'note') return { kind: 'note' };
  const command = /^[!/](?=[\p{L}\p{N}_])(\S+)\s*(.*)$/su.exec(head);
  if (command) return { kind: 'command', verb: command[1] ?? '', args: command[2] ?? '' };
  if (written.mentions.length > 0 || policy.channelMode !== 'reply') return { kind: 'note' };
  const doubtful = opening === 'in-doubt' || written.followsNoteOfAnotherPerson || /^[!/\\]/.test(head);
  return { kind: doubtful ? 'in-doubt' : 'reply', text };
}

/** The beginning of a text as it is compared: full-width as ASCII, lower case, nothing invisible. */
function comparable(text: string): string {
  return withoutInvisible(text.slice(0, 400).normalize('NFKC')).toLowerCase().trim();
}

function openingOf(head: string, prefixes: readonly string[]): 'note' | 'in-doubt' | null {
  let found: 'in-doubt' | null = null;
  for (const given of prefixes) {
    const prefix = comparable(given);
    if (prefix === '' || !head.startsWith(prefix)) continue;
    const rest = head.slice(prefix.length);
    if (!/\p{L}/u.test(prefix) || rest === '' || /^\s*[:|>\-–—\]]/u.test(rest)) return 'note';
    found = 'in-doubt';
  }
  return found;
}
