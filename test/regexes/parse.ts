/** A regular expression as a tree. `one`: one character; its text is kept as written, so that the engine itself says what it matches. */
export type Node =
  | { readonly kind: 'one'; readonly atom: string }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number }
  | { readonly kind: 'ahead' | 'behind'; readonly part: Node; readonly negative: boolean }
  /** `^` without the flag `m`. */
  | { readonly kind: 'begin' }
  /** Any other condition that takes no character: `$`, `\b`. */
  | { readonly kind: 'edge' };

/**
 * Reads the source of a regular expression of JavaScript.
 * @throws Error for what is not known here (references back, modifiers): whoever needs it teaches it to this page and to the proof
 */
export function parseRegex(source: string, flags: string): Node {
  let at = 0;
  const unicode = /[uv]/.test(flags);
  const peek = (text: string): boolean => source.startsWith(text, at);
  const take = (text: string): boolean => {
    const is = peek(text);
    if (is) at += text.length;
    return is;
  };
  const takeMatch = (pattern: RegExp): RegExpExecArray | null => {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = at;
    const found = sticky.exec(source);
    if (found) at += found[0].length;
    return found;
  };
  const refuse = (what: string): never => {
    throw new Error(`the proof does not know ${what} at ${at} of /${source}/${flags}`);
  };

  function choice(): Node {
    const parts = [sequence()];
    while (take('|')) parts.push(sequence());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts };
  }

  function sequence(): Node {
    const parts: Node[] = [];
    while (at < source.length && !peek('|') && !peek(')')) parts.push(quantified());
    return { kind: 'sequence', parts };
  }

  function quantified(): Node {
    const part = term();
    const found = takeMatch(/(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/);
    if (!found) return part;
    const [, sign, from = '0', comma, to] = found;
    const min = sign ? Number(sign === '+') : Number(from);
    const max = sign ? (sign === '?' ? 1 : Number.POSITIVE_INFINITY) : comma ? (to ? Number(to) : Number.POSITIVE_INFINITY) : min;
    return { kind: 'repeat', part, min, max };
  }

  function term(): Node {
    if (take('^')) return { kind: flags.includes('m') ? 'edge' : 'begin' };
    if (take('$') || takeMatch(/\\[bB]/)) return { kind: 'edge' };
    if (take('(')) return group();
    if (peek('[')) return { kind: 'one', atom: characterClass() };
    if (takeMatch(/\\(?:[1-9]|k<)/)) return refuse('a reference back');
    const escaped = takeMatch(/\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|c[A-Za-z]|.)/s);
    if (escaped) return { kind: 'one', atom: escaped[0] };
    const character = unicode ? String.fromCodePoint(source.codePointAt(at) ?? 0) : (source[at] ?? '');
    at += character.length;
    return { kind: 'one', atom: character };
  }

  function group(): Node {
    const look = takeMatch(/\?(<?)([=!])/);
    if (!look && !take('?:') && !takeMatch(/\?<\w+>/) && peek('?')) refuse('this kind of group');
    const part = choice();
    if (!take(')')) refuse('a group without end');
    return look ? { kind: look[1] ? 'behind' : 'ahead', negative: look[2] === '!', part } : part;
  }

  /** Classes nest with the flag `v`. */
  function characterClass(): string {
    const from = at;
    let depth = 0;
    do {
      if (take('\\')) at += 1;
      else if (take('[')) depth += depth === 0 || flags.includes('v') ? 1 : 0;
      else if (take(']')) depth -= 1;
      else at += 1;
    } while (depth > 0 && at < source.length);
    return source.slice(from, at);
  }

  const parsed = choice();
  return at < source.length ? refuse('what follows') : parsed;
}

/** True where the number of characters that it may match has no end. */
export function isUnbounded(node: Node): boolean {
  switch (node.kind) {
    case 'repeat':
      return node.max === Number.POSITIVE_INFINITY || isUnbounded(node.part);
    case 'sequence':
    case 'choice':
      return node.parts.some(isUnbounded);
    case 'ahead':
    case 'behind':
      return isUnbounded(node.part);
    case 'one':
    case 'begin':
    case 'edge':
      return false;
  }
}

/** The alternatives of a node that is always exactly one character; null: it is something else. */
export function asOneCharacter(node: Node): readonly string[] | null {
  if (node.kind === 'one') return [node.atom];
  if (node.kind === 'sequence') return node.parts.length === 1 && node.parts[0] ? asOneCharacter(node.parts[0]) : null;
  if (node.kind !== 'choice') return null;
  const each = node.parts.map(asOneCharacter);
  return each.every((atoms) => atoms !== null) ? each.flat() : null;
}
