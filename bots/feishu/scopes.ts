import type { TextKey } from '../../src/core/texts/index.ts';

/** A permission, by the name to ask for; others do as well. What will not work without it. */
export interface NeededScope {
  readonly anyOf: readonly string[];
  readonly effect: TextKey;
}

/** Each stands on the page of the API or event that wants it, under https://open.feishu.cn/document/server-docs/ (2026-11-28). */
export const scopes: readonly NeededScope[] = [
  { anyOf: ['im:message:send_as_bot', 'im:message', 'im:message:send'], effect: 'platform.effect-post' },
  {
    anyOf: ['im:message.group_at_msg:readonly', 'im:message.group_at_msg', 'im:message.group_msg', 'im:message.group_msg:readonly'],
    effect: 'platform.effect-receive',
  },
  // Sensitive: an administrator has to grant it.
  { anyOf: ['im:message.group_msg', 'im:message.group_msg:readonly'], effect: 'platform.effect-mentions-only' },
  { anyOf: ['im:message.p2p_msg:readonly', 'im:message.p2p_msg'], effect: 'platform.effect-commands' },
  { anyOf: ['im:message:readonly', 'im:message', 'im:message.history:readonly'], effect: 'platform.effect-recalls' },
  { anyOf: ['im:resource', 'im:resource:upload'], effect: 'platform.effect-files' },
  { anyOf: ['im:message.reactions:write_only', 'im:message'], effect: 'platform.effect-marks' },
  { anyOf: ['im:message.reactions:read', 'im:message'], effect: 'platform.effect-emoji' },
  { anyOf: ['im:chat:readonly', 'im:chat', 'im:chat:read'], effect: 'platform.effect-group-state' },
  // Two for one call: the call itself (as its refusal says: https://github.com/m1heng/clawdbot-feishu/issues/149, 2026-11-28), and the name in its answer.
  {
    anyOf: [
      'contact:contact.base:readonly',
      'contact:contact:access_as_app',
      'contact:contact:readonly_as_app',
      'contact:contact:readonly',
    ],
    effect: 'platform.effect-people',
  },
  {
    anyOf: ['contact:user.base:readonly', 'contact:contact:readonly_as_app', 'contact:contact:readonly'],
    effect: 'platform.effect-people',
  },
];
