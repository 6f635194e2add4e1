import { durationText } from '../figures/view.ts';
import { type ShopId, shortIdOf } from '../ids.ts';
import type { Inquiry } from '../inquiry.ts';
import { shownBuyerName } from '../mask.ts';
import { notice } from '../plan.ts';
import { excerpt } from '../text-plain.ts';
import { type Locale, text } from '../texts/index.ts';
import type { AnswerPart } from '../thread.ts';

export type FoundInquiry = Pick<Inquiry, '_id' | 'shopId' | 'status' | 'openedAt' | 'buyer' | 'thread'>;

/** What a search came to. */
export interface Found {
  /** The newest first. */
  readonly inquiries: readonly FoundInquiry[];
  /** `some`: there are more. `many`: so many that these need not be the newest. */
  readonly more: 'none' | 'some' | 'many';
}

interface FoundView {
  readonly locale: Locale;
  readonly shopNames: ReadonlyMap<ShopId, string>;
  /** Whole names are hidden, and asked for. */
  readonly masksBuyer: boolean;
  readonly now: Date;
}

const mostNameChars = 60;

/** One line an inquiry, which leads to its thread. Pure. */
export function foundParts({ inquiries, more }: Found, view: FoundView): readonly AnswerPart[] {
  if (inquiries.length === 0) return [{ kind: 'notice', notice: notice(view.masksBuyer ? 'find.none-masked' : 'find.none') }];
  return [
    {
      kind: 'lines',
      lines: inquiries.map((inquiry) => {
        const { thread } = inquiry;
        const words = foundLine(inquiry, view);
        return thread?.rootId ? { words, post: { channelId: thread.channelId, messageId: thread.rootId } } : words;
      }),
    },
    ...(more === 'none' ? [] : [{ kind: 'notice' as const, notice: notice(`find.more-${more}`, { count: inquiries.length }) }]),
  ];
}

function foundLine({ _id, shopId, status, openedAt, buyer }: FoundInquiry, { locale, shopNames, masksBuyer, now }: FoundView): string {
  return text(locale, 'find.line', {
    id: shortIdOf(_id),
    status: text(locale, `card.status.${status}`),
    shop: shopNames.get(shopId) ?? shopId,
    buyer:
      excerpt(shownBuyerName({ buyerName: buyer.name ?? null, masksBuyer }) ?? '', mostNameChars) || text(locale, 'card.buyer-unknown'),
    age: durationText(Math.max(0, now.getTime() - openedAt.getTime()), locale) ?? '',
  });
}
