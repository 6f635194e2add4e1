export class JsonError extends Error {
  override readonly name = 'JsonError';
}

// Each token by one sticky expression without alternatives that overlap, so the time is linear.
const space = /[ \t\r\n]*/y;
const stringToken = /"(?:[^"\\]|\\.)*"/y;
const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordToken = /true|false|null/y;
/** MongoDB's own bound on documents within documents, and some more. */
const deepest = 200;

/** JSON, with objects as maps: every field keeps its place, whatever its name. @throws JsonError */
export function parseJson(text: string): unknown {
  let at = 0;

  function take(token: RegExp): string | null {
    token.lastIndex = at;
    const found = token.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  }

  function fail(): never {
    throw new JsonError(`not JSON at character ${at + 1}`);
  }

  function next(character: string): boolean {
    take(space);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  }

  function string(): string {
    const token = take(stringToken) ?? fail();
    try {
      return JSON.parse(token) as string;
    } catch {
      return fail();
    }
  }

  function value(depth: number): unknown {
    if (depth > deepest) fail();
    if (next('{')) return object(depth);
    if (next('[')) return array(depth);
    if (text[at] === '"') return string();
    const word = take(wordToken);
    if (word !== null) return word === 'null' ? null : word === 'true';
    return Number(take(numberToken) ?? fail());
  }

  function object(depth: number): Map<string, unknown> {
    const fields = new Map<string, unknown>();
    if (next('}')) return fields;
    do {
      take(space);
      const name = string();
      if (!next(':')) fail();
      fields.set(name, value(depth + 1));
    } while (next(','));
    return next('}') ? fields : fail();
  }

  function array(depth: number): unknown[] {
    const elements: unknown[] = [];
    if (next(']')) return elements;
    do elements.push(value(depth + 1));
    while (next(','));
    return next(']') ? elements : fail();
  }

  const parsed = value(0);
  take(space);
  return at === text.length ? parsed : fail();
}
