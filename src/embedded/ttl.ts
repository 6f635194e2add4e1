import type { Catalog } from './catalog.ts';
import { afterPrefix, encodeValue, inverted } from './keys.ts';
import type { Records } from './records.ts';
import { typeRank } from './values.ts';
import type { Writes } from './writes.ts';

/** Removes what TTL indexes say has had its time. Only dates expire, as in MongoDB. */
export function expire(catalog: Catalog, records: Records, writes: Writes, nowMs: number): void {
  for (const collection of catalog.all()) {
    for (const { id, spec } of collection.indexes) {
      if (spec.expireAfterSeconds === null) continue;
      const first = Buffer.from([typeRank.date]);
      const last = encodeValue(new Date(nowMs - spec.expireAfterSeconds * 1_000));
      const [low, high] = spec.key[0]?.[1] === -1 ? [inverted(last), afterPrefix(inverted(first))] : [first, afterPrefix(last)];
      const due = new Map([...records.range(id, low, high, false)].map((entry) => [entry.rid, entry]));
      for (const record of due.values()) writes.delete(collection, record);
    }
  }
}
