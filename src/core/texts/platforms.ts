import { catalogue } from './catalogue.ts';

/** What connectors say of a platform's own findings and refusals. */
export const platforms = catalogue({
  'platform.token-ok': ['The access token works.', '访问令牌有效。'],
  // Findings of a shop's check
  'platform.token-refused': ['The platform refuses the access token ({code}).', '平台拒绝访问令牌（{code}）。'],
  'platform.secret-wrong': ['The app secret is not the one of this app ({code}).', '应用密钥与该应用不符（{code}）。'],
  'platform.address-not-allowed': [
    'The address of this server is not on the allow list of the app ({code}).',
    '本服务器地址不在应用的白名单中（{code}）。',
  ],
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
  'platform.effect-no-orders': [
    "Buyers' orders are not shown, and templates know no tracking number and no status.",
    '无法显示买家的订单，模板也无法填入运单号和订单状态。',
  ],
  'platform.effect-unchecked': ['It is not known whether this works.', '无法确认是否正常。'],
  // Refusals, as reasons of a failed reply
  'platform.conversation-unknown': ['the marketplace does not know this conversation any more', '平台已找不到该会话'],
  'platform.conversation-denied': [
    'the marketplace does not let this shop write in this conversation; try once more later',
    '平台不允许该店铺在此会话中发言，请稍后再试一次',
  ],
  'platform.kind-unsupported': ['the marketplace does not take this kind of message here', '平台在此不支持该类型的消息'],
  'platform.image-refused': ['the marketplace does not take this picture', '平台不接受该图片'],
  'platform.unreachable': ['The platform does not answer ({code}).', '平台没有应答（{code}）。'],
  'platform.setting-either': ['Set {first} or {second}.', '请设置 {first} 或 {second}。'],
  'platform.channel-unseen': [
    'Channel {channel} does not exist, or the bot cannot see it ({code}).',
    '频道 {channel} 不存在，或机器人无法访问（{code}）。',
  ],
  'platform.channel-archived': ['Channel {channel} is archived.', '频道 {channel} 已归档。'],
  'platform.channel-not-member': ['The bot is not in channel {channel}; invite it there.', '机器人不在频道 {channel} 中，请邀请它加入。'],
  // What does not work without it
  'platform.effect-all': ['Nothing can be received or posted.', '无法接收或发送任何内容。'],
  'platform.effect-channel': ['Inquiries for this channel wait and are not shown.', '该频道的咨询将等待，不会显示。'],
  'platform.effect-post': ['Inquiries cannot be shown.', '无法显示咨询。'],
  'platform.effect-receive': ['Replies of agents are not received.', '无法收到客服的回复。'],
  'platform.effect-files': ['Pictures and files are neither shown nor sent.', '图片和文件既无法显示，也无法发送。'],
  'platform.effect-marks': ['Replies get no mark when they are sent.', '回复发送后不会有标记。'],
  'platform.effect-emoji': ['Emoji on a card do nothing.', '在卡片上添加表情不会有任何作用。'],
  'platform.effect-people': ['It is not known who wrote, so nobody may answer.', '无法识别发送者，因此任何人都不能回复。'],
  'platform.effect-commands': ['Commands and shortcuts do not work.', '命令和快捷方式不可用。'],
  'platform.effect-direct': ['"/tm export" cannot hand over its file.', '“/tm export” 无法交付文件。'],
  // The app as people see it in their chat
  'app.description': ['Answers marketplace buyers from threads', '在话题中回复平台买家'],
  'app.command': ['Figures and open inquiries', '数据统计与未结咨询'],
  'app.shortcut-template': ['Answer with a template', '使用模板回复'],
  'app.shortcut-template-hint': ['Send a prepared answer to the buyer', '向买家发送预设回复'],
  'app.shortcut-note': ['Add an internal note', '添加内部备注'],
  'app.shortcut-note-hint': ['For the team only, never sent to the buyer', '仅团队可见，不会发给买家'],
});
