import { Refusal } from './envelope.ts';
import type { Route } from './guard.ts';

/** What the platform has counted of a shop's day. Figures come as text. */
export interface PerformanceSeed {
  readonly sessions: number;
  readonly responsePercentage: string;
  readonly satisfactionPercentage: string;
  readonly responseMinutes: string;
}

/**
 * How the platform counts a shop's answers. What it says of several days, or of a day without chats, is not documented: here of the first day that it knows, and
 * empty texts.
 * @see https://partner.tiktokshop.com/docv2/page/get-customer-service-performance-202407 (read 2026-11-22)
 */
export function performanceRoute(counted: ReadonlyMap<string, PerformanceSeed>, allowed: () => boolean): Route {
  return {
    method: 'GET',
    path: '/customer_service/202407/performance',
    scope: 'seller.customer_service',
    shop: 'required',
    quota: true,
    handle({ request: { query }, shop }) {
      if (!allowed()) throw new Refusal(105005, 'Access denied: this app has no access to the API');
      const [from, before] = ['support_date_ge', 'support_date_lt'].map((name) => {
        const given = query.get(name) ?? '';
        if (!/^\d{4}-\d\d-\d\d$/.test(given)) throw new Refusal(36009004, `Invalid ${name}: YYYY-MM-DD`);
        return given;
      });
      if (!from || !before || from >= before) throw new Refusal(36009004, 'Invalid support_date_lt: after support_date_ge');
      const days = [...counted].filter(([key]) => key >= `${shop().id} ${from}` && key < `${shop().id} ${before}`);
      const seed = days[0]?.[1];
      return {
        performance: {
          support_session_count: seed?.sessions ?? 0,
          response_percentage: seed?.responsePercentage ?? '',
          satisfaction_percentage: seed?.satisfactionPercentage ?? '',
          response_time_mins: seed?.responseMinutes ?? '',
        },
      };
    },
  };
}
