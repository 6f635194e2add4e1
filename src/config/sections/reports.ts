import { z } from 'zod';
import type { ReportSetting } from '../../core/settings.ts';
import { because, channelRef, filled, type Known, locale, oneOf, timezone } from './values.ts';

/** Reports that are posted by themselves. */
export const reports = (known: Known) =>
  z.array(
    z
      .strictObject({
        every: z.enum(['day', 'week', 'month']),
        at: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, because('config.expected.time-of-day')),
        timezone,
        channel: channelRef(known),
        by: z.enum(['shop', 'marketplace', 'agent', 'channel']).default('shop'),
        marketplace: oneOf(known.marketplaces).exactOptional(),
        shop: filled.exactOptional(),
        locale: locale.exactOptional(),
      })
      .transform((given): ReportSetting => {
        const { marketplace, shop, locale: language, ...rest } = given;
        return { ...rest, marketplace: marketplace ?? null, shop: shop ?? null, locale: language ?? null };
      }),
  );
