import { cleanText } from './text-plain.ts';
import type { InquiryCard } from './thread.ts';

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The first character and three stars, however long the name is: `S***`, `张***`. */
function maskedName(name: string): string {
  const [first] = graphemes.segment(cleanText(name).trim());
  return first ? `${first.segment}***` : '***';
}

/** The buyer's name as a card may show it; null: the marketplace did not tell. */
export const shownBuyerName = ({ buyerName, masksBuyer }: Pick<InquiryCard, 'buyerName' | 'masksBuyer'>): string | null =>
  buyerName !== null && masksBuyer ? maskedName(buyerName) : buyerName;

/** Bounded repeats: the work is a constant for each character. */
const mailAddress = /[^\s@<>]{1,64}@[^\s@<>]{1,190}/g;
/** Seven to fifteen digits as people write telephone numbers; longer ones are ids of orders and products. */
const longNumber = /(?<!\d)\+?\d(?:[ ()./-]{0,2}\d){6,14}(?!\d)/g;

/** Ids of orders and products, too. */
const anyNumber = /\d{5,}/g;

/**
 * Without what a rule against leaks takes for a contact: of a number the last two digits stay, of an address its first letter. `everyNumber`: where that was not
 * enough, ids as well.
 */
export function maskContacts(text: string, everyNumber = false): string {
  const masked = text
    .replace(mailAddress, (found) => `${found.slice(0, 1)}***`)
    .replace(longNumber, (found) => `${'*'.repeat(5)}${found.slice(-2)}`);
  return everyNumber ? masked.replace(anyNumber, (found) => `${'*'.repeat(5)}${found.slice(-2)}`) : masked;
}
