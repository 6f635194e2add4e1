import type { CommandStartedEvent, Db, Document } from 'mongodb';

/** A command as it was sent, without what speaks of the session and of how its answer travels. */
export interface Asked {
  readonly collection: string;
  /** What tells it from others: verb, collection, fields of filter and order. */
  readonly shape: string;
  readonly command: Document;
}

export interface Explained {
  readonly stages: readonly string[];
  readonly returned: number;
  readonly documents: number;
  readonly keys: number;
}

const fieldsThatFind = ['filter', 'query', 'sort', 'limit', 'skip', 'projection', 'pipeline', 'key', 'hint'];

/** The questions in one command; an update of many is many. */
export function toAsked({ commandName, command }: CommandStartedEvent): readonly Asked[] {
  const collection = String(command[commandName]);
  const asked = (more: Document): Asked => {
    const whole = { [commandName]: collection, ...more };
    return { collection, shape: `${commandName} ${collection} ${shapeOf(more)}`, command: whole };
  };
  const kept = (fields: readonly string[]) =>
    Object.fromEntries(fields.flatMap((field) => (field in command ? [[field, command[field]]] : [])));
  switch (commandName) {
    case 'find':
    case 'count':
    case 'distinct':
      return [asked(kept(fieldsThatFind))];
    case 'aggregate':
      return [asked({ pipeline: command['pipeline'], cursor: {} })];
    case 'findAndModify':
      return [asked({ query: command['query'], ...kept(['sort']), update: command['update'], upsert: command['upsert'] ?? false })];
    case 'update':
      return (command['updates'] as Document[]).map((one) => asked({ updates: [one] }));
    case 'delete':
      return (command['deletes'] as Document[]).map((one) => asked({ deletes: [one] }));
    default:
      return [];
  }
}

/** Field names and operators, not values: two questions of one shape are one. */
function shapeOf(command: Document): string {
  const { filter, query, sort, pipeline, updates, deletes } = command;
  const asked = filter ?? query ?? pipeline ?? updates?.[0].q ?? deletes?.[0].q;
  return [asked, sort ?? {}].map((part) => JSON.stringify(namesIn(part))).join(' ');
}

function namesIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.some((one) => typeof one === 'object' && one !== null && isPlain(one)) ? value.map(namesIn) : '[]';
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value === null ? null : '?';
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([name, inner]) => [name, namesIn(inner)]));
}

const isPlain = (value: object): boolean => value instanceof Map || Object.getPrototypeOf(value) === Object.prototype;

/** Asks the store how it would answer, and what it would read for that. Changes nothing. */
export async function explain(db: Db, { command }: Asked): Promise<Explained> {
  const answer = await db.command({ explain: command, verbosity: 'executionStats' });
  // An aggregation is explained by its first stage where its plan has several.
  const plan = (answer['stages']?.[0]?.['$cursor'] ?? answer) as Document;
  const { executionStats, queryPlanner } = plan;
  return {
    stages: stagesIn(queryPlanner?.['winningPlan']),
    returned: Number(executionStats?.['nReturned']),
    documents: Number(executionStats?.['totalDocsExamined']),
    keys: Number(executionStats?.['totalKeysExamined']),
  };
}

function stagesIn(plan: Document | undefined): string[] {
  if (!plan) return [];
  const inner = [plan['inputStage'], plan['queryPlan'], ...((plan['inputStages'] as Document[] | undefined) ?? [])];
  return [...(plan['stage'] ? [String(plan['stage'])] : []), ...inner.flatMap((one) => stagesIn(one as Document | undefined))];
}
