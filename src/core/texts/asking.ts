import { catalogue } from './catalogue.ts';

/** What people press, ask and fill in. */
export const asking = catalogue({
  // Forms
  'form.submit': ['OK', '确定'],
  'form.show': ['Show it', '显示'],
  'form.cut': [
    'The first {count} of them; "!{word} NAME" in the thread takes any.',
    '仅列出前 {count} 个；在话题中写“!{word} 名称”可用任意一个。',
  ],
  'form.template': ['Quick reply', '快捷回复'],
  'form.template-name': ['Which one (it is shown before it is sent)', '选择模板（发送前会先显示）'],
  'form.note': ['Internal note', '内部备注'],
  'form.note-words': ['For the team only', '仅团队可见'],
  'form.no-inquiry': ["This message belongs to no buyer's inquiry.", '此消息不属于任何买家咨询。'],
  'form.assign': ['Assign', '指派'],
  'form.assign-to': ['To whom', '指派给'],
  'form.assign-group': ['Group {group}', '客服组 {group}'],
  'form.snooze': ['Snooze', '稍后处理'],
  'form.snooze-span': ['For how long', '推迟多久'],
  'form.snooze-until': ['Or until when (09:00, 90m)', '或到何时（09:00、90m）'],
  'form.minutes': ['{count} minutes', '{count} 分钟'],
  'form.hours': ['{count} h', '{count} 小时'],
  // Outside of threads
  'which.asked': [
    'Nothing was sent: it does not say which buyer it answers. Write it on the card of the inquiry, quote one of its posts, or begin with its number:',
    '未发送：无法确定回复的是哪位买家。请在该咨询的卡片中回复、引用其消息，或以编号开头：',
  ],
  'which.unknown': [
    'Nothing was sent: no single inquiry here is numbered #{ticket}. Write it on the card of the inquiry, quote one of its posts, or begin with its number:',
    '未发送：此处没有唯一编号为 #{ticket} 的咨询。请在该咨询的卡片中回复、引用其消息，或以编号开头：',
  ],
  'which.line': ['#{id}  {shop}: {excerpt}', '#{id}  {shop}：{excerpt}'],
  'which.none': ['You have no inquiry in hand, and nobody waits here.', '您手上没有咨询，此处也没有买家在等待。'],
  // Help
  'help.in-thread': ['In the thread of an inquiry', '在咨询的话题中'],
  'help.reply': ['Write a message: it goes to the buyer.', '直接发消息：会发送给买家。'],
  'help.note': ['// at the beginning: a note for the team, never sent.', '以 // 开头：内部备注，不会发送。'],
  'help.anywhere': ['In any channel', '在任意频道'],
  'help.health': ['/tm health: what works, and what does not.', '/tm health：运行状况。'],
  'help.help': ['/tm help: this list.', '/tm help：显示此列表。'],
  'help.change': [
    '/tm claim 4f2a1c, /tm snooze 4f2a1c 2h, ...: the commands of a thread, for the inquiry whose card ends with that.',
    '/tm claim 4f2a1c、/tm snooze 4f2a1c 2h 等：对卡片底部为该编号的咨询执行话题中的命令。',
  ],
  'help.presence': [
    '/tm away, /tm away 2h, /tm back: you are not there, or there again.',
    '/tm away、/tm away 2h、/tm back：暂时离开、回来。',
  ],
  // Buttons
  'action.send-anyway': ['Send anyway', '仍然发送'],
  'action.reopen': ['Reopen', '重新打开'],
  'action.release-claim': ['Hand back', '放弃认领'],
  'action.template': ['Template…', '模板…'],
  'action.assign': ['Assign…', '分配…'],
  'action.snooze': ['Snooze…', '稍后处理…'],
  'action.no-answer-needed': ['No answer needed', '无需回复'],
  // Answers
  'answer.cut': ['… and {count} more line(s), which do not fit here.', '……另有 {count} 行，此处显示不下。'],
  'answer.coming': ['One moment, the answer follows.', '请稍候，答复马上就来。'],
  'answer.failed': ['This could not be answered; please try again.', '暂时无法答复，请重试。'],
  'answer.command-unknown': [
    '"{command}" is not a command; "/tm help" lists them.',
    '没有“{command}”这个命令，输入 "/tm help" 查看全部命令。',
  ],
  'answer.not-allowed': [
    'This is for the team; ask a supervisor to add you to "agents".',
    '此内容仅供团队使用，请让主管把您加入 "agents"。',
  ],
  'answer.taken': ['Taken: "{word}". What comes of it is told in the thread.', '已收到“{word}”，结果会显示在话题中。'],
  'answer.which-inquiry': [
    'Say which inquiry: the six characters at the foot of its card, such as "/tm {word} 4f2a1c". In its thread "!{word}" is enough.',
    '请指明咨询：写上卡片底部的六位编号，例如 "/tm {word} 4f2a1c"。在其话题中写 "!{word}" 即可。',
  ],
  'answer.no-inquiry': ['There is no one inquiry {id}; look at the foot of its card.', '没有唯一对应编号 {id} 的咨询，请查看卡片底部。'],
  'answer.in-thread': ['That works in a thread only: "!{word}".', '此命令只能在话题中使用：“!{word}”。'],
  'answer.form-late': ['The form could not be opened in time; please press again.', '表单未能及时打开，请再点一次。'],
});
