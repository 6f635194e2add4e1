import { z } from 'zod';
import { ApiRefusal } from './refusal.ts';
import { checkParams } from './template.ts';
import { type DingCard, type DingGroup, type DingMessage, type DingWorld, directWith } from './world.ts';

/** What DingTalk does where its pages leave it open; tests try both. */
export interface CardQuirks {
  /** A second creation under one `outTrackId`. The page lists `param.cardAlreadyExist`, and says elsewhere that changes "do not take effect". UNCONFIRMED which. */
  repeatedOutTrackId: 'refused' | 'delivered-again';
  /** Whether the instance is there once its delivery has failed. UNCONFIRMED. */
  failedDeliveryKeepsCard: boolean;
  /** "At most 1 KB" for a value, says the page; official examples send more. */
  strictParams: boolean;
}

const paramMap = z.record(z.string(), z.string());
const cardData = z.object({ cardParamMap: paramMap });
const privateData = z.record(z.string(), cardData);
const spaceModel = z.looseObject({ supportForward: z.boolean() });
const deliverBody = z.looseObject({
  outTrackId: z.string().min(1, 'param.outTrackIdEmpty'),
  openSpaceId: z.string().min(1, 'param.openSpaceIdEmpty'),
  userIdType: z.number().optional(),
  imGroupOpenDeliverModel: z
    .looseObject({
      robotCode: z.string(),
      atUserIds: z.record(z.string(), z.string()).optional(),
      recipients: z.array(z.string()).optional(),
    })
    .optional(),
  imRobotOpenDeliverModel: z.looseObject({ spaceType: z.literal('IM_ROBOT').optional(), robotCode: z.string().optional() }).optional(),
});
const cardBody = z.looseObject({
  outTrackId: z.string().min(1, 'param.outTrackIdEmpty'),
  userIdType: z.number().optional(),
  cardTemplateId: z.string().min(1, 'param.cardTemplateIdEmpty'),
  callbackType: z.enum(['STREAM', 'HTTP']).optional(),
  cardData,
  privateData: privateData.optional(),
  imGroupOpenSpaceModel: spaceModel.optional(),
  imRobotOpenSpaceModel: spaceModel.optional(),
});
const createBody = deliverBody.extend(cardBody.shape);
const updateBody = z.looseObject({
  outTrackId: z.string().min(1, 'param.outTrackIdEmpty'),
  cardData: cardData.optional(),
  privateData: privateData.optional(),
  cardUpdateOptions: z
    .looseObject({ updateCardDataByKey: z.boolean().optional(), updatePrivateDataByKey: z.boolean().optional() })
    .optional(),
});

/** Names of missing fields as the platform's codes have them. */
const missing: Readonly<Record<string, string>> = {
  outTrackId: 'param.outTrackIdEmpty',
  openSpaceId: 'param.openSpaceIdEmpty',
  cardTemplateId: 'param.cardTemplateIdEmpty',
  cardData: 'param.cardPublicDataEmpty',
  imGroupOpenSpaceModel: 'param.openSpaceModelInvalid',
  imGroupOpenDeliverModel: 'param.openDeliverModelError',
  imRobotOpenDeliverModel: 'param.openDeliverModelError',
};

function parse<Shape>(schema: z.ZodType<Shape>, body: unknown): Shape {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [field] = issue?.path ?? [];
  const deep = (issue?.path.length ?? 0) > 1 && field === 'cardData';
  throw new ApiRefusal(400, (!deep && missing[String(field)]) || 'param.invalid', z.prettifyError(parsed.error));
}

/** @see https://open.dingtalk.com/document/development/create-and-deliver-cards (of 2026-07-14, read 2026-11-28) */
export function createAndDeliver(world: DingWorld, quirks: CardQuirks, body: unknown): object {
  const wanted = parse(createBody, body);
  const card = newCard(world, quirks, wanted);
  const results = deliver(world, card, wanted);
  if (quirks.failedDeliveryKeepsCard || results.some(({ success }) => success)) world.cards.set(card.outTrackId, card);
  return { success: true, result: { outTrackId: card.outTrackId, deliverResults: results } };
}

function newCard(world: DingWorld, quirks: CardQuirks, wanted: z.infer<typeof cardBody>): DingCard {
  const published = world.templates.get(wanted.cardTemplateId);
  if (published === undefined) throw new ApiRefusal(400, 'param.templateNotExist');
  if (!published) throw new ApiRefusal(400, 'param.templateUnpublished');
  checkSizes(quirks, wanted.cardData.cardParamMap);
  checkParams(wanted.cardData.cardParamMap, 'all');
  const existing = world.cards.get(wanted.outTrackId);
  if (existing && quirks.repeatedOutTrackId === 'refused') throw new ApiRefusal(400, 'param.cardAlreadyExist');
  return (
    existing ?? {
      outTrackId: wanted.outTrackId,
      templateId: wanted.cardTemplateId,
      callbackType: wanted.callbackType ?? null,
      userIdType: wanted.userIdType ?? 1,
      params: wanted.cardData.cardParamMap,
      privateParams: new Map(Object.entries(wanted.privateData ?? {}).map(([user, { cardParamMap }]) => [user, cardParamMap])),
      history: [wanted.cardData.cardParamMap],
    }
  );
}

/** Makes a card that nobody sees yet. @see https://open.dingtalk.com/document/orgapp/interface-for-creating-a-card-instance (read 2026-11-28) */
export function createCard(world: DingWorld, quirks: CardQuirks, body: unknown): object {
  const wanted = parse(cardBody, body);
  const card = newCard(world, quirks, wanted);
  world.cards.set(card.outTrackId, card);
  return { success: true, result: card.outTrackId };
}

/** @see https://open.dingtalk.com/document/development/delivery-card-interface (read 2026-11-28) */
export function deliverExisting(world: DingWorld, body: unknown): object {
  const wanted = parse(deliverBody, body);
  return { success: true, result: deliver(world, existingCard(world, wanted.outTrackId), wanted) };
}

/** @see https://open.dingtalk.com/document/development/interactive-card-update-interface (of 2026-06-04, read 2026-11-28) */
export function updateCard(world: DingWorld, quirks: CardQuirks, body: unknown): object {
  const wanted = parse(updateBody, body);
  if (!wanted.cardData && !wanted.privateData) throw new ApiRefusal(400, 'param.cardDataAndPrivateDataBothEmpty');
  const card = existingCard(world, wanted.outTrackId);
  const options = wanted.cardUpdateOptions ?? {};
  if (wanted.cardData) {
    const fresh = wanted.cardData.cardParamMap;
    checkSizes(quirks, fresh);
    checkParams(fresh, options.updateCardDataByKey ? 'some' : 'all');
    card.params = options.updateCardDataByKey ? { ...card.params, ...fresh } : fresh;
    card.history.push(card.params);
  }
  if (wanted.privateData) {
    const before = options.updatePrivateDataByKey ? card.privateParams : new Map<string, Readonly<Record<string, string>>>();
    const fresh = Object.entries(wanted.privateData).map(
      ([user, { cardParamMap }]) => [user, { ...before.get(user), ...cardParamMap }] as const,
    );
    card.privateParams = new Map([...before, ...fresh]);
  }
  return { success: true, result: true };
}

function existingCard(world: DingWorld, outTrackId: string): DingCard {
  const card = world.cards.get(outTrackId);
  if (!card) throw new ApiRefusal(400, 'param.cardNotExist');
  return card;
}

function checkSizes({ strictParams }: CardQuirks, params: Readonly<Record<string, string>>): void {
  if (!strictParams) return;
  for (const [key, value] of Object.entries(params))
    if (Buffer.byteLength(key) > 100 || Buffer.byteLength(value) > 1024) throw new ApiRefusal(400, 'param.invalid', `${key} is too long`);
}

interface Delivered {
  readonly spaceType: 'IM';
  readonly spaceId: string;
  readonly success: boolean;
  readonly carrierId?: string;
  readonly errorMsg: string;
}

/** One result a space. A space that fails leaves HTTP 200 as it is. */
function deliver(world: DingWorld, card: DingCard, wanted: z.infer<typeof deliverBody>): Delivered[] {
  const prefix = 'dtv1.card//';
  if (!wanted.openSpaceId.startsWith(prefix)) throw new ApiRefusal(400, 'param.openSpaceIdInvalid');
  const spaces = wanted.openSpaceId
    .slice(prefix.length)
    .split(';')
    .map((space) => {
      const dot = space.indexOf('.');
      return { type: space.slice(0, dot).toUpperCase(), id: space.slice(dot + 1) };
    });
  if (spaces.some(({ type, id }) => (type !== 'IM_GROUP' && type !== 'IM_ROBOT') || id === ''))
    throw new ApiRefusal(400, 'param.openSpaceIdInvalid');
  return spaces.map(({ type, id }) => {
    const model = type === 'IM_GROUP' ? wanted.imGroupOpenDeliverModel : wanted.imRobotOpenDeliverModel;
    if (!model) throw new ApiRefusal(400, 'param.openDeliverModelEmpty');
    const failure = type === 'IM_GROUP' ? groupFailure(world, id, wanted.imGroupOpenDeliverModel) : robotFailure(world, id);
    if (failure !== null) return { spaceType: 'IM', spaceId: id, success: false, errorMsg: failure };
    const { atUserIds = {}, recipients = null } = type === 'IM_GROUP' ? (wanted.imGroupOpenDeliverModel ?? {}) : {};
    const message: DingMessage = {
      kind: 'card',
      msgId: world.nextId('msg'),
      outTrackId: card.outTrackId,
      carrierId: world.nextId('carrier'),
      atUserIds: Object.keys(atUserIds),
      recipients,
      at: world.now(),
    };
    (type === 'IM_GROUP' ? world.groups.get(id)?.messages : directWith(world, id))?.push(message);
    return { spaceType: 'IM', spaceId: id, success: true, carrierId: message.carrierId, errorMsg: '' };
  });
}

/** Why a card does not reach a group. No page lists these words: UNCONFIRMED. */
function groupFailure(world: DingWorld, id: string, model: z.infer<typeof deliverBody>['imGroupOpenDeliverModel']): string | null {
  const group: DingGroup | undefined = world.groups.get(id);
  if (!group || group.dissolved) return 'invalid.openConversationId';
  if (model?.robotCode !== world.app.robotCode) return 'chatbotNotFound';
  if (!group.hasRobot) return 'chatbotNotInstall';
  const { recipients } = model;
  return recipients && !recipients.some((user) => group.members.has(user)) ? 'invalid.user' : null;
}

const robotFailure = (world: DingWorld, user: string): string | null => (world.users.get(user)?.kind === 'member' ? null : 'invalid.user');
