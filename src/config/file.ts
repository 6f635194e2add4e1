import type { Environment } from '../config.ts';
import type { ChannelRef } from '../core/settings.ts';
import { botOf, defaultConnection } from '../core/settings.ts';
import { templateId } from '../core/templates/template.ts';
import type { FileSections } from './file-schema.ts';
import { fileSchema, laterSections } from './file-schema.ts';
import type { Problem, ValueProblem } from './problem.ts';
import { ConfigError, toProblems } from './problem.ts';
import { each } from './route-warnings.ts';
import { type FileMark, markOf } from './same-file.ts';
import type { Known } from './sections/values.ts';
import { fieldName, maxProblems, readYaml } from './yaml-source.ts';

export interface FileConfig {
  readonly sections: FileSections;
  /** What the file says and this version does not act on. */
  readonly warnings: readonly Problem[];
  readonly mark: FileMark;
  /** Where in the file something stands. */
  readonly locate: (problem: ValueProblem) => Problem;
}

/**
 * Reads `threadmart.yaml`.
 * @param env where `${NAME}` is read from
 * @param file its name, for the problems
 * @throws ConfigError that lists everything wrong with file, line, column and field, without values
 */
export function readConfigFile(text: string, env: Environment, known: Known, file = 'threadmart.yaml'): FileConfig {
  const { source, problems } = readYaml(text, env, file);
  // Without a value there is nothing more to say; with unset variables there may be.
  if (source.value === undefined) throw new ConfigError(problems);
  const parsed = fileSchema(known).safeParse(source.value);
  const wrong = parsed.success ? contradictions(parsed.data) : parsed.error.issues.flatMap((issue) => toProblems(issue, source.value));
  // A text with an unset variable in it may be wrong for that reason alone: each place is told once.
  const located = wrong
    .slice(0, maxProblems)
    .map((problem) => source.locate(problem))
    .filter((problem) => !problems.some((unset) => samePlace(unset, problem)));
  if (!parsed.success || problems.length + located.length > 0)
    throw new ConfigError([...problems, ...located].toSorted(byPlace).slice(0, maxProblems));
  const { data } = parsed;
  const given = laterSections.filter((section) => isFilled(Reflect.get(data, section)));
  return {
    sections: data,
    warnings: given.map((section) => source.locate({ path: [], key: section, sentence: { key: 'config.section-not-yet', params: {} } })),
    mark: markOf(text, source.variables, env),
    locate: source.locate,
  };
}

const samePlace = (a: Problem, b: Problem): boolean => a.line === b.line && a.column === b.column;
const byPlace = (a: Problem, b: Problem): number => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);

const isFilled = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== undefined && value !== null;

export const channelKey = (channel: ChannelRef): string => `${botOf(channel)}/${channel.id}`;

/** What each section alone cannot know. */
function contradictions({
  shops = [],
  channels,
  ops,
  routes = [],
  categories = [],
  agents = [],
  templates = [],
}: FileSections): readonly ValueProblem[] {
  const listed = channels && new Set(channels.map(channelKey));
  const isUnlisted = (ref: ChannelRef) => (listed === undefined || listed.has(channelKey(ref)) ? null : 'config.channel-unlisted');
  return [
    ...twice(shops.map((shop, index) => ({ id: `${shop.marketplace}:${shop.externalId}`, path: ['shops', index, 'externalId'] }))),
    ...twice((channels ?? []).map((channel, index) => ({ id: channelKey(channel), path: ['channels', index, 'id'] }))),
    ...twice(categories.map(({ name }, index) => ({ id: name, path: ['categories', index, 'name'] }))),
    ...twice(agents.map((agent, index) => ({ id: agent.name, path: ['agents', index, 'name'] }))),
    ...twice(
      agents.flatMap(({ email }, index) => (email === undefined ? [] : [{ id: email.toLowerCase(), path: ['agents', index, 'email'] }])),
    ),
    ...twice(templates.map((template, index) => ({ id: templateId(template), path: ['templates', index, 'name'] }))),
    ...twice(
      agents.flatMap((agent, index) =>
        agent.accounts.map(({ platform, connection = defaultConnection, userId }, position) => ({
          id: `${platform}/${connection}/${userId}`,
          path: ['agents', index, 'accounts', position],
        })),
      ),
    ),
    ...routes.flatMap(({ channel }, index) => each(channel, ['routes', index, 'channel'], isUnlisted)),
    ...each(ops, ['ops'], isUnlisted),
  ];
}

function twice(entries: readonly { readonly id: string; readonly path: readonly PropertyKey[] }[]): readonly ValueProblem[] {
  const seen = new Map<string, string>();
  return entries.flatMap(({ id, path }) => {
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, fieldName(path.slice(0, 2)));
      return [];
    }
    return [{ path, sentence: { key: 'config.twice', params: { first } } }] as const;
  });
}
