import { catalogue } from './catalogue.ts';

/** What is said where a chat platform has topics and cards, and neither windows nor messages for one person alone. */
export const topics = catalogue({
  'form.done': ['Filled in. What comes of it is told in this topic.', '已提交，结果会显示在本话题中。'],
  'card.edits-unseen': [
    'Edits are not seen here: the buyer gets what you sent first. Recall a message within its seconds of grace to stop it, and write anew.',
    '此处看不到编辑：买家收到的是最初发送的内容。如需更正，请在宽限时间内撤回后重发。',
  ],
  'message.masked': [
    "Your organisation's rules against data leaks refused this text, so telephone numbers and e-mail addresses in it are masked. See Seller Center for the whole of it.",
    '企业的防泄漏规则拒绝了原文，因此其中的电话号码和邮箱已打码，完整内容请在卖家中心查看。',
  ],
  'message.surfaced': ['The buyer wrote again: {words}', '买家再次来信：{words}'],
  'message.surfaced-open': ['Open the topic', '打开话题'],
  'platform.permission-missing': [
    'the chat app lacks a permission for this; "threadmart doctor" says which',
    '聊天应用缺少相应权限，可用 "threadmart doctor" 查看',
  ],
  'platform.topic-gone': ['its topic, or the message that it belongs to, has been recalled', '所属话题或消息已被撤回'],
  'platform.setting-needed': ['{what} needs {setting}.', '{what} 需要设置 {setting}。'],
  'platform.app-not-in-use': ['The app is not in use in this organisation (state {code}).', '该应用在企业内未启用（状态 {code}）。'],
  'platform.topics-off': ['Channel {channel} allows no replies in a topic ({code}).', '频道 {channel} 不支持话题回复（{code}）。'],
  'platform.scopes-unknown': ['The permissions of the app could not be read ({code}).', '无法读取应用的权限（{code}）。'],
  'platform.effect-mentions-only': [
    'Only messages that mention the bot arrive: replies in a topic without a mention are not seen and never reach the buyer, and topics cannot be read back after a downtime.',
    '只能收到 @机器人 的消息：话题中未 @ 的回复不会被看到，也不会发给买家；停机后也无法补读话题。',
  ],
  'platform.effect-group-state': [
    'It is not noticed that the bot was taken out of a group, or that a group is gone.',
    '无法得知机器人被移出群或群已解散。',
  ],
  'platform.effect-recalls': ['A message that its author recalls is sent to the buyer all the same.', '客服撤回的消息仍会发给买家。'],
});
