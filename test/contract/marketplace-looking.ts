import { describe, expect, it } from 'vitest';
import type { OutgoingReply } from '../../adapters/adapter.ts';
import { addMs } from '../../src/core/time.ts';
import { onePixelPng } from '../kits/pictures.ts';
import { type KitHolder, type MarketplaceKit, pictureReply, textReply } from './marketplace-kit.ts';
import { failureOf } from './marketplace-sending.ts';

type FindSent = NonNullable<MarketplaceKit['adapter']['findSent']>;

/** Sends into a cut. Returns when the attempt began. */
async function sendIntoCut(kit: MarketplaceKit, reply: OutgoingReply, kind: 'cut-before' | 'cut-after'): Promise<Date> {
  const since = kit.now();
  kit.fail('send', { kind });
  await failureOf(kit.adapter.sendReply(kit.shop, kit.conversation, reply));
  kit.passMs(10_000);
  return since;
}

const nothingLinked: ReadonlySet<string> = new Set();

export function looking(held: KitHolder): void {
  describe('findSent', () => {
    /** Runs only where the adapter can look. */
    const itLooks = (title: string, run: (kit: MarketplaceKit, find: (...rest: FindArguments) => ReturnType<FindSent>) => Promise<void>) =>
      it(title, async () => {
        const { kit } = held;
        const { findSent } = kit.adapter;
        if (!findSent) return;
        await run(kit, (reply, since, alreadyLinked = nothingLinked) =>
          findSent.call(kit.adapter, kit.shop, kit.conversation, reply, { since, alreadyLinked }),
        );
      });

    itLooks('finds what arrived although the answer was cut', async (kit, find) => {
      const reply = textReply('It ships "today" 😀');
      const since = await sendIntoCut(kit, reply, 'cut-after');
      expect(await find(reply, since)).toMatchObject({ messageId: kit.reached()[0]?.messageId });
    });

    itLooks('finds a picture', async (kit, find) => {
      if (kit.adapter.capabilities.images === 'unsupported') return;
      const reply = pictureReply(onePixelPng);
      const since = await sendIntoCut(kit, reply, 'cut-after');
      expect(await find(reply, since)).toMatchObject({ messageId: kit.reached()[0]?.messageId });
    });

    itLooks('does not find what never arrived', async (kit, find) => {
      kit.writes('buyer', 'hello?');
      const reply = textReply('It ships today.');
      const since = await sendIntoCut(kit, reply, 'cut-before');
      expect(await find(reply, since)).toBeNull();
    });

    itLooks('does not take other words of the shop for it', async (kit, find) => {
      const reply = textReply('It ships today.');
      const since = await sendIntoCut(kit, reply, 'cut-before');
      await kit.adapter.sendReply(kit.shop, kit.conversation, textReply('It ships today. Thank you!'));
      kit.writes('agent', 'It ships');
      expect(await find(reply, since)).toBeNull();
    });

    itLooks('passes over what is linked: two equal texts are two messages', async (kit, find) => {
      const first = await kit.adapter.sendReply(kit.shop, kit.conversation, textReply('Thank you!'));
      const second = textReply('Thank you!');
      const linked = new Set<string>([first.messageId]);
      const since = await sendIntoCut(kit, second, 'cut-before');
      expect(await find(second, since, linked)).toBeNull();
      await sendIntoCut(kit, second, 'cut-after');
      expect(await find(second, since, linked)).toMatchObject({ messageId: kit.reached()[1]?.messageId });
    });

    itLooks('does not take an older equal text for it', async (kit, find) => {
      await kit.adapter.sendReply(kit.shop, kit.conversation, textReply('Thank you!'));
      kit.passMs(3_600_000);
      const reply = textReply('Thank you!');
      const since = await sendIntoCut(kit, reply, 'cut-before');
      expect(await find(reply, since)).toBeNull();
    });

    itLooks('allows for a clock that differs by a few seconds', async (kit, find) => {
      const reply = textReply('It ships today.');
      const since = await sendIntoCut(kit, reply, 'cut-after');
      expect(await find(reply, addMs(since, 2000))).toMatchObject({ messageId: kit.reached()[0]?.messageId });
    });

    itLooks('does not take the same words of the buyer or of a robot for it', async (kit, find) => {
      const reply = textReply('ok');
      const since = await sendIntoCut(kit, reply, 'cut-before');
      kit.writes('buyer', 'ok');
      kit.writes('automatic', 'ok');
      kit.writes('automatic', 'ok');
      kit.writes('system', 'ok');
      expect(await find(reply, since)).toBeNull();
    });

    itLooks('finds it below a page of newer messages', async (kit, find) => {
      const reply = textReply('It ships today.');
      const since = await sendIntoCut(kit, reply, 'cut-after');
      for (let at = 0; at < 12; at += 1) kit.writes('buyer', `hello ${at}`);
      expect(await find(reply, since)).toMatchObject({ messageId: kit.reached()[0]?.messageId });
    });

    itLooks('fails, and does not say "never arrived", when it could not look', async (kit, find) => {
      const reply = textReply('It ships today.');
      const since = await sendIntoCut(kit, reply, 'cut-after');
      kit.fail('messages', { kind: 'status', status: 500 });
      expect(await failureOf(find(reply, since))).toMatchObject({ kind: 'transient' });
    });
  });
}

type FindArguments = readonly [reply: OutgoingReply, since: Date, alreadyLinked?: ReadonlySet<string>];
