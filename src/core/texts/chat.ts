import { catalogue } from './catalogue.ts';

/** What agents read in a thread. */
export const chat = catalogue({
  // The root card
  'card.title': ['{shop} · {marketplace}', '{shop} · {marketplace}'],
  'card.buyer': ['Buyer: {name}', '买家：{name}'],
  'card.buyer-unknown': ['Buyer: name not given', '买家：未提供姓名'],
  'card.status.waiting': ['Waiting for an answer', '等待回复'],
  'card.status.answered': ['Answered', '已回复'],
  'card.status.resolved': ['Resolved', '已解决'],
  'card.assignee': ['With {name}', '负责人：{name}'],
  'card.unassigned': ['Nobody has claimed it', '暂无人认领'],
  'card.from-product': ['Came from product {id}', '来自商品 {id}'],
  'card.from-order': ['Came from order {id}', '来自订单 {id}'],
  'card.previous': ['An earlier inquiry of this buyer', '该买家此前的咨询'],
  'card.local-time': ['Shop time {time}', '店铺时间 {time}'],
  'card.hint': [
    'Reply in this thread to answer the buyer. Start with // for an internal note.',
    '在本话题中回复即可答复买家。以 // 开头为内部备注。',
  ],
  // Messages
  'message.late': ['(sent at {time}, arrived late)', '（发送于 {time}，迟到）'],
  'message.agent': ['Answered in Seller Center', '已在卖家中心回复'],
  'message.automatic': ['Automatic reply of the shop', '店铺自动回复'],
  'message.system': ['From the marketplace', '平台消息'],
  'message.image': ['Picture', '图片'],
  'message.image-lost': ['A picture that could not be fetched; open it in Seller Center.', '图片无法获取，请在卖家中心查看。'],
  'message.video': ['Video ({seconds} s)', '视频（{seconds} 秒）'],
  'message.video-unmeasured': ['Video', '视频'],
  'message.file': ['File {name}', '文件 {name}'],
  'message.file-lost': ['{name}: could not be fetched; open it in Seller Center.', '{name}：无法获取，请在卖家中心查看。'],
  'message.sticker': ['Sticker {label}', '表情 {label}'],
  'message.product': ['Product {id}', '商品 {id}'],
  'message.order': ['Order {id}', '订单 {id}'],
  'message.unsupported': ['A message of type {type}; open it in Seller Center.', '类型为 {type} 的消息，请在卖家中心查看。'],
  // Actions
  'action.send': ['Send', '发送'],
  'action.discard': ['Discard', '放弃'],
  'action.keep-as-note': ['Keep as note', '保留为备注'],
  'action.retry': ['Retry', '重试'],
  'action.send-correction': ['Send correction', '发送更正'],
  'action.release': ['Release', '放行'],
  'action.claim': ['Claim', '认领'],
  'action.resolve': ['Resolve', '标记已解决'],
  'action.edit-and-resend': ['Edit and resend', '修改后重发'],
  // Receipts that need words
  'reply.held': ['This reply is held, the buyer has not got it.', '此回复已暂扣，买家尚未收到。'],
  'reply.held-in-doubt': [
    'Is this for the buyer or a note for the team? It has not been sent.',
    '这是给买家的回复还是内部备注？尚未发送。',
  ],
  'reply.held-stale': [
    'This reply waited {minutes} minutes and was not sent by itself. Is it still right?',
    '此回复已等待 {minutes} 分钟，未自动发送。内容是否仍然合适？',
  ],
  'reply.held-overtaken': [
    'Somebody answered in Seller Center meanwhile; this reply was not sent by itself.',
    '期间已有人在卖家中心回复，此回复未自动发送。',
  ],
  'reply.held-restored': [
    'A backup was restored since this was written, so it may have reached the buyer already. Look in Seller Center, then choose.',
    '写下此内容之后恢复过备份，买家可能已经收到。请在卖家中心确认后再选择。',
  ],
  'reply.uncertain': [
    'It is not known whether this reply arrived. Look in Seller Center, then choose.',
    '无法确认此回复是否送达，请在卖家中心查看后再选择。',
  ],
  'reply.failed': ['This reply did not reach the buyer: {reason}', '此回复未送达买家：{reason}'],
  'reply.failed-part': [
    'Only the first {sent} of {total} parts reached the buyer: {reason}',
    '仅前 {sent} 段（共 {total} 段）送达买家：{reason}',
  ],
  'reply.discarded': ['Discarded; the buyer has not got it.', '已放弃，买家未收到。'],
  'reply.discarded-uncertain': [
    'Discarded; it will not be sent again. Whether the buyer has it, Seller Center shows.',
    '已放弃，不会再次发送。买家是否已收到，请以卖家中心为准。',
  ],
  'reply.rest-cancelled': [
    'The rest is not sent; the buyer has the first {sent} of {total} parts.',
    '其余部分不再发送；买家已收到前 {sent} 段（共 {total} 段）。',
  ],
  'reply.edit-not-sent': [
    'Editing does not send this: write it again as a new message to answer the buyer.',
    '编辑后的内容不会发送：如需答复买家，请重新发一条消息。',
  ],
  'reply.cancelled': ['Cancelled in time; the buyer has not got it.', '已及时撤回，买家未收到。'],
  'reply.nothing-to-undo': ['There is no reply left to undo; the last one has been sent.', '没有可撤回的回复，最近一条已发送。'],
  'reply.edited-too-late': ['Too late: the buyer has the earlier text.', '已来不及：买家收到的是之前的内容。'],
  'reply.deleted-too-late': ['Too late: the buyer has this message already.', '已来不及：买家已收到此消息。'],
  'reply.edit-to-resend': [
    'Edit your message in this thread; the new words go to the buyer then.',
    '请在本话题中编辑您的消息，修改后的内容会发送给买家。',
  ],
  'reply.warned': ['Sent. Please note: {reason}', '已发送。请注意：{reason}'],
  'reply.not-allowed': [
    'You are not allowed to answer buyers from here; ask a supervisor to add you to "agents".',
    '您无权在此答复买家，请让主管把您加入 "agents"。',
  ],
  'reply.channel-notes-only': ['This channel takes notes only; nothing was sent.', '此频道只用于备注，未发送。'],
  'note.kept': ['Kept as a note.', '已保留为备注。'],
  // Reasons
  'reason.buyer-window': ['the marketplace does not accept messages to this buyer now', '平台当前不允许给该买家发消息'],
  'reason.rejected': ['the marketplace refused it ({code})', '平台拒绝（{code}）'],
  'reason.sensitive': ['the marketplace calls its content sensitive', '平台认为内容敏感'],
  'reason.gave-up': ['it was tried {attempts} times without success', '尝试 {attempts} 次均未成功'],
  'reason.file-too-large': ['the file is too large ({size} of {limit} MB)', '文件过大（{size}/{limit} MB）'],
  'reason.file-type': ['files of type {type} cannot be sent to this marketplace', '该平台不支持发送 {type} 类型文件'],
  'reason.file-lost': ['the file could not be fetched from the chat', '无法从聊天平台获取文件'],
  'reason.empty': ['it has no text', '没有文字内容'],
  'reason.uncertain': ['it is not known whether it arrived', '无法确认是否送达'],
  'reason.shop-unknown': ['its shop is not connected', '其店铺尚未连接'],
  'reason.malformed': ['the event cannot be read', '事件无法读取'],
  'reason.poison': ['the event could not be worked on', '事件无法处理'],
  // Dead letters and routing
  'trouble.dead-letter': [
    'Something could not be delivered ({reason}). See "threadmart dead-letters show {id}".',
    '有内容无法投递（{reason}）。请查看 "threadmart dead-letters show {id}"。',
  ],
  'trouble.channel-lost': [
    'The channel {channel} takes no posts ({code}). Its queue is kept and goes out once the channel is back.',
    '频道 {channel} 无法发帖（{code}）。队列已保留，恢复后会继续发送。',
  ],
  'trouble.bot-paused': [
    'The chat connection {bot} does not work ({code}). Its queue is kept; renew its token, then everything goes out.',
    '聊天连接 {bot} 不可用（{code}）。队列已保留，更新令牌后会继续发送。',
  ],
  'trouble.lacks': [
    '{bot} is not allowed all that it needs; "threadmart doctor" looks again once it is mended:',
    '{bot} 尚缺少所需的权限；修正后可用“threadmart doctor”复查：',
  ],
  'trouble.lacks.one': ['{check}: {problem} {effect}', '{check}：{problem} {effect}'],
  'trouble.back': ['{name} works again; what waited goes out now.', '{name} 已恢复，等待中的内容正在发送。'],
  'trouble.away': [
    '{name} does not answer. Replies wait and go out when it does; what waits too long is held and asks first.',
    '{name} 没有应答。回复会等待，恢复后自动发送；等待过久的回复会先征求确认。',
  ],
  'trouble.behind': [
    'Posts in {channel} come {seconds} s late: more comes in than may be posted there. Nothing is lost, and replies go out as always.',
    '频道 {channel} 的消息延迟 {seconds} 秒：来量超过了可发送的速度。内容没有丢失，回复照常发送。',
  ],
  'trouble.behind-here': [
    'Posts in this channel come {seconds} s late: more comes in than may be posted. Nothing is lost, and replies go out as always.',
    '本频道的消息延迟 {seconds} 秒：来量超过了可发送的速度。内容没有丢失，回复照常发送。',
  ],
  'trouble.was-away': [
    '{name} did not answer for {minutes} minute(s). Nothing is lost; what waited goes out now.',
    '{name} 曾有 {minutes} 分钟没有应答。内容没有丢失，等待中的内容正在发送。',
  ],
  'trouble.unrouted': [
    'An inquiry of the shop {shop} has no route, so nobody sees it. Add a route; it opens its thread then.',
    '店铺 {shop} 有咨询没有匹配的路由，无人可见。添加路由后会自动开启话题。',
  ],
  'trouble.quota': [
    '{percent} % of the daily quota "{quota}" of {name} are spent. Sends keep a reserve; reading stops first.',
    '{name} 的每日配额 “{quota}” 已用 {percent}%。发送保留余量，读取会先停止。',
  ],
  'trouble.quota-month': [
    '{percent} % of the {permits} calls that the plan of {name} allows this month are spent; at this rate the month takes {estimate}. Calls are saved now: messages share posts, cards are drawn less often. Once none is left the platform refuses posts until the month is over.',
    '{name} 的套餐本月允许 {permits} 次调用，已用 {percent}%；按目前速度全月需要 {estimate} 次。现在开始节省调用：消息合并发送，卡片更新减少。用完之后，平台会拒绝发送，直到下月。',
  ],
  'trouble.backup-failed': [
    'The backup failed: {reason} The ones before it are kept; it is tried again every ten minutes. See "threadmart doctor".',
    '备份失败：{reason}之前的备份已保留，每十分钟重试一次。请运行 "threadmart doctor"。',
  ],
  'trouble.message-lost': ['A message could not be shown here: {reason}', '有一条消息无法在此显示：{reason}'],
  'inquiry.resolved': ['Resolved by {name}.', '{name} 已标记为解决。'],
  'inquiry.reopened': ['The buyer wrote again.', '买家再次发来消息。'],
  'inquiry.claimed': ['{name} has it.', '{name} 已认领。'],
});
