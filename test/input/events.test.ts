import { serialize } from 'bson';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { ChatEvent } from '../../bots/bot.ts';
import { decideThread } from '../../src/core/decide-chat.ts';
import { decideMessages } from '../../src/core/decide-marketplace.ts';
import type { InboxEvent } from '../../src/core/inbox.ts';
import type { ThreadEvent } from '../../src/core/thread-view.ts';
import { conversationView, inquiry, member, threadView } from '../core/fixtures.ts';
import { signRequest } from '../kits/slack/sign.ts';
import { webhookSign } from '../kits/tiktok-shop/signing.ts';
import { genuineSlack, genuineWebhooks, type SlackPayloads } from './genuine.ts';
import { must, run } from './guards.ts';
import { anyText, damaged, mangled } from './mangle.ts';
import { createTarget, type Target } from './target.ts';

interface Signed {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

let webhooks: Awaited<ReturnType<typeof genuineWebhooks>>;
let slack: SlackPayloads;
let target: Target;
beforeAll(async () => {
  [webhooks, slack] = [await genuineWebhooks(), await genuineSlack()];
  target = await createTarget({ tiktok: webhooks, slack });
});
afterAll(() => target.line.close());

const hook = '/hooks/tiktok-shop';
const bot = '/bots/slack/events';
const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

const signedWebhook = (body: Uint8Array): Signed => ({
  body,
  headers: { 'content-type': json, authorization: webhookSign(webhooks.appKey, webhooks.appSecret, body) },
});

function signedBySlack(body: Uint8Array, contentType: string): Signed {
  // Slack signs text; of bytes that are none, nobody has a right signature.
  const text = Buffer.from(body).toString('utf8');
  const { headers } = signRequest(slack.signingSecret, text, json, Math.floor(Date.now() / 1_000));
  return { body, headers: { ...headers, 'content-type': contentType } };
}

/** Forms in which Slack sends: events as JSON, interactions in one field of a form, commands as a form; and what it never does. */
const slackBodies = (): fc.Arbitrary<{ readonly body: Uint8Array; readonly contentType: string }> => {
  const asForm = (field: string) => (bytes: Uint8Array) =>
    Buffer.from(new URLSearchParams({ [field]: Buffer.from(bytes).toString() }).toString());
  const contentType = (usual: string) => fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: oddTypes });
  const field = fc.oneof(
    { weight: 9, arbitrary: fc.constant('payload') },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'Payload', '') },
  );
  const text = anyText(40).map((value) => value.toWellFormed());
  const names = fc.constantFrom(
    '__proto__',
    'constructor',
    'command',
    'ssl_check',
    'channel_id',
    'user_id',
    'trigger_id',
    'payload',
    'a[b]',
    '$gt',
  );
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ body: mangled(slack.events), contentType: contentType(json) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        body: fc.tuple(mangled(slack.interactions), field).map(([bytes, name]) => asForm(name)(bytes)),
        contentType: contentType(form),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        body: fc
          .tuple(fc.constantFrom(...slack.commands), fc.array(fc.tuple(names, text), { maxLength: 3 }))
          .map(([fields, more]) => Buffer.from(new URLSearchParams([...Object.entries(fields), ...more]).toString())),
        contentType: contentType(form),
      }),
    },
  );
};
const oddTypes = fc.constantFrom(
  '',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'APPLICATION/JSON',
  form,
  json,
  `${form};x`,
);

/** True: these bytes are text. */
function isUtf8(bytes: Uint8Array): boolean {
  return Buffer.from(Buffer.from(bytes).toString('utf8')).equals(bytes);
}

const request = (path: string, { body, headers }: Signed): Uint8Array =>
  Buffer.concat([
    Buffer.from(
      [
        `POST ${path} HTTP/1.1`,
        'host: x',
        `content-length: ${body.length}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        '',
        '',
      ].join('\r\n'),
    ),
    body,
  ]);

/** Sends it, and again: stored once and as it came, answered the same both times. Resolves to what was stored. */
async function sendTwice(path: string, signed: Signed, taken: boolean): Promise<InboxEvent | null> {
  target.stored.clear();
  const bytes = request(path, signed);
  const first = await target.line.ask(bytes);
  const [event, more] = target.stored.values();
  must(first.status === (taken ? 200 : 401), `it was answered ${first.status}`);
  must(more === undefined, 'one request left two events');
  must(taken || !event, 'what is refused was stored');
  must(!event || Buffer.from(event.body).equals(signed.body), 'it was not stored as it came');
  const again = await target.line.ask(bytes);
  const [same, another] = target.stored.values();
  must(again.status === first.status && again.body === first.body, 'the second time it was answered otherwise');
  must(same === event && another === undefined, 'the second time changed what was stored');
  must(target.failures().length === 0, target.failures().join('\n'));
  return event ?? null;
}

/** What the inbox does with it: events, or an error of its own that makes it a dead letter. */
function understood<Event>(read: () => readonly Event[]): readonly Event[] {
  try {
    return read();
  } catch (error) {
    // Told in a sentence; a stumble of the language itself would be a bug.
    must(error instanceof Error && !(error instanceof TypeError), `it stumbled: ${String(error)}`);
    return [];
  }
}

/** A decision must fit into the database, with no key that means something there and no time that is none. */
function storable(turn: object | null): void {
  if (!turn) return;
  serialize(turn, { checkKeys: true });
}

function toThreadEvents(event: ChatEvent): readonly ThreadEvent[] {
  switch (event.kind) {
    case 'message':
      return [{ ...event, member, files: [] }];
    case 'edit':
      return [{ ...event, member }];
    case 'delete':
      return [event];
    case 'action':
      return [{ ...event, member }];
    default:
      return [];
  }
}

describe('anything that is rightly signed', () => {
  it('by TikTok Shop is stored once, understood or buried, and decided without harm', async () => {
    await run(mangled(webhooks.bodies), 0.35, async (body) => {
      const event = await sendTwice(hook, signedWebhook(body), true);
      if (event?.state !== 'received') return;
      for (const happened of understood(() => target.tiktok.toEvents(event))) {
        if (happened.kind !== 'message') continue;
        storable(decideMessages(conversationView(), [happened.message]).turn);
        storable(decideMessages(conversationView({ inquiry }), [happened.message, happened.message]).turn);
      }
    });
  });

  it('by Slack is stored once, understood or buried, and decided without harm', async () => {
    await run(slackBodies(), 0.35, async ({ body, contentType }) => {
      const event = await sendTwice(bot, signedBySlack(body, contentType), isUtf8(body));
      if (event?.state !== 'received') return;
      const events = understood(() => target.slack.toEvents(event)).flatMap(toThreadEvents);
      storable(decideThread(threadView(), events).turn);
    });
  });
});

describe('anything that is not', () => {
  it('is refused, and nothing of it is kept', async () => {
    const tampering = fc.record({
      at: fc.constantFrom('body', 'signature', 'time', 'nothing'),
      damage: fc.record({
        kind: fc.constantFrom('cut' as const, 'flip', 'insert'),
        at: fc.nat({ max: 3_000 }),
        byte: fc.nat({ max: 255 }),
      }),
      signature: fc.oneof(
        fc.string({ unit: 'grapheme-ascii', maxLength: 80 }),
        fc.constantFrom('', 'v0=', 'v0', 'Bearer x', '0'.repeat(64), `v0=${'0'.repeat(64)}`),
      ),
      seconds: fc.oneof(fc.integer({ min: 301, max: 10_000_000 }), fc.integer({ min: -10_000_000, max: -302 })),
    });
    const cases = fc.tuple(
      fc.oneof(
        mangled(webhooks.bodies).map((body) => ({ path: hook, signed: signedWebhook(body) })),
        slackBodies().map(({ body, contentType }) => ({ path: bot, signed: signedBySlack(body, contentType) })),
      ),
      tampering,
    );
    await run(cases, 0.1, async ([{ path, signed }, { at, damage, signature, seconds }]) => {
      const name = path === hook ? 'authorization' : 'x-slack-signature';
      const { [name]: right = '', ...others } = signed.headers;
      const forged = {
        body: () => ({ ...signed, body: damaged(signed.body, damage) }),
        signature: () => ({ ...signed, headers: { ...others, [name]: signature } }),
        time: () => ({
          ...signed,
          headers: { ...signed.headers, 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1_000) + seconds) },
        }),
        nothing: () => ({ ...signed, headers: others }),
      }[at]();
      // Nothing was changed after all, or only what nobody looks at.
      const same = Buffer.from(forged.body).equals(signed.body) && (forged.headers as Record<string, string>)[name] === right;
      if (same && (at !== 'time' || path === hook)) return;
      await sendTwice(path, forged, false);
    });
  });
});
