import type { Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameKey } from '../../src/core/desk/search.ts';
import { inquiryId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import type { Locale } from '../../src/core/texts/index.ts';
import { addMs } from '../../src/core/time.ts';
import { createFind } from '../../src/find.ts';
import { createFindStore } from '../../src/store/find.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { inquiry, now, settings, shop } from '../core/fixtures.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';
import { type Asked, explain, toAsked } from './replay.ts';

const others = 3_000;

describe('finding inquiries', () => {
  let store: TestStore;
  const came = (conversation: string, id: string, minutesAgo: number) => ({
    ...{ _id: `${shop._id}|${conversation}`, shopId: shop._id, conversationId: conversation, buyer: {}, buyerReadAt: null },
    ...{ source: { kind: 'order', id }, sourceAt: addMs(now, -minutesAgo * 60_000), reconciledTo: null, reconciledAt: null },
  });
  beforeAll(async () => {
    store = await openTestStore();
    const of = (id: string, minutesAgo: number, name: string, more: Partial<Inquiry> = {}): Inquiry => ({
      ...{
        ...inquiry,
        _id: inquiryId(id),
        conversationId: `c-${id}` as Inquiry['conversationId'],
        openedAt: addMs(now, -minutesAgo * 60_000),
      },
      ...{ buyer: { name, externalId: `b-${id}` }, buyerKey: nameKey(name), status: 'resolved', open: false },
      ...more,
    });
    await store.connection.collection('inquiries').insertMany([
      of('first', 50, 'Somchai', { references: ['o1', 'o2'], buyer: { name: 'Somchai', externalId: 'b1' } }),
      of('second', 20, 'somsri', { references: ['o2'], buyer: { name: 'somsri', externalId: 'b2' } }),
      of('third', 30, 'SOMCHAI', { references: ['x', 'o2', 'y'], buyer: { name: 'SOMCHAI', externalId: 'b1' } }),
      of('fourth', 40, 'Nok', { references: [], thread: null }),
      ...Array.from({ length: others }, (_, index) => of(`other-${index}`, 100 + index, `many ${index}`, { references: [`r${index}`] })),
      // Of an earlier version.
      { ...inquiry, _id: inquiryId('old'), conversationId: 'c-old' },
    ] as never);
    await store.connection
      .collection('conversations')
      .insertMany([came('c-second', 'o9', 5), came('c-fourth', 'o9', 1), came('c-third', 'o8', 1)] as never);
  });
  afterAll(() => store.close());

  const find = (masks = false) =>
    createFind({
      store: createFindStore(store.connection),
      shops: { byId: async () => shop },
      settings: () => ({ desk: { ...settings.desk, maskBuyers: masks } }),
      clock: { now: () => now },
    });
  /** Ids in their order, and what is said besides. */
  async function told(words: string, { masks = false, locale = 'en' as Locale } = {}): Promise<readonly string[]> {
    return (await find(masks)(words, locale)).flatMap((part) => {
      if (part.kind === 'notice') return [part.notice.key];
      if (part.kind !== 'lines') throw new Error(`no ${part.kind} was asked for`);
      return part.lines.map((line) => (typeof line === 'string' ? line : line.words).split(' · ')[0] ?? '');
    });
  }

  it.each([
    ['an order, the newest first', 'o2', ['second', 'third', 'first']],
    ['an order, to the letter', 'O2', ['find.none']],
    ['an order that buyers came from', 'o9', ['second', 'fourth']],
    ['a buyer by the marketplace’s id', 'b1', ['third', 'first']],
    ['a conversation', 'c-fourth', ['fourth']],
    ['one of an earlier version by its conversation', 'c-old', ['old']],
    ['a buyer by how the name begins', 'SOM', ['second', 'third', 'first']],
    ['a buyer by the whole name, whatever its case', 'somchai', ['third', 'first']],
    ['nothing inside of a name', 'omchai', ['find.none']],
    ['nothing by a pattern', 'som.*', ['find.none']],
    ['nothing for what is no name', '?', ['find.how']],
  ])('by %s', async (_, words, wanted) => {
    expect(await told(words)).toEqual(wanted.map((one) => (one.startsWith('find.') ? one : one.slice(0, 6))));
  });

  it('names whole ones alone where names are hidden, so that nobody learns one letter by letter', async () => {
    expect(await told('som', { masks: true })).toEqual(['find.none-masked']);
    expect(await told('somchai', { masks: true })).toEqual(['third', 'first']);
  });

  it('shows ten, and says that there are more', async () => {
    const some = await told('many');
    expect([some.length, some.at(-1)]).toEqual([11, 'find.more-many']);
    expect((await told('many 299')).at(-1)).toBe('find.more-some');
  });

  it('asks by index, and reads little more than it answers', async () => {
    const asked: Asked[] = [];
    const watched = await openDatabase(store.uri, { onCommand: (event) => asked.push(...toAsked(event)) });
    try {
      const { byExternalId, byName } = createFindStore(watched);
      for (const id of ['o2', 'o9', 'b1', 'c-fourth', 'nothing']) await byExternalId(id, 11);
      await byName('many', { whole: false, limit: 200 });
      await byName('som', { whole: false, limit: 200 });
      await byName('somchai', { whole: true, limit: 200 });
      // Of each id four kinds, and the conversations' inquiries of the one that somebody came from; then the names.
      expect(asked.filter(({ collection }) => collection === 'inquiries' || collection === 'conversations')).toHaveLength(5 * 4 + 1 + 3);
      for (const one of asked) {
        const { stages, returned, documents, keys } = await explain(watched.db as unknown as Db, one);
        expect(stages).not.toContain('COLLSCAN');
        expect(stages).not.toContain('SORT');
        expect(Math.max(documents, keys)).toBeLessThanOrEqual(returned + 2);
      }
    } finally {
      await watched.close();
    }
  });
});
