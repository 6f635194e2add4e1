/**
 * One of several for each key: the same one each time, evenly over many keys; and where one is added or taken away, only its share of the keys moves
 * (rendezvous hashing). Pure.
 * @param choices at least one
 */
export function spread<T>(choices: readonly T[], nameOf: (choice: T) => string, key: string): T {
  const weightOf = (choice: T): number => hash(`${nameOf(choice)}\n${key}`);
  return choices.reduce((best, choice) => (weightOf(choice) > weightOf(best) ? choice : best));
}

/** FNV-1a over UTF-16, 32 bits, with the end of MurmurHash3: FNV alone hardly mixes the last characters into the first bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
