import { expect, it } from 'vitest';
import type { Template } from '../../src/core/templates/template.ts';
import { templateId } from '../../src/core/templates/template.ts';
import { templateCommand } from '../../src/pipeline/template-commands.ts';
import type { StoredTemplate, TemplateStore } from '../../src/store/templates.ts';
import { createTemplates } from '../../src/templates.ts';
import { inquiry, settings, shop } from '../core/fixtures.ts';

function stand() {
  const kept = new Map<string, StoredTemplate>();
  const put = (template: Template, { at, by }: { readonly at: Date; readonly by: string | null }): StoredTemplate => {
    const stored = { ...template, _id: templateId(template), changedAt: at, changedBy: by };
    kept.set(stored._id, stored);
    return stored;
  };
  const store: TemplateStore = {
    list: async () => [...kept.values()],
    named: async (name: string) => [...kept.values()].filter((one) => one.name === name),
    get: async (id: string) => kept.get(id) ?? null,
    save: async (...given: Parameters<typeof put>) => put(...given),
    create: async (...given: Parameters<typeof put>) => (kept.has(templateId(given[0])) ? null : put(...given)),
    remove: async (id: string) => kept.delete(id),
  } as TemplateStore;
  const templates = createTemplates({
    ...{ store, limits: new Map(), marketplaces: ['tiktok-shop', 'shopee'], settings: () => settings, clock: { now: () => new Date(0) } },
  });
  const deps = { templates, shops: { byId: async () => shop }, orders: { ordersFor: async () => ({ orders: [], problem: null }) } };
  const of = { ...inquiry, buyer: { name: 'Nok' } };
  return (words: string) => templateCommand(words, 'U1', of, deps);
}

it('keeps what people write in chat, with its lines; doing it twice is doing it once', async () => {
  const command = stand();
  for (const _ of [1, 2])
    expect(await command('new hello\nHi {{buyer.name}},\nthanks 👩‍👧')).toMatchObject({ said: { key: 'template.saved' } });
  expect(await command('hello')).toEqual({ kind: 'ready', name: 'hello', text: 'Hi Nok,\nthanks 👩‍👧', numbers: [] });
  expect(await command('new hello\nother words')).toMatchObject({
    said: { key: 'template.not-saved' },
    lines: [{ key: 'template.exists' }],
  });
  expect(await command('edit hello\nGood day')).toMatchObject({ said: { key: 'template.saved', params: { id: 'hello/*/*' } } });
  expect(await command('')).toEqual({ kind: 'list', lines: ['hello: *'] });
});

it('says what is missing, and what is wrong', async () => {
  const command = stand();
  await command('new track\nYour parcel: {{order.tracking}}');
  expect(await command('track')).toMatchObject({
    kind: 'said',
    said: { key: 'template.missing', params: { variables: '{{order.tracking}}' } },
  });
  expect(await command('new bad\n{{order.trackin}}')).toMatchObject({
    said: { key: 'template.not-saved' },
    lines: [{ key: 'template.variable-near' }],
  });
  expect(await command('new bad')).toMatchObject({ said: { key: 'template.command.text-below' } });
  expect(await command('trak')).toMatchObject({ said: { key: 'template.none-did-you-mean' } });
});

it('removes one of them, and says which there is not', async () => {
  const command = stand();
  await command('new hello th\nสวัสดี');
  expect(await command('remove hello')).toMatchObject({ said: { key: 'template.none-of-this-name', params: { name: 'hello/*/*' } } });
  expect(await command('remove hello th')).toMatchObject({ said: { key: 'template.removed', params: { id: 'hello/*/th' } } });
  expect(await command('remove hello th')).toMatchObject({ said: { key: 'template.none-of-this-name' } });
});
