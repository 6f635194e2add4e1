import type { Document, Node, Pair } from 'yaml';
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Environment } from '../config.ts';
import { isTextKey } from '../core/texts/index.ts';
import type { Problem, Sentence, ValueProblem } from './problem.ts';

/** Far more than a file that people write; a bound on what a slip (or a joke of nested aliases) can cost. */
const maxFileChars = 1_000_000;
const maxAliases = 100;
/** Of all names together: to find what one of them means, the parser goes through them all. */
const maxAliasUses = 1_000;
/** A person mends a hundred and tries again; to tell all of a million would take minutes. */
export const maxProblems = 100;

export interface YamlSource {
  readonly value: unknown;
  /** Names that were read from the environment. */
  readonly variables: readonly string[];
  /** With file, line and column. */
  locate(problem: ValueProblem): Problem;
}

/**
 * YAML 1.2 to a value, with `${NAME}` in texts replaced from the environment. A replaced text stays text: its content is not read as YAML again.
 * The parser's own messages quote the file, so they are not passed on.
 */
export function readYaml(
  text: string,
  env: Environment,
  file: string,
): { readonly source: YamlSource; readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const at = (offset: number, field: string, sentence: Sentence): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, field, sentence };
  };
  if (text.length > maxFileChars)
    return failed([{ file, line: null, column: null, field: '', sentence: { key: 'config.yaml.too-large', params: {} } }]);
  // Keys that are there twice are looked for below: the parser compares each key of a mapping with each other one.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const broken = [...document.errors, ...document.warnings].slice(0, maxProblems).map(({ code, pos }) => ({
    offset: pos[0],
    sentence: yamlSentence(code, lineAt(text, pos[0])),
  }));
  const wrong = [...broken, ...structureProblems(document)].slice(0, maxProblems);
  if (wrong.length > 0) return failed(wrong.map(({ offset, sentence }) => at(offset, '', sentence)));
  const variables = new Set<string>();
  const problems = resolveNames(document, env, variables).map(({ offset, sentence }) => at(offset, '', sentence));
  const source: YamlSource = {
    value: toValue(document),
    variables: [...variables],
    locate: ({ path, key, sentence }) =>
      at(offsetOf(document, path, key), fieldName([...path, ...(key === undefined ? [] : [key])]), sentence),
  };
  if (source.value === unreadable) return failed([at(0, '', { key: 'config.yaml.aliases', params: {} })]);
  return { source, problems };
}

const failed = (problems: readonly Problem[]) => ({
  source: {
    value: undefined,
    variables: [],
    locate: ({ sentence }: ValueProblem): Problem => ({ file: null, line: null, column: null, field: '', sentence }),
  },
  problems,
});

/** There are too many aliases. */
const unreadable = Symbol('unreadable');

function toValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases }) ?? {};
  } catch (error) {
    if (error instanceof ReferenceError) return unreadable;
    throw error;
  }
}

/** @param line where it stands; only looked at */
function yamlSentence(code: string, line = ''): Sentence {
  // The commonest slip: `{ token: ${NAME} }`.
  const opened = line.search(/[{[]/);
  if (opened >= 0 && line.includes('${', opened)) return { key: 'config.yaml.variable-in-braces', params: {} };
  const key = `config.yaml.${code.toLowerCase().replaceAll('_', '-')}`;
  return isTextKey(key) ? { key, params: {} } : { key: 'config.yaml.broken', params: { code } };
}

const lineAt = (text: string, offset: number): string => text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';

interface PlacedSentence {
  readonly offset: number;
  readonly sentence: Sentence;
}

/** Keys that are there twice, and aliases that point nowhere or are too many. */
function structureProblems(document: Document): readonly PlacedSentence[] {
  const problems: PlacedSentence[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  const tell = (node: Node, code: string) => problems.push({ offset: node.range?.[0] ?? 0, sentence: yamlSentence(code) });
  visit(document, {
    Alias(_, alias) {
      if (!anchors.has(alias.source)) tell(alias, 'BAD_ALIAS');
      aliases += 1;
      if (aliases === maxAliasUses) tell(alias, 'ALIASES');
    },
    Scalar: (_, { anchor }) => void (anchor && anchors.add(anchor)),
    Seq: (_, { anchor }) => void (anchor && anchors.add(anchor)),
    Map(_, { anchor, items }) {
      if (anchor) anchors.add(anchor);
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) tell(key, 'DUPLICATE_KEY');
        keys.add(key.value);
      }
    },
  });
  return problems;
}

/** Replaces variables in place; tells of those that are not set. @param variables their names are added here */
function resolveNames(document: Document, env: Environment, variables: Set<string>): readonly PlacedSentence[] {
  const problems: PlacedSentence[] = [];
  visit(document, {
    Scalar(key, scalar) {
      if (key === 'key' || typeof scalar.value !== 'string') return;
      scalar.value = scalar.value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
        variables.add(name);
        const value = env[name];
        if (!value) problems.push({ offset: scalar.range?.[0] ?? 0, sentence: { key: 'config.variable-unset', params: { name } } });
        return value ?? '';
      });
    },
  });
  return problems;
}

/** Where a value stands; of a value that is missing, where its mapping begins. */
function offsetOf(document: Document, path: readonly PropertyKey[], key: string | undefined): number {
  let node: unknown = document.contents;
  for (const step of path) {
    const next = childOf(document, node, step);
    if (next === undefined) break;
    node = next;
  }
  const found = key === undefined ? node : (pairOf(resolve(document, node), key)?.key ?? node);
  return (found as Node | null)?.range?.[0] ?? 0;
}

function childOf(document: Document, node: unknown, step: PropertyKey): unknown {
  const parent = resolve(document, node);
  if (isSeq(parent)) return parent.items[Number(step)];
  const pair = pairOf(parent, String(step));
  // `name:` with nothing after it has no place of its own.
  return pair && ((pair.value as Node | null)?.range ? pair.value : pair.key);
}

const resolve = (document: Document, node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

function pairOf(node: unknown, key: string): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === key);
}

/** `shops[0].externalId`. A key that looks like no name is not told: behind a slip with a quote it may be a token. Line and column say where it is. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${plainName(String(step))}`))
    .join('');
}

const plainName = (key: string): string => (/^[A-Za-z_]{1,32}$/.test(key) ? key : '?');
