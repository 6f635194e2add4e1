import { harmless } from '../core/columns.ts';
import type { Finding } from '../core/connector.ts';
import type { Context } from './command.ts';

/** One line a check; under what is wrong, what will not work without it. */
export function findingLines({ say }: Pick<Context, 'say'>, findings: readonly Finding[]): string[] {
  const lines = findings.flatMap(({ check, ok, problem, effect }) => [
    `${ok ? '\u2713' : '\u2717'} ${harmless(check)}${problem ? `: ${harmless(problem)}` : ''}`,
    ...(effect ? [`    ${harmless(effect)}`] : []),
  ]);
  const problems = findings.filter(({ ok }) => !ok).length;
  return [...lines, '', problems === 0 ? say('cli.findings.none') : say('cli.findings.some', { count: problems })];
}
