import type { Document } from 'bson';
import { decode, type Fields, pick } from './bytes.ts';
import type { Collection } from './catalog.ts';
import { CommandError } from './errors.ts';
import { compileFilter, fieldsAsked, type Matches } from './matcher.ts';
import { choosePlan, type Group, type Plan, type Question } from './plan.ts';
import type { Records, StoredEntry, StoredRecord } from './records.ts';
import { sorted, sortKeyOf } from './sort.ts';

export interface Query extends Question {
  readonly skip: number;
  /** Infinity: all. */
  readonly limit: number;
  /** When to give up, in milliseconds of the wall clock; null: never. */
  readonly deadlineMs: number | null;
}

/** A stored document; it is decoded when somebody first looks into it. */
export class Row {
  readonly rid: number;
  readonly bytes: Uint8Array;
  #document: Document | null = null;
  constructor({ rid, bytes }: StoredRecord) {
    this.rid = rid;
    this.bytes = bytes;
  }
  get document(): Document {
    this.#document ??= decode(this.bytes);
    return this.#document;
  }
  /** The document as far as these fields go, or with more. */
  part(fields: Fields): Document {
    return this.#document ?? (fields === 'all' ? this.document : pick(this.bytes, fields));
  }
}

/** What a query has read so far. */
export interface Effort {
  keys: number;
  documents: number;
}

export interface RunningQuery {
  readonly plan: Plan;
  readonly effort: Effort;
  readonly rows: Iterable<Row>;
}

export function runQuery(records: Records, collection: Collection, query: Query): RunningQuery {
  const condition = conditionOf(query.filter);
  const plan = choosePlan(collection, query);
  const effort: Effort = { keys: 0, documents: 0 };
  const context = { records, collection, query, effort, most: query.skip + query.limit };
  return { plan, effort, rows: page(inOrder(context, plan, condition), query) };
}

/** What a document has to meet; null: nothing. */
type Condition = { readonly matches: Matches; readonly fields: Fields } | null;

function conditionOf(filter: Document): Condition {
  const matches = compileFilter(filter);
  return Object.keys(filter).length === 0 ? null : { matches, fields: fieldsAsked(filter) };
}

interface Context {
  readonly records: Records;
  readonly collection: Collection;
  readonly query: Query;
  readonly effort: Effort;
  /** No more rows than these are wanted. */
  readonly most: number;
}

function* page(rows: Iterable<Row>, { skip, limit }: Query): Generator<Row> {
  let seen = 0;
  for (const row of rows) {
    seen += 1;
    if (seen > skip) yield row;
    if (seen >= skip + limit) return;
  }
}

function inOrder(context: Context, plan: Plan, condition: Condition): Iterable<Row> {
  const { sort } = context.query;
  const keyOf = sortKeyOf(sort);
  if (plan.kind === 'or') {
    const branches = plan.branches.map(({ plan: branch, filter }) => inOrder(context, branch, conditionOf(filter)));
    const rows = sort.length === 0 ? chained(branches) : merged(branches, (row) => keyOf(row.document), false);
    return once(rows);
  }
  const rows = filtered(context, candidates(context, plan), condition);
  return plan.sorted ? rows : sorted(rows, (row) => keyOf(row.document), context.most);
}

function* filtered({ query: { deadlineMs } }: Context, rows: Iterable<Row>, condition: Condition): Generator<Row> {
  for (const row of rows) {
    if (deadlineMs !== null && Date.now() > deadlineMs) throw new CommandError(50, 'operation exceeded time limit');
    if (!condition || condition.matches(row.part(condition.fields))) yield row;
  }
}

function candidates({ records, collection, effort }: Context, plan: Exclude<Plan, { kind: 'or' }>): Iterable<Row> {
  if (plan.kind === 'scan') return toRows(records.scan(collection, plan.reverse), effort);
  const { index, groups, exact, reverse } = plan;
  const streams = groups.map((group) =>
    exact ? entriesAt(records, index.id, group, reverse) : entriesOf(records, index.id, group, reverse),
  );
  const suffix = (entry: StoredEntry & { readonly group: Group }) => entry.key.subarray(entry.group.prefixBytes);
  const entries = plan.sorted && streams.length > 1 ? merged(streams, suffix, reverse) : chained(streams);
  const rows = toRows(counted(entries, effort), effort);
  return index.multikey ? once(rows) : rows;
}

function* entriesOf(records: Records, index: number, group: Group, reverse: boolean): Generator<StoredEntry & { readonly group: Group }> {
  for (const { low, high } of reverse ? group.ranges.toReversed() : group.ranges) {
    for (const { key, rid, bytes } of records.range(index, low, high, reverse)) yield { key, rid, bytes, group };
  }
}

function* entriesAt(records: Records, index: number, group: Group, reverse: boolean): Generator<StoredEntry & { readonly group: Group }> {
  for (const { low: key } of reverse ? group.ranges.toReversed() : group.ranges) {
    const record = records.at(index, key);
    if (record) yield { key, rid: record.rid, bytes: record.bytes, group };
  }
}

function* counted<T>(items: Iterable<T>, effort: Effort): Generator<T> {
  for (const item of items) {
    effort.keys += 1;
    yield item;
  }
}

function* toRows(stored: Iterable<StoredRecord>, effort: Effort): Generator<Row> {
  for (const record of stored) {
    effort.documents += 1;
    yield new Row(record);
  }
}

/** Each record once: it may stand in an index under several keys, and match several branches. */
function* once(rows: Iterable<Row>): Generator<Row> {
  const seen = new Set<number>();
  for (const row of rows) {
    if (seen.has(row.rid)) continue;
    seen.add(row.rid);
    yield row;
  }
}

function* chained<T>(streams: readonly Iterable<T>[]): Generator<T> {
  for (const stream of streams) yield* stream;
}

/** Streams that are each in order, as one in order. */
function* merged<T>(streams: readonly Iterable<T>[], keyOf: (item: T) => Uint8Array, reverse: boolean): Generator<T> {
  interface Head {
    readonly key: Uint8Array;
    readonly item: T;
    readonly rest: Iterator<T>;
  }
  /** Sorted, the first to come last. */
  const heads: Head[] = [];
  const advance = (rest: Iterator<T>): void => {
    const next = rest.next();
    if (next.done) return;
    const key = keyOf(next.value);
    let low = 0;
    let high = heads.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = Buffer.compare((heads[middle] as Head).key, key);
      if (reverse ? order < 0 : order > 0) low = middle + 1;
      else high = middle;
    }
    heads.splice(low, 0, { key, item: next.value, rest });
  };
  for (const stream of streams) advance(stream[Symbol.iterator]());
  for (let head = heads.pop(); head; head = heads.pop()) {
    yield head.item;
    advance(head.rest);
  }
}
