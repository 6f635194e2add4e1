import { z } from 'zod';
import { filled, id, unixSeconds } from './json.ts';

// Only the fields that are used are named, so that a new one upstream breaks nothing.
// Pages: https://partner.tiktokshop.com/docv2/page/<name>, read 2026-11-22.

/** Every answer, of the API and of the token endpoints. */
export const envelope = z.object({
  code: z.int(),
  message: z.string().nullish(),
  request_id: z.string().nullish(),
  data: z.unknown().optional(),
});

export const noData = z.unknown();

/** `get-conversation-messages-202309`. `content` is JSON inside a string; its shape depends on `type`. */
export const apiMessage = z.object({
  id,
  type: z.string(),
  content: z.string().nullish(),
  create_time: unixSeconds,
  is_visible: z.boolean().nullish(),
  index: id.nullish(),
  sender: z.object({ role: z.string().nullish(), im_user_id: id.nullish().catch(null) }).nullish(),
});
export type ApiMessage = z.infer<typeof apiMessage>;

/** `get-conversations-202309`. */
export const apiConversation = z.object({
  id,
  can_send_message: z.boolean().nullish(),
  participants: z
    .array(z.object({ role: z.string().nullish(), user_id: id.nullish().catch(null), nickname: z.string().nullish() }))
    .nullish(),
  // An empty object where nothing has been written yet.
  latest_message: apiMessage.nullish().catch(null),
});
export type ApiConversation = z.infer<typeof apiConversation>;

const nextPage = z
  .string()
  .nullish()
  .transform((token) => token || null);

export const conversationPage = z.object({
  conversations: z.array(apiConversation).nullish(),
  next_page_token: nextPage,
});

/** `get-conversation-202601`: the object itself, or inside `conversation`; the copies of the page disagree. */
export const oneConversation = z.union([
  z.object({ conversation: apiConversation }).transform((data) => data.conversation),
  apiConversation,
]);

export const messagePage = z.object({
  messages: z.array(apiMessage).nullish(),
  next_page_token: nextPage,
  unsupported_msg_tips: z.string().nullish(),
});

/** `send-message-202309`. */
export const sentMessage = z.object({ message_id: id });

/** `upload-buyer-messages-image-202309`. */
export const uploadedImage = z.object({ url: filled, width: z.number(), height: z.number() });
export type UploadedImage = z.infer<typeof uploadedImage>;

const amount = z
  .union([z.string().regex(/^-?\d{1,15}(?:\.\d{1,6})?$/), z.number().transform(String)])
  .nullish()
  .catch(null);
/** Where a moment has not come yet, the field is absent, or 0. */
const moment = unixSeconds
  .transform((at) => (at.getTime() === 0 ? null : at))
  .nullish()
  .catch(null);

/** `get-order-detail-202507`, `get-order-list-202309`. The address, the buyer's words and their contact are not read. */
export const apiOrder = z.object({
  id,
  status: z.string(),
  user_id: id.nullish().catch(null),
  create_time: moment,
  paid_time: moment,
  delivery_time: moment,
  cancel_time: moment,
  is_cod: z.boolean().nullish().catch(null),
  payment: z.object({ currency: z.string(), total_amount: amount }).nullish().catch(null),
  tracking_number: z.string().nullish().catch(null),
  shipping_provider: z.string().nullish().catch(null),
  line_items: z
    .array(
      z.object({
        product_id: id.nullish().catch(null),
        product_name: z.string().nullish(),
        sku_id: id.nullish().catch(null),
        sku_name: z.string().nullish(),
        sale_price: amount,
        tracking_number: z.string().nullish().catch(null),
        shipping_provider_name: z.string().nullish().catch(null),
      }),
    )
    .nullish(),
});
export type ApiOrder = z.infer<typeof apiOrder>;

export const orderPage = z.object({ orders: z.array(apiOrder).nullish() });

const figure = z.union([z.string(), z.number().transform(String)]).nullish();

/** `get-customer-service-performance-202407`. */
export const performanceAnswer = z.object({
  performance: z.object({
    support_session_count: figure,
    response_percentage: figure,
    satisfaction_percentage: figure,
    response_time_mins: figure,
  }),
});

/** `get-agent-settings-202309`. */
export const agentSettings = z.object({ can_accept_chat: z.boolean() });

/** `get-authorized-shops`. */
export const authorizedShops = z.object({
  shops: z.array(z.object({ id, name: z.string().nullish(), region: z.string().nullish(), cipher: z.string() })).nullish(),
});

/** `authorization-overview-202407`. The two `..._expire_in` are moments, despite their names. */
export const tokens = z.object({
  access_token: filled,
  access_token_expire_in: unixSeconds,
  refresh_token: filled,
  refresh_token_expire_in: unixSeconds,
  user_type: z.int().nullish(),
  granted_scopes: z.array(z.string()).nullish(),
});
export type Tokens = z.infer<typeof tokens>;
