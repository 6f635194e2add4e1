import { z } from 'zod';
import { ApiRefusal } from './refusal.ts';
import { type DingMessage, type DingWorld, directWith } from './world.ts';

/** What a message template must be given (https://open.dingtalk.com/document/development/robot-message-type, read 2026-11-28). */
const templates: Readonly<Record<string, readonly string[]>> = {
  sampleText: ['content'],
  sampleMarkdown: ['title', 'text'],
  sampleImageMsg: ['photoURL'],
  sampleFile: ['mediaId', 'fileName', 'fileType'],
  sampleActionCard: ['title', 'text', 'singleTitle', 'singleURL'],
  sampleActionCard2: ['title', 'text', 'actionTitle1', 'actionURL1', 'actionTitle2', 'actionURL2'],
};
const fileTypes = new Set(['xlsx', 'pdf', 'zip', 'rar', 'doc', 'docx']);
/** Of `msgParam` (https://open.dingtalk.com/document/development/the-robot-sends-a-group-message, read 2026-11-28). */
const maxParamBytes = 15_000;
/** Of one `batchSend` (https://open.dingtalk.com/document/development/chatbots-send-one-on-one-chat-messages-in-batches, read 2026-11-28). */
const maxReceivers = 20;

const message = z.looseObject({ robotCode: z.string(), msgKey: z.string(), msgParam: z.string() });

function checked(world: DingWorld, body: unknown): { msgKey: string; param: Readonly<Record<string, string>> } {
  const wanted = parse(message, body);
  if (wanted.robotCode !== world.app.robotCode) throw new ApiRefusal(400, 'invalid.robotCode', '无效的机器人标识');
  const needed = templates[wanted.msgKey];
  if (!needed) throw new ApiRefusal(400, 'invalidParameter.msgKey.invalid', 'msgKey无效');
  if (Buffer.byteLength(wanted.msgParam) > maxParamBytes) throw new ApiRefusal(400, 'invalidParameter.msgParam.invalid', 'msgParam超长');
  const param = readParam(wanted.msgParam);
  const lost = needed.find((name) => (param[name] ?? '') === '');
  if (lost !== undefined) throw new ApiRefusal(400, 'invalidParameter.msgParam.invalid', `${lost} is missing`);
  for (const name of ['photoURL', 'mediaId']) {
    const media = param[name];
    if (media !== undefined && !media.startsWith('http') && !world.media.has(media))
      throw new ApiRefusal(400, 'invalidParameter.msgParam.invalid', `${name} is no media`);
  }
  const fileType = param['fileType'];
  if (fileType !== undefined && !fileTypes.has(fileType)) throw new ApiRefusal(400, 'invalidParameter.msgParam.invalid', 'fileType无效');
  return { msgKey: wanted.msgKey, param };
}

function readParam(text: string): Readonly<Record<string, string>> {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch {
    throw new ApiRefusal(400, 'invalidParameter.msgParam.invalid', 'msgParam必须是json格式');
  }
}

function parse<Shape>(schema: z.ZodType<Shape>, body: unknown): Shape {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ApiRefusal(400, 'invalidParameter.param.invalid', z.prettifyError(parsed.error));
  return parsed.data;
}

function toMessage(world: DingWorld, { msgKey, param }: ReturnType<typeof checked>): Extract<DingMessage, { kind: 'robot' }> {
  return { kind: 'robot', msgId: world.nextId('msg'), processQueryKey: world.nextId('query'), msgKey, param, at: world.now() };
}

/** Nothing in it can call anybody, and sent twice it stands there twice. */
export function sendToGroup(world: DingWorld, body: unknown): object {
  const made = checked(world, body);
  const { openConversationId } = parse(z.looseObject({ openConversationId: z.string() }), body);
  const group = world.groups.get(openConversationId);
  if (!group || group.dissolved) throw new ApiRefusal(400, 'invalid.openConversationId', '无效的openConversationId');
  if (!group.hasRobot) throw new ApiRefusal(400, 'invalidParameter.robotCode.notExsit', '机器人不存在,请检查机器人是否在群内');
  const sent = toMessage(world, made);
  group.messages.push(sent);
  return { processQueryKey: sent.processQueryKey };
}

/** People who cannot be reached stand in the answer, which is HTTP 200. */
export function sendToPeople(world: DingWorld, flowControlled: ReadonlySet<string>, body: unknown): object {
  const made = checked(world, body);
  const { userIds } = parse(z.looseObject({ userIds: z.array(z.string()) }), body);
  if (userIds.length === 0) throw new ApiRefusal(400, 'invalidParameter.userIds.empty', '用户userId列表为空');
  if (userIds.length > maxReceivers) throw new ApiRefusal(400, 'invalidParameter.userIds.overMax', '用户userId列表超过上限');
  const sent = toMessage(world, made);
  const invalid = userIds.filter((id) => world.users.get(id)?.kind !== 'member');
  const slowed = userIds.filter((id) => flowControlled.has(id) && !invalid.includes(id));
  for (const id of userIds) if (!invalid.includes(id) && !slowed.includes(id)) directWith(world, id).push(sent);
  return { processQueryKey: sent.processQueryKey, invalidStaffIdList: invalid, flowControlledStaffIdList: slowed };
}

/** @see https://open.dingtalk.com/document/development/robot-sends-nail-message (of 2026-06-05, read 2026-11-28); paid editions alone have it */
export function sendDing(world: DingWorld, body: unknown): object {
  const schema = z.looseObject({
    robotCode: z.literal(world.app.robotCode),
    remindType: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    receiverUserIdList: z.array(z.string()).min(1),
    content: z.string().min(1),
  });
  const { remindType, receiverUserIdList, content } = parse(schema, body);
  if (receiverUserIdList.length > (remindType === 1 ? 200 : 20))
    throw new ApiRefusal(400, 'invalidParameter.userIds.overMax', '接收人超过上限');
  const failed = receiverUserIdList.filter((id) => world.users.get(id)?.kind !== 'member');
  world.dings.push({ remindType, users: receiverUserIdList.filter((id) => !failed.includes(id)), content });
  return { openDingId: world.nextId('ding'), failedList: Object.fromEntries(failed.map((id) => [id, 'invalid user'])) };
}

/** @see https://open.dingtalk.com/document/orgapp/obtain-the-list-of-robots-in-the-group (read 2026-11-28) */
export function robotsInGroup(world: DingWorld, body: unknown): object {
  const { openConversationId } = parse(z.looseObject({ openConversationId: z.string() }), body);
  const group = world.groups.get(openConversationId);
  if (!group || group.dissolved) throw new ApiRefusal(400, 'invalid.openConversationId', '无效的openConversationId');
  const own = group.hasRobot ? [{ robotCode: world.app.robotCode, name: world.app.name }] : [];
  const others = [...group.members].flatMap((id) => {
    const user = world.users.get(id);
    return user?.kind === 'robot' ? [{ robotCode: user.id, name: user.name }] : [];
  });
  return { chatbotInstanceVOList: [...own, ...others].map((robot) => ({ ...robot, downloadIconURL: '', openRobotType: 1 })) };
}

/**
 * A link that is good for a while, without a token.
 * @see https://open.dingtalk.com/document/development/download-the-file-content-of-the-robot-receiving-message (read 2026-11-28)
 */
export function downloadLink(world: DingWorld, filesUrl: string, body: unknown): object {
  const { downloadCode, robotCode } = parse(z.looseObject({ downloadCode: z.string(), robotCode: z.string() }), body);
  if (robotCode !== world.app.robotCode) throw new ApiRefusal(400, 'invalid.robotCode', '无效的机器人标识');
  const file = world.downloads.get(downloadCode);
  if (!file?.bytes) throw new ApiRefusal(400, 'invalidParameter.param.invalid', 'downloadCode无效');
  return { downloadUrl: `${filesUrl}/${encodeURIComponent(downloadCode)}?Expires=${world.now() + linkLifeMs}&Signature=fake` };
}

/** The page says "temporary" and gives no number. */
const linkLifeMs = 5 * 60_000;
