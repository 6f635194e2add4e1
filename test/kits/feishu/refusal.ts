/** An answer with `code` other than 0. */
export class FeishuRefusal extends Error {
  override readonly name = 'FeishuRefusal';
  readonly code: number;
  /** Null: 400 and 200 in turns. The pages say 400, and a client that knows only one of them is wrong. */
  readonly status: number | null;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    code: number,
    message: string,
    { status = null, ...extra }: { readonly status?: number | null } & Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.extra = extra;
  }
}

/**
 * Refusals of messages, by what is wrong.
 * @see https://open.larkoffice.com/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/create.md and reply.md, patch.md beside it (read 2026-11-28)
 */
export const refusals = {
  invalid: (what: string) => new FeishuRefusal(230001, `Your request contains an invalid request parameter, ext=${what}.`),
  outOfChat: () => new FeishuRefusal(230002, 'Bot/User can NOT be out of the chat.'),
  recalled: () => new FeishuRefusal(230011, 'The message was withdrawn.'),
  unavailable: () => new FeishuRefusal(230013, 'Bot has NO availability to this user.'),
  noTopic: () => new FeishuRefusal(230019, 'The topic does NOT exist.'),
  tooLong: () => new FeishuRefusal(230025, 'The length of the message content reaches its limit.'),
  lacksPermission: () => new FeishuRefusal(230027, 'Lack of necessary permissions.'),
  dataLeak: () => new FeishuRefusal(230028, 'The messages do NOT pass the audit.'),
  tooOld: () => new FeishuRefusal(230031, 'The message is not within the time allowed to update.'),
  notACard: () => new FeishuRefusal(230001, 'Your request contains an invalid request parameter, ext=This message is NOT a card.'),
  noTopics: () => new FeishuRefusal(230071, 'This chat does not support reply in thread.'),
  /** https://github.com/larksuite/openclaw-lark/issues/53 (read 2026-11-28) */
  card: (what: string) =>
    new FeishuRefusal(
      230099,
      `Failed to create card content, ext=ErrCode: 200621; ErrMsg: parse card json err, please check whether the card json is correct; ErrorValue: ${what};`,
    ),
  /** https://github.com/NousResearch/hermes-agent/issues/104788 (read 2026-11-28) */
  field: (name: string) =>
    new FeishuRefusal(99992402, 'field validation failed', {
      status: 400,
      error: { field_violations: [{ field: name, description: `${name} is invalid` }] },
    }),
  chatInvalid: () => new FeishuRefusal(232006, 'Your request specifies a chat_id which is invalid.'),
  chatDissolved: () => new FeishuRefusal(232009, 'Your request specifies a chat which has already been dissolved.'),
  chatNotJoined: () => new FeishuRefusal(232011, 'Operator can NOT be out of the chat.'),
};
