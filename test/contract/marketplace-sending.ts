import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.ts';
import type { Fault } from '../kits/fake-server.ts';
import { onePixelPng } from '../kits/pictures.ts';
import { type CreateKit, type KitHolder, type MarketplaceKit, pictureReply, textReply } from './marketplace-kit.ts';

const html = { 'content-type': 'text/html' };
const page = '<html><body>Something went wrong</body></html>';

/** Faults after which nobody can say whether the message arrived. */
const unclear: readonly { readonly name: string; readonly fault: Fault; readonly arrives: boolean }[] = [
  { name: '500 before it took effect', fault: { kind: 'status', status: 500 }, arrives: false },
  { name: '500 after it took effect', fault: { kind: 'status-after', status: 500 }, arrives: true },
  { name: '502 with a page', fault: { kind: 'status', status: 502, headers: html, body: page }, arrives: false },
  { name: '504 after it took effect', fault: { kind: 'status-after', status: 504, headers: html, body: page }, arrives: true },
  { name: 'a page with status 200', fault: { kind: 'status-after', status: 200, headers: html, body: page }, arrives: true },
  { name: 'an empty 200', fault: { kind: 'status-after', status: 200 }, arrives: true },
  { name: 'a cut before it took effect', fault: { kind: 'cut-before' }, arrives: false },
  { name: 'a cut after it took effect', fault: { kind: 'cut-after' }, arrives: true },
];

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<PlatformError> {
  const error = await call.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof PlatformError) return error;
  throw new Error(`no PlatformError but ${String(error)}`, { cause: error });
}

/** Errors are logged and shown: neither token nor text may be in them. */
function expectDiscreet(error: PlatformError, kit: MarketplaceKit, text: string): void {
  const shown = [error.message, error.code, error.requestId].join(' ');
  expect(shown).not.toContain(kit.shop.accessToken);
  expect(shown).not.toContain(text);
}

export function sending(held: KitHolder, createKit: CreateKit): void {
  describe('sendReply', () => {
    it('brings texts to the buyer as they are, in order, and names them', async () => {
      const { kit } = held;
      const texts = ['Hello!', 'It "ships" today.\n\\o/ 您好 😀 ♥️\u2028end', 'Hello!'];
      const ids: string[] = [];
      for (const text of texts) ids.push((await kit.adapter.sendReply(kit.shop, kit.conversation, textReply(text))).messageId);
      expect(kit.reached().map(({ text }) => text)).toEqual(texts);
      expect(kit.reached().map(({ messageId }) => messageId)).toEqual(ids);
    });

    it('sends the longest text that it declares, and refuses a longer one unsent', async () => {
      const { kit } = held;
      const { maxReplyChars } = kit.adapter.capabilities;
      await kit.adapter.sendReply(kit.shop, kit.conversation, textReply('x'.repeat(maxReplyChars)));
      expect(kit.reached()).toHaveLength(1);
      const tooLong = kit.adapter.sendReply(kit.shop, kit.conversation, textReply('x'.repeat(maxReplyChars + 1)));
      expect(await failureOf(tooLong)).toMatchObject({ kind: 'rejected' });
      expect(kit.calls('send')).toBe(1);
    });

    it('sends a picture, and refuses unsent what cannot be sent as one', async () => {
      const { kit } = held;
      const { images, maxImageBytes } = kit.adapter.capabilities;
      const send = (reply: ReturnType<typeof pictureReply>) => kit.adapter.sendReply(kit.shop, kit.conversation, reply);
      if (images === 'unsupported') {
        expect(await failureOf(send(pictureReply(onePixelPng)))).toMatchObject({ kind: 'rejected' });
        return;
      }
      const { messageId } = await send(pictureReply(onePixelPng));
      expect(kit.reached()).toMatchObject([{ messageId, kind: 'image' }]);
      const uploads = kit.calls('upload');
      expect(await failureOf(send(pictureReply(new Uint8Array(maxImageBytes + 1))))).toMatchObject({ kind: 'rejected' });
      expect(await failureOf(send(pictureReply(onePixelPng, 'image/tiff')))).toMatchObject({ kind: 'rejected' });
      expect(kit.calls('upload')).toBe(uploads);
      expect(kit.reached()).toHaveLength(1);
    });

    it('may try again when a picture was cut before its message was sent', async () => {
      const { kit } = held;
      if (kit.adapter.capabilities.images === 'unsupported') return;
      kit.fail('upload', { kind: 'cut-after' });
      const failed = kit.adapter.sendReply(kit.shop, kit.conversation, pictureReply(onePixelPng));
      expect(await failureOf(failed)).toMatchObject({ kind: 'transient' });
      expect(kit.reached()).toEqual([]);
    });

    it.each(unclear)('calls $name uncertain, unless sending it again cannot double it', async ({ fault, arrives }) => {
      const { kit } = held;
      kit.fail('send', fault);
      const error = await failureOf(kit.adapter.sendReply(kit.shop, kit.conversation, textReply('only once')));
      expect(error.kind).toBe(kit.adapter.capabilities.idempotentSend ? 'transient' : 'uncertain');
      expectDiscreet(error, kit, 'only once');
      expect(kit.calls('send'), 'it must not send again by itself').toBe(1);
      expect(kit.reached()).toHaveLength(arrives ? 1 : 0);
    });

    it('tells how long to wait and for which limit when it was too fast', async () => {
      const { kit } = held;
      for (const [seconds, retryAfterMs] of [
        [3, 3000],
        [null, null],
      ] as const) {
        kit.fail('send', kit.tooFast(seconds));
        const error = await failureOf(kit.adapter.sendReply(kit.shop, kit.conversation, textReply('slowly')));
        expect(error).toMatchObject({ kind: 'rate-limited', retryAfterMs, limit: kit.tooFastLimit });
      }
      expect(kit.calls('send')).toBe(2);
      expect(kit.reached()).toEqual([]);
    });

    it('calls a bare 429 rate-limited too', async () => {
      const { kit } = held;
      kit.fail('send', { kind: 'status', status: 429, headers: { ...html, 'retry-after': '2' }, body: page });
      const error = await failureOf(kit.adapter.sendReply(kit.shop, kit.conversation, textReply('slowly')));
      expect(error).toMatchObject({ kind: 'rate-limited', retryAfterMs: 2000 });
    });

    it('sorts what the platform refuses by what to do next', async () => {
      for (const { name } of held.kit.refusals) {
        const kit = await createKit();
        const refusal = kit.refusals.find((candidate) => candidate.name === name);
        if (!refusal) throw new Error(`no refusal ${name}`);
        const { text = 'hello', shop = kit.shop, conversation = kit.conversation } = refusal.prepare();
        const error = await failureOf(kit.adapter.sendReply(shop, conversation, textReply(text)));
        expect([name, error.kind, error.limit]).toEqual([name, refusal.kind, refusal.limit]);
        expect(error.code, `${name}: the platform's own code`).toBeTruthy();
        expectDiscreet(error, kit, text);
        expect(kit.reached()).toEqual([]);
        await kit.close();
      }
    });

    it('may try again when nobody was there to take it', async () => {
      const { kit } = held;
      await kit.close();
      const error = await failureOf(kit.adapter.sendReply(kit.shop, kit.conversation, textReply('hello?')));
      expect(error.kind).toBe('transient');
    });

    it('sends nothing once its signal is aborted', async () => {
      const { kit } = held;
      const shop = { ...kit.shop, signal: AbortSignal.abort() };
      const error = await failureOf(kit.adapter.sendReply(shop, kit.conversation, textReply('too late')));
      expect(error.kind).toBe('transient');
      expect(kit.reached()).toEqual([]);
    });

    it('stops waiting when its signal is aborted, and does not know whether it arrived', async () => {
      const { kit } = held;
      const deadline = new AbortController();
      kit.fail('send', { kind: 'slow', ms: 600_000 }, () => deadline.abort());
      const shop = { ...kit.shop, signal: deadline.signal };
      const error = await failureOf(kit.adapter.sendReply(shop, kit.conversation, textReply('slow')));
      expect(error.kind).toBe(kit.adapter.capabilities.idempotentSend ? 'transient' : 'uncertain');
    });
  });
}
