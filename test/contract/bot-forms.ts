import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ask, Form } from '../../src/core/ask.ts';
import { card, eventsOf, failureOf, opened, showing, single, take, thread } from './bot-helpers.ts';
import type { BotKit, CreateBotKit } from './bot-kit.ts';

const form = (more: Partial<Form> = {}): Form => ({
  kind: 'form',
  name: 'template',
  locale: 'en',
  title: 'Answer with a template',
  submit: 'Show it',
  intro: 'To *Somchai* <!channel>',
  context: 'q-1|x y',
  fields: [
    {
      kind: 'select',
      name: 'template',
      label: 'Template',
      options: [
        { value: 't-1', label: 'Greeting' },
        { value: 't-2', label: 'Sorry' },
      ],
      initial: 't-2',
      optional: false,
    },
    { kind: 'text', name: 'words', label: 'Words of your own', initial: 'Hello', multiline: true, optional: true, maxChars: 200 },
    { kind: 'text', name: 'why', label: 'Why', initial: '', multiline: false, optional: true, maxChars: 100 },
  ],
  ...more,
});

export function botForms(createKit: CreateBotKit): void {
  describe('forms', () => {
    let kit: BotKit;
    let root: string;
    beforeEach(async () => {
      kit = await createKit();
      root = await opened(kit);
    });
    afterEach(() => kit.close());

    const there = () => kit.bot.openForm !== undefined;
    const open = async (ask: Ask, made = form()) => kit.bot.openForm?.(ask.kind === 'form' ? ask.trigger : '', made, kit.access);

    /** A member uses the message shortcut on a reply in the thread; where there is none, the button on the root. */
    async function pressed(): Promise<Extract<Ask, { kind: 'form' }>> {
      const post = kit.write(kit.users.member, root, 'what do I say?');
      if (!kit.shortcut) {
        const offer = { kind: 'card', card: card({ actions: ['template'] }), messages: [] } as const;
        await kit.bot.show(thread(kit, root), showing(offer), kit.access);
      }
      await kit.pushed();
      if (kit.shortcut) await kit.shortcut(kit.users.member, post, 'template');
      else await kit.press(kit.users.member, { channelId: kit.channelId, messageId: root }, 'template', 'en');
      const received = kit.received(single(await kit.pushed()));
      if (received.kind !== 'event' || received.ask?.kind !== 'form') throw new Error('nobody wants a form');
      return received.ask;
    }

    it('are declared', () => {
      expect(kit.bot.capabilities.maxFormOptions > 0).toBe(there());
    });

    it('are asked for by a shortcut on a message', async () => {
      if (!kit.shortcut) return;
      const post = kit.write(kit.users.member, root, 'what do I say?');
      await kit.pushed();
      await kit.shortcut(kit.users.member, post, 'template');
      const requests = await kit.pushed();
      const where = { userId: kit.users.member, post, rootId: root };
      expect(single(eventsOf(await take(kit, requests)))).toMatchObject({ kind: 'shortcut', name: 'template', ...where });
      expect(kit.received(single(requests))).toMatchObject({ ask: { kind: 'form', form: 'template', value: null, ...where } });
    });

    it('are asked for by a shortcut on a root that nobody has answered', async () => {
      if (!kit.shortcut) return;
      await kit.shortcut(kit.users.member, { channelId: kit.channelId, messageId: root }, 'template');
      expect(single(eventsOf(await take(kit)))).toMatchObject({ kind: 'shortcut', rootId: root });
    });

    it('open for the one who pressed, filled in, with their words to the letter', async () => {
      if (!there()) return;
      await open(await pressed());
      expect(kit.formsOf(kit.users.supervisor)).toEqual([]);
      expect(single(kit.formsOf(kit.users.member))).toMatchObject({
        title: 'Answer with a template',
        submit: 'Show it',
        fields: [
          { label: 'Template', options: ['Greeting', 'Sorry'], filled: 'Sorry' },
          { label: 'Words of your own', options: null, filled: 'Hello' },
          { label: 'Why', options: null, filled: '' },
        ],
      });
    });

    it('come back once, with what was filled in and the context that they were opened with', async () => {
      if (!there()) return;
      await open(await pressed());
      await kit.pushed();
      await kit.submitForm(kit.users.member, { Template: 'Greeting', 'Words of your own': 'Hi <b> & *all*' });
      const { events, lane } = single(await take(kit));
      const values = { template: 't-1', words: 'Hi <b> & *all*', why: '' };
      expect(single(events)).toMatchObject({ kind: 'form', form: 'template', values, context: 'q-1|x y', userId: kit.users.member });
      expect(kit.formsOf(kit.users.member)).toEqual([]);
      await open(await pressed());
      await kit.pushed();
      await kit.submitForm(kit.users.member, {});
      const again = single(await take(kit));
      expect(single(again.events)).toMatchObject({ values: { template: 't-2', words: 'Hello', why: '' } });
      expect(again.lane).toBe(lane);
    });

    it('keep to the limits of the platform', async () => {
      if (!there()) return;
      const { maxFormOptions } = kit.bot.capabilities;
      const options = Array.from({ length: maxFormOptions + 20 }, (_, index) => ({
        value: `t-${index}`,
        label: `Template ${index} ${'x'.repeat(300)}`,
      }));
      const long = form({
        title: 'A title that is far too long for any window',
        submit: 'And a button that is just as long',
        fields: [
          { kind: 'select', name: 'template', label: 'L'.repeat(5_000), options, initial: 't-3', optional: false },
          { kind: 'text', name: 'words', label: 'W', initial: 'w'.repeat(9_000), multiline: true, optional: false, maxChars: 9_000 },
        ],
      });
      await open(await pressed(), long);
      const seen = single(kit.formsOf(kit.users.member));
      expect(seen.fields[0]?.options).toHaveLength(maxFormOptions);
      expect(seen.fields[0]?.filled).toContain('Template 3');
    });

    it('are refused when it is too late, or the press has opened one already', async () => {
      if (!there() || !kit.triggersExpire) return;
      const ask = await pressed();
      await open(ask);
      expect(await failureOf(open(ask))).toMatchObject({ kind: 'rejected' });
      const other = await pressed();
      kit.triggersExpire();
      expect(await failureOf(open(other))).toMatchObject({ kind: 'rejected' });
    });

    it('fail as a read fails', async () => {
      if (!there()) return;
      const ask = await pressed();
      for (const trouble of ['server-error', 'cut-before'] as const) {
        kit.break('form', trouble);
        expect(await failureOf(open(ask))).toMatchObject({ kind: 'transient' });
      }
      kit.break('form', 'rate-limited');
      expect(await failureOf(open(ask))).toMatchObject({ kind: 'rate-limited' });
    });
  });
}
