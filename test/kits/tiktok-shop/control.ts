import type { FakeAnswer, FakeRequest } from '../fake-server.ts';
import type { Happening, TikTokShopFake } from './fake.ts';
import type { WebhookBehaviour } from './webhooks.ts';

const json = { 'content-type': 'application/json' };

/**
 * Drives a fake that runs in a process of its own. Bodies and answers are JSON; none of this is the platform's.
 * - `POST /_fake/conversations` `{shopId, nickname?}` -> `{conversationId}`
 * - `POST /_fake/messages` `{shopId, conversationId, from, text}` -> `{messageId}`; `from`: buyer, seller, auto, robot, system
 * - `POST /_fake/webhooks` `{url?, duplicated?, shuffled?, shuffleMs?, dropped?}` -> `{}`
 * - `GET /_fake/received` -> what reached buyers, in order
 * - `GET /_fake/webhooks` -> `{log, lost}`
 */
export function control(fake: TikTokShopFake, { method, path, body }: FakeRequest): FakeAnswer | null {
  if (!path.startsWith('/_fake/')) return null;
  const given = (method === 'POST' ? JSON.parse(body.toString('utf8')) : {}) as Record<string, string>;
  const answer = (data: unknown): FakeAnswer => ({ status: 200, headers: json, body: JSON.stringify(data) });
  const { shopId = '', conversationId = '', text = '', from = 'buyer', nickname } = given;
  switch (`${method} ${path.slice('/_fake/'.length)}`) {
    case 'POST conversations':
      return answer({ conversationId: fake.openConversation(shopId, nickname ? { nickname } : {}) });
    case 'POST messages': {
      const write = writers(fake)[from];
      if (!write)
        return { status: 400, headers: json, body: JSON.stringify({ error: `from: one of ${Object.keys(writers(fake)).join(', ')}` }) };
      return answer({ messageId: write(shopId, conversationId, text).message.id });
    }
    case 'POST webhooks':
      fake.webhooks.behave(JSON.parse(body.toString('utf8')) as Partial<WebhookBehaviour>);
      return answer({});
    case 'GET received':
      return answer(fake.received);
    case 'GET webhooks':
      return answer({ log: fake.webhooks.log, lost: fake.webhooks.lost.map(({ notificationId }) => notificationId) });
    default:
      return { status: 404 };
  }
}

type Writer = (shopId: string, conversationId: string, text: string) => Happening & { readonly message: { readonly id: string } };

const writers = (fake: TikTokShopFake): Readonly<Record<string, Writer>> => ({
  buyer: fake.buyerWrites,
  seller: fake.sellerReplies,
  auto: fake.autoReplies,
  robot: fake.robotReplies,
  system: fake.systemWrites,
});
