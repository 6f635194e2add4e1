/** What a DingTalk organisation holds, as its APIs and pushes name it. One organisation, one app with one robot. */

export interface DingUser {
  /** `userId`, also called `staffId`. */
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  /** `outsider`: in the group, but of no organisation of ours, so pushes carry no `senderStaffId`. `robot`: another app's. */
  readonly kind: 'member' | 'outsider' | 'robot';
  /** The encrypted id that pushes carry. */
  readonly dingtalkId: string;
}

export interface DingGroup {
  /** `openConversationId`. */
  readonly id: string;
  readonly title: string;
  readonly members: Set<string>;
  readonly messages: DingMessage[];
  hasRobot: boolean;
  dissolved: boolean;
}

/** A file that somebody sent, or that was uploaded. */
export interface DingFile {
  readonly name: string;
  readonly mimeType: string;
  readonly type: 'image' | 'file' | 'voice' | 'video';
  bytes: Buffer | null;
}

/** What stands in a group or in somebody's conversation with the robot, oldest first. */
export type DingMessage =
  /** Typed by a person, or sent by another app. */
  | {
      readonly kind: 'person';
      readonly msgId: string;
      readonly user: string;
      readonly text: string;
      readonly at: number;
      readonly file: DingFile | null;
    }
  /** A plain message of our robot. */
  | {
      readonly kind: 'robot';
      readonly msgId: string;
      readonly processQueryKey: string;
      readonly msgKey: string;
      readonly param: Readonly<Record<string, string>>;
      readonly at: number;
    }
  | {
      readonly kind: 'card';
      readonly msgId: string;
      readonly outTrackId: string;
      readonly carrierId: string;
      /** Who is called: user ids, or `@ALL`. */
      readonly atUserIds: readonly string[];
      /** Who alone sees it; null: everybody. */
      readonly recipients: readonly string[] | null;
      readonly at: number;
    };

/** A card instance. Its data are changed in place; where it was delivered it is seen with what holds now. */
export interface DingCard {
  readonly outTrackId: string;
  readonly templateId: string;
  /** Null: presses and submissions go nowhere. */
  readonly callbackType: 'STREAM' | 'HTTP' | null;
  readonly userIdType: number;
  params: Readonly<Record<string, string>>;
  /** What single people see instead, by user id. */
  privateParams: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The latest state of everybody, and all that it ever was. */
  readonly history: Readonly<Record<string, string>>[];
}

export interface DingWorld {
  readonly corpId: string;
  readonly app: {
    readonly clientId: string;
    readonly robotCode: string;
    readonly name: string;
    readonly chatbotUserId: string;
  };
  readonly groups: Map<string, DingGroup>;
  readonly users: Map<string, DingUser>;
  /** Conversations of one person with the robot, by user id. */
  readonly direct: Map<string, DingMessage[]>;
  readonly cards: Map<string, DingCard>;
  /** Card templates by id; false: not published. */
  readonly templates: Map<string, boolean>;
  /** Uploaded, by `media_id`. */
  readonly media: Map<string, DingFile>;
  /** Sent to the robot, by `downloadCode`. */
  readonly downloads: Map<string, DingFile>;
  /** Reminders that went out. */
  readonly dings: { readonly remindType: number; readonly users: readonly string[]; readonly content: string }[];
  readonly now: () => number;
  nextId(prefix: string): string;
  addGroup(id: string, options?: { readonly title?: string; readonly withRobot?: boolean }): DingGroup;
  addUser(user: Partial<DingUser> & { readonly id: string }): DingUser;
}

export function createWorld(now: () => number): DingWorld {
  let ids = 0;
  const world: DingWorld = {
    corpId: 'ding9f50b15b0000000016741',
    app: { clientId: 'dingfakeclientid', robotCode: 'dingfakerobot', name: 'threadmart', chatbotUserId: '$:LWCP_v1:$robot' },
    groups: new Map(),
    users: new Map(),
    direct: new Map(),
    cards: new Map(),
    templates: new Map(),
    media: new Map(),
    downloads: new Map(),
    dings: [],
    now,
    nextId(prefix) {
      ids += 1;
      return `${prefix}${ids.toString(36).padStart(8, '0')}`;
    },
    addGroup(id, { title = id, withRobot = true } = {}) {
      const group: DingGroup = { id, title, members: new Set(), messages: [], hasRobot: withRobot, dissolved: false };
      world.groups.set(id, group);
      return group;
    },
    addUser({ id, name = id, email = `${id}@example.com`, kind = 'member', dingtalkId = `$:LWCP_v1:$${id}` }) {
      const user: DingUser = { id, name, email, kind, dingtalkId };
      world.users.set(id, user);
      return user;
    },
  };
  return world;
}

/** The conversation of one person with the robot; made when it is first needed. */
export function directWith(world: DingWorld, user: string): DingMessage[] {
  const messages = world.direct.get(user) ?? [];
  world.direct.set(user, messages);
  return messages;
}

/** What this person sees on a card: what is theirs alone wins. */
export const paramsFor = (card: DingCard, user: string | null): Readonly<Record<string, string>> => ({
  ...card.params,
  ...(user === null ? {} : card.privateParams.get(user)),
});
