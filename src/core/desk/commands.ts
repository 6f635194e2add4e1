import { suggestName } from '../nearest.ts';
import { withoutInvisible } from '../text-plain.ts';

/** What follows the word. Anything else after it is a slip, and told. */
type Takes = 'nothing' | 'words' | 'person' | 'time' | 'name' | 'priority';

interface CommandSpec {
  /** What people type; the first is what help shows. No word stands for two commands. */
  readonly words: readonly string[];
  readonly takes: Takes;
}

/** One table behind every way in: `!word` in a thread, a button, a reaction, `/tm`. */
export const commands = {
  claim: { words: ['claim', 'take', '认领'], takes: 'nothing' },
  assign: { words: ['assign', '指派', '转给'], takes: 'person' },
  release: { words: ['release', 'unclaim', '释放'], takes: 'nothing' },
  resolve: { words: ['resolve', 'close', 'done', '解决', '完成'], takes: 'nothing' },
  reopen: { words: ['reopen', '重开'], takes: 'nothing' },
  snooze: { words: ['snooze', '稍后'], takes: 'time' },
  tag: { words: ['tag', '标签'], takes: 'name' },
  untag: { words: ['untag', '去标签'], takes: 'name' },
  priority: { words: ['priority', 'prio', '优先级'], takes: 'priority' },
  note: { words: ['note', '备注'], takes: 'words' },
  template: { words: ['template', 'tpl', '模板'], takes: 'words' },
  templates: { words: ['templates', '模板列表'], takes: 'nothing' },
  order: { words: ['order', '订单'], takes: 'nothing' },
  history: { words: ['history', '历史'], takes: 'nothing' },
  find: { words: ['find', 'search', '查找', '搜索'], takes: 'words' },
  'no-answer-needed': { words: ['no-answer-needed', 'nan', '无需回复'], takes: 'nothing' },
  away: { words: ['away', '离开'], takes: 'time' },
  back: { words: ['back', '回来'], takes: 'nothing' },
  undo: { words: ['undo', '撤回'], takes: 'nothing' },
  help: { words: ['help', '帮助'], takes: 'nothing' },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type CommandVerb = keyof typeof commands;

export type Command =
  | { readonly kind: 'command'; readonly verb: CommandVerb; readonly rest: string }
  /** `word` is none of ours; `meant` is the nearest that is. */
  | { readonly kind: 'unknown'; readonly word: string; readonly meant: string | null };

export const commandVerbs = Object.keys(commands) as CommandVerb[];
const byWord = new Map<string, CommandVerb>(commandVerbs.flatMap((verb) => commands[verb].words.map((word) => [word, verb] as const)));

/** What was typed after the sign. The first word decides; it is compared as `classify` gives it, in lower case and half-width. */
export function commandOf(word: string, rest: string): Command {
  const verb = byWord.get(word);
  // Words that people will read keep their joiners.
  if (verb) return { kind: 'command', verb, rest: (commands[verb].takes === 'words' ? rest : withoutInvisible(rest)).trim() };
  return { kind: 'unknown', word, meant: suggestName(word, [...byWord.keys()]) };
}

/** The word that help and suggestions show. */
export const wordOf = (verb: CommandVerb): string => commands[verb].words[0];
