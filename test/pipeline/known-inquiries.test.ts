import { beforeEach, describe, expect, it } from 'vitest';
import { conversationId, inquiryId, shopId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import type { Turn } from '../../src/core/turn.ts';
import { rememberInquiries } from '../../src/pipeline/known-inquiries.ts';
import type { InquiryStore } from '../../src/store/inquiries.ts';

const shop = shopId('tiktok-shop:749');
const conversation = conversationId('c1');
const inquiry = (version: number, more: Partial<Inquiry> = {}) =>
  ({ _id: inquiryId('i1'), shopId: shop, conversationId: conversation, open: true, version, ...more }) as Inquiry;
const turn = (next: Inquiry) => ({ inquiryId: next._id, base: next.version - 1, inquiry: next }) as Turn;

describe('inquiries that a process remembers', () => {
  let stored: Inquiry[];
  let reads: number;
  let lost: readonly Turn[];
  let answering: Promise<void>;
  let inquiries: InquiryStore;
  beforeEach(() => {
    stored = [inquiry(1)];
    reads = 0;
    lost = [];
    answering = Promise.resolve();
    const asked = (matches: (one: Inquiry) => boolean) => {
      reads += 1;
      return stored.filter(matches);
    };
    inquiries = rememberInquiries({
      replace: async () => lost,
      byIds: async (ids: readonly string[]) => {
        const found = ids.length === 0 ? [] : asked(({ _id }) => ids.includes(_id));
        await answering;
        return new Map(found.map((one) => [one._id, one]));
      },
      openIn: async (_: unknown, ids: readonly string[]) =>
        new Map(
          ids.length === 0 ? [] : asked((one) => one.open && ids.includes(one.conversationId)).map((one) => [one.conversationId, one]),
        ),
    } as unknown as InquiryStore);
  });
  const open = async () => (await inquiries.openIn(shop, [conversation])).get(conversation)?.version;
  const byId = async () => (await inquiries.byIds([inquiryId('i1')])).get(inquiryId('i1'))?.version;

  it('are read once, and known as they were written last', async () => {
    expect([await open(), await byId(), await open()]).toEqual([1, 1, 1]);
    await inquiries.replace([turn(inquiry(2))]);
    expect([await open(), await byId(), reads]).toEqual([2, 2, 1]);
  });

  it('are read anew after a turn lost its race: something else wrote', async () => {
    await open();
    stored = [inquiry(5)];
    const loser = turn(inquiry(2));
    lost = [loser];
    expect(await inquiries.replace([loser])).toEqual([loser]);
    expect([await open(), reads]).toEqual([5, 2]);
  });

  it('are open only while they are', async () => {
    await inquiries.replace([turn(inquiry(2))]);
    stored = [];
    await inquiries.replace([turn(inquiry(3, { open: false }))]);
    expect([await open(), await byId()]).toEqual([undefined, 3]);
  });

  it('lose nothing to a read that was overtaken by a write', async () => {
    let answer = () => {};
    answering = new Promise((resolve) => {
      answer = resolve;
    });
    const slow = inquiries.byIds([inquiryId('i1')]);
    await inquiries.replace([turn(inquiry(2))]);
    answer();
    expect((await slow).get(inquiryId('i1'))?.version).toBe(2);
    expect(await byId()).toBe(2);
  });
});
