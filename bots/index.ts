import type { BotDefinition } from './bot.ts';
import { dingtalk } from './dingtalk/index.ts';
import { feishu } from './feishu/index.ts';
import { slack } from './slack/index.ts';

/** Every chat platform that Threadmart knows. Adding one: a folder, a line here, a test kit. */
export const bots: readonly BotDefinition[] = [slack, feishu, dingtalk];
