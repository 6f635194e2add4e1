import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Something that was written or answered: a log, a page of metrics, a file of the database. */
export interface Place {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Something that must not be found; its name may be told, its value not. At least five characters, or it is found everywhere. */
export interface Hidden {
  readonly name: string;
  readonly value: string;
}

/** Where what is hidden can be read, be it plain or in a dress that everybody can undo: `log: the admin token, as base64`. Pure. */
export function findHidden(places: readonly Place[], hidden: readonly Hidden[]): readonly string[] {
  const search = createSearch(
    hidden.flatMap(({ name, value }) => dressesOf(value).map(([dress, bytes]) => ({ what: `${name}, ${dress}`, bytes }))),
  );
  return places.flatMap(({ name, content }) => search(content).map((what) => `${name}: ${what}`));
}

interface Wanted {
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** One pass over a place for all that is wanted, for a run uses thousands of texts and tokens: each is known by its last five bytes, which differ where beginnings do not. */
function createSearch(wanted: readonly Wanted[]): (place: Uint8Array) => readonly string[] {
  const lastThree = (bytes: Uint8Array, end: number) => ((bytes[end - 2] ?? 0) << 16) | ((bytes[end - 1] ?? 0) << 8) | (bytes[end] ?? 0);
  const lastFive = (bytes: Uint8Array, end: number) =>
    ((bytes[end - 4] ?? 0) * 256 + (bytes[end - 3] ?? 0)) * 2 ** 24 + lastThree(bytes, end);
  const byEnd = Map.groupBy(wanted, ({ bytes }) => lastFive(bytes, bytes.length - 1));
  const mayEnd = new Uint8Array(2 ** 24);
  for (const { bytes } of wanted) mayEnd[lastThree(bytes, bytes.length - 1)] = 1;
  return (place) => {
    const found = new Set<string>();
    for (let end = 4; end < place.length; end += 1) {
      if (mayEnd[lastThree(place, end)] === 0) continue;
      for (const { what, bytes } of byEnd.get(lastFive(place, end)) ?? [])
        if (end + 1 >= bytes.length && Buffer.compare(place.subarray(end + 1 - bytes.length, end + 1), bytes) === 0) found.add(what);
    }
    return [...found];
  };
}

function dressesOf(value: string): readonly (readonly [dress: string, bytes: Buffer])[] {
  if (value.length < 5) throw new Error('what is that short is found everywhere');
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const dresses: readonly (readonly [string, string])[] = [
    ['plain', value],
    ['as JSON', inJson(value)],
    ['as JSON in JSON', inJson(inJson(value))],
    ['as JSON in ASCII', [...inJson(value)].map((one) => (one > '~' ? asUnits(one) : one)).join('')],
    ['as hex', hex],
    ['as hex', hex.toUpperCase()],
    ['in an address', encodeURIComponent(value)],
    ['in an address', new URLSearchParams({ v: value }).toString().slice(2)],
    ['in an address', percent],
    ['in an address', percent.toUpperCase()],
    ['as markup', value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
    ['backwards', [...value].reverse().join('')],
    // Within a longer text it begins at any of three places, and its first and last signs are mixed with what is beside it.
    ...[0, 1, 2].flatMap((offset) =>
      (['base64', 'base64url'] as const).map((encoding) => {
        const whole = Buffer.concat([Buffer.alloc(offset), bytes])
          .toString(encoding)
          .replaceAll('=', '');
        return ['as base64', whole.slice(offset === 0 ? 0 : offset + 1, (bytes.length + offset) % 3 === 0 ? undefined : -1)] as const;
      }),
    ),
  ];
  // Where two are the same, it is the first.
  const distinct = dresses.filter(([, text], index) => dresses.findIndex(([, other]) => other === text) === index);
  return [...distinct.map(([dress, text]) => [dress, Buffer.from(text)] as const), ['as UTF-16', Buffer.from(value, 'utf16le')]];
}

const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

const asUnits = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');

/** Every file below a folder, but for those that are there to hold a secret. */
export async function filesBelow(folder: string, except: readonly string[] = []): Promise<readonly Place[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !except.includes(entry.name));
  return Promise.all(
    files.map(async ({ parentPath, name }) => ({
      name: join(parentPath.slice(folder.length), name),
      content: await readFile(join(parentPath, name)),
    })),
  );
}

interface Used {
  readonly secrets: readonly string[];
  readonly texts: readonly string[];
  readonly names: readonly string[];
}

/** Files that are there to hold a secret. */
const keyFiles = ['secret-key', 'admin-token'];

/**
 * Searches what a run has left in its folder (`npm run chaos -- --keep`): secrets anywhere but in the operator's own file and the key files, words and names in
 * logs and metrics.
 */
export async function searchKept(folder: string): Promise<readonly string[]> {
  const used = JSON.parse(await readFile(join(folder, 'used.json'), 'utf8')) as Used;
  const numbered = (name: string, values: readonly string[]) => values.map((value, index) => ({ name: `${name} ${index + 1}`, value }));
  const files = (await filesBelow(folder, keyFiles)).filter(
    ({ name }) => !['used.json', 'evidence.json', 'threadmart.yaml'].includes(name.replace(/^\//, '')),
  );
  const logs = files.filter(({ name }) => /^\/?(?:logs|metrics)\//.test(name));
  if (logs.length === 0) throw new Error('there are no logs to search');
  return [
    ...findHidden(files, numbered('secret', used.secrets)),
    ...findHidden(logs, [...numbered('text', used.texts), ...numbered('name', used.names)]),
  ];
}
