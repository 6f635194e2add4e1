import { describe, expect, it } from 'vitest';
import type { BackupStatus } from '../../src/backups.ts';
import { monthOf } from '../../src/core/economy.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { createDoctor, type DoctorDeps } from '../../src/doctor/index.ts';
import { PlatformError } from '../../src/errors.ts';
import { lampHouse, manualTimers, now } from '../http/stand.ts';

const channel = { platform: 'stub', connection: 'default', id: 'C1' };
const empty = async () => ({ items: [], next: null });
const healthy = async () => new Response('{"status":"ok"}', { headers: { date: now.toUTCString() } });

const wellDeps: DoctorDeps = {
  publicUrl: 'https://answers.example.com',
  platformUrls: ['https://api.example.com'],
  fetch: healthy,
  inspectTls: async () => ({ problem: null, validUntil: new Date('2027-01-22T00:00:00Z') }),
  now: () => now,
  timers: manualTimers(),
  configProblems: async () => [],
  store: { trouble: async () => null, version: async () => '8.0.4', keyFits: async () => true },
  backups: null,
  jobs: async () => [],
  quotas: async () => [],
  shops: async () => [lampHouse],
  checkShop: async () => [{ check: 'token', ok: true }],
  bots: new Map([['stub/default', { check: async (ids) => ids.map((id) => ({ check: `channel ${id}`, ok: true })) }]]),
  settings: async () => ({ ...defaultSettings, routes: [{ when: {}, channel }] }),
  pages: { inquiries: empty },
  deadLetters: { list: empty },
};

const backups = (hoursAgo: readonly number[], lastFailure: BackupStatus['lastFailure']): DoctorDeps['backups'] => ({
  status: async () => ({
    kept: hoursAgo.map((hours) => ({ path: '', at: new Date(now.getTime() - hours * 3_600_000), bytes: 1 })),
    lastFailure,
  }),
  policy: async () => defaultSettings.backup,
});

const problems = async (overrides: Partial<DoctorDeps>, locale: 'en' | 'zh-CN' = 'en') => {
  const findings = await createDoctor({ ...wellDeps, ...overrides })(locale);
  return findings.filter(({ ok }) => !ok).map(({ check, problem, effect }) => [check, problem, typeof effect]);
};

describe('the doctor', () => {
  it('looks everywhere, and is content with what is well', async () => {
    const findings = await createDoctor(wellDeps)('en');
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual([
      ...['config', 'public-address', 'clock', 'store', 'secret-key', `${lampHouse._id} token`, `${lampHouse._id} route`],
      ...['stub/default channel C1', 'inquiries', 'dead-letters'],
    ]);
  });

  it('shows the last run of each job, and which are late or failed', async () => {
    const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
    const job = (name: string, ago: number, lastFailed = false) => ({
      name,
      lastRunAt: minutesAgo(ago + 1),
      nextRunAt: minutesAgo(ago),
      lastFailed,
    });
    const jobs = async () => [job('well', 4), job('late', 6), job('broken', 0, true), { ...job('never', 9), lastRunAt: null }];
    const findings = await createDoctor({ ...wellDeps, jobs })('en');
    const last = minutesAgo(5).toISOString().slice(0, 19).replace('T', ' ');
    expect(findings).toContainEqual({ check: `job well (${last} UTC)`, ok: true });
    expect((await problems({ jobs })).map(([check, problem]) => [check?.split(' (')[0], problem])).toEqual([
      ['job late', 'It is late.'],
      ['job broken', 'Its last run failed.'],
      ['job never', 'It is late.'],
    ]);
  });

  it('estimates what a month takes, against the plan', async () => {
    const quota = (gate: string, permits: number, more: object = {}) => ({
      ...{ gate, name: 'month', window: monthOf(now).start, spent: 1_000, permits, every: 'month' as const },
      ...more,
    });
    const quotas = async () => [
      quota('bot:enough/default', 50_000),
      quota('bot:little/default', 1_100),
      quota('bot:of-last-month/default', 1, { window: new Date('2026-09-30T16:00:00Z') }),
      { gate: 'shop:a', name: 'day', window: now, spent: 9, permits: 10 },
    ];
    const findings = (await createDoctor({ ...wellDeps, quotas })('en')).filter(({ check }) => check.includes('calls of the month'));
    expect(findings.map(({ check, ok }) => [check.split(' ')[0], ok])).toEqual([
      ['enough/default', true],
      ['little/default', false],
    ]);
    expect(findings[0]?.check).toMatch(/^enough\/default calls of the month \(1000 of 50000, ~\d+ at this rate\)$/);
    expect(findings[1]?.problem).toMatch(/^At this rate the month takes \d+ calls; the plan allows 1100\.$/);
  });

  it('is content with backups that are young enough, still to come, or not wanted', async () => {
    expect(await problems({ backups: backups([47, 71], null) })).toEqual([]);
    expect(await problems({ backups: backups([], null) })).toEqual([]);
    const policy = async () => ({ everyHours: 0, keep: 1 });
    expect(
      await problems({ backups: { status: async () => ({ kept: [{ path: '', at: new Date(0), bytes: 1 }], lastFailure: null }), policy } }),
    ).toEqual([]);
  });

  const ms = (seconds: number) => () => new Date(now.getTime() + seconds * 1000);
  const certificate = (problem: string | null, validUntil: string) => ({
    inspectTls: async () => ({ problem, validUntil: new Date(validUntil) }),
  });
  it.each<[string, string | undefined, Partial<DoctorDeps>]>([
    ['public-address', 'PUBLIC_URL is not set.', { publicUrl: null }],
    ['public-address', 'PUBLIC_URL does not begin with https://.', { publicUrl: 'http://answers.example.com' }],
    ['public-address', 'Nobody answers at answers.example.com.', { inspectTls: () => Promise.reject(new Error('refused')) }],
    ['public-address', 'Its certificate is not trusted (CERT_HAS_EXPIRED).', certificate('CERT_HAS_EXPIRED', '2026-01-01')],
    ['public-address', 'Its certificate ends in 3 day(s).', certificate(null, '2026-11-25T20:00:00Z')],
    ['clock', "This machine's clock is 40 s ahead of api.example.com.", { now: ms(40) }],
    ['clock', "This machine's clock is 40 s behind api.example.com.", { now: ms(-40) }],
    [
      'store',
      'The database is MongoDB 6.0.1; 7 or newer is needed.',
      { store: { trouble: async () => null, version: async () => '6.0.1', keyFits: async () => true } },
    ],
    [
      'store',
      'The store has no room left on its disk. Free some space; nothing has to be restarted.',
      { store: { trouble: async () => 'full', version: async () => '8', keyFits: async () => true } },
    ],
    [
      'secret-key',
      'The database was encrypted with another SECRET_KEY.',
      { store: { trouble: async () => null, version: async () => '8', keyFits: async () => false } },
    ],
    ['backup', 'The last backup failed: there is no room left on the disk.', { backups: backups([1], { at: now, failure: 'disk-full' }) }],
    ['backup', 'The newest backup is 49 hours old; one is due every 24.', { backups: backups([49, 73], null) }],
    ['shops', 'No shop is connected.', { shops: async () => [] }],
    [
      `${lampHouse._id} shops`,
      'The check did not succeed (auth 105002).',
      { checkShop: () => Promise.reject(new PlatformError('no', { kind: 'auth', platform: 'stub', code: '105002' })) },
    ],
    [`${lampHouse._id} route`, 'No rule takes all that comes for this shop.', { settings: async () => defaultSettings }],
    ['config', 'threadmart.yaml:1:1 x', { configProblems: async () => ['threadmart.yaml:1:1 x'] }],
  ])('%s: %s', async (check, problem, overrides) => {
    expect(await problems(overrides)).toEqual([[check, problem, 'string']]);
  });

  it('says it in Chinese too, and nothing of an error’s own words', async () => {
    const store = { trouble: async () => null, version: () => Promise.reject(new Error('mongodb://u:hush@db')), keyFits: async () => true };
    expect(await problems({ store }, 'zh-CN')).toEqual([['store', '检查未能完成（Error）。', 'string']]);
  });

  it('names a chat that the routes use and nobody configured', async () => {
    expect((await problems({ bots: new Map() })).map(([check]) => check)).toEqual(['chat', 'stub/default']);
  });
});
