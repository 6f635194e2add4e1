import type { Inquiry } from '../core/inquiry.ts';
import type { InquiryStore } from '../store/inquiries.ts';

/** The inquiry whose id begins so: one that is open before others. Null: there is none, or it could be several. */
export async function namedInquiry(beginning: string, { beginningWith }: Pick<InquiryStore, 'beginningWith'>): Promise<Inquiry | null> {
  const found = await beginningWith(beginning);
  const open = found.filter((inquiry) => inquiry.open);
  const meant = open.length > 0 ? open : found;
  return meant.length === 1 ? (meant[0] ?? null) : null;
}
