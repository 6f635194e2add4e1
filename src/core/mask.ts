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
