import { z } from 'zod';
import { PlatformError } from '../../src/errors.ts';
import type { DingTalkClient } from './client.ts';
import { personIn } from './conversations.ts';
import { type CallEffect, fromCode, knownCardCode, unknownCardCode } from './failures.ts';
import type { CardParams } from './params.ts';

/** Where a card goes. */
export interface CardAddress {
  /** A group, or a talk with one person; see `conversations.ts`. */
  readonly channelId: string;
  /** In a group: who alone sees it. */
  readonly visibleTo?: string;
  /** Who is called, by id, with the name that is shown. `@ALL` is everybody. */
  readonly calls?: Readonly<Record<string, string>>;
}

export interface CardsDeps {
  readonly client: DingTalkClient;
  readonly templateId: string;
  readonly robotCode: string;
}

export interface Delivered {
  /** A name under which a quote of the card comes back; null: none was told. */
  readonly carrierId: string | null;
  readonly requestId?: string;
}

const delivery = z.object({ success: z.boolean().nullish(), errorMsg: z.string().nullish(), carrierId: z.string().nullish() });
const createdShape = z.object({ result: z.object({ deliverResults: z.array(delivery).nullish() }).nullish() });
const deliveredShape = z.object({
  result: z.union([z.array(delivery), z.object({ deliverResults: z.array(delivery).nullish() })]).nullish(),
});

/** How a call may end, and by when. */
export interface CallOptions {
  readonly effect: CallEffect;
  readonly signal: AbortSignal;
}

/**
 * Makes a card and brings it to its place. A second card of the same id is refused (`param.cardAlreadyExist`, by that page; UNCONFIRMED live): then an earlier attempt has made
 * it and could not bring it here, so that is done now. Whoever does not know whether the earlier attempt did looks first, see `show.ts`.
 * @see https://open.dingtalk.com/document/orgapp/create-and-deliver-cards (2026-11-28)
 */
export async function deliverCard(
  deps: CardsDeps,
  outTrackId: string,
  params: CardParams,
  address: CardAddress,
  options: CallOptions,
): Promise<Delivered> {
  try {
    return await makeCard(deps, outTrackId, params, address, options);
  } catch (error) {
    if (!isCode(error, knownCardCode)) throw error;
    const place = placeOf(deps, address);
    const { answer, requestId } = await deps.client.call({
      ...{ api: 'card.deliver', path: '/v1.0/card/instances/deliver', method: 'POST' },
      ...{ body: { outTrackId, userIdType: 1, ...place.deliver }, vital: true, ...options },
    });
    const { result } = deliveredShape.parse(answer);
    return outcomeOf((Array.isArray(result) ? result : result?.deliverResults) ?? [], options, requestId);
  }
}

/** As `deliverCard`, but once: throws `rejected`, `param.cardAlreadyExist` where there is such a card. */
export async function makeCard(
  deps: CardsDeps,
  outTrackId: string,
  params: CardParams,
  address: CardAddress,
  options: CallOptions,
): Promise<Delivered> {
  const place = placeOf(deps, address);
  const title = params['title'] ?? '';
  // Not to be passed on: it holds what a buyer wrote. `lastMessageI18n` is what the list of conversations and notifications show.
  const space = { supportForward: false, lastMessageI18n: { ZH_CN: title, EN_US: title } };
  const body = {
    ...{ cardTemplateId: deps.templateId, outTrackId, callbackType: 'STREAM', userIdType: 1, cardData: { cardParamMap: params } },
    ...{ [place.spaceModel]: space, ...place.deliver },
  };
  const { answer, requestId } = await deps.client.call({
    ...{ api: 'card.deliver', path: '/v1.0/card/instances/createAndDeliver', method: 'POST', body, vital: true, ...options },
  });
  return outcomeOf(createdShape.parse(answer).result?.deliverResults ?? [], options, requestId);
}

/** The call may have gone well, and the delivery not. */
function outcomeOf([first]: readonly z.infer<typeof delivery>[], { effect }: CallOptions, requestId: string | undefined): Delivered {
  const told = requestId === undefined ? {} : { requestId };
  if (first?.success === false) throw fromCode({ api: 'card.deliver', effect, vital: true, ...told }, first.errorMsg ?? '');
  return { carrierId: first?.carrierId || null, ...told };
}

function placeOf({ robotCode }: CardsDeps, { channelId, visibleTo, calls = {} }: CardAddress) {
  const person = personIn(channelId);
  if (person !== null) {
    const model = { spaceType: 'IM_ROBOT', robotCode };
    return {
      spaceModel: 'imRobotOpenSpaceModel',
      deliver: { openSpaceId: `dtv1.card//IM_ROBOT.${person}`, imRobotOpenDeliverModel: model },
    };
  }
  const model = {
    robotCode,
    ...(Object.keys(calls).length > 0 ? { atUserIds: calls } : {}),
    ...(visibleTo === undefined ? {} : { recipients: [visibleTo] }),
  };
  return {
    spaceModel: 'imGroupOpenSpaceModel',
    deliver: { openSpaceId: `dtv1.card//IM_GROUP.${channelId}`, imGroupOpenDeliverModel: model },
  };
}

/**
 * Changes what a card shows; what `params` does not name stays. Doing it again changes nothing.
 * @throws PlatformError `rejected`, `param.cardNotExist`: there is no such card
 * @see https://open.dingtalk.com/document/orgapp/interactive-card-update-interface (2026-11-28)
 */
export async function drawCard(
  { client }: Pick<CardsDeps, 'client'>,
  outTrackId: string,
  params: CardParams,
  signal: AbortSignal,
): Promise<string | undefined> {
  const body = { outTrackId, userIdType: 1, cardData: { cardParamMap: params }, cardUpdateOptions: { updateCardDataByKey: true } };
  const { requestId } = await client.call({
    ...{ api: 'card.draw', path: '/v1.0/card/instances', method: 'PUT', body },
    ...{ effect: 'repeatable', vital: true, signal },
  });
  return requestId;
}

/** Whether there is such a card. There is no call to ask: it is given the title that it has. */
export async function cardExists(
  deps: Pick<CardsDeps, 'client'>,
  outTrackId: string,
  { title = '' }: CardParams,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await drawCard(deps, outTrackId, { title }, signal);
    return true;
  } catch (error) {
    if (isCode(error, unknownCardCode)) return false;
    throw error;
  }
}

export const isCode = (error: unknown, code: string): error is PlatformError => error instanceof PlatformError && error.code === code;
