import type { Inquiry } from '../inquiry.ts';
import { idsIn, type MessagePart } from '../message.ts';
import { cleanText, withoutInvisible } from '../text-plain.ts';

/** Of one inquiry; the newest stay. */
const mostReferences = 50;
const mostNameChars = 64;
const mostWantedChars = 100;

/** A name, or the beginning of one, as it is compared: neither case nor width counts, nor what cannot be seen. Empty where nothing is left. */
export const nameKey = (name: string): string =>
  [...withoutInvisible(cleanText(name)).normalize('NFKC').toLowerCase().trim()].slice(0, mostNameChars).join('');

type SearchKeys = Pick<Inquiry, 'references' | 'buyerKey'>;

/** By what an inquiry is found once these parts of the marketplace's messages have come; null: by what it was found before. */
export function searchKeys({ references = [], buyerKey, source, buyer }: Inquiry, parts: readonly MessagePart[]): SearchKeys | null {
  const named = [...(source ? [source.id] : []), ...idsIn(parts)];
  const fresh = [...new Set(named)].filter((id) => !references.includes(id));
  // Who the buyer is does not change any more.
  const key = buyerKey === undefined ? nameKey(buyer.name ?? '') : '';
  if (fresh.length === 0 && key === '') return null;
  return {
    ...(fresh.length > 0 ? { references: [...references, ...fresh].slice(-mostReferences) } : {}),
    ...(key === '' ? {} : { buyerKey: key }),
  };
}

/** What somebody looks for: the id of an order or a buyer, to the letter, or how a name begins. */
export interface Wanted {
  readonly id: string;
  readonly name: string;
}

/** Null: nothing that could be an id or a name. */
export function wantedIn(words: string): Wanted | null {
  const id = withoutInvisible(cleanText(words)).normalize('NFKC').trim().replace(/^#/, '').trim();
  const chars = [...id].length;
  return chars >= 2 && chars <= mostWantedChars && /[\p{L}\p{N}]/u.test(id) ? { id, name: nameKey(id) } : null;
}
