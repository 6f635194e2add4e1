import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatEvent, SocketConnection, SocketEvent } from '../../../bots/bot.ts';
import { zipOf } from '../../../bots/dingtalk/zip.ts';
import type { Form } from '../../../src/core/ask.ts';
import { text } from '../../../src/core/texts/index.ts';
import { board, group, lineOf, message, type Organisation, opening, showing, startOrganisation, thread } from './organisation.ts';

describe('people', () => {
  let org: Organisation;
  let socket: SocketConnection;
  let taken: SocketEvent[];
  let failing = 0;
  beforeEach(async () => {
    org = await startOrganisation();
    taken = [];
    failing = 0;
    socket = (await org.bot.socket?.start(async (event) => {
      if (failing > 0) {
        failing -= 1;
        throw new Error('the store is away');
      }
      taken.push(event);
      return null;
    })) as SocketConnection;
  });
  afterEach(async () => {
    await socket.close();
    await org.close();
  });

  async function told(): Promise<ChatEvent[]> {
    await org.fake.stream.settled();
    return taken.splice(0).flatMap((event) => org.bot.toEvents({ ...event, receivedAt: new Date() }));
  }

  async function opened(): Promise<string> {
    const hello = message('is the lamp in stock');
    const { posts } = await org.bot.show(thread(null, board([lineOf(hello)])), showing(opening(hello)), org.access);
    return posts[0]?.messageId ?? '';
  }

  const answer = (root: string, words: string, user = 'mai') => org.fake.submits(user, root, { [text('en', 'board.reply')]: words });

  it('answer on the card; their box is empty again, and nobody else’s is', async () => {
    const root = await opened();
    answer(root, 'it ships today');
    expect(await told()).toMatchObject([
      { kind: 'message', rootId: root, text: 'it ships today', author: { userId: 'mai' }, post: { channelId: group } },
    ]);
    const field = (viewer: string) => org.fake.posts(group, viewer)[0]?.form?.fields[0];
    expect(field('mai')?.name).toMatch(/^reply_[0-9a-f]{8}$/);
    expect(field('mai')).toMatchObject({ label: text('en', 'board.reply'), type: 'TEXT_AREA', required: true });
    expect(field('boss')?.name).toBe('reply_0');
  });

  it('may say the same again, but pressing twice is saying it once', async () => {
    const root = await opened();
    const first = answer(root, 'ok');
    if (first) org.fake.stream.pushAgain(first);
    answer(root, 'ok');
    await org.fake.stream.settled();
    expect(new Set(taken.map(({ key }) => key)).size).toBe(1);
    answer(root, 'ok');
    answer(root, 'ok', 'boss');
    await org.fake.stream.settled();
    expect(new Set(taken.map(({ key }) => key)).size).toBe(3);
  });

  it('answer where hidden fields do not come back', async () => {
    const root = await opened();
    org.fake.sendHiddenFields(false);
    answer(root, 'yes');
    expect(await told()).toMatchObject([{ kind: 'message', rootId: root, post: { channelId: group } }]);
  });

  it.each(['text', 'content', 'rich', 'card-tree', 'card-params', 'msg-id', 'query-key', 'bare', 'left-out'] as const)(
    'quote a card (%s)',
    async (shape) => {
      const { posts } = await org.bot.show(thread(null, board([])), showing(opening(message('hello'))), org.access);
      const carrier = posts[1]?.messageId;
      const [post] = org.fake.posts(group);
      org.fake.writes('mai', group, 'on its way', { quotes: { msgId: post?.msgId ?? '', shape } });
      const [event] = await told();
      if (event?.kind !== 'message') throw new Error(`expected a message, got ${event?.kind}`);
      expect(event.text).toBe('on its way');
      const certain = shape !== 'msg-id' && shape !== 'bare' && shape !== 'left-out';
      expect(event.about?.posts.includes(carrier ?? '')).toBe(certain);
      const readable = ['text', 'content', 'rich', 'card-tree', 'card-params'].includes(shape);
      expect(event.about?.ticket).toBe(readable ? '4f2a1c' : null);
    },
  );

  it('lose nothing while the store is away: what could not be stored is tried again, and acknowledged then', async () => {
    failing = 2;
    const record = org.fake.writes('mai', group, '#4f2a1c yes') && org.fake.stream.records.at(-1);
    expect(await told()).toMatchObject([{ kind: 'message', text: 'yes' }]);
    expect(record?.state).toBe('acknowledged');
  });

  it('ask, and are answered for their eyes alone, the same thing once', async () => {
    org.fake.writes('mai', group, 'stats 7d');
    await org.fake.stream.settled();
    const ask = taken[0]?.ask;
    if (ask?.kind !== 'command' || ask.answerTo === null) throw new Error('nobody asks');
    const content = { kind: 'answer', parts: [{ kind: 'lines', lines: ['7 are open'] }], actions: [] } as const;
    await org.bot.answers?.follow(ask.answerTo, content, 'en', org.access);
    expect(org.fake.privateCards('mai')).toHaveLength(1);
    await expect(org.bot.answers?.follow(ask.answerTo, content, 'en', org.access)).rejects.toMatchObject({ kind: 'rejected' });
    await expect(org.bot.answers?.follow('https://elsewhere.example', content, 'en', org.access)).rejects.toMatchObject({
      kind: 'rejected',
    });
    expect(org.fake.privateCards('mai')).toHaveLength(1);
  });

  const form: Form = {
    ...{ kind: 'form', name: 'assign', locale: 'en', title: 'Assign', submit: 'OK', intro: 'Choose', context: 'q-1' },
    fields: [{ kind: 'select', name: 'to', label: 'To', options: [{ value: 'boss', label: 'The boss' }], initial: null, optional: false }],
  };

  it('press, fill in a form that they alone see, and it is closed', async () => {
    const root = await opened();
    org.fake.presses('mai', root, text('en', 'action.claim'));
    expect(await told()).toMatchObject([{ kind: 'action', action: 'claim', rootId: root }]);
    const assignable = { ...board([]).card, actions: ['assign'] as const };
    await org.bot.show(
      thread(root, board([], { card: assignable })),
      showing({ kind: 'card', card: assignable, messages: [] }),
      org.access,
    );
    org.fake.presses('mai', root, text('en', 'action.assign'));
    await org.fake.stream.settled();
    const ask = taken.splice(0)[0]?.ask;
    if (ask?.kind !== 'form') throw new Error('nobody wants a form');
    await org.bot.openForm?.(ask.trigger, form, org.access);
    const [shown] = org.fake.privateCards('mai');
    org.fake.submits('mai', shown?.outTrackId ?? '', { To: 'The boss' });
    expect(await told()).toMatchObject([{ kind: 'form', form: 'assign', values: { to: 'boss' }, context: 'q-1', userId: 'mai' }]);
    expect(() => org.fake.submits('mai', shown?.outTrackId ?? '', { To: 'The boss' })).toThrow(/nothing that can be filled in/);
    await expect(org.bot.openForm?.(ask.trigger, form, org.access)).rejects.toMatchObject({ kind: 'rejected' });
  });

  it('are known, or of another company', async () => {
    const { user } = org.bot;
    expect(await user?.('mai', org.access)).toEqual({ userId: 'mai', name: 'Mai', kind: 'member', email: 'mai@example.com', locale: null });
    expect(await user?.('$:LWCP_v1:$stranger', org.access)).toMatchObject({ kind: 'external' });
    await expect(user?.('nobody', org.access)).rejects.toMatchObject({ kind: 'rejected', code: '60121' });
  });

  it('send pictures, in a group and to the robot alone, and files to it alone', async () => {
    const bytes = Buffer.from('89504e470d0a1a0a', 'hex');
    org.fake.writes('mai', group, '', { file: { name: 'a.png', mimeType: 'image/png', bytes } });
    org.fake.whispers('mai', '', { file: { name: 'a.pdf', mimeType: 'application/pdf', bytes: Buffer.from('pdf') } });
    const [picture, document] = await told();
    if (picture?.kind !== 'message' || document?.kind !== 'message') throw new Error('no messages');
    const [one, other] = [picture.files[0], document.files[0]];
    if (!one || !other) throw new Error('no files');
    expect(await org.bot.fetchFile(one, { ...org.access, maxBytes: 100 })).toEqual({ bytes, mimeType: 'image/png', name: 'picture.png' });
    expect(await org.bot.fetchFile(other, { ...org.access, maxBytes: 100 })).toMatchObject({ mimeType: 'application/pdf', name: 'a.pdf' });
    await expect(org.bot.fetchFile(other, { ...org.access, maxBytes: 2 })).rejects.toMatchObject({
      kind: 'rejected',
      code: 'file_too_large',
    });
    await expect(org.bot.fetchFile({ ...other, fileId: 'gone' }, { ...org.access, maxBytes: 100 })).rejects.toMatchObject({
      kind: 'rejected',
    });
  });

  it('are handed files', async () => {
    const bytes = Buffer.from('a,b\r\n1,2\r\n');
    await org.bot.sendFile?.('mai', { name: 'figures.csv', mimeType: 'text/csv', bytes }, org.access);
    const sheet = {
      name: 'figures.xlsx',
      mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      bytes: Buffer.from('PK'),
    };
    await org.bot.sendFile?.('mai', sheet, org.access);
    const [archive, plain] = (org.fake.world.direct.get('mai') ?? []).map((one) => (one.kind === 'robot' ? one.param : {}));
    expect(archive).toMatchObject({ fileName: 'figures.csv.zip', fileType: 'zip' });
    const inside = unzipSync(new Uint8Array(org.fake.world.media.get(archive?.['mediaId'] ?? '')?.bytes ?? []));
    expect(Buffer.from(inside['figures.csv'] ?? []).equals(bytes)).toBe(true);
    expect(plain).toMatchObject({ fileName: 'figures.xlsx', fileType: 'xlsx' });
    await expect(org.bot.sendFile?.('nobody', sheet, org.access)).rejects.toMatchObject({ kind: 'rejected' });
    org.fake.context.flowControlled.add('boss');
    await expect(org.bot.sendFile?.('boss', sheet, org.access)).rejects.toMatchObject({ kind: 'rate-limited' });
  });
});

it('an archive holds a file of any name and size', () => {
  for (const [name, bytes] of [
    ['灯 具.csv', new Uint8Array(0)],
    ['a', Uint8Array.from({ length: 70_000 }, (_, index) => index % 251)],
  ] as const) {
    expect(unzipSync(zipOf(name, bytes))).toEqual({ [name]: bytes });
  }
});
