import type { MarketplaceFigures } from '../../src/core/figures/performance.ts';
import { PlatformError } from '../../src/errors.ts';
import { performanceNotAllowed, type ShopAccess } from '../adapter.ts';
import { performanceAnswer } from './api-types.ts';
import type { TiktokShopClient } from './client.ts';
import { paths } from './paths.ts';

/** Answers of an app that has chats and was not given this newer call. */
const notEntitled = new Set(['105005', '36009009', '36009010', 'http-404']);

/**
 * How TikTok Shop counts a shop's answers: first answers within 24 hours, automatic ones among them, whatever the region's own rule is.
 * @see https://partner.tiktokshop.com/docv2/page/get-customer-service-performance-202407 read 2026-11-22
 */
export async function readPerformance(
  client: TiktokShopClient,
  shop: ShopAccess,
  { from, before }: { readonly from: string; readonly before: string },
): Promise<MarketplaceFigures> {
  try {
    const { data } = await client.shop(shop, {
      operation: 'read performance',
      method: 'GET',
      path: paths.performance,
      query: { support_date_ge: from, support_date_lt: before },
      effect: 'none',
      data: performanceAnswer,
    });
    const told = data.performance;
    const minutes = numberIn('response_time_mins', told.response_time_mins);
    return {
      sessions: numberIn('support_session_count', told.support_session_count),
      responseRate: shareIn('response_percentage', told.response_percentage),
      responseMs: minutes === null ? null : Math.round(minutes * 60_000),
      satisfaction: shareIn('satisfaction_percentage', told.satisfaction_percentage),
    };
  } catch (error) {
    if (!(error instanceof PlatformError && notEntitled.has(error.code ?? ''))) throw error;
    throw new PlatformError('TikTok Shop, read performance: this app may not', {
      kind: 'rejected',
      platform: 'tiktok-shop',
      code: performanceNotAllowed,
      cause: error,
      ...(error.requestId ? { requestId: error.requestId } : {}),
    });
  }
}

/** Figures come as text. Null where there is none. */
function numberIn(field: string, given: string | null | undefined): number | null {
  const words = (given ?? '').trim();
  if (words === '') return null;
  if (!/^\d{1,9}(?:\.\d{1,9})?$/.test(words)) throw unreadable(field);
  return Number(words);
}

/** Whether the percent sign stands with it is not said. */
function shareIn(field: string, given: string | null | undefined): number | null {
  const percent = numberIn(field, given?.trim().replace(/%$/, ''));
  if (percent !== null && percent > 100) throw unreadable(field);
  return percent === null ? null : percent / 100;
}

const unreadable = (field: string): PlatformError =>
  new PlatformError(`TikTok Shop, read performance: what stands in ${field} is no such figure`, {
    kind: 'rejected',
    platform: 'tiktok-shop',
    code: 'unreadable-figure',
  });
