import { catalogue } from './catalogue.ts';

/** What connectors say of a platform's own findings and refusals. */
export const platforms = catalogue({
  'platform.token-ok': ['The access token works.', '访问令牌有效。'],
  // Findings of a shop's check
  'platform.token-refused': ['The marketplace refuses the access token ({code}).', '平台拒绝访问令牌（{code}）。'],
  'platform.no-answer': ['The marketplace could not be asked ({code}).', '无法访问平台接口（{code}）。'],
  'platform.scope-missing': ['The app or its token lacks the scope {scope}.', '应用或其令牌缺少权限 {scope}。'],
  'platform.shop-not-granted': ['The token is not good for shop {shop}.', '该令牌未获得店铺 {shop} 的授权。'],
  'platform.shop-key-wrong': ['The credential "{field}" is missing or belongs to another shop.', '凭证 "{field}" 缺失，或属于其他店铺。'],
  'platform.no-read-access': ['Reading from the marketplace fails ({code}).', '读取平台数据失败（{code}）。'],
  'platform.chat-off': ['The shop is set to take no chats.', '店铺当前设置为不接收聊天。'],
  'platform.effect-shop-offline': [
    'Nothing can be sent to or read from this shop; connect it again.',
    '无法向该店铺发送或读取任何内容，请重新连接。',
  ],
  'platform.effect-no-connect': ['Shops cannot be connected or checked through the browser.', '无法通过浏览器连接或核对店铺。'],
  'platform.effect-no-catch-up': [
    'Messages missed during an outage cannot be caught up, and uncertain replies cannot be looked up.',
    '无法补收中断期间的消息，也无法核实结果不明的回复。',
  ],
  'platform.effect-chat-off': ['Buyers may find the shop closed for chats.', '买家可能无法与店铺聊天。'],
  'platform.effect-chat-unchecked': ['It is not known whether the shop takes chats.', '无法确认店铺是否接收聊天。'],
  // Refusals, as reasons of a failed reply
  'platform.conversation-unknown': ['the marketplace does not know this conversation any more', '平台已找不到该会话'],
  'platform.conversation-denied': [
    'the marketplace does not let this shop write in this conversation; try once more later',
    '平台不允许该店铺在此会话中发言，请稍后再试一次',
  ],
  'platform.kind-unsupported': ['the marketplace does not take this kind of message here', '平台在此不支持该类型的消息'],
  'platform.image-refused': ['the marketplace does not take this picture', '平台不接受该图片'],
});
