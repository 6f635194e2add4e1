import { catalogue } from './catalogue.ts';

/** What a thread says that is one card, and what a set-up for such a platform lacks. */
export const boards = catalogue({
  'board.reply': ['Reply to the buyer', '回复买家'],
  'board.reply-hint': ['It goes to the buyer. A note for the team begins with "//".', '发送后买家可见；以“//”开头则为内部备注。'],
  'board.send': ['Send', '发送'],
  'board.hint': [
    'Inquiry #{id}. Write above, or quote this card and @ the bot, or @ it with "#{id} your words". A reply without ✅ was not sent.',
    '咨询 #{id}。可在上方输入框回复，或引用本卡片并 @机器人，或 @机器人 发送“#{id} 内容”。没有 ✅ 即未发送。',
  ],
  'board.hint-resolved': ['Inquiry #{id} is resolved.', '咨询 #{id} 已解决。'],
  'board.continued': ['Inquiry #{id} goes on in a newer card below.', '咨询 #{id} 已移至下方的新卡片。'],
  'board.cut': ['… what was said earlier stands further up in the group, or on the marketplace.', '……更早的消息请见群内上文或平台后台。'],
  'board.buyer': ['Buyer', '买家'],
  'board.member': ['Team', '客服'],
  'board.sent': ['✅ sent to the buyer', '✅ 已发送给买家'],
  'board.noted': ['📝 a note, for the team alone', '📝 内部备注，仅团队可见'],
  'board.waiting': ['⏳ on its way, not sent yet', '⏳ 处理中，尚未发送'],
  'board.held': ['✋ held, not sent', '✋ 已暂停，未发送'],
  'board.failed': ['❌ not sent', '❌ 未发送'],
  'board.withdrawn': ['↩️ withdrawn, not sent', '↩️ 已撤回，未发送'],
  'board.title': ['Inquiry #{id}', '咨询 #{id}'],
  'board.title-channel': ['Threadmart', 'Threadmart'],
  'board.beside': ['{shop} · inquiry #{id}', '{shop} · 咨询 #{id}'],
  'board.everybody': ['everybody', '所有人'],
  'board.called': ['You are called: buyers wait', '请注意：有买家在等待'],
  'dingtalk.webhooks-form': ['Each must read NAME=TOKEN:SECRET, with commas between them.', '每一项格式为 NAME=TOKEN:SECRET，用逗号分隔。'],
  'dingtalk.webhook-unknown': ['DINGTALK_WEBHOOKS has no robot of the name "{name}".', 'DINGTALK_WEBHOOKS 中没有名为“{name}”的机器人。'],
  'dingtalk.template-refused': [
    'No card can be made of the template in DINGTALK_CARD_TEMPLATE_ID ({code}).',
    '无法使用 DINGTALK_CARD_TEMPLATE_ID 指定的卡片模板创建卡片（{code}）。',
  ],
  'dingtalk.reason-permission': ['the app lacks the permission for it', '应用缺少相应权限'],
  'dingtalk.permission-missing': ['The app lacks the permission for this: {what} ({code}).', '应用缺少相应权限：{what}（{code}）。'],
});
