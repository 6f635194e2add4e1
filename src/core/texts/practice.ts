import { catalogue } from './catalogue.ts';

/** What is said of practice. */
export const practice = catalogue({
  'practice.opened': [
    'PRACTICE: a practice shop is open in this channel. Its buyers are not real, nothing leaves this service, and none of it is counted. Try:',
    '【练习】此频道已开设练习店。买家并非真人，内容不会发往任何平台，也不计入任何统计。可以试试：',
  ],
  'practice.try.answer': ['· answer in a thread, and look at the mark on your message;', '· 在话题中直接答复，并查看消息上的标记；'],
  'practice.try.note': ['· write // before a note for colleagues: no buyer sees it;', '· 以 // 开头写一条内部备注：买家看不到；'],
  'practice.try.claim': [
    '· !claim, !release, !snooze 5m, !undo, !help, or the buttons on the card;',
    '· !认领、!释放、!稍后 5m、!撤回、!帮助，或使用卡片上的按钮；',
  ],
  'practice.try.order': ['· !order, where a buyer asks about one;', '· 买家询问订单时输入 !订单；'],
  'practice.try.template': ['· !template NAME: a quick reply, shown before it is sent;', '· !模板 名称：快捷回复，发送前可预览；'],
  'practice.try.hold': ['· answer with a phone number: it is held, and you see why;', '· 在答复中写一个电话号码：会被暂扣并说明原因；'],
  'practice.try.fail': [
    '· one buyer has closed the chat: see how a refused answer looks;',
    '· 有一位买家已关闭会话：看看被拒绝的答复是什么样；',
  ],
  'practice.try.clock': [
    '· let somebody wait: after 50 s the reminders begin, at three minutes the clock is missed.',
    '· 让买家等一等：50 秒后开始提醒，满三分钟即超时。',
  ],
  'practice.end': [
    'An administrator ends it with "threadmart practice --remove"; it is deleted then.',
    '管理员用 "threadmart practice --remove" 结束练习，届时全部删除。',
  ],
  'practice.over': [
    'PRACTICE is over. Its threads in this channel lead nowhere any more: what is written in them is no answer to anybody.',
    '【练习】已结束。此频道中的练习话题不再有效：在其中书写的内容不会答复任何人。',
  ],
  'practice.chat-closed': ['The buyer has closed the chat.', '买家已关闭会话。'],
  'practice.found': [
    'a practice shop is open; "threadmart practice" says where, "threadmart practice --remove" ends it',
    '练习店正在营业；"threadmart practice" 查看位置，"threadmart practice --remove" 结束练习',
  ],
  'practice.channel-unreadable': [
    '"{channel}" is no channel; write it as slack/C0123456789.',
    '“{channel}”不是频道；请写成 slack/C0123456789 的形式。',
  ],
  'practice.no-bot': [
    '{bot} is not connected here. Connect it first (README, "Connect Slack"); "threadmart doctor" says what is missing.',
    '尚未连接 {bot}。请先连接（见 README“连接 Slack”）；"threadmart doctor" 会说明缺少什么。',
  ],
  'practice.channel-mode': [
    '{channel} has mode "{mode}" in threadmart.yaml: nothing that is written there answers a buyer. Choose a channel of mode "reply".',
    '{channel} 在 threadmart.yaml 中的模式为“{mode}”：其中的内容不会答复买家。请选择模式为“reply”的频道。',
  ],
  // The command line
  'cli.practice': ['a practice shop in a channel of the team: open it, look at it, remove it', '在团队频道中开设、查看或删除练习店'],
  'cli.practice.channel': ['open it in this channel, such as slack/C0123456789', '在该频道开设，例如 slack/C0123456789'],
  'cli.practice.remove': ['remove it, with all that was written there', '删除练习店及其中的全部内容'],
  'cli.practice.opened': [
    'The practice shop is open in {channel}. Its first buyer writes in a moment. "threadmart practice --remove" ends it.',
    '练习店已在 {channel} 开设，首位买家即将发来消息。用 "threadmart practice --remove" 结束。',
  ],
  'cli.practice.none': [
    'There is no practice shop. Open one: threadmart practice --channel slack/C0123456789',
    '没有练习店。可以开设：threadmart practice --channel slack/C0123456789',
  ],
  'cli.practice.state': [
    'The practice shop {id} is open in {channel} since {since}. Buyers so far: {buyers}; waiting now: {waiting}.',
    '练习店 {id} 自 {since} 起在 {channel} 营业。已来买家：{buyers}；正在等待：{waiting}。',
  ],
  'cli.practice.removing': ['The practice shop {id} is being removed.', '练习店 {id} 正在删除。'],
  'cli.practice.removed': ['The practice shop is removed, with all that was written there.', '练习店及其中的全部内容已删除。'],
  'cli.practice.both': ['Either --channel or --remove.', '--channel 与 --remove 只能选一个。'],
  'cli.refused.practice-exists': ['There is a practice shop already:', '练习店已存在：'],
  'cli.refused.practice-refused': ['The practice shop was not opened:', '练习店未开设：'],
});
