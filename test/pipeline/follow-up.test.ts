import { describe, expect, it } from 'vitest';
import type { Inquiry } from '../../src/core/inquiry.ts';
import type { ChannelSetting } from '../../src/core/settings.ts';
import { type FollowUpDeps, followUpWords } from '../../src/pipeline/follow-up.ts';
import { at, inquiry, now, settings, shop, threadView } from '../core/fixtures.ts';

const answered: Inquiry = {
  ...inquiry,
  ...{ status: 'answered', waitingSince: null, lastReplyAt: now, buyer: { name: 'Nok' }, language: 'th' },
};

interface Stand {
  readonly automaticReplies?: 'allowed' | 'forbidden';
  readonly replyWindowHours?: number | null;
  readonly template?: string | null;
  readonly mode?: ChannelSetting['mode'];
}

function words(
  of: Inquiry,
  seconds: number,
  { automaticReplies = 'allowed', replyWindowHours = null, template = 'Still', mode = 'reply' }: Stand = {},
) {
  const { limits } = threadView().compose;
  const deps = {
    marketplaces: new Map([[shop.marketplace, { capabilities: { ...limits, automaticReplies, replyWindowHours } }]]),
    settings: () => ({
      ...settings,
      channels: [{ platform: 'slack', connection: 'default', id: 'C1', name: null, mode, locale: null }],
      desk: { ...settings.desk, followUp: template === null ? null : { template, afterMs: 60_000 } },
    }),
    templates: {
      list: async () => [
        { name: 'still', marketplace: null, language: null, text: 'Was that all, {{buyer.name}}?' },
        { name: 'still', marketplace: null, language: 'th', text: '{{buyer.name}} คะ' },
      ],
    },
    orders: { ordersFor: async () => ({ orders: [], problem: null }) },
    inquiries: { knownIds: async () => ['576653688135250001'] },
    shops: { byId: async () => shop },
    timers: { after: () => () => {} },
  } as unknown as FollowUpDeps;
  return followUpWords(of, shop, at(seconds), deps);
}

describe('what a silent buyer is asked', () => {
  it('is the template in their language, filled for them', async () =>
    expect(await words(answered, 60)).toMatchObject({
      how: 'automatic',
      word: { kind: 'ready', text: 'Nok คะ' },
      compose: { knownIds: ['576653688135250001'] },
    }));

  it('is for a person to send where the marketplace takes no automatic texts', async () =>
    expect(await words(answered, 60, { automaticReplies: 'forbidden' })).toMatchObject({ how: 'suggested' }));

  it('is a problem to be told where no such template is there', async () =>
    expect(await words(answered, 60, { template: 'gone' })).toMatchObject({ word: { kind: 'said' } }));

  it.each<[string, Inquiry, number, Stand]>([
    ['before its time', answered, 59, {}],
    ['where nobody has switched it on', answered, 60, { template: null }],
    ['of a buyer who waits', inquiry, 60, {}],
    ['where the marketplace takes no reply any more', answered, 3_600, { replyWindowHours: 1 }],
    [
      'where a person would have to send it, and nothing in the channel goes to buyers',
      answered,
      60,
      { automaticReplies: 'forbidden', mode: 'note' },
    ],
  ])('is nothing %s', async (_, of, seconds, stand) => expect(await words(of, seconds, stand)).toBeNull());

  it('may still be sent within the time in which the marketplace takes replies', async () =>
    expect(await words(answered, 3_599, { replyWindowHours: 1 })).toMatchObject({ how: 'automatic' }));
});
