import { describe, expect, it } from 'vitest';
import { type CallEffect, fromCode, fromNetwork, fromStatus } from '../../../bots/feishu/failures.ts';

const details = (effect: CallEffect = 'post', inChannel = true) => ({ api: 'message.reply', effect, inChannel });
const of = (code: number, effect: CallEffect = 'post', inChannel = true, resetSeconds: number | null = null) =>
  fromCode(details(effect, inChannel), { code, resetSeconds });

describe('a code', () => {
  it.each<[string, number, object]>([
    ['of an API that was asked too often', 99991400, { kind: 'rate-limited', limit: 'method', retryAfterMs: 7_000 }],
    ['of a group that was written to too often', 230020, { kind: 'rate-limited', limit: 'channel', retryAfterMs: 7_000 }],
    ['of a month that is used up', 99991403, { kind: 'rate-limited', limit: 'day' }],
    ['of a token', 99991663, { kind: 'auth', localToChannel: false }],
    ['of a secret', 10014, { kind: 'auth', localToChannel: false }],
    ['of an app that is switched off', 99991662, { kind: 'auth', localToChannel: false }],
    ['of a scope, when posting', 99991672, { kind: 'auth', localToChannel: false }],
    ['of a bot that is not in the group', 230002, { kind: 'auth', localToChannel: true }],
    ['of a group that is gone', 232009, { kind: 'auth', localToChannel: true }],
    ['of a group without topics', 230071, { kind: 'auth', localToChannel: true }],
    ['of a message that was recalled', 230011, { kind: 'rejected', reason: 'platform.topic-gone' }],
    ['of a topic that is gone', 230019, { kind: 'rejected', reason: 'platform.topic-gone' }],
    ['of a permission', 230027, { kind: 'rejected', reason: 'platform.permission-missing' }],
    ['of the rules against leaks', 230028, { kind: 'rejected', code: '230028' }],
    ['of a card that is no card', 230099, { kind: 'rejected', code: '230099' }],
    ['of a message under way', 230049, { kind: 'uncertain' }],
    ['that nobody knows', 4_242, { kind: 'rejected', code: '4242' }],
  ])('%s', (_what, code, expected) => {
    expect(of(code, 'post', true, 7)).toMatchObject({ platform: 'feishu', ...expected });
  });

  it('that limits a call on no group speaks of that API', () => {
    expect(of(230020, 'repeatable', false)).toMatchObject({ kind: 'rate-limited', limit: 'method', retryAfterMs: 1_000 });
  });

  it('of a scope holds up nothing where it is only read', () => {
    expect(of(99991672, 'repeatable')).toMatchObject({ kind: 'rejected', reason: 'platform.permission-missing' });
  });
});

describe('no answer', () => {
  const broken = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

  it.each<[unknown, CallEffect, object]>([
    [broken('ECONNREFUSED'), 'post', { kind: 'transient', code: 'ECONNREFUSED' }],
    [broken('ECONNRESET'), 'post', { kind: 'uncertain', code: 'ECONNRESET' }],
    [broken('ECONNRESET'), 'repeatable', { kind: 'transient' }],
    [new DOMException('late', 'TimeoutError'), 'post', { kind: 'uncertain', code: 'TimeoutError' }],
  ])('%s of a %s', (error, effect, expected) => {
    expect(fromNetwork(details(effect), error)).toMatchObject(expected);
  });

  it.each<[number, object]>([
    [200, { kind: 'uncertain', code: 'not_json' }],
    [401, { kind: 'auth' }],
    [429, { kind: 'rate-limited', retryAfterMs: 3_000 }],
    [404, { kind: 'rejected', code: 'http_404' }],
    [502, { kind: 'uncertain', code: 'http_502' }],
  ])('a page with HTTP %i', (status, expected) => {
    expect(fromStatus(details(), status, 3)).toMatchObject(expected);
  });
});
