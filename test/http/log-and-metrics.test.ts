import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics, type GateDepth } from '../../src/metrics.ts';

function capture() {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', stream: { write: (line: string) => void lines.push(line) } });
  return { log, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('the log', () => {
  it('writes the sentence, the fields and an ISO time', () => {
    const { log, last } = capture();
    log.info({ job: 'sla-sweep', shopId: 'stub:1', attempt: 2 }, 'done');
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      job: 'sla-sweep',
      shopId: 'stub:1',
      attempt: 2,
      msg: 'done',
    });
  });

  it.each(['accessToken', 'token', 'authorization', 'text', 'buyerName', 'body'])('hides %s at each depth', (field) => {
    const { log, last } = capture();
    const secret = { [field]: 'hush' };
    log.info({ ...secret, a: { ...secret, b: [{ ...secret, c: { ...secret, d: { e: { f: secret } } } }] } }, 'sentence');
    expect(JSON.stringify(last())).not.toContain('hush');
    expect(last()[field]).toBe('[redacted]');
  });

  it('says what it can of a value that goes round in a ring, and of bytes', () => {
    const { log, last } = capture();
    const ring: Record<string, unknown> = { id: 7, at: new Date(0), bytes: new Uint8Array(9) };
    ring['again'] = ring;
    log.info({ ring, list: [null, 1] }, 'sentence');
    expect(last()).toMatchObject({
      ring: { id: 7, at: '1970-01-01T00:00:00.000Z', bytes: '[bytes]', again: { id: 7 } },
      list: [null, 1],
      msg: 'sentence',
    });
  });

  it('tells of an error what it is and where, not what was in the address', () => {
    const { log, last } = capture();
    const cause = new TypeError('fetch of https://api.example.com/send?access_token=hush failed, mongodb://user:hush@db:27017/x too');
    const err = new PlatformError('refused', { kind: 'auth', platform: 'stub', code: '105001', requestId: 'r1', cause });
    log.error({ err }, 'sentence');
    expect(last()['err']).toMatchObject({
      ...{ type: 'PlatformError', kind: 'auth', platform: 'stub', code: '105001', requestId: 'r1', message: 'refused' },
      cause: { type: 'TypeError', message: 'fetch of https://api.example.com/send?... failed, mongodb://db:27017/x too' },
    });
    expect(JSON.stringify(last())).not.toContain('hush');
    log.error({ err: { token: 'hush' } }, 'sentence');
    expect(JSON.stringify(last())).not.toContain('hush');
  });
});

describe('metrics', () => {
  const start = new Date('2026-11-22T08:00:00Z');
  function stand(depths: () => Promise<{ inbox: readonly GateDepth[]; outbox: readonly GateDepth[] }>) {
    let ms = 0;
    const clock = { now: () => new Date(start.getTime() + ms), monotonicMs: () => ms };
    const metrics = createMetrics({ depths, clock, log: capture().log });
    const line = async (beginning: string) => (await metrics.render()).body.split('\n').find((one) => one.startsWith(beginning));
    return { metrics, line, pass: (more: number) => (ms += more) };
  }

  it('asks for depths on a scrape, and not more often than every five seconds', async () => {
    let asked = 0;
    const { line, pass } = stand(async () => {
      asked += 1;
      return { inbox: asked === 1 ? [{ gate: 'shop:a', depth: 3, oldest: new Date(start.getTime() - 4_000) }] : [], outbox: [] };
    });
    expect(await line('threadmart_inbox_depth{')).toBe('threadmart_inbox_depth{gate="shop:a"} 3');
    expect(await line('threadmart_inbox_lag_seconds{')).toBe('threadmart_inbox_lag_seconds{gate="shop:a"} 4');
    expect(asked).toBe(1);
    pass(5_000);
    expect(await line('threadmart_inbox_depth{')).toBeUndefined();
    expect(asked).toBe(2);
  });

  it('has the other figures when the store is away', async () => {
    const { metrics, line } = stand(() => Promise.reject(new Error('away')));
    metrics.acknowledged('stub', 'unavailable', 2.5);
    metrics.delivered('sent', 'message', null);
    metrics.delivered('retried', 'reply', 'rate-limited');
    metrics.leaseLost('shop:a');
    metrics.late();
    metrics.quotaSpent('shop:a', 'calls', 40_000, 50_000);
    expect(await line('threadmart_ack_seconds_count')).toContain('outcome="unavailable"} 1');
    expect(await line('threadmart_deliveries_total{kind="reply"')).toContain('failure="rate-limited"} 1');
    expect(await line('threadmart_lease_losses_total')).toBe('threadmart_lease_losses_total{gate="shop:a"} 1');
    expect(await line('threadmart_late_messages_total')).toBe('threadmart_late_messages_total 1');
    expect(await line('threadmart_quota_spent')).toBe('threadmart_quota_spent{gate="shop:a",quota="calls"} 40000');
    expect(await line('threadmart_depth_read_failures_total')).toBe('threadmart_depth_read_failures_total 1');
    expect(await line('process_resident_memory_bytes')).toBeDefined();
  });

  it('keeps the number of labels bounded whatever types platforms send', async () => {
    const { metrics } = stand(async () => ({ inbox: [], outbox: [] }));
    for (let type = 0; type < 500; type += 1) metrics.unknownEvent('stub', `type\n${type}`);
    const lines = (await metrics.render()).body.split('\n').filter((line) => line.startsWith('threadmart_unknown_events_total{'));
    expect(lines).toHaveLength(51);
    expect(lines.find((line) => line.includes('other'))).toContain('} 450');
  });
});
