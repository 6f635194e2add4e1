import { z } from 'zod';

export interface TiktokShopSettings {
  readonly appKey: string;
  readonly appSecret: string;
  /** Names the app on the authorisation page; empty: shops cannot be connected through the browser. */
  readonly serviceId: string;
  /** Without a slash at the end, like `authUrl`. */
  readonly apiUrl: string;
  readonly authUrl: string;
  readonly authorizeUrl: string;
  readonly mediaHosts: readonly string[];
}

/**
 * Hosts seen in samples of picture and video addresses; the platform publishes no list, so this is a guess and `TIKTOK_SHOP_MEDIA_HOSTS` replaces it.
 * @see https://partner.tiktokshop.com/docv2/page/send-message-202309 read 2026-11-22
 */
const defaultMediaHosts = [
  '.ibyteimg.com',
  '.byteimg.com',
  '.tiktokcdn.com',
  '.tiktokcdn-us.com',
  '.tiktokcdn-eu.com',
  '.ttwstatic.com',
  '.tiktokglobalshop.com',
  '.tiktokshop.com',
  '.tokopedia.net',
];

/** An empty variable counts as one that is not set. */
const setting = <Schema extends z.ZodType>(schema: Schema) => z.preprocess((value) => (value === '' ? undefined : value), schema);
const address = (fallback: string) =>
  setting(
    z
      .url({ protocol: /^https?$/ })
      .default(fallback)
      .transform((url) => url.replace(/(?<!\/)\/+$/, '')),
  );

/** The host of the API is one for every region; sellers of the United States have an authorisation page of their own (`services.tiktokshops.us`). */
export const environment = z
  .object({
    TIKTOK_SHOP_APP_KEY: z.string().min(1),
    TIKTOK_SHOP_APP_SECRET: z.string().min(1),
    TIKTOK_SHOP_SERVICE_ID: setting(z.string().default('')),
    TIKTOK_SHOP_API_URL: address('https://open-api.tiktokglobalshop.com'),
    TIKTOK_SHOP_AUTH_URL: address('https://auth.tiktok-shops.com'),
    TIKTOK_SHOP_AUTHORIZE_URL: address('https://services.tiktokshop.com/open/authorize'),
    TIKTOK_SHOP_MEDIA_HOSTS: setting(z.string().default(defaultMediaHosts.join(','))),
  })
  .transform(
    (env): TiktokShopSettings => ({
      appKey: env.TIKTOK_SHOP_APP_KEY,
      appSecret: env.TIKTOK_SHOP_APP_SECRET,
      serviceId: env.TIKTOK_SHOP_SERVICE_ID,
      apiUrl: env.TIKTOK_SHOP_API_URL,
      authUrl: env.TIKTOK_SHOP_AUTH_URL,
      authorizeUrl: env.TIKTOK_SHOP_AUTHORIZE_URL,
      mediaHosts: env.TIKTOK_SHOP_MEDIA_HOSTS.split(',').flatMap((host) => host.trim().toLowerCase() || []),
    }),
  );
