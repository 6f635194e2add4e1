import type { CreateIndexesOptions, IndexDirection } from 'mongodb';

/** One index, as data: made at start, only when missing. Tests walk the same list. */
export interface IndexSpec {
  readonly collection: string;
  readonly key: Readonly<Record<string, IndexDirection>>;
  readonly options: CreateIndexesOptions;
}
