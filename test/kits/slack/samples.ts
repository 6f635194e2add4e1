import type { MarkupSample } from '../../contract/bot-kit.ts';

/**
 * What Slack makes of what people type, and what it means as plain text. Tokens stand for what was picked from a list.
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export const samples: readonly MarkupSample[] = [
  { typed: '1 < 2 & 3 > 2', text: '1 < 2 & 3 > 2', mentions: [] },
  { typed: '&amp; &lt;', text: '&amp; &lt;', mentions: [] },
  { typed: 'see https://shop.example/lamp?a=1&b=2', text: 'see https://shop.example/lamp?a=1&b=2', mentions: [] },
  { typed: 'mail <mailto:a@b.example|a@b.example>', text: 'mail a@b.example', mentions: [] },
  { typed: 'thanks :+1:', text: 'thanks 👍', mentions: [] },
  { typed: 'line one\nline two', text: 'line one\nline two', mentions: [] },
  { typed: '<!date^1700000000^{date}|14 Nov>', text: '14 Nov', mentions: [] },
  { typed: 'it is *ready* now', text: 'it is ready now', mentions: [] },
  { typed: '2*3*4 and snake_case_name', text: '2*3*4 and snake_case_name', mentions: [] },
  { typed: 'in <#C0123456789|th-support>', text: 'in #th-support', mentions: [] },
  { typed: '<https://shop.example/lamp|this lamp>', text: /https:\/\/shop\.example\/lamp/, mentions: [] },
  { typed: '<@U0BOSS> can you?', text: /^[^<>]*can you\?$/, mentions: ['U0BOSS'] },
  { typed: '<@U0BOSS> and <@U0MEMBER>', text: /^[^<>]*and[^<>]*$/, mentions: ['U0BOSS', 'U0MEMBER'] },
  { typed: '<@U0THREADBOT> hello', text: /^[^<>]*hello$/, mentions: [] },
  // It calls every colleague in the channel, so it counts as a mention.
  { typed: 'all <!here>', text: /^all[^<>]*$/, mentions: ['here'] },
];
