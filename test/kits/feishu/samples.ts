import type { MarkupSample } from '../../contract/bot-kit.ts';
import { users } from './cast.ts';

/**
 * What Feishu's client makes of what people type, and what it means as plain text: text with placeholders, or a rich text where there is formatting.
 * @see https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/im-v1/message/create_json.md (read 2026-11-28)
 */
export const samples: readonly MarkupSample[] = [
  { typed: '1 < 2 & 3 > 2', text: '1 < 2 & 3 > 2', mentions: [] },
  { typed: '&amp; &lt;', text: '&amp; &lt;', mentions: [] },
  { typed: 'see https://shop.example/lamp?a=1&b=2', text: 'see https://shop.example/lamp?a=1&b=2', mentions: [] },
  { typed: 'line one\nline two', text: 'line one\nline two', mentions: [] },
  { typed: 'thanks 👍', text: 'thanks 👍', mentions: [] },
  { typed: '2*3*4 and snake_case_name', text: '2*3*4 and snake_case_name', mentions: [] },
  { typed: 'it is **ready** now', text: 'it is ready now', mentions: [] },
  { typed: 'it is **ready**\nsee below', text: 'it is ready\nsee below', mentions: [] },
  { typed: 'thanks :THUMBSUP:', text: /^thanks [^:]+$/, mentions: [] },
  { typed: '[this lamp](https://shop.example/lamp)', text: /https:\/\/shop\.example\/lamp/, mentions: [] },
  { typed: `<@${users.supervisor}> can you?`, text: /^[^<>]*can you\?$/, mentions: [users.supervisor] },
  { typed: `<@${users.supervisor}> and <@${users.member}>`, text: /^[^<>]*and[^<>]*$/, mentions: [users.supervisor, users.member] },
  { typed: `<@${users.supervisor}> it is **ready**`, text: /^[^<>*]*it is ready$/, mentions: [users.supervisor] },
];
