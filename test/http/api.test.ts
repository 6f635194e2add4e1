import { afterEach, describe, expect, it } from 'vitest';
import { inquiryId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { defaultSettings, type Settings } from '../../src/core/settings.ts';
import { StoreError } from '../../src/embedded/index.ts';
import type { HttpDeps } from '../../src/http/deps.ts';
import { createRouting } from '../../src/routing.ts';
import { adminToken, asAdmin, jsonOf, lampHouse, now, type Stand, startStand, stubAdmin } from './stand.ts';

const noLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let stand: Stand;
afterEach(() => stand.close());

type Admin = HttpDeps['admin'];
const withAdmin = (overrides: Partial<Admin>) => startStand({ admin: { ...stubAdmin, ...overrides } });
const get = (path: string) => fetch(`${stand.url}${path}`, { headers: asAdmin });
const post = (path: string, body?: string) =>
  fetch(`${stand.url}${path}`, { method: 'POST', headers: asAdmin, ...(body === undefined ? {} : { body }) });

describe('health', () => {
  it('is alive, and says what keeps it from being ready', async () => {
    stand = await startStand({ readiness: () => ({ ready: false, checks: () => [{ name: 'store', ok: false }] }) });
    expect((await fetch(`${stand.url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${stand.url}/readyz`);
    expect([ready.status, await jsonOf(ready)]).toEqual([503, { ready: false, checks: [{ name: 'store', ok: false }] }]);
  });
});

describe('the administration API', () => {
  it('backs up and lists backups, says why it could not, and sends those with a MongoDB elsewhere', async () => {
    const kept = { path: '/data/backups/a.sqlite', at: now, bytes: 5 };
    const status = async () => ({ kept: [kept], lastFailure: null });
    stand = await withAdmin({ backups: { status, make: async () => kept } });
    const made = await post('/api/backup');
    const shown = { ...kept, at: now.toISOString() };
    expect([made.status, await jsonOf(made)]).toEqual([201, shown]);
    expect(await jsonOf(await get('/api/backup'))).toEqual({ items: [shown], nextCursor: null, lastFailure: null });
    await stand.close();
    stand = await withAdmin({ backups: { status, make: () => Promise.reject(new StoreError('disk-full', 'full')) } });
    const failed = await post('/api/backup');
    const error = { code: 'backup-failed', details: ['there is no room left on the disk.'] };
    expect([failed.status, await jsonOf(failed)]).toMatchObject([500, { error }]);
    await stand.close();
    stand = await startStand();
    expect([(await post('/api/backup')).status, (await get('/api/backup')).status]).toEqual([409, 409]);
  });

  it.each(['/api/shops', '/api/nothing', '/metrics', '/api/apply', '/api/dead-letters/x/replay'])(
    'needs the token for %s',
    async (path) => {
      stand = await startStand();
      const wrong = [undefined, 'Bearer', 'Bearer x', `Basic ${adminToken}`, `Bearer ${adminToken}x`, `Bearer ${adminToken} x`, adminToken];
      for (const authorization of wrong) {
        const answer = await fetch(`${stand.url}${path}`, { headers: authorization === undefined ? {} : { authorization } });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toContain('Bearer');
        expect(await jsonOf(answer)).toMatchObject({ error: { code: 'unauthorized' } });
      }
      expect((await fetch(`${stand.url}${path}`, { method: 'POST' })).status).toBe(401);
    },
  );

  it('hands out metrics', async () => {
    stand = await startStand();
    const answer = await get('/metrics');
    expect([answer.status, await answer.text()]).toEqual([200, 'up 1\n']);
  });

  it('lists, shows and tests shops by either id', async () => {
    stand = await startStand();
    expect(await jsonOf(await get('/api/shops'))).toEqual({ items: [JSON.parse(JSON.stringify(lampHouse))], nextCursor: null });
    for (const id of [lampHouse._id, lampHouse.externalId]) {
      expect(await jsonOf(await get(`/api/shops/${encodeURIComponent(id)}`))).toMatchObject({ name: 'Lamp House TH' });
    }
    expect(await jsonOf(await post(`/api/shops/${lampHouse._id}/test`))).toEqual({
      shop: lampHouse._id,
      findings: [{ check: 'token', ok: true }],
    });
    expect((await get('/api/shops/7494049642642441622')).status).toBe(404);
    expect((await get(`/api/shops/${lampHouse._id}/test`)).status).toBe(405);
  });

  it('pages through shops', async () => {
    const shops = ['a', 'b', 'c'].map((name) => ({ ...lampHouse, _id: `stub:${name}` as typeof lampHouse._id }));
    stand = await withAdmin({ shops: { ...stubAdmin.shops, list: async () => shops } });
    const first = await jsonOf(await get('/api/shops?limit=2'));
    expect(first.items.map(({ _id }) => _id)).toEqual(['stub:a', 'stub:b']);
    const second = await jsonOf(await get(`/api/shops?limit=2&cursor=${first.nextCursor}`));
    expect(second.items.map(({ _id }) => _id)).toEqual(['stub:c']);
    expect(second.nextCursor).toBeNull();
  });

  it('lists, shows, saves and removes templates', async () => {
    const stored = (id: string) => ({
      ...{ _id: `${id}/*/th`, name: id, marketplace: null, language: 'th', text: 'Hi', changedAt: now, changedBy: null },
    });
    const asked: unknown[] = [];
    stand = await withAdmin({
      templates: {
        list: async () => ['a', 'b', 'c'].map(stored),
        named: async (name) => (name === 'a/b' ? [stored('a')] : []),
        remarks: () => [{ key: 'template.held', params: { marketplace: 'stub' } }],
        async save(template, options) {
          asked.push(template, options);
          return template.text === ''
            ? { problems: [{ key: 'template.empty', params: {} }] }
            : { saved: { ...stored(template.name), text: template.text }, remarks: [] };
        },
        remove: async ({ name, language }) => (name === 'a' ? `a/*/${language}` : null),
      },
    });
    const first = await jsonOf(await get('/api/templates?limit=2'));
    expect(first.items.map(({ _id }) => _id)).toEqual(['a/*/th', 'b/*/th']);
    expect((await jsonOf(await get(`/api/templates?limit=2&cursor=${first.nextCursor}`))).items).toHaveLength(1);
    expect(await jsonOf(await get('/api/templates/a%2Fb'))).toMatchObject({
      items: [{ _id: 'a/*/th', remarks: ['On stub it would be held:'] }],
    });
    expect((await get('/api/templates/b')).status).toBe(404);

    const saved = await post('/api/templates', '{"name":"d","language":"th","text":"Hi"}');
    expect([saved.status, await jsonOf(saved)]).toMatchObject([200, { _id: 'd/*/th', text: 'Hi', remarks: [] }]);
    expect(asked).toEqual([
      { name: 'd', marketplace: null, language: 'th', text: 'Hi' },
      { by: null, as: 'either' },
    ]);
    const refused = await post('/api/templates', '{"name":"d","text":""}');
    const error = { code: 'invalid-template', details: ['The template has no text.'] };
    expect([refused.status, await jsonOf(refused)]).toMatchObject([400, { error }]);
    for (const body of ['', '[]', '{"name":"d"}', '{"name":"d","text":"x","more":1}', '{"name":7,"text":"x"}']) {
      expect((await post('/api/templates', body)).status).toBe(400);
    }
    expect(await jsonOf(await post('/api/templates/a/remove', '{"language":"th"}'))).toEqual({ removed: 'a/*/th' });
    expect((await post('/api/templates/b/remove', '{}')).status).toBe(404);
    expect((await get('/api/templates/a/remove')).status).toBe(405);
  });

  it('gives a ticket for a marketplace that has OAuth', async () => {
    stand = await withAdmin({ createTicket: async () => null });
    expect((await post('/api/connect', '{"marketplace":"stub"}')).status).toBe(409);
    expect((await post('/api/connect', '{"marketplace":"other"}')).status).toBe(404);
    for (const body of ['', '{', '[]', '{"marketplace":7}', '{"marketplace":"stub","__proto__":1}', '{"marketplace":"stub","more":1}']) {
      expect((await post('/api/connect', body)).status).toBe(400);
    }
    await stand.close();
    stand = await startStand();
    const answer = await post('/api/connect', '{"marketplace":"stub"}');
    expect([answer.status, (await jsonOf(answer)).url]).toEqual([201, 'https://answers.example.com/oauth/stub/start?ticket=t1']);
  });

  it('applies a configuration, or says all that is wrong with it', async () => {
    const asked: unknown[] = [];
    stand = await withAdmin({
      apply: async (yaml, options) => {
        asked.push([yaml, options]);
        return yaml.includes('bad')
          ? { problems: ['threadmart.yaml:1:1 bad: is not known here'] }
          : { changes: ['routes'], warnings: ['w'] };
      },
    });
    const answer = await fetch(`${stand.url}/api/apply?dryRun=1`, {
      method: 'POST',
      headers: { ...asAdmin, 'accept-language': 'zh-CN,en;q=0.5' },
      body: 'routes: []',
    });
    expect(await jsonOf(answer)).toEqual({ dryRun: true, changes: ['routes'], warnings: ['w'] });
    expect(asked).toEqual([['routes: []', { dryRun: true, locale: 'zh-CN' }]]);
    const refused = await post('/api/apply', 'bad: 1');
    expect([refused.status, (await jsonOf(refused)).error]).toEqual([
      400,
      {
        code: 'invalid-config',
        message: 'the configuration has problems; nothing was applied',
        details: ['threadmart.yaml:1:1 bad: is not known here'],
      },
    ]);
    const notUtf8 = await fetch(`${stand.url}/api/apply`, { method: 'POST', headers: asAdmin, body: new Uint8Array([0xff, 0xfe]) });
    expect(notUtf8.status).toBe(400);
  });

  it('hands filters and pages of inquiries on, and its cursor back', async () => {
    const asked: unknown[] = [];
    stand = await withAdmin({
      pages: {
        ...stubAdmin.pages,
        inquiries: async (filter, page) => {
          asked.push(filter, page);
          return { items: [], next: { at: now, id: 'i1' } };
        },
      },
    });
    const { nextCursor } = await jsonOf(await get(`/api/inquiries?open=1&shop=${lampHouse.externalId}&limit=2`));
    await get(`/api/inquiries?cursor=${nextCursor}&unrouted=1&status=waiting`);
    expect(asked).toEqual([
      { open: true, shopId: lampHouse._id, unrouted: false },
      { after: null, limit: 2 },
      { unrouted: true, status: 'waiting' },
      { after: { at: now, id: 'i1' }, limit: 50 },
    ]);
  });

  it('answers 400 to questions that make no sense', async () => {
    stand = await startStand();
    const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const wrong = [
      ...[
        'limit=0',
        'limit=201',
        'limit=x',
        'limit=1e1',
        'open=perhaps',
        'status=lost',
        'nothing=1',
        '__proto__=1',
        'cursor=',
        'cursor=!!',
      ],
      ...[null, [], [1], ['1', 'a'], [9e15, 'a'], [1.5, 'a'], [1, 'a', 2], { at: 1 }].map((value) => `cursor=${cursor(value)}`),
    ];
    for (const query of wrong) {
      const answer = await get(`/api/inquiries?${query}`);
      expect([query, answer.status]).toEqual([query, 400]);
      expect((await jsonOf(answer)).error.message).toBeTypeOf('string');
    }
  });

  it('replays and discards dead letters, and wakes the pipeline', async () => {
    const asked: string[] = [];
    stand = await withAdmin({
      deadLetters: {
        ...stubAdmin.deadLetters,
        show: async (id) => ({
          ...{ _id: id, box: 'inbox', state: 'dead', at: now, diedAt: now, source: 'stub', kind: 'event', reason: 'poison', attempts: 8 },
          ...{ inquiryId: null, lane: 'l', content: null, trace: [] },
          raw: { contentType: 'application/json', body: id === 'binary' ? new Uint8Array([0xff]) : Buffer.from('{"你":1}') },
        }),
        replay: async (id) => {
          asked.push(`replay ${id}`);
          return { _id: id, box: 'inbox', state: 'received', changed: true };
        },
        discard: async (id) => {
          asked.push(`discard ${id}`);
          return id === 'unreadable' ? { _id: id, box: 'inbox', state: 'dead', changed: false } : null;
        },
      },
      wake: () => void asked.push('wake'),
    });
    expect((await jsonOf(await get('/api/dead-letters/stub%2Fdefault%7Cm1'))).raw).toEqual({
      contentType: 'application/json',
      encoding: 'utf8',
      body: '{"你":1}',
    });
    expect((await jsonOf(await get('/api/dead-letters/binary'))).raw).toMatchObject({ encoding: 'base64', body: '/w==' });
    expect((await post('/api/dead-letters/stub%2Fdefault%7Cm1/replay')).status).toBe(200);
    expect((await post('/api/dead-letters/gone/discard')).status).toBe(404);
    expect((await post('/api/dead-letters/unreadable/discard')).status).toBe(409);
    expect(asked).toEqual(['replay stub/default|m1', 'wake', 'discard gone', 'discard unreadable']);
  });

  it('tells which channel would take a shop, and which rule a text, and why', async () => {
    const channel = { platform: 'slack', connection: 'default', id: 'C1' };
    const settings: Settings = {
      ...defaultSettings,
      routes: [
        { name: 'refunds', when: { language: 'th', keyword: ['คืนเงิน', '退款'] }, channel, tags: ['refund'] },
        {
          when: {
            buyerTag: 'vip',
            time: {
              hours: Array(7).fill([
                { from: 0, to: 360 },
                { from: 1_320, to: 1_440 },
              ]),
            },
          },
          channel,
        },
        { when: {}, channel: { ...channel, id: 'C2' } },
      ],
    };
    stand = await withAdmin({ routing: createRouting({ settings: () => settings, log: noLog }) });
    expect(await jsonOf(await get(`/api/route?shop=${lampHouse._id}`))).toEqual({ shop: lampHouse._id, channel: { ...channel, id: 'C2' } });
    expect((await get('/api/route')).status).toBe(400);
    const ask = async (question: object, language = 'en') => {
      const body = JSON.stringify({ shop: lampHouse.externalId, ...question });
      return fetch(`${stand.url}/api/route`, { method: 'POST', headers: { ...asAdmin, 'accept-language': language }, body });
    };
    expect(await jsonOf(await ask({ text: 'ขอคืนเงินค่ะ' }))).toMatchObject({
      ...{ shop: lampHouse._id, language: 'th', passed: [] },
      match: { index: 0, name: 'refunds', outcome: { channel, tags: ['refund'] } },
      sentences: ['rule 1 (refunds) takes it: language: th; keyword: คืนเงิน'],
    });
    const night = { text: '在吗', buyerTags: ['VIP'], at: '2026-12-01T23:30:00+07:00' };
    expect((await jsonOf(await ask(night))).sentences).toEqual([
      'rule 1 (refunds) does not: language is to be th, but is zh',
      'rule 2 takes it: buyer tag: vip; time: tue 23:30 Asia/Bangkok',
    ]);
    expect((await jsonOf(await ask({ ...night, at: '2026-12-01T10:30:00+07:00' }, 'zh-CN'))).sentences).toEqual([
      '规则 1（refunds） 不匹配：语言应为 th，实际为 zh',
      '规则 2 不匹配：时间应为 mon-sun 00:00-06:00 22:00-24:00 Asia/Bangkok，实际为 tue 10:30 Asia/Bangkok',
      '规则 3 匹配：没有条件',
    ]);
    for (const wrong of [{ shop: 'nobody' }, { at: 'tomorrow' }, { text: 7 }, { more: 1 }, { buyerTags: 'vip' }]) {
      expect((await ask(wrong)).status).toBe('shop' in wrong ? 404 : 400);
    }
  });

  it('shows inquiries, messages, traces, the outbox and what the doctor finds', async () => {
    const inquiry = { _id: inquiryId('i1') } as Inquiry;
    stand = await withAdmin({
      pages: {
        ...stubAdmin.pages,
        inquiry: async (id) => (id === 'i1' ? { inquiry, history: [] } : null),
        messages: async () => ({ items: [], next: null }),
        deliveries: async ({ states }) => ({ items: [], next: { at: now, id: states.join() } }),
      },
      traces: { trace: async (id) => (id === 'm1' ? { inquiryId: 'i1', messageIds: ['m1'], states: [], hops: [] } : null) },
      doctor: async (locale) => [{ check: locale, ok: true }],
    });
    expect(await jsonOf(await get('/api/inquiries/i1'))).toEqual({ inquiry: { _id: 'i1' }, history: [] });
    expect(await jsonOf(await get('/api/inquiries/i1/messages'))).toEqual({ items: [], nextCursor: null });
    expect((await get('/api/inquiries/i2')).status).toBe(404);
    expect((await get('/api/inquiries/i2/messages')).status).toBe(404);
    expect((await get('/api/trace/m1')).status).toBe(200);
    expect((await get('/api/trace/m2')).status).toBe(404);
    expect((await get('/api/outbox?state=held')).status).toBe(200);
    expect((await get('/api/outbox?state=lost')).status).toBe(400);
    expect(await jsonOf(await get('/api/doctor'))).toEqual({ findings: [{ check: 'en', ok: true }] });
    for (const path of ['/api/statistics', '/api']) expect((await get(path)).status).toBe(404);
  });

  it('says nothing of an unforeseen error but the id under which the log has it', async () => {
    stand = await withAdmin({ doctor: () => Promise.reject(new Error('secret-thing at /srv/app/file.ts')) });
    const answer = await fetch(`${stand.url}/api/doctor`, { headers: { ...asAdmin, 'x-request-id': 'from-a-proxy-1' } });
    expect(answer.status).toBe(500);
    const body = await answer.text();
    expect(body).not.toMatch(/secret-thing|file\.ts|node_modules/);
    expect(answer.headers.get('x-request-id')).toBe('from-a-proxy-1');
    expect(stand.logLines.find((line) => line.includes('from-a-proxy-1'))).toContain('secret-thing');
  });

  it('keeps no request id that could harm a log', async () => {
    stand = await startStand();
    for (const id of ['short', 'x'.repeat(65), 'with space 123', '"},{"level":"x"']) {
      const answer = await fetch(`${stand.url}/healthz`, { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toMatch(/^id-\d{8}$/);
    }
  });
});
