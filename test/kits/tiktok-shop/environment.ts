import type { TikTokShopFake } from './fake.ts';

/** What one sets in the environment to talk to a fake. */
export const environmentOf = ({ url, appKey, appSecret, serviceId }: TikTokShopFake) => ({
  TIKTOK_SHOP_APP_KEY: appKey,
  TIKTOK_SHOP_APP_SECRET: appSecret,
  TIKTOK_SHOP_SERVICE_ID: serviceId,
  TIKTOK_SHOP_API_URL: url,
  TIKTOK_SHOP_AUTH_URL: url,
  TIKTOK_SHOP_AUTHORIZE_URL: `${url}/open/authorize`,
});
