import { describe, expect, it } from 'vitest';
import { inquiryId } from '../../src/core/ids.ts';
import type { AutoReply, Settings } from '../../src/core/settings.ts';
import { type RouteWordsDeps, routeWords } from '../../src/pipeline/route-words.ts';
import { routed, settings, shop, threadView } from '../core/fixtures.ts';

const { limits } = threadView().compose;
const of = {
  ...{ id: inquiryId('i1'), shop, buyer: { name: 'Nok' }, source: null, language: 'th' },
  parts: [{ kind: 'text', text: 'Where is 576653688135250001?' }],
  numbers: { named: [], said: ['576653688135250001'] },
} as const;

function stand(changes: Partial<Settings> = {}, automaticReplies: 'allowed' | 'forbidden' = 'allowed') {
  const asked: unknown[] = [];
  const templates = [
    { name: 'hello', marketplace: null, language: null, text: 'Hello {{buyer.name}}' },
    { name: 'hello', marketplace: null, language: 'th', text: 'สวัสดี {{buyer.name}}' },
    { name: 'track', marketplace: null, language: null, text: '{{order.tracking}}' },
  ];
  const deps = {
    marketplaces: new Map([[shop.marketplace, { capabilities: { ...limits, automaticReplies } }]]),
    settings: () => ({ ...settings, ...changes }),
    templates: { list: async () => templates },
    orders: {
      async ordersFor(_: object, numbers: unknown) {
        asked.push(numbers);
        return { orders: [], problem: { key: 'order.none', params: {} } };
      },
    },
    shops: { byId: async () => shop },
    timers: { after: () => () => {} },
  } as unknown as RouteWordsDeps;
  return {
    asked,
    words: (suggest: string | null) => routeWords({ ...routed.outcome, suggest }, of, deps),
    replies: (autoReply: AutoReply) => routeWords({ ...routed.outcome, autoReply }, of, deps),
  };
}

describe('what a rule gives to read', () => {
  it('is filled in the language of the buyer; the name is meant as people write it', async () => {
    expect(await stand().words('Hello')).toMatchObject({
      suggestion: { kind: 'ready', name: 'hello', text: 'สวัสดี Nok' },
      compose: { knownIds: ['576653688135250001'] },
      autoReply: null,
    });
    expect(await stand().words(null)).toBeNull();
  });

  it('looks for the orders of messages that are not stored yet', async () => {
    const { asked, words } = stand();
    expect(await words('track')).toMatchObject({
      suggestion: { kind: 'said', said: { key: 'template.missing' }, lines: [{ key: 'order.none' }] },
    });
    expect(asked).toEqual([of.numbers]);
  });

  it('is not offered where nothing in the channel goes to buyers', async () => {
    const channels = [{ ...routed.outcome.channel, name: null, mode: 'note', locale: null }] as const;
    expect(await stand({ channels }).words('hello')).toMatchObject({ suggestion: null });
  });

  it('goes to the buyer from a template or from words of the rule, in any channel', async () => {
    const channels = [{ ...routed.outcome.channel, name: null, mode: 'note', locale: null }] as const;
    expect(await stand({ channels }).replies({ template: 'hello' })).toMatchObject({ suggestion: null, autoReply: { text: 'สวัสดี Nok' } });
    expect(await stand().replies({ text: '{{buyer.name}}, one moment' })).toMatchObject({ autoReply: { text: 'Nok, one moment' } });
  });

  it('never goes to the buyer where the marketplace forbids automatic replies', async () => {
    expect(await stand({}, 'forbidden').replies({ text: 'One moment' })).toBeNull();
  });
});
