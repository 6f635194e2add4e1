import { type Found, type FoundInquiry, foundParts } from './core/desk/found.ts';
import { wantedIn } from './core/desk/search.ts';
import type { ShopId } from './core/ids.ts';
import { notice } from './core/plan.ts';
import type { Settings } from './core/settings.ts';
import type { Shop } from './core/shop.ts';
import type { Locale } from './core/texts/index.ts';
import type { AnswerPart } from './core/thread.ts';
import type { Clock } from './core/time.ts';
import type { FindStore } from './store/find.ts';

/** What `find` answers, in a thread and outside of one: for the eyes of whoever asks. */
export type Find = (words: string, locale: Locale) => Promise<readonly AnswerPart[]>;

interface FindDeps {
  readonly store: FindStore;
  readonly shops: { byId(id: ShopId): Promise<Pick<Shop, '_id' | 'name'> | null> };
  readonly settings: () => Pick<Settings, 'desk'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Who wants more than these writes more. */
const mostShown = 10;
/** An index has names in their own order, so the newest are looked for among so many. */
const mostOfAName = 200;

export function createFind({ store, shops, settings, clock }: FindDeps): Find {
  async function namesOf(ids: ReadonlySet<ShopId>): Promise<ReadonlyMap<ShopId, string>> {
    const found = await Promise.all([...ids].map((id) => shops.byId(id)));
    return new Map(found.flatMap((shop) => (shop ? [[shop._id, shop.name] as const] : [])));
  }

  return async (words, locale) => {
    const wanted = wantedIn(words);
    if (wanted === null) return [{ kind: 'notice', notice: notice('find.how') }];
    const masksBuyer = settings().desk.maskBuyers === true;
    const exact = await store.byExternalId(wanted.id, mostShown + 1);
    // Where names are hidden nobody is to learn one letter by letter.
    const named = exact.length > 0 ? [] : await store.byName(wanted.name, { whole: masksBuyer, limit: mostOfAName });
    const found = newest([...exact, ...named], named.length === mostOfAName);
    const shopNames = await namesOf(new Set(found.inquiries.map(({ shopId }) => shopId)));
    return foundParts(found, { locale, shopNames, masksBuyer, now: clock.now() });
  };
}

function newest(inquiries: readonly FoundInquiry[], many: boolean): Found {
  const more = many ? 'many' : inquiries.length > mostShown ? 'some' : 'none';
  return { inquiries: inquiries.toSorted((a, b) => b.openedAt.getTime() - a.openedAt.getTime()).slice(0, mostShown), more };
}
