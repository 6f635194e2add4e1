import { describe, expect, it } from 'vitest';
import { toEvents } from '../../../bots/slack/to-events.ts';
import type { RawEvent } from '../../../src/core/connector.ts';

const raw = (payload: object): RawEvent => ({
  key: 'k',
  body: Buffer.from(JSON.stringify(payload)),
  contentType: 'application/json',
  receivedAt: new Date('2026-11-22T10:00:00Z'),
});
const told = (event: object) =>
  toEvents(raw({ type: 'event_callback', api_app_id: 'A1', authorizations: [{ user_id: 'UBOT', is_bot: true }], event }));

const root = '1700000001.000100';
const reply = { type: 'message', channel: 'C1', user: 'U1', text: '<@UBOT> on &lt;its&gt; way', ts: '1700000002.000100', thread_ts: root };
const changed = (message: object, previous_message?: object) => ({
  type: 'message',
  subtype: 'message_changed',
  channel: 'C1',
  event_ts: '1700000009.000000',
  message: { ...reply, ...message },
  ...(previous_message ? { previous_message: { ...reply, ...previous_message } } : {}),
});

describe('messages', () => {
  it('reads a reply', () => {
    expect(told(reply)).toEqual([
      {
        kind: 'message',
        post: { channelId: 'C1', messageId: reply.ts },
        rootId: root,
        author: { userId: 'U1', kind: 'person' },
        fromSelf: false,
        text: 'on <its> way',
        mentions: [],
        files: [],
        sentAt: new Date(1_700_000_002_000),
        order: reply.ts,
      },
    ]);
  });
  it('takes a root with replies for a message of the channel', () => {
    expect(told({ ...reply, ts: root })).toMatchObject([{ kind: 'message', rootId: null }]);
  });
  it.each([
    ['our bot', { user: 'UBOT' }, true],
    ['our app without a user', { user: null, bot_id: 'B1', app_id: 'A1' }, true],
    ['our app by its profile', { bot_id: 'B1', bot_profile: { app_id: 'A1' } }, true],
    ['another bot', { subtype: 'bot_message', user: null, bot_id: 'B2' }, false],
  ])('tells %s from people', (_who, author, fromSelf) => {
    expect(told({ ...reply, ...author })).toMatchObject([{ kind: 'message', fromSelf, author: { kind: 'bot' } }]);
  });
  it.each(['channel_join', 'message_replied', 'channel_topic', 'me_message', 'reminder_add'])('leaves %s alone', (subtype) => {
    expect(told({ ...reply, subtype })).toEqual([{ kind: 'unknown', type: `message.${subtype}` }]);
  });
  it('leaves a reply that lost its thread to the reading back', () => {
    expect(told({ ...reply, thread_ts: undefined, parent_user_id: 'U9' })).toMatchObject([{ kind: 'unknown' }]);
  });
  it('keeps what is left of a file that is gone', () => {
    const files = [
      {
        id: 'F1',
        name: 'a.png',
        mimetype: 'image/png',
        size: 9,
        url_private: 'https://files.slack.com/a',
        url_private_download: 'https://files.slack.com/a/download',
      },
      { id: 'F2', mode: 'tombstone', url_private: 'https://files.slack.com/b' },
      { id: 'F3', file_access: 'check_file_info' },
    ];
    expect(told({ ...reply, subtype: 'file_share', files })).toMatchObject([
      {
        files: [
          { fileId: 'F1', url: 'https://files.slack.com/a/download', name: 'a.png', mimeType: 'image/png', bytes: 9 },
          { fileId: 'F2', url: '', name: 'F2' },
          { fileId: 'F3', url: '' },
        ],
      },
    ]);
  });
});

describe('edits and deletes', () => {
  it('takes other words for an edit', () => {
    expect(told(changed({ text: 'two', edited: { ts: '1700000005.000000' } }, { text: 'one' }))).toMatchObject([
      {
        kind: 'edit',
        rootId: root,
        text: 'two',
        author: { userId: 'U1', kind: 'person' },
        fromSelf: false,
        editedAt: new Date(1_700_000_005_000),
        sentAt: new Date(Number(reply.ts) * 1_000),
        order: reply.ts,
      },
    ]);
    expect(told(changed({ text: 'two', edited: { ts: '1700000005.000000' } }))).toMatchObject([{ kind: 'edit' }]);
  });
  it.each([
    ['a reply below it', changed({ reply_count: 1 }, {})],
    ['a preview that unfolds', changed({ attachments: [{}] }, {})],
    ['a reply below an edited message', changed({ edited: { ts: '1700000005.000000' } }, { edited: { ts: '1700000005.000000' } })],
  ])('takes %s for no edit', (_what, event) => {
    expect(told(event)).toEqual([{ kind: 'unknown', type: 'message.message_changed' }]);
  });
  it('knows its own updates', () => {
    expect(told(changed({ text: 'two', user: 'UBOT', bot_id: 'B1' }, { text: 'one', user: 'UBOT' }))).toMatchObject([
      { kind: 'edit', fromSelf: true },
    ]);
  });
  it('reads a delete, and the tombstone of a message with replies', () => {
    const gone = {
      type: 'message',
      subtype: 'message_deleted',
      channel: 'C1',
      deleted_ts: reply.ts,
      event_ts: '1700000009.000000',
      previous_message: reply,
    };
    const expected = { kind: 'delete', post: { channelId: 'C1', messageId: reply.ts }, rootId: root, fromSelf: false };
    expect(told(gone)).toMatchObject([expected]);
    expect(told(changed({ subtype: 'tombstone', user: 'USLACKBOT', text: 'This message was deleted.' }, {}))).toMatchObject([expected]);
  });
});

describe('everything else', () => {
  it.each([
    [
      { type: 'channel_archive', channel: 'C1' },
      { kind: 'channel-lost', channelId: 'C1', reason: 'archived' },
    ],
    [
      { type: 'channel_deleted', channel: 'C1' },
      { kind: 'channel-lost', channelId: 'C1', reason: 'deleted' },
    ],
    [
      { type: 'channel_left', channel: 'C1' },
      { kind: 'channel-lost', channelId: 'C1', reason: 'bot-removed' },
    ],
    [
      { type: 'member_left_channel', channel: 'C1', user: 'UBOT' },
      { kind: 'channel-lost', channelId: 'C1', reason: 'bot-removed' },
    ],
    [
      { type: 'member_joined_channel', channel: 'C1', user: 'UBOT' },
      { kind: 'channel-back', channelId: 'C1' },
    ],
    [
      { type: 'member_joined_channel', channel: 'C1', user: 'U1' },
      { kind: 'unknown', type: 'member_joined_channel' },
    ],
    [
      { type: 'channel_rename', channel: { id: 'C1', name: 'x' } },
      { kind: 'unknown', type: 'channel_rename' },
    ],
    [{ type: 'app_uninstalled' }, { kind: 'connection-lost', reason: 'uninstalled' }],
    [
      { type: 'tokens_revoked', tokens: { bot: ['UBOT'] } },
      { kind: 'connection-lost', reason: 'revoked' },
    ],
    [
      { type: 'tokens_revoked', tokens: { oauth: ['U1'] } },
      { kind: 'unknown', type: 'tokens_revoked' },
    ],
    [
      { type: 'reaction_added', user: 'U1', item: { type: 'message', channel: 'C1', ts: root } },
      { kind: 'unknown', type: 'reaction_added' },
    ],
  ])('%j', (event, expected) => {
    expect(told(event)).toEqual([expected]);
  });
  it('reads a press, and leaves other apps’ buttons alone', () => {
    const press = (action_id: string) => ({
      type: 'block_actions',
      user: { id: 'U1' },
      channel: { id: 'C1' },
      message: { ts: '1700000004.000100', thread_ts: root },
      actions: [{ action_id, value: 'd1', action_ts: '1700000005.250000' }],
    });
    expect(toEvents(raw(press('threadmart.send-correction')))).toEqual([
      {
        kind: 'action',
        action: 'send-correction',
        value: 'd1',
        userId: 'U1',
        post: { channelId: 'C1', messageId: '1700000004.000100' },
        rootId: root,
        at: new Date(1_700_000_005_250),
      },
    ]);
    expect(toEvents(raw(press('other')))).toEqual([{ kind: 'unknown', type: 'block_actions' }]);
  });
});
