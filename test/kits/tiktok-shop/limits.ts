import { Refusal } from './envelope.ts';

const perSecond = 50;
const perDay = 10_000;
const dayMs = 86_400_000;

export interface LimitsOptions {
  readonly now: () => Date;
  /** So many platform seconds go into a second of `now`. */
  readonly timeScale: number;
}

/**
 * Calls per second, app and shop for each endpoint; customer-service calls per day and shop, in sum.
 * Counted in whole windows. When the day begins is not documented: here at 0:00 UTC.
 * @see https://partner.tiktokshop.com/docv2/page/rate-limits (read 2026-11-22)
 */
export function createLimits({ now, timeScale }: LimitsOptions) {
  const windows = new Map<string, { window: number; spent: number }>();

  function spend(key: string, everyMs: number, permits: number): boolean {
    const window = Math.floor(now().getTime() / (everyMs / timeScale));
    const counter = windows.get(key);
    if (counter?.window !== window) {
      windows.set(key, { window, spent: 1 });
      return true;
    }
    if (counter.spent >= permits) return false;
    counter.spent += 1;
    return true;
  }

  return {
    call(shopId: string, endpoint: string): void {
      if (!spend(`${shopId} ${endpoint}`, 1000, perSecond)) throw new Refusal(36009002, 'Too many requests');
    },
    customerService(shopId: string): void {
      if (!spend(`${shopId} day`, dayMs, perDay)) throw new Refusal(45101004, 'The daily limit is reached, try again tomorrow');
    },
    coupon(shopId: string): void {
      if (!spend(`${shopId} coupon`, 2000, 1)) throw new Refusal(45111012, 'Coupon card rate limit');
    },
  };
}

export type Limits = ReturnType<typeof createLimits>;
