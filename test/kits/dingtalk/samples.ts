import type { MarkupSample } from '../../contract/bot-kit.ts';

/**
 * What people type, and what it means as plain text: messages to a robot carry no markup, mentions stand in the words. Tokens stand for who was picked from the list.
 * Whether the name of a mentioned person stays in the words is UNCONFIRMED.
 */
export const samples: readonly MarkupSample[] = [
  { typed: '1 < 2 & 3 > 2', text: '1 < 2 & 3 > 2', mentions: [] },
  { typed: '&amp; &lt;', text: '&amp; &lt;', mentions: [] },
  { typed: 'see https://shop.example/lamp?a=1&b=2', text: 'see https://shop.example/lamp?a=1&b=2', mentions: [] },
  { typed: 'line one\nline two', text: 'line one\nline two', mentions: [] },
  { typed: '2*3*4 and snake_case_name', text: '2*3*4 and snake_case_name', mentions: [] },
  { typed: '  it is [ready] now ', text: /^\s*it is \[ready\] now\s*$/, mentions: [] },
];
