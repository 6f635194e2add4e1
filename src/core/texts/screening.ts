import { catalogue } from './catalogue.ts';

/** Why a text is held or remarked on at the door out. Keys begin with `screening.`, then the rule's name. */
export const screening = catalogue({
  'screening.empty': ['it has no text', '没有文字内容'],
  'screening.too-long': ['it is longer than {max} characters', '超过 {max} 个字符'],
  'screening.phone': ['it looks like it holds a phone number', '疑似包含电话号码'],
  'screening.digits': ['it holds a long number; make sure that it is not a phone number', '包含一串较长的数字，请确认不是电话号码'],
  'screening.mail': ['it looks like it holds an e-mail address', '疑似包含电子邮箱'],
  'screening.link': ['it looks like it links away from the marketplace', '疑似包含平台以外的链接'],
  'screening.messenger': ['it looks like it leads to a chat outside the marketplace', '疑似引导到平台以外的聊天工具'],
});
