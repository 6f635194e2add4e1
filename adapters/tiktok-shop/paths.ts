import type { ConversationId } from '../../src/core/ids.ts';

const conversations = '/customer_service/202309/conversations';

export const paths = {
  conversations,
  conversation: (id: ConversationId): string => `/customer_service/202601/conversations/${encodeURIComponent(id)}`,
  messages: (id: ConversationId): string => `${conversations}/${encodeURIComponent(id)}/messages`,
  read: (id: ConversationId): string => `${conversations}/${encodeURIComponent(id)}/messages/read`,
  imageUpload: '/customer_service/202309/images/upload',
  agentSettings: '/customer_service/202309/agents/settings',
  performance: '/customer_service/202407/performance',
  orders: '/order/202507/orders',
  orderSearch: '/order/202309/orders/search',
  authorizedShops: '/authorization/202309/shops',
} as const;
