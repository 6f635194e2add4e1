import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReplyLimits } from '../src/core/compose.ts';
import { defaultSettings } from '../src/core/settings.ts';
import { text } from '../src/core/texts/index.ts';
import { createTemplateStore, type TemplateStore } from '../src/store/templates.ts';
import { createTemplates, type Saved, type Templates } from '../src/templates.ts';
import { openTestStore, type TestStore } from './store-helper.ts';

const limits: ReplyLimits = { maxReplyChars: 100, images: 'unsupported', maxImageBytes: 0, imageTypes: [], ownHosts: [] };
const now = new Date('2026-11-27T08:00:00Z');
let database: TestStore;
let store: TemplateStore;
let templates: Templates;
beforeAll(async () => {
  database = await openTestStore();
  store = createTemplateStore(database.connection);
  templates = createTemplates({
    store,
    limits: new Map([['tiktok-shop', limits]]),
    marketplaces: ['tiktok-shop', 'shopee'],
    settings: () => defaultSettings,
    clock: { now: () => now },
  });
});
afterAll(() => database.close());
beforeEach(async () => {
  for (const { _id } of await store.list()) await store.remove(_id);
});

const hello = { name: 'Hello', marketplace: null, language: 'TH', text: ' Hi {{buyer.name}} ' };
const chat = (as: 'new' | 'edit') => ({ by: 'slack/U1', as });
const words = (result: Saved): readonly string[] =>
  ('problems' in result ? result.problems : result.remarks).map(({ key, params }) => text('en', key, params));

describe('templates', () => {
  it('are saved in normal form, with who and when', async () => {
    await templates.save(hello, chat('new'));
    expect(await templates.list()).toEqual([
      {
        _id: 'hello/*/th',
        name: 'hello',
        marketplace: null,
        language: 'th',
        text: 'Hi {{buyer.name}}',
        changedAt: now,
        changedBy: 'slack/U1',
      },
    ]);
    await templates.save({ ...hello, name: 'hello-again' }, chat('new'));
    await templates.save({ ...hello, name: 'hello0' }, chat('new'));
    await templates.save({ ...hello, language: null }, chat('new'));
    expect((await templates.named(' HELLO')).map(({ _id }) => _id)).toEqual(['hello/*/*', 'hello/*/th']);
    expect(await templates.named('*')).toEqual([]);
  });

  it('are new once, however often the same turn is applied', async () => {
    expect(words(await templates.save(hello, chat('new')))).toEqual([]);
    expect(words(await templates.save(hello, chat('new')))).toEqual([]);
    expect(words(await templates.save({ ...hello, text: 'Other words' }, chat('new')))).toEqual([
      'There is a template hello/*/th already; edit it.',
    ]);
    expect((await store.get('hello/*/th'))?.text).toBe('Hi {{buyer.name}}');
  });

  it('can be edited where there are any', async () => {
    await templates.save(hello, chat('new'));
    expect(words(await templates.save({ ...hello, text: 'Hello' }, chat('edit')))).toEqual([]);
    expect((await store.get('hello/*/th'))?.text).toBe('Hello');
    expect(words(await templates.save({ ...hello, name: 'helo' }, chat('edit')))).toEqual(['There is no template helo. Is hello meant?']);
    expect(words(await templates.save({ ...hello, name: 'weather' }, chat('edit')))).toEqual(['There is no template weather.']);
    expect(await templates.list()).toHaveLength(1);
  });

  it('are not saved in a wrong place or with wrong words', async () => {
    const wrong = [
      { ...hello, name: 'two words' },
      { ...hello, language: 'thai' },
      { ...hello, marketplace: 'ebay' },
      { ...hello, text: '{{buyer.nmae}}' },
      { ...hello, text: 'word '.repeat(200) },
    ];
    for (const one of wrong) expect(words(await templates.save(one, { by: null, as: 'either' }))).toHaveLength(1);
    expect(await templates.list()).toEqual([]);
  });

  it('are remarked upon when they are saved and when they are shown', async () => {
    const saved = await templates.save({ ...hello, text: 'word '.repeat(30) }, { by: null, as: 'either' });
    expect(words(saved)).toEqual(['On tiktok-shop it goes out as 2 messages, of at most 100 characters each.']);
    const [stored] = await templates.list();
    expect(stored && templates.remarks(stored)).toHaveLength(1);
  });

  it('go once', async () => {
    await templates.save(hello, chat('new'));
    expect(await templates.remove({ ...hello, language: null })).toBeNull();
    expect(await templates.remove(hello)).toBe('hello/*/th');
    expect(await templates.remove(hello)).toBeNull();
  });
});
