/** Names that people type are short; what is longer is no slip. */
const maxChars = 60;

/**
 * The name that was probably meant: the one with the fewest slips (a letter more, less or other, or two in the wrong order), else the first that begins like
 * it. Null: none is near. Of equals the first.
 * @param given as it was typed, of any length
 */
export function suggestName(given: string, names: readonly string[]): string | null {
  const wanted = comparable(given);
  if (wanted === '' || wanted.length > maxChars) return null;
  const mostSlips = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  let nearest: string | null = null;
  let fewest = mostSlips + 1;
  for (const name of names) {
    const known = comparable(name);
    if (Math.abs(known.length - wanted.length) >= fewest || known.length > maxChars) continue;
    const slips = slipsBetween(wanted, known);
    if (slips < fewest && slips < known.length) [nearest, fewest] = [name, slips];
  }
  return nearest ?? names.find((name) => comparable(name).startsWith(wanted)) ?? null;
}

const comparable = (name: string): string => name.normalize('NFKC').toLowerCase().trim();

/** Optimal string alignment: like Levenshtein's, and two neighbours that changed places are one slip. */
function slipsBetween(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const other = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line.push(
        Math.min(
          at(above, column) + 1,
          at(line, column - 1) + 1,
          at(above, column - 1) + other,
          swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, above] = [above, line];
  }
  return at(above, b.length);
}

const at = (line: readonly number[], column: number): number => line[column] ?? Number.POSITIVE_INFINITY;
