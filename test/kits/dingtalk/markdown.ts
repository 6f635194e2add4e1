/** What a person sees of markdown as DingTalk's cards show it: CommonMark so far as anybody needs it here. */
export interface Rendered {
  readonly text: string;
  /** Who is called: user ids. */
  readonly pings: readonly string[];
  /** Runs that markup has formatted, or made a link with another label. */
  readonly styled: readonly string[];
}

const punctuation = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');
const isWord = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
const isBlank = (sign: string | undefined): boolean => sign === undefined || /\s/u.test(sign);

/** Lines into blocks: fences to the letter, the rest by paragraphs. */
export function renderMarkdown(source: string): Rendered {
  const lines = source.split('\n');
  const parts: string[] = [];
  const pings: string[] = [];
  const styled: string[] = [];
  const add = (rendered: Rendered) => {
    pings.push(...rendered.pings);
    styled.push(...rendered.styled);
  };
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      let end = index + 1;
      while (end < lines.length && !(lines[end] ?? '').trimStart().startsWith(fence)) end += 1;
      parts.push(lines.slice(index + 1, end).join('\n'), '\n');
      index = end;
      continue;
    }
    if (/^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$/.test(line)) continue; // a rule
    const [lead, rest] = leadOf(line);
    const inline = renderInline(rest.replace(/^[ \t]+|[ \t]+$/g, ''));
    add(inline);
    if (lead !== '') styled.push(inline.text);
    parts.push(inline.text, breakAfter(line, lines[index + 1]));
  }
  return { text: parts.join('').trim(), pings, styled };
}

/** A line's own mark, and what follows it. */
function leadOf(line: string): [string, string] {
  const lead = /^ {0,3}(#{1,6} |>|[-+*] |\d{1,9}[.)] )/.exec(line)?.[1] ?? '';
  return [lead, lead === '' ? line : line.slice(line.indexOf(lead) + lead.length)];
}

/** A single line break is a blank; two blanks or a backslash before it make it one that is seen. */
function breakAfter(line: string, next: string | undefined): string {
  if (next === undefined) return '';
  if (line.trim() === '' || next.trim() === '' || leadOf(line)[0] !== '' || leadOf(next)[0] !== '') return '\n';
  return line.endsWith('  ') || line.endsWith('\\') ? '\n' : ' ';
}

const runs = ['**', '__', '~~', '*', '_', '`'] as const;

function renderInline(source: string): Rendered {
  const pings: string[] = [];
  const styled: string[] = [];
  let text = '';
  let at = 0;
  const within = (inner: string, keep: boolean): string => {
    const rendered = keep ? { text: inner, pings: [], styled: [] } : renderInline(inner);
    pings.push(...rendered.pings);
    styled.push(...rendered.styled, rendered.text);
    return rendered.text;
  };
  while (at < source.length) {
    const sign = source[at] ?? '';
    if (sign === '\\' && punctuation.has(source[at + 1] ?? '')) {
      text += source[at + 1];
      at += 2;
      continue;
    }
    if (sign === '<') {
      const tag = /^<(\/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>/.exec(source.slice(at));
      if (tag) {
        const user = tag[2] === 'a' ? /atId="?([^"\s>]+)"?/.exec(tag[3] ?? '')?.[1] : undefined;
        if (user !== undefined) pings.push(user);
        else if (tag[1] === '') styled.push(tag[0]);
        at += tag[0].length;
        continue;
      }
    }
    if (sign === '[') {
      const link = linkAt(source, at);
      if (link) {
        text += within(link.label, false);
        at = link.end;
        continue;
      }
    }
    const run = runs.find((mark) => source.startsWith(mark, at));
    const close = run === undefined ? -1 : closing(source, at, run);
    if (run !== undefined && close > 0) {
      text += within(source.slice(at + run.length, close), run === '`');
      at = close + run.length;
      continue;
    }
    if (sign === '&') {
      const entity = /^&(lt|gt|amp|quot|nbsp);/.exec(source.slice(at));
      if (entity) {
        text += { lt: '<', gt: '>', amp: '&', quot: '"', nbsp: '\u00a0' }[entity[1] as 'lt'];
        at += entity[0].length;
        continue;
      }
    }
    text += sign;
    at += 1;
  }
  return { text, pings, styled };
}

/** Where a run that opens here ends; -1: it opens none. A mark opens before no blank and closes after none; `_` does neither inside a word. */
function closing(source: string, at: number, mark: string): number {
  const inner = at + mark.length;
  if (mark !== '`' && isBlank(source[inner])) return -1;
  if (mark.startsWith('_') && isWord(source[at - 1])) return -1;
  for (let end = inner + 1; end <= source.length - mark.length; end += 1) {
    if (source[end - 1] === '\\' && mark !== '`') continue;
    if (!source.startsWith(mark, end)) continue;
    if (mark.length === 1 && mark !== '`' && (source[end + 1] === mark || source[end - 1] === mark)) continue;
    if (mark !== '`' && isBlank(source[end - 1])) continue;
    if (mark.startsWith('_') && isWord(source[end + mark.length])) continue;
    return end;
  }
  return -1;
}

/** `[label](address)`; null: it is none. */
function linkAt(source: string, at: number): { readonly label: string; readonly end: number } | null {
  let end = at + 1;
  while (end < source.length && (source[end] !== ']' || source[end - 1] === '\\')) end += 1;
  if (source[end + 1] !== '(') return null;
  const close = source.indexOf(')', end + 2);
  return close < 0 ? null : { label: source.slice(at + 1, end), end: close + 1 };
}
