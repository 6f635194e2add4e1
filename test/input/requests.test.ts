import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createDeadLetterStore } from '../../src/store/dead-letters.ts';
import { createPageStore } from '../../src/store/pages.ts';
import { createTraceStore } from '../../src/store/trace.ts';
import { adminToken, stubAdmin } from '../http/stand.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';
import { must, run } from './guards.ts';
import { anyText, damaged, mangled, oddKeys, oddValues } from './mangle.ts';
import { createTarget, type Target } from './target.ts';

let store: TestStore;
let target: Target;
beforeAll(async () => {
  store = await openTestStore();
  const { connection } = store;
  const secret = { appKey: 'key', appSecret: 'secret', signingSecret: 'secret' };
  target = await createTarget({
    tiktok: secret,
    slack: secret,
    admin: {
      ...stubAdmin,
      apply: async () => ({ problems: ['nothing fits'] }),
      // Real ones, so that what is asked meets a real database.
      pages: createPageStore(connection),
      deadLetters: createDeadLetterStore(connection),
      traces: createTraceStore(connection),
    },
  });
  await connection.collection('inbox').insertOne({ _id: 'seen' as never, state: 'done' });
});
afterAll(async () => {
  target.line.close();
  await store.close();
});

const open = [
  '/',
  '/healthz',
  '/readyz',
  '/hooks/tiktok-shop',
  '/hooks/x',
  '/bots/slack/events',
  '/bots/x/events',
  '/oauth/tiktok-shop/start',
];
const paths = [
  ...open,
  ...[
    '/oauth/tiktok-shop/callback',
    '/oauth/x/start',
    '/metrics',
    '/api',
    '/api/shops',
    '/api/shops/:id',
    '/api/shops/:id/test',
    '/api/connect',
  ],
  ...[
    '/api/apply',
    '/api/inquiries',
    '/api/inquiries/:id',
    '/api/inquiries/:id/messages',
    '/api/trace/:id',
    '/api/outbox',
    '/api/dead-letters',
  ],
  ...['/api/dead-letters/:id', '/api/dead-letters/:id/replay', '/api/dead-letters/:id/discard', '/api/route', '/api/doctor'],
  ...['/api/templates', '/api/templates/:name', '/api/templates/:name/remove'],
];
const names = [
  'cursor',
  'limit',
  'open',
  'status',
  'state',
  'shop',
  'box',
  'gate',
  'unrouted',
  'dryRun',
  'ticket',
  'state',
  'code',
  'error',
  'echo',
  ...oddKeys,
];
const cursorOf = (json: string) => Buffer.from(json).toString('base64url');

const text = fc.oneof(anyText(20), fc.constantFrom(...oddValues), fc.constantFrom(...oddValues).map(cursorOf));
const encoded = fc.oneof(
  { weight: 3, arbitrary: text.map((value) => encodeURIComponent(value.toWellFormed())) },
  { weight: 1, arbitrary: text.map(asciiOf) },
);
const search = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom('', '[]', '[$gt]', '[__proto__]', '.x'), encoded), { maxLength: 4 })
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map(([name, more, value]) => `${asciiOf(name)}${more}=${value}`).join('&')}`));
const address = fc
  .tuple(fc.constantFrom(...paths), encoded, fc.constantFrom('', '', '', '/', '/..', '//', '/%2e%2e', '%00', ';x', '/x'), search)
  .map(([path, id, more, query]) => `${path.replace(':id', id)}${more}${query}`);
/** What may stand in an address line: neither blanks nor line ends. */
function asciiOf(value: string): string {
  return value.replace(/[^\x21-\x7e]/g, '_');
}

const method = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('GET', 'POST') },
  { weight: 1, arbitrary: fc.constantFrom('HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND', 'M-SEARCH') },
);
const headerValue = fc.oneof(
  text.map((value) => value.replace(/[^ -~\u0080-\u00ff]/g, '\u00e9')),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e9',
    '99999999999999999999',
    'gzip',
    'identity',
    'chunked',
    'close',
    'keep-alive, upgrade',
    'text/plain;charset=x',
    '*',
  ),
);
const headerName = fc.constantFrom(
  ...[
    'Content-Type',
    'Content-Encoding',
    'Accept-Language',
    'Accept',
    'Authorization',
    'X-Slack-Signature',
    'X-Slack-Request-Timestamp',
    'Cookie',
    'Origin',
  ],
  ...[
    'X-Request-Id',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-HTTP-Method-Override',
    'If-None-Match',
    'Range',
    'Expect',
    'Upgrade',
    'TE',
    'Referer',
    'Host',
  ],
  ...['__proto__', 'constructor', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Authorization'],
);
const headers = fc.array(fc.tuple(headerName, headerValue), { maxLength: 4 });
const body = fc.oneof(
  fc.constant(new Uint8Array(0)),
  mangled([
    { marketplace: 'tiktok-shop' },
    { type: 14, shop_id: '7', data: { message_id: '1', conversation_id: '2' } },
    { type: 'event_callback', event: {} },
  ]),
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom('shops: []', 'a: &a [*a]', 'payload=%7B%7D', '__proto__[x]=1').map((words) => Buffer.from(words)),
);

const latin1 = (value: string) => Buffer.from(value, 'latin1');
const toRequest = (line: string, given: readonly (readonly [string, string])[], content: Uint8Array) =>
  Buffer.concat([latin1(`${[line, ...given.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`), content]);

/** No fault of ours, no word of how we are made, nothing stored, nothing kept from the next one. */
function harmless(answers: readonly { readonly status: number; readonly body: string }[]): void {
  for (const { status, body: words } of answers) {
    must(status < 500, `it was answered ${status}`);
    must(!/node_modules|\.ts:\d|at \w+ \(/.test(words), 'an answer tells of the inside');
  }
  must(target.stored.size === 0, 'something was stored');
  must(target.failures().length === 0, target.failures().join('\n'));
}

describe('any request', () => {
  it('from who has the token is answered, and its faults are the caller’s', async () => {
    const cases = fc.tuple(method, address, headers, body);
    await run(cases, 0.06, async ([verb, where, more, content]) => {
      const fixed = ['content-length', 'transfer-encoding', 'connection', 'authorization', 'host', 'expect', 'upgrade'];
      const own = [
        ['Host', 'x'],
        ['Authorization', `Bearer ${adminToken}`],
        ['Content-Length', String(content.length)],
      ] as const;
      const request = toRequest(
        `${verb} ${where} HTTP/1.1`,
        [...own, ...more.filter(([name]) => !fixed.includes(name.toLowerCase()))],
        content,
      );
      const answers = verb === 'HEAD' ? await target.line.throwAt(request) : [await target.line.ask(request)];
      harmless(answers);
    });
  });

  it('from who has not is refused where a token is needed', async () => {
    const guarded = fc.constantFrom(...paths.filter((path) => path.startsWith('/api') || path === '/metrics'));
    await run(fc.tuple(method, guarded, encoded, search, headers, body), 0.03, async ([verb, path, id, query, more, content]) => {
      const others = more.filter(
        ([name]) => !['content-length', 'transfer-encoding', 'connection', 'expect', 'upgrade'].includes(name.toLowerCase()),
      );
      const own = [
        ['Host', 'x'],
        ['Content-Length', String(content.length)],
      ] as const;
      const request = toRequest(`${verb} ${path.replace(':id', id || 'x')}${query} HTTP/1.1`, [...own, ...others], content);
      const answers = await target.line.throwAt(request);
      for (const { status } of answers) must([400, 401, 404, 431].includes(status), `it was answered ${status}`);
      harmless(answers);
    });
  });

  it('however broken, leaves the service as it was', async () => {
    const damage = fc.array(
      fc.record({ kind: fc.constantFrom('cut' as const, 'flip', 'insert'), at: fc.nat({ max: 3_000 }), byte: fc.nat({ max: 255 }) }),
      {
        maxLength: 5,
      },
    );
    const chunked = fc.tuple(
      fc.constantFrom('1\r\n{\r\n0\r\n\r\n', 'zz\r\n', '-1\r\n', 'fffffffffffffffff\r\nx', '0\r\nX: y\r\n\r\n', '1;a=b\r\n{\r\n'),
      fc.boolean(),
    );
    const version = fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', '');
    const cases = fc.tuple(method, address, version, headers, fc.option(chunked), body, damage, fc.integer({ min: 1, max: 3 }));
    await run(cases, 0.06, async ([verb, where, http, more, chunks, content, harm, times]) => {
      const framing = chunks ? ([['Transfer-Encoding', 'chunked'], ...(chunks[1] ? [['Content-Length', '5'] as const] : [])] as const) : [];
      const one = toRequest(`${verb} ${where} ${http}`, [['Host', 'x'], ...framing, ...more], chunks ? latin1(chunks[0]) : content);
      const many = Buffer.concat(Array<Uint8Array>(times).fill(one));
      harmless(await target.line.throwAt(harm.reduce(damaged, many as Uint8Array)));
    });
    const [alive] = await target.line.throwAt(latin1('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));
    must(alive?.status === 200, 'the service does not answer any more');
  });
});
