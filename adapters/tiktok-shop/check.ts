import type { Finding } from '../../src/core/connector.ts';
import type { Locale, TextKey } from '../../src/core/texts/index.ts';
import { text } from '../../src/core/texts/index.ts';
import { PlatformError } from '../../src/errors.ts';
import { ordersNotAllowed, performanceNotAllowed, type ShopAccess } from '../adapter.ts';
import { agentSettings } from './api-types.ts';
import type { TiktokShopClient } from './client.ts';
import { listAuthorizedShops } from './oauth.ts';
import { orderScope, probeOrders } from './orders.ts';
import { paths } from './paths.ts';
import { readPerformance } from './performance.ts';
import { listConversations } from './read.ts';

const scopeMissing = '105005';
/** Codes that speak of the app and not of the shop. */
const problems: Readonly<Record<string, TextKey>> = {
  '106001': 'platform.secret-wrong',
  '36009033': 'platform.address-not-allowed',
};
const chatScope = 'seller.customer_service';
const shopListScope = 'seller.authorization.info';

const dayMs = 86_400_000;

/**
 * Five calls: whose the token is, whether chats, orders and the platform's own figures can be read, whether the shop takes chats. Ends at the first that all
 * others hang on.
 */
export async function checkShop(client: TiktokShopClient, shop: ShopAccess, locale: Locale, now: Date): Promise<Finding[]> {
  const fail = (check: string, problem: string, effect: string): Finding => ({ check, ok: false, problem, effect });
  const offline = text(locale, 'platform.effect-shop-offline');

  const shops = await attempt(() => listAuthorizedShops(client, shop.accessToken, shop.signal));
  if ('failed' in shops && shops.failed.code !== scopeMissing) {
    const { kind, code = kind } = shops.failed;
    const problem = problems[code] ?? (kind === 'auth' ? 'platform.token-refused' : 'platform.no-answer');
    return [
      fail(
        'token',
        text(locale, problem, { code }),
        problem === 'platform.no-answer' ? text(locale, 'platform.effect-unchecked') : offline,
      ),
    ];
  }
  const findings: Finding[] = [{ check: 'token', ok: true }];

  if ('failed' in shops) {
    const problem = text(locale, 'platform.scope-missing', { scope: shopListScope });
    findings.push(fail(`scope ${shopListScope}`, problem, text(locale, 'platform.effect-no-connect')));
  } else {
    const granted = shops.value.find(({ externalId }) => externalId === shop.externalId);
    if (!granted) findings.push(fail('shop', text(locale, 'platform.shop-not-granted', { shop: shop.externalId }), offline));
    else if (granted.extra['shopCipher'] !== shop.extra['shopCipher']) {
      findings.push(fail('shop', text(locale, 'platform.shop-key-wrong', { field: 'shopCipher' }), offline));
    } else findings.push({ check: 'shop', ok: true });
  }

  const chats = await attempt(() => listConversations(client, shop, null));
  if ('failed' in chats) {
    const { kind, code } = chats.failed;
    findings.push(
      code === scopeMissing
        ? fail(`scope ${chatScope}`, text(locale, 'platform.scope-missing', { scope: chatScope }), offline)
        : fail('read-access', text(locale, 'platform.no-read-access', { code: code ?? kind }), text(locale, 'platform.effect-no-catch-up')),
    );
    return findings;
  }
  findings.push({ check: `scope ${chatScope}`, ok: true }, { check: 'read-access', ok: true });

  const orders = await attempt(() => probeOrders(client, shop));
  if ('failed' in orders) {
    const { code, kind } = orders.failed;
    const missing = code === ordersNotAllowed;
    const problem = missing
      ? text(locale, 'platform.scope-missing', { scope: orderScope })
      : text(locale, 'platform.no-read-access', { code: code ?? kind });
    findings.push(fail(missing ? `scope ${orderScope}` : 'orders', problem, text(locale, 'platform.effect-no-orders')));
  } else findings.push({ check: `scope ${orderScope}`, ok: true });

  const day = (back: number): string => new Date(now.getTime() - back * dayMs).toISOString().slice(0, 10);
  const figures = await attempt(() => readPerformance(client, shop, { from: day(2), before: day(1) }));
  if ('failed' in figures) {
    const { code, kind } = figures.failed;
    const problem =
      code === performanceNotAllowed
        ? text(locale, 'platform.performance-denied')
        : text(locale, 'platform.no-read-access', { code: code ?? kind });
    findings.push(fail('performance', problem, text(locale, 'platform.effect-no-performance')));
  } else findings.push({ check: 'performance', ok: true });

  const agent = await attempt(() => readAgentSettings(client, shop));
  if ('failed' in agent) {
    const problem = text(locale, 'platform.no-read-access', { code: agent.failed.code ?? agent.failed.kind });
    findings.push(fail('agent-settings', problem, text(locale, 'platform.effect-unchecked')));
  } else if (!agent.value.can_accept_chat) {
    findings.push(fail('agent-settings', text(locale, 'platform.chat-off'), text(locale, 'platform.effect-chat-off')));
  } else findings.push({ check: 'agent-settings', ok: true });
  return findings;
}

async function readAgentSettings(client: TiktokShopClient, shop: ShopAccess): Promise<{ readonly can_accept_chat: boolean }> {
  const { data } = await client.shop(shop, {
    operation: 'read agent settings',
    method: 'GET',
    path: paths.agentSettings,
    effect: 'none',
    data: agentSettings,
  });
  return data;
}

/** A platform's failure as a value; a bug of ours stays an exception. */
async function attempt<Value>(call: () => Promise<Value>): Promise<{ readonly value: Value } | { readonly failed: PlatformError }> {
  try {
    return { value: await call() };
  } catch (error) {
    if (error instanceof PlatformError) return { failed: error };
    throw error;
  }
}
