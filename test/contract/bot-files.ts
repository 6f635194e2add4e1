import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, failureOf, only, take } from './bot-helpers.ts';
import type { BotKit, CreateBotKit, Trouble } from './bot-kit.ts';

const file = { name: 'figures.csv', mimeType: 'text/csv; charset=utf-8', bytes: Uint8Array.from([0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a]) };
const received = { name: file.name, bytes: file.bytes };

/** A file that one person asked for. */
export function botFiles(createKit: CreateBotKit): void {
  describe('files for one person', () => {
    let kit: BotKit;
    beforeEach(async () => {
      kit = await createKit();
    });
    afterEach(() => kit.close());

    it('are seen by that person and nobody else, and are no words of anybody', async () => {
      if (!kit.bot.sendFile) return;
      await kit.bot.sendFile(kit.users.member, file, kit.access);
      await kit.bot.sendFile(kit.users.member, file, kit.access);
      expect(kit.filesOf(kit.users.member)).toEqual([received, received]);
      expect(kit.filesOf(kit.users.supervisor)).toEqual([]);
      expect(kit.posts()).toEqual([]);
      expect(only(eventsOf(await take(kit)), 'message')).toEqual([]);
    });

    it.each<[Trouble, string]>([
      ['rate-limited', 'rate-limited'],
      ['server-error', 'transient'],
      ['cut-before', 'transient'],
      ['html', 'transient'],
    ])('are not handed over where the upload meets %s: %s', async (trouble, kind) => {
      if (!kit.bot.sendFile) return;
      kit.break('upload', trouble);
      expect((await failureOf(kit.bot.sendFile(kit.users.member, file, kit.access))).kind).toBe(kind);
      expect(kit.filesOf(kit.users.member)).toEqual([]);
      await kit.bot.sendFile(kit.users.member, file, kit.access);
      expect(kit.filesOf(kit.users.member)).toEqual([received]);
    });

    it('are refused for who is not there, and by a connection that is revoked', async () => {
      if (!kit.bot.sendFile) return;
      expect(await failureOf(kit.bot.sendFile('U0NOBODY', file, kit.access))).toMatchObject({ kind: 'rejected' });
      expect(await failureOf(kit.bot.sendFile(kit.users.otherBot, file, kit.access))).toMatchObject({ kind: 'rejected' });
      kit.connectionBecomes('revoked');
      expect(await failureOf(kit.bot.sendFile(kit.users.member, file, kit.access))).toMatchObject({ kind: 'auth' });
    });
  });
}
