import { z } from 'zod';
import type { Problem } from './config/problem.ts';
import { ConfigError, toProblems } from './config/problem.ts';
import { defaultConnection } from './core/settings.ts';

/** What the environment settles, checked. Empty counts as unset. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** `https://answers.example.com`, without a slash at the end; null: not reachable from outside. */
  readonly publicUrl: string | null;
  /** Null: the embedded engine in `dataDir`. */
  readonly mongodbUri: string | null;
  readonly dataDir: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** Path of `threadmart.yaml`. */
  readonly configPath: string;
  /** True: `THREADMART_CONFIG` names it, so it must exist. */
  readonly configPathGiven: boolean;
  /** 32 bytes each; the first encrypts, all decrypt. Empty: the key lies in `dataDir`. */
  readonly secretKeys: readonly Uint8Array[];
  /** Null: the token lies in `dataDir`. */
  readonly adminToken: string | null;
  /** Settings of the marketplaces that are on, by name; what is not in it is off. */
  readonly marketplaces: ReadonlyMap<string, unknown>;
  /** The same of connections to chat platforms, by `slack/default`. */
  readonly bots: ReadonlyMap<string, unknown>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `loadConfig` needs of a marketplace's or bot's definition. */
export interface ConfiguredByEnvironment {
  readonly name: string;
  readonly environment: z.ZodType;
  readonly required: readonly string[];
}

const minimumAdminTokenLength = 16;

const secretKey = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/, 'config.expected.secret-key')
  .transform((encoded) => new Uint8Array(Buffer.from(encoded, 'base64')));

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'config.expected.port')
    .transform(Number)
    .refine((port) => port <= 65_535, 'config.expected.port')
    .default(3000),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'config.expected.public-url' })
    .transform((url) => url.replace(/(?<!\/)\/+$/, ''))
    .optional(),
  // Not a URL check: a MongoDB address may name several hosts, and that is no URL.
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/[^/\s]+/, 'config.expected.mongodb-uri')
    .optional(),
  DATA_DIR: z.string().default('./data'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  THREADMART_CONFIG: z.string().optional(),
  SECRET_KEY: z
    .string()
    .transform((list) => list.split(',').map((key) => key.trim()))
    .pipe(z.array(secretKey))
    .optional(),
  ADMIN_TOKEN: z.string().min(minimumAdminTokenLength, 'config.expected.admin-token').optional(),
});

/**
 * Reads the environment.
 * @throws ConfigError that lists everything wrong, variable by variable, without values
 */
export function loadConfig(
  env: Environment,
  connectors: { readonly marketplaces: readonly ConfiguredByEnvironment[]; readonly bots: readonly ConfiguredByEnvironment[] },
): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const parsed = environment.safeParse(set);
  const marketplaces = readConnectors(connectors.marketplaces, set);
  const bots = readConnections(connectors.bots, set);
  const problems = [
    ...(parsed.success ? [] : variableProblems(parsed.error, set)),
    ...(set['MONGODB_URI'] && !set['SECRET_KEY'] ? [problemOf('SECRET_KEY', { key: 'config.secret-key-required', params: {} })] : []),
    ...marketplaces.problems,
    ...bots.problems,
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const { data } = parsed;
  return {
    host: data.HOST,
    port: data.PORT,
    publicUrl: data.PUBLIC_URL ?? null,
    mongodbUri: data.MONGODB_URI ?? null,
    dataDir: data.DATA_DIR,
    logLevel: data.LOG_LEVEL,
    configPath: data.THREADMART_CONFIG ?? './threadmart.yaml',
    configPathGiven: data.THREADMART_CONFIG !== undefined,
    secretKeys: data.SECRET_KEY ?? [],
    adminToken: data.ADMIN_TOKEN ?? null,
    marketplaces: marketplaces.settings,
    bots: bots.settings,
  };
}

/** `FEISHU_APP_ID` is the default connection's, `FEISHU_APP_ID__EU` that of `feishu/eu`. Each stands for itself: nothing is taken from another one. */
const ofConnection = /^([A-Z][A-Z0-9_]*?)__([A-Z][A-Z0-9]{0,31})$/;

function readConnections(definitions: readonly ConfiguredByEnvironment[], set: Readonly<Record<string, string | undefined>>) {
  const all = definitions.map((definition) => {
    const prefix = `${definition.name.toUpperCase().replaceAll('-', '_')}_`;
    const named = new Map<string, Record<string, string | undefined>>();
    for (const [variable, value] of Object.entries(set)) {
      const [, base = '', suffix = ''] = ofConnection.exec(variable) ?? [];
      if (!base.startsWith(prefix)) continue;
      const own = named.get(suffix) ?? {};
      named.set(suffix, { ...own, [base]: value });
    }
    const usual = readConnectors([definition], set);
    const others = [...named].map(([suffix, own]) => ({ suffix, ...readConnectors([definition], own, suffix) }));
    return {
      settings: [
        ...[...usual.settings.values()].map((settings) => [`${definition.name}/${defaultConnection}`, settings] as const),
        ...others.flatMap(({ suffix, settings }) =>
          [...settings.values()].map((one) => [`${definition.name}/${suffix.toLowerCase()}`, one] as const),
        ),
      ],
      problems: [
        ...usual.problems,
        ...others.flatMap(({ suffix, settings, problems }) => {
          // A connection of that name, and one without its own: whatever was meant, it would answer in another's place.
          const taken = suffix.toLowerCase() === defaultConnection && (settings.size > 0 || problems.length > 0);
          return taken ? [problemOf(`${prefix}...__${suffix}`, { key: 'config.connection-default', params: {} })] : problems;
        }),
        ...sameApps(definition, new Map([['', set], ...named])),
      ],
    };
  });
  return { settings: new Map(all.flatMap(({ settings }) => settings)), problems: all.flatMap(({ problems }) => problems) };
}

/** Of one app each event goes to one of its connections, by chance. Which app it is, the first variable that is needed says. */
function sameApps(
  { required: [variable] }: ConfiguredByEnvironment,
  bySuffix: ReadonlyMap<string, Readonly<Record<string, string | undefined>>>,
): Problem[] {
  if (variable === undefined) return [];
  const known = new Map<string, string>();
  return [...bySuffix].flatMap(([suffix, own]) => {
    const called = suffix === '' ? variable : `${variable}__${suffix}`;
    const app = own[variable];
    const other = app === undefined ? undefined : known.get(app);
    if (app !== undefined && other === undefined) known.set(app, called);
    return other === undefined ? [] : [problemOf(called, { key: 'config.connection-twice', params: { other } })];
  });
}

/** @param suffix of the variables, as they are called to whoever set them */
function readConnectors(
  definitions: readonly ConfiguredByEnvironment[],
  set: Readonly<Record<string, string | undefined>>,
  suffix: string | null = null,
) {
  const called = (variable: string) => (suffix === null ? variable : `${variable}__${suffix}`);
  const settings = new Map<string, unknown>();
  const problems: Problem[] = [];
  for (const { name, environment: schema, required } of definitions) {
    const missing = required.filter((variable) => set[variable] === undefined);
    if (missing.length === required.length && required.length > 0) continue;
    if (missing.length > 0) {
      problems.push(...missing.map((variable) => problemOf(called(variable), { key: 'config.partly-set', params: { name } })));
      continue;
    }
    const parsed = schema.safeParse(set);
    if (parsed.success) settings.set(name, parsed.data);
    else
      problems.push(
        ...variableProblems(parsed.error, set).map((problem) => ({ ...problem, field: problem.field && called(problem.field) })),
      );
  }
  return { settings, problems };
}

const problemOf = (variable: string, sentence: Problem['sentence']): Problem => ({
  file: null,
  line: null,
  column: null,
  field: variable,
  sentence,
});

/** Each variable once: two rules that one value breaks are one thing to mend. */
function variableProblems(error: z.ZodError, set: object): Problem[] {
  const byVariable = new Map<string, Problem>();
  for (const issue of error.issues) {
    const variable = String(issue.path[0] ?? '');
    for (const { sentence } of toProblems(issue, set)) {
      if (!byVariable.has(variable)) byVariable.set(variable, problemOf(variable, sentence));
    }
  }
  return [...byVariable.values()];
}
