import type { Document } from 'bson';
import { CommandError } from '../errors.ts';
import type { Plan } from '../plan.ts';
import type { Query } from '../query.ts';
import type { Sort } from '../sort.ts';
import { type Command, type Context, collectionName, listIn, namedCollection, objectIn, ok } from './command.ts';
import { readQuery, splitPipeline, start } from './read.ts';

/** The collection that a command asks, and the query by which it finds documents. */
function queryOf(command: Document, context: Context): { readonly name: unknown; readonly query: Query } {
  const [verb, name] = Object.entries(command)[0] ?? [];
  const first = (list: unknown): Document => listIn(list, 'the parts')[0] ?? {};
  switch (verb) {
    case 'find':
      return { name, query: readQuery(command, command['filter'], context) };
    case 'count':
    case 'distinct':
      return { name, query: readQuery(command, command['query'], context) };
    case 'findAndModify':
      return { name, query: readQuery({ ...command, limit: 1 }, command['query'], context) };
    case 'update':
      return { name, query: readQuery({ hint: first(command['updates'])['hint'] }, first(command['updates'])['q'], context) };
    case 'delete':
      return { name, query: readQuery({ hint: first(command['deletes'])['hint'] }, first(command['deletes'])['q'], context) };
    case 'aggregate':
      return { name, query: splitPipeline(command, context).query };
    default:
      throw new CommandError(59, `Explain failed due to unknown command: ${verb}`);
  }
}

/** Tells the plan, and unless only that is asked for runs the query to count what it reads. Nothing is written. */
export const explain: Command = {
  fields: ['verbosity'],
  store: 'reads',
  run(command, context) {
    const explained = objectIn(command['explain'], 'explain');
    const { name, query } = queryOf(explained, context);
    const running = start(namedCollection(name, context), query, context);
    const queryPlanner = {
      namespace: `${context.database}.${collectionName(name)}`,
      parsedQuery: query.filter,
      winningPlan: printQuery(running.plan, query),
      rejectedPlans: [],
    };
    if (command['verbosity'] === 'queryPlanner') return ok({ explainVersion: '1', queryPlanner, command: explained });
    let nReturned = 0;
    for (const _ of running.rows) nReturned += 1;
    const executionStats = {
      executionSuccess: true,
      nReturned,
      totalKeysExamined: running.effort.keys,
      totalDocsExamined: running.effort.documents,
    };
    return ok({ explainVersion: '1', queryPlanner, executionStats, command: explained });
  },
};

function printQuery(plan: Plan, { sort, skip, limit }: Query): Document {
  const stages = [
    ...(skip > 0 ? [{ stage: 'SKIP', skipAmount: skip }] : []),
    ...(limit < Number.POSITIVE_INFINITY ? [{ stage: 'LIMIT', limitAmount: limit }] : []),
  ];
  return stages.reduce<Document>((inputStage, stage) => ({ ...stage, inputStage }), printPlan(plan, sort));
}

function printPlan(plan: Plan, sort: Sort): Document {
  if (plan.kind === 'or') {
    const inputStages = plan.branches.map(({ plan: branch }) => printPlan(branch, sort));
    return { stage: sort.length > 0 ? 'SORT_MERGE' : 'OR', inputStages };
  }
  const found = plan.kind === 'scan' ? { stage: 'COLLSCAN', direction: plan.reverse ? 'backward' : 'forward' } : printIndexPlan(plan);
  return plan.sorted ? found : { stage: 'SORT', sortPattern: Object.fromEntries(sort), inputStage: found };
}

function printIndexPlan({ index, groups, reverse, sorted }: Extract<Plan, { kind: 'index' }>): Document {
  const scan = {
    stage: 'IXSCAN',
    keyPattern: Object.fromEntries(index.spec.key),
    indexName: index.spec.name,
    isMultiKey: index.multikey,
    direction: reverse ? 'backward' : 'forward',
    ranges: groups.reduce((sum, { ranges }) => sum + ranges.length, 0),
  };
  const inputStage = sorted && groups.length > 1 ? { stage: 'SORT_MERGE', inputStage: scan } : scan;
  return { stage: 'FETCH', inputStage };
}
