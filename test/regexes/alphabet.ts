const units = 0x10000;
const known = new Map<string, Uint8Array>();

/** Which UTF-16 code units an atom of a regular expression matches: the engine is asked about each. */
function members(atom: string, flags: string): Uint8Array {
  const key = `${atom}/${flags}`;
  const before = known.get(key);
  if (before) return before;
  const pattern = new RegExp(`^(?:${atom})$`, flags.replace(/[gym]/g, ''));
  const found = Uint8Array.from({ length: units }, (_, unit) => Number(pattern.test(String.fromCharCode(unit))));
  known.set(key, found);
  return found;
}

/** Characters sorted into classes that no atom of one expression can tell apart. */
export interface Alphabet {
  readonly classes: number;
  /** One character of a class, to show. */
  example(of: number): string;
  has(atom: string, of: number): boolean;
}

/** Characters beyond U+FFFF stand for themselves in no expression of ours but in classes that know letters of all planes; the BMP has every such class. */
export function alphabetOf(atoms: readonly string[], flags: string): Alphabet {
  const sets = [...new Set(atoms)].map((atom) => ({ atom, set: members(atom, flags) }));
  const examples = new Map<string, number>();
  let keys: string[] = Array<string>(units).fill('');
  // In blocks of 30, so that a whole number holds the answers.
  for (let from = 0; from < sets.length; from += 30) {
    const block = sets.slice(from, from + 30);
    keys = keys.map((key, unit) => {
      let bits = 0;
      for (const { set } of block) bits = bits * 2 + (set[unit] ?? 0);
      return key === '' ? String(bits) : `${key},${bits}`;
    });
  }
  keys.forEach((key, unit) => {
    // An example that can be read, where there is one.
    if (!examples.has(key) || (unit > 32 && unit < 127 && (examples.get(key) ?? 0) <= 32)) examples.set(key, unit);
  });
  const unitOf = [...examples.values()];
  const byAtom = new Map(sets.map(({ atom, set }) => [atom, unitOf.map((unit) => set[unit] === 1)]));
  return {
    classes: unitOf.length,
    example: (of) => String.fromCharCode(unitOf[of] ?? 0),
    has: (atom, of) => byAtom.get(atom)?.[of] ?? false,
  };
}
