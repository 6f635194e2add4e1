import { expect, it } from 'vitest';
import { reopen } from '../../src/core/desk/resolve.ts';
import { draftOf, toTurn } from '../../src/core/draft.ts';
import { inquiryId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { createInquiryStore } from '../../src/store/inquiries.ts';
import { allIndexes, createIndexes } from '../../src/store/open-database.ts';
import { inquiry, now } from '../core/fixtures.ts';
import { openTestStore } from '../store-helper.ts';

it('a case that is opened again while a newer one of its conversation has opened loses, and is decided anew', async () => {
  const store = await openTestStore();
  try {
    await createIndexes(store.connection, allIndexes, '');
    const inquiries = createInquiryStore(store.connection);
    const resolved: Inquiry = { ...inquiry, status: 'resolved', open: false, resolvedAt: now };
    const newer: Inquiry = { ...inquiry, _id: inquiryId('i2') };
    await store.connection.collection<Inquiry>('inquiries').insertMany([resolved, newer]);
    const draft = draftOf(resolved);
    reopen(draft, now, 'U1');
    const turn = toTurn(draft, { id: 't1', lane: 'l', desk: defaultSettings.desk });
    if (!turn) throw new Error('no turn was taken');
    expect(await inquiries.replace([turn])).toEqual([turn]);
    expect((await inquiries.byIds([resolved._id])).get(resolved._id)?.status).toBe('resolved');
  } finally {
    await store.close();
  }
});
