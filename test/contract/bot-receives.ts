import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawRequest } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';
import { eventsOf, notice, only, opened, showing, single, take, thread } from './bot-helpers.ts';
import type { BotKit, CreateBotKit } from './bot-kit.ts';

export function botReceives(createKit: CreateBotKit): void {
  describe('receive', () => {
    let kit: BotKit;
    beforeEach(async () => {
      kit = await createKit();
    });
    afterEach(() => kit.close());

    async function written(): Promise<RawRequest> {
      kit.write(kit.users.member, null, 'hello');
      const [request] = await kit.pushed();
      if (!request) throw new Error('nothing was pushed');
      return request;
    }

    function refusalOf(request: RawRequest): unknown {
      try {
        return kit.bot.receive(request);
      } catch (error) {
        return error;
      }
    }

    it('takes what the platform sends: a key, a lane, no shop, an answer', async () => {
      const received = kit.received(await written());
      expect(received).toMatchObject({ kind: 'event', shop: null, answer: { status: 200 } });
      if (received.kind !== 'event') return;
      expect(received.key).not.toBe('');
      expect(received.lane).not.toBe('');
    });

    it.each(['body', 'signature', 'no headers'])('refuses a request with another %s', async (what) => {
      const request = await written();
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, value.replace(/[0-9a-f](?=[^0-9a-f]*$)/, 'x')]),
      );
      const altered: RawRequest = {
        ...request,
        ...(what === 'body' ? { body: Buffer.concat([request.body, Buffer.from(' ')]) } : {}),
        ...(what === 'signature' ? { headers: { ...headers, 'content-type': request.headers['content-type'] ?? '' } } : {}),
        ...(what === 'no headers' ? { headers: { 'content-type': request.headers['content-type'] ?? '' } } : {}),
      };
      const error = refusalOf(altered);
      expect(error).toBeInstanceOf(PlatformError);
      expect(error).toMatchObject({ kind: 'rejected' });
    });

    it.each([1, 300])('refuses a good signature %i seconds older than they may be, and one as far ahead', async (seconds) => {
      const body = Buffer.from((await written()).body).toString();
      for (const secondsAhead of [-(kit.oldestSignatureSeconds + seconds), 301 + seconds])
        expect(refusalOf(kit.signed(body, secondsAhead))).toMatchObject({ kind: 'rejected' });
    });

    it('takes a good signature that is a little off, and no request at all where events come over a socket', async () => {
      const body = Buffer.from((await written()).body).toString();
      if (kit.ingress === 'socket') return expect(refusalOf(kit.signed(body))).toMatchObject({ kind: 'rejected' });
      expect(kit.bot.receive(kit.signed(body, -(kit.oldestSignatureSeconds - 60))).kind).toBe('event');
      expect(kit.bot.receive(kit.signed(body, 10)).kind).toBe('event');
    });

    it('echoes the challenge of an address, and only a genuine one', () => {
      if (!kit.handshake) return;
      const { request, echo, forged } = kit.handshake;
      const received = kit.bot.receive(request);
      expect(received.kind).toBe('handshake');
      expect(received.answer).toMatchObject({ status: 200, body: expect.stringContaining(echo) });
      expect(refusalOf(forged)).toMatchObject({ kind: 'rejected' });
    });

    it.each([
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '42',
      '{"type":',
      '\u0000',
      '[{"event":{}}]',
      '{"__proto__":{"type":"x"}}',
      '[['.repeat(5000),
    ])('names what is signed and no event, and does not fall over it: %.20s', async (body) => {
      if (kit.garbled) {
        kit.garbled(body);
        // It is stored, and becomes a dead letter when it is read: a person sees it.
        await expect(take(kit)).rejects.toThrow('cannot be read');
        return expect(eventsOf(await take(kit, [await written()]))).toMatchObject([{ kind: 'message', text: 'hello' }]);
      }
      const received = kit.bot.receive(kit.signed(body));
      expect(received.kind).toBe('malformed');
      if (received.kind !== 'malformed') return;
      expect(received.key).not.toBe('');
      expect(received.answer.status).toBe(200);
      expect(kit.bot.receive(kit.signed(body))).toMatchObject({ key: received.key });
    });

    it('gives a redelivery the key of the first attempt, and another event another key', async () => {
      const request = await written();
      const again = kit.received(await kit.redelivered(request));
      expect(again).toMatchObject({ key: single(await take(kit, [request])).key });
      const other = await written();
      expect(single(await take(kit, [other])).key).not.toBe(single(await take(kit, [request])).key);
    });

    it('puts all that concerns one thread into one lane, and another thread into another', async () => {
      const [root, otherRoot] = [await opened(kit), await opened(kit)];
      const reply = kit.write(kit.users.member, root, 'on its way');
      kit.rewrite?.(reply, 'on its way today');
      if (kit.tells.threadOfDeleted) kit.remove?.(reply);
      const offer = {
        kind: 'notice',
        notice: notice('reply.held'),
        mention: null,
        visibleTo: null,
        actions: [{ action: 'send', value: 'd-9' }],
      } as const;
      const before = (await take(kit)).filter(({ events }) => events.some(({ kind }) => kind !== 'unknown'));
      const { posts } = await kit.bot.show(thread(kit, root), showing(offer), kit.access);
      await kit.pushed();
      const [post] = posts;
      if (!post) throw new Error('a notice has a post');
      await kit.press(kit.users.member, post, 'send', 'en');
      const press = await take(kit);
      expect(only(eventsOf(press), 'action')).toHaveLength(1);
      expect(new Set([...before, ...press].map(({ lane }) => lane)).size).toBe(1);
      kit.write(kit.users.member, otherRoot, 'elsewhere');
      const elsewhere = (await take(kit)).find(({ events }) => only(events, 'message').length > 0);
      expect(elsewhere?.lane).not.toBe(before[0]?.lane);
    });

    it('holds no secret in what it throws', async () => {
      const error = refusalOf({ ...(await written()), body: Buffer.from('secret words of a buyer') });
      expect(String(error)).not.toContain('secret words');
    });
  });
}
