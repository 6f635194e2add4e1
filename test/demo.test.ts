import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { slaPolicyNames } from '../adapters/presets.ts';
import { readConfigFile } from '../src/config/file.ts';
import { loadStory } from './demo/story.ts';
import type { FarEnds, Talk } from './demo/talk.ts';
import { tally } from './demo/tally.ts';

const acknowledged = () => true;
const talk: Talk = {
  buyer: 'Somchai',
  shopId: 'shop',
  shop: 'Lamp House',
  channelId: 'C1',
  channel: 'support',
  agentId: 'U1',
  agent: 'Nok',
  conversationId: 'conversation',
  lines: [],
  questions: [
    { text: 'first', acknowledged },
    { text: 'second', acknowledged },
  ],
  replies: [{ text: 'answer', acknowledged }],
};

/** One thread for each list of posts, and what reached the buyer. */
function farEnds(threads: readonly (readonly string[])[], received: readonly string[]): FarEnds {
  return {
    chat: {
      posts: () =>
        threads.flatMap((texts, thread) =>
          texts.map((text, index) => ({
            ...{ channel: 'C1', ts: `${thread}.${index}`, threadTs: index === 0 ? null : `${thread}.0` },
            ...{ user: 'B1', fromBot: true, text, reactions: [] },
          })),
        ),
    },
    tiktok: {
      received: received.map((text) => ({
        shopId: 'shop',
        conversationId: 'conversation',
        messageId: text,
        type: 'TEXT',
        text,
        by: 'api',
        at: 0,
      })),
    },
  };
}

describe('the count of the demo', () => {
  const right = { received: 3, delivered: 3, lost: 0, doubled: 0, outOfOrder: 0, unreceived: 0, leaked: 0 };

  it.each([
    ['all of it, once and in order', [['first', 'second']], ['answer'], {}],
    ['two messages in one post', [['first\nsecond']], ['answer'], {}],
    ['a lost message', [['first']], ['answer'], { delivered: 2, lost: 1 }],
    ['a lost reply', [['first', 'second']], [], { delivered: 2, lost: 1 }],
    ['a doubled post', [['first', 'second', 'second']], ['answer'], { doubled: 1 }],
    ['a doubled reply', [['first', 'second']], ['answer', 'answer'], { doubled: 1 }],
    ['a second thread', [['first'], ['second']], ['answer'], { doubled: 1 }],
    ['the wrong order', [['second', 'first']], ['answer'], { outOfOrder: 1 }],
    ['the wrong order in one post', [['second\nfirst']], ['answer'], { outOfOrder: 1 }],
    ['a note that left', [['first', 'second']], ['answer', '// internal'], { leaked: 1 }],
  ])('sees %s', (_, threads, received, difference) => {
    expect(tally(farEnds(threads, received), [talk])).toEqual({ ...right, ...difference });
  });

  it('sees what was never received, and takes what has arrived for received', () => {
    const waiting = { ...talk, replies: [{ text: 'answer', acknowledged: () => false }] };
    expect(tally(farEnds([['first', 'second']], []), [waiting])).toEqual({ ...right, received: 2, delivered: 2, unreceived: 1 });
    expect(tally(farEnds([['first', 'second']], ['answer']), [waiting])).toEqual(right);
  });
});

describe('the story of the demo', () => {
  it('has texts that can be told apart wherever they arrive', async () => {
    const { talks } = await loadStory();
    const texts = talks.flatMap(({ lines }) => lines.map((line) => ('buyer' in line ? line.buyer : line.agent)));
    expect(texts.filter((text, index) => texts.some((other, place) => place !== index && other.includes(text)))).toEqual([]);
  });

  it('has every end that the summary speaks of', async () => {
    const { talks } = await loadStory();
    const ends = talks.flatMap(({ lines }) => lines.flatMap((line) => ('agent' in line ? line.end : [])));
    for (const end of ['held', 'failed', 'killed'] as const) expect(ends.filter((one) => one === end)).toHaveLength(1);
  });
});

describe('the configuration that the documents show', () => {
  const environment = Object.fromEntries(['TT_ACCESS_TOKEN', 'TT_REFRESH_TOKEN', 'TT_SHOP_CIPHER'].map((name) => [name, 'a-value']));
  const known = { marketplaces: ['tiktok-shop'], bots: ['slack'], slaPolicies: slaPolicyNames };

  it.each(['threadmart.example.yaml', 'README.md', 'README.zh-CN.md'])('%s is right', async (name) => {
    const file = await readFile(new URL(`../${name}`, import.meta.url), 'utf8');
    const [, block = file] = /```yaml\n(.*?)```/s.exec(file) ?? [];
    expect(readConfigFile(block, environment, known).warnings).toEqual([]);
  });
});
