import { catalogue } from './catalogue.ts';

/** Finding inquiries again. */
export const find = catalogue({
  'find.line': ['{id} · {status} · {shop} · {buyer} · opened {age} ago', '{id} · {status} · {shop} · {buyer} · {age}前开启'],
  'find.how': [
    "Say what to look for: an order's or a product's number, the buyer's or the conversation's id, or how the buyer's name begins (two characters at least), such as \"find 576653688135250001\".",
    '请写明要查找的内容：订单号或商品编号、买家或会话 ID，或买家昵称的开头（至少两个字符），例如“find 576653688135250001”。',
  ],
  'find.none': [
    'Nothing is found: no inquiry names this order or product, and no buyer has this id or a name that begins so. Ids count to the letter.',
    '未找到：没有咨询涉及该订单或商品，也没有买家的 ID 与之相同或昵称以此开头。ID 须完整一致。',
  ],
  'find.none-masked': [
    'Nothing is found: no inquiry names this order or product, and no buyer has this id or this name. Names are hidden here, so write the whole one.',
    '未找到：没有咨询涉及该订单或商品，也没有买家的 ID 或昵称与之相同。此处昵称已隐藏，请写完整昵称。',
  ],
  'find.more-some': ['These are the newest {count}; there are more.', '仅列出最新的 {count} 个，另有更多。'],
  'find.more-many': [
    'Very many names begin so, and these {count} need not be the newest; write more of the name.',
    '以此开头的昵称过多，这 {count} 个未必是最新的，请写得更完整。',
  ],
  'command.help.find': [
    '!{word} 5766536881352500, !{word} som: inquiries of an order, or of a buyer by id or by how the name begins',
    '!{word} 5766536881352500、!{word} som：按订单号、买家 ID 或昵称开头查找咨询',
  ],
  'help.find': [
    '/tm find 5766536881352500, /tm find som: the inquiries of an order or a buyer.',
    '/tm find 5766536881352500、/tm find som：查找某订单或某买家的咨询。',
  ],
});
