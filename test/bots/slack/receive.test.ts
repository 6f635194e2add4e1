import { createHmac } from 'node:crypto';
import { verifySlackRequest } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { createReceive } from '../../../bots/slack/receive.ts';
import { createVerify } from '../../../bots/slack/verify.ts';
import type { RawRequest } from '../../../src/core/connector.ts';

const receive = createReceive(createVerify('shh', verifySlackRequest));

function request(body: string, options: { contentType?: string; at?: number; signedBody?: string; secret?: string } = {}): RawRequest {
  const receivedAt = new Date('2026-11-22T10:00:00Z');
  const timestamp = String(options.at ?? receivedAt.getTime() / 1_000);
  const signature = createHmac('sha256', options.secret ?? 'shh').update(`v0:${timestamp}:${options.signedBody ?? body}`);
  return {
    method: 'POST',
    path: '/bots/slack/events',
    query: {},
    headers: {
      'content-type': options.contentType ?? 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature.digest('hex')}`,
    },
    body: Buffer.from(body),
    receivedAt,
  };
}

const inner = (event: object, id = 'Ev1') => request(JSON.stringify({ type: 'event_callback', event_id: id, event }));
const form = (fields: Record<string, string>, contentType = 'application/x-www-form-urlencoded') =>
  request(new URLSearchParams(fields).toString(), { contentType });
const named = (of: RawRequest) => {
  const received = receive(of);
  return received.kind === 'event' ? { key: received.key, lane: received.lane } : received.kind;
};

const reply = { type: 'message', channel: 'C1', user: 'U1', text: 'hi', ts: '1700000002.000100', thread_ts: '1700000001.000100' };

describe('the signature', () => {
  const now = Date.parse('2026-11-22T10:00:00Z') / 1_000;
  it.each([
    ['another body', { signedBody: '{"type":"other"}' }],
    ['another secret', { secret: 'guess' }],
    ['301 s ago', { at: now - 301 }],
    ['301 s ahead', { at: now + 301 }],
  ])('refuses %s', (_what, options) => {
    expect(() => receive(request('{}', options))).toThrow(expect.objectContaining({ kind: 'rejected' }));
  });
  it('refuses bytes that only read as the text that was signed', () => {
    const signed = request('{"type":"\ufffd"}');
    expect(receive(signed).kind).toBe('malformed');
    const other = Buffer.from(Buffer.from(signed.body).toString('latin1').replace('\u00ef\u00bf\u00bd', '\u00ff'), 'latin1');
    expect(() => receive({ ...signed, body: other })).toThrow(expect.objectContaining({ kind: 'rejected' }));
  });
  it('refuses everything where no secret is configured', () => {
    const open = createReceive(createVerify(null, verifySlackRequest));
    expect(() => open(request('{}'))).toThrow(expect.objectContaining({ kind: 'rejected' }));
  });
});

describe('names', () => {
  it('names a message by channel and time, however it is told', () => {
    const name = { key: 'C1:1700000002.000100', lane: 'C1:1700000001.000100' };
    expect(named(inner(reply, 'Ev1'))).toEqual(name);
    expect(named(inner({ ...reply, type: 'app_mention' }, 'Ev2'))).toEqual(name);
    expect(named(inner({ ...reply, subtype: 'thread_broadcast' }, 'Ev3'))).toEqual(name);
  });
  it('names edits by the time of the edit and deletes once, in the lane of their thread', () => {
    const edit = (at: string) => ({
      type: 'message',
      subtype: 'message_changed',
      channel: 'C1',
      ts: '1700000009.000900',
      event_ts: '1700000009.000900',
      message: { ...reply, text: 'ho', edited: { user: 'U1', ts: at } },
      previous_message: reply,
    });
    expect(named(inner(edit('1700000005.000000')))).toEqual({
      key: 'C1:1700000002.000100:edit:1700000005.000000',
      lane: 'C1:1700000001.000100',
    });
    expect(named(inner(edit('1700000006.000000')))).not.toEqual(named(inner(edit('1700000005.000000'))));
    const gone = {
      type: 'message',
      subtype: 'message_deleted',
      channel: 'C1',
      deleted_ts: reply.ts,
      ts: '1700000009.000900',
      previous_message: reply,
    };
    expect(named(inner(gone))).toEqual({ key: 'C1:1700000002.000100:delete', lane: 'C1:1700000001.000100' });
  });
  it('leaves the name of a message free for what only looks like it', () => {
    const { thread_ts: _lost, ...without } = reply;
    expect(named(inner({ ...without, parent_user_id: 'U9' }))).toEqual({ key: 'event:Ev1', lane: 'C1' });
    expect(
      named(inner({ type: 'message', channel: 'C1', ts: '1700000001.000100', message: { ...reply, ts: '1700000001.000100' } })),
    ).toEqual({
      key: 'event:Ev1',
      lane: 'C1',
    });
  });
  it('names a press by its moment, in the lane of the thread under the card', () => {
    const press = {
      type: 'block_actions',
      trigger_id: 't.1',
      user: { id: 'U1' },
      channel: { id: 'C1' },
      message: { ts: '1700000001.000100' },
      actions: [{ action_id: 'threadmart.claim', value: 'q1', action_ts: '1700000003.5' }],
    };
    const name = { key: 'block_actions:U1:threadmart.claim:1700000003.5:t.1', lane: 'C1:1700000001.000100' };
    expect(named(form({ payload: JSON.stringify(press) }))).toEqual(name);
    expect(named(form({ payload: JSON.stringify(press) }, 'application/x-www-form-urlencoded; charset=utf-8'))).toEqual(name);
    expect(named(request(JSON.stringify(press)))).toEqual(name);
  });
  it('takes slash commands, and answers the two handshakes', () => {
    expect(named(form({ command: '/tm', text: 'stats', user_id: 'U1', channel_id: 'C1', trigger_id: 't.2' }))).toEqual({
      key: 'command:t.2',
      lane: 'C1',
    });
    expect(receive(request('{"type":"url_verification","challenge":"abc"}'))).toMatchObject({ kind: 'handshake', answer: { body: 'abc' } });
    expect(receive(form({ ssl_check: '1', token: 'x' })).kind).toBe('handshake');
  });
  it.each(['', '{', '[]', '{"type":"event_callback"}', '{"type":"event_callback","event":{"type":"message","ts":17}}'])(
    'calls %s malformed',
    (body) => {
      expect(receive(request(body)).kind).toBe('malformed');
    },
  );
});
