/**
 * TikTok Shop on loopback, for demos and scripts:
 *   node test/kits/tiktok-shop/stand-alone.ts --port 4100 --webhook http://127.0.0.1:3000/hooks/tiktok-shop
 * Prints the environment that points Threadmart at it, and a shop for `threadmart.yaml`. `control.ts` tells how to drive it.
 */
import { parseArgs } from 'node:util';
import { control } from './control.ts';
import { environmentOf } from './environment.ts';
import { startTikTokShopFake } from './fake.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    webhook: { type: 'string' },
    redirect: { type: 'string' },
    'time-scale': { type: 'string', default: '1' },
    /** Shares between 0 and 1. */
    duplicated: { type: 'string', default: '0' },
    shuffled: { type: 'string', default: '0' },
    dropped: { type: 'string', default: '0' },
  },
});

const fake = await startTikTokShopFake({
  port: Number(values.port),
  timeScale: Number(values['time-scale']),
  ...(values.redirect && { redirectUrl: values.redirect }),
  control,
  webhooks: {
    url: values.webhook ?? null,
    duplicated: Number(values.duplicated),
    shuffled: Number(values.shuffled),
    dropped: Number(values.dropped),
  },
});
const shop = fake.addShop({ name: 'Lamp House TH' });
const tokens = fake.grant({ shopIds: [shop.id] });
const conversation = fake.openConversation(shop.id, { nickname: 'somchai' });

console.log(`# TikTok Shop, faked on ${fake.url}. Set:`);
for (const [name, value] of Object.entries(environmentOf(fake))) console.log(`export ${name}=${value}`);
console.log(`
# threadmart.yaml:
shops:
  - marketplace: tiktok-shop
    externalId: "${shop.id}"
    name: ${shop.name}
    timezone: Asia/Bangkok
    locale: th
    credentials:
      accessToken: ${tokens.accessToken}
      accessTokenExpiresAt: ${tokens.accessTokenExpiresAt.toISOString()}
      refreshToken: ${tokens.refreshToken}
      refreshTokenExpiresAt: ${tokens.refreshTokenExpiresAt.toISOString()}
      shopCipher: ${shop.cipher}

# A buyer writes:
curl -s ${fake.url}/_fake/messages -d '{"shopId":"${shop.id}","conversationId":"${conversation}","text":"Is this lamp in stock?"}'
# What reached buyers:
curl -s ${fake.url}/_fake/received`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void fake.close().then(() => process.exit(0)));
