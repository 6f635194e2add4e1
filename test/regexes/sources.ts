import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

export const root = new URL('../..', import.meta.url).pathname;

/** A place in the sources where a regular expression is made. */
export interface RegexSite {
  /** From the root of the project: `src/log.ts`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Null: it is put together at run time, by `RegExp(...)`. */
  readonly literal: { readonly source: string; readonly flags: string } | null;
}

/** Every regular expression of the product: each literal, and each call of `RegExp`, wherever it stands. */
export function regexSites(): readonly RegexSite[] {
  return filesOf('src', 'adapters', 'bots', 'jobs').flatMap((file) => sitesOf(file, readFileSync(join(root, file), 'utf8')));
}

export function sitesOf(file: string, text: string): readonly RegexSite[] {
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const found: RegexSite[] = [];
  const note = (node: ts.Node, literal: RegexSite['literal']) =>
    found.push({ file, line: parsed.getLineAndCharacterOfPosition(node.getStart()).line + 1, literal });
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      note(node, { source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    } else if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp') note(node, null);
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

/** Program files below these folders, from the root of the project. */
export const filesOf = (...folders: readonly string[]): readonly string[] => folders.flatMap(filesIn);

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
